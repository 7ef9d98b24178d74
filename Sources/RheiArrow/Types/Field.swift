/// A named column of a schema.
public struct Field: Hashable, Sendable {
    public var name: String
    public var type: DataType
    /// Whether values may be null. A promise of the producer, not a check.
    public var isNullable: Bool
    /// Free key-value pairs that travel with the schema.
    public var metadata: [String: String]

    public init(_ name: String, _ type: DataType, isNullable: Bool = true, metadata: [String: String] = [:]) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.metadata = metadata
    }
}
