import RheiCore

/// Builds arrays of structs: each field gets one value, then `endRow()` closes the row.
public final class StructBuilder: ArrayBuilder {
    /// Builds the values of each field.
    public let fields: [ArrayBuilder]
    private var validity = LazyValidity()
    private var rowCount = 0

    /// - Throws: `typeMismatch` for types other than structs.
    init(struct type: DataType) throws {
        guard case .struct(let fields) = type else {
            throw EngineError(.typeMismatch, "a builder of structs for type \(type)")
        }
        self.fields = try fields.map { try ArrayBuilder.make($0.type) }
        super.init(type)
    }

    public override var count: Int { rowCount }

    public override func reserve(_ additionalCount: Int) {
        for field in fields { field.reserve(additionalCount) }
    }

    /// Closes a row.
    ///
    /// - Throws: `invalidArgument` when a field did not get exactly one value since the row before it.
    public func endRow() throws {
        try requireFields(rowCount + 1)
        validity.append(true)
        rowCount += 1
    }

    public override func appendNulls(_ count: Int) throws {
        try requireFields(rowCount)
        for field in fields { try field.appendNulls(count) }
        validity.append(false, count: count)
        rowCount += count
    }

    public override func append(_ array: ArrowArray, rows: Range<Int>) throws {
        if try areNulls(array) { return try appendNulls(rows.count) }
        precondition(rows.lowerBound >= 0 && rows.upperBound <= array.count, "rows out of range")
        try requireFields(rowCount)
        for (field, child) in zip(fields, array.children) {
            try field.append(child, rows: rows.lowerBound + array.offset..<rows.upperBound + array.offset)
        }
        validity.append(array, rows: rows)
        rowCount += rows.count
    }

    public override func finish() throws -> ArrowArray {
        try requireFields(rowCount)
        let (bits, nullCount) = validity.finish()
        defer { rowCount = 0 }
        return try ArrowArray(
            type, count: rowCount, nullCount: nullCount, validity: bits, buffers: [],
            children: fields.map { try $0.finish() })
    }

    private func requireFields(_ expected: Int) throws {
        guard fields.allSatisfy({ $0.count == expected }) else {
            throw EngineError(.invalidArgument, "fields of an array of \(type) with more or fewer values than rows")
        }
    }
}
