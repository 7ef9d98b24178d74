import RheiCore

/// The dictionaries of one stream or file as far as it has been read.
///
/// Deltas are joined with what they add to when the next batch wants the whole.
struct IPCDictionaries: Sendable {
    /// The fields of the dictionaries' values, by id.
    private let fields: [Int64: IPCField]
    private var pieces: [Int64: [ArrowArray]] = [:]

    /// - Throws: `corrupt` when one id stands for two types.
    init(_ fields: [IPCField]) throws {
        var found: [Int64: IPCField] = [:]
        for field in fields { try Self.gather(field, &found) }
        self.fields = found
    }

    private static func gather(_ field: IPCField, _ found: inout [Int64: IPCField]) throws {
        if let id = field.dictionaryID, case .dictionary(_, let value, _) = field.field.type {
            let values = IPCField(field: Field(field.field.name, value), dictionaryID: nil, children: field.children)
            if let other = found[id], other.field.type != value {
                throw FlatData.corrupt("dictionary \(id) of both \(other.field.type) and \(value)")
            }
            found[id] = values
        }
        for child in field.children { try gather(child, &found) }
    }

    /// Returns the field of the values of dictionary `id`.
    func field(_ id: Int64) throws -> IPCField {
        guard let field = fields[id] else { throw FlatData.corrupt("dictionary \(id), which no field has") }
        return field
    }

    /// Takes the values of a dictionary batch.
    ///
    /// - Parameter isDelta: whether they come after the values that are there, instead of replacing them.
    mutating func add(_ values: ArrowArray, _ id: Int64, isDelta: Bool) throws {
        guard isDelta else {
            pieces[id] = [values]
            return
        }
        guard pieces[id] != nil else { throw FlatData.corrupt("an addition to dictionary \(id), which is not there") }
        pieces[id]?.append(values)
    }

    /// Joins deltas with what they add to, for the dictionaries at and below `fields`.
    mutating func join(_ fields: [IPCField]) throws {
        for field in fields {
            if let id = field.dictionaryID, let parts = pieces[id], parts.count > 1 {
                pieces[id] = [try ArrowArray.concatenated(parts)]
            }
            try join(field.children)
        }
    }

    /// Returns the values of dictionary `id`, nil when none have come.
    func values(_ id: Int64) -> ArrowArray? { pieces[id]?.first }
}
