/// The columns of a record batch, in order. Names need not be unique.
public struct Schema: Hashable, Sendable {
    public var fields: [Field]
    /// Free key-value pairs that travel with the schema.
    public var metadata: [String: String]

    public init(_ fields: [Field], metadata: [String: String] = [:]) {
        self.fields = fields
        self.metadata = metadata
    }

    /// Returns the index of the first field with exactly this name.
    public func index(of name: String) -> Int? {
        fields.firstIndex { $0.name == name }
    }
}
