import RheiCore

/// Builds arrays of unions: one field gets a value, then `endRow(field:)` closes the row.
public final class UnionBuilder: ArrayBuilder {
    /// Builds the values of each field. In a sparse union all other fields get a null when a row is closed.
    public let fields: [ArrayBuilder]
    private let ids: [Int8]
    private let isSparse: Bool
    private var typeIDs = MutableBuffer()
    private var places = MutableBuffer()
    /// Values of each field that belong to a row.
    private var usedCounts: [Int]

    /// - Throws: `typeMismatch` for types other than unions.
    init(union type: DataType) throws {
        guard case .union(let fields, let ids, let mode) = type, ids.count == fields.count else {
            throw EngineError(.typeMismatch, "a builder of unions for type \(type)")
        }
        self.fields = try fields.map { try ArrayBuilder.make($0.type) }
        self.ids = ids
        isSparse = mode == .sparse
        usedCounts = [Int](repeating: 0, count: fields.count)
        super.init(type)
    }

    public override var count: Int { typeIDs.byteCount }

    public override func reserve(_ additionalCount: Int) {
        typeIDs.reserve(count + additionalCount)
        if isSparse { for field in fields { field.reserve(additionalCount) } }
    }

    /// Closes a row whose value was appended to field `field`.
    ///
    /// - Throws: `invalidArgument` when that field did not get exactly one value since the row before it, or another
    ///   field did.
    public func endRow(field: Int) throws {
        guard fields.indices.contains(field) else {
            throw EngineError(.invalidArgument, "no field \(field) in \(type)")
        }
        for index in fields.indices {
            guard fields[index].count == usedCounts[index] + (index == field ? 1 : 0) else { throw unevenFields() }
        }
        try endRows(field, 1)
    }

    public override func appendNulls(_ count: Int) throws {
        guard count > 0 else { return }
        guard let first = fields.first else { throw mismatch("nulls") }
        try requireNoValues()
        try first.appendNulls(count)
        try endRows(0, count)
    }

    public override func append(_ array: ArrowArray, rows: Range<Int>) throws {
        if try areNulls(array) { return try appendNulls(rows.count) }
        precondition(rows.lowerBound >= 0 && rows.upperBound <= array.count, "rows out of range")
        try requireNoValues()
        defer { withExtendedLifetime(array) {} }
        let slots = UnionSlots(array)
        var row = rows.lowerBound
        while row < rows.upperBound {
            // Values of one field that follow each other are taken together.
            let first = slots[array.offset + row]
            var length = 1
            while row + length < rows.upperBound,
                slots[array.offset + row + length] == (first.child, first.row + length)
            {
                length += 1
            }
            try fields[first.child].append(array.children[first.child], rows: first.row..<first.row + length)
            try endRows(first.child, length)
            row += length
        }
    }

    public override func finish() throws -> ArrowArray {
        try requireNoValues()
        let children = try fields.map { try $0.finish() }
        let count = count
        usedCounts = [Int](repeating: 0, count: fields.count)
        let (ids, places) = (typeIDs.freeze(), places.freeze())
        return ArrowArray(type, count: count, buffers: isSparse ? [ids] : [ids, places], children: children)
    }

    private func requireNoValues() throws {
        guard fields.indices.allSatisfy({ fields[$0].count == usedCounts[$0] }) else { throw unevenFields() }
    }

    private func unevenFields() -> EngineError {
        EngineError(.invalidArgument, "fields of an array of \(type) with more or fewer values than rows")
    }

    /// Closes rows whose values are the last ones of a field.
    private func endRows(_ field: Int, _ added: Int) throws {
        let start = fields[field].count - added
        guard fields[field].count <= Int(Int32.max) else {
            throw EngineError(.overflow, "more rows than a union names")
        }
        for index in 0..<added {
            typeIDs.append(integer: Int(ids[field]), byteCount: 1)
            if !isSparse { places.append(integer: start + index, byteCount: 4) }
        }
        for index in fields.indices {
            if isSparse, index != field { try fields[index].appendNulls(added) }
            usedCounts[index] = fields[index].count
        }
    }
}
