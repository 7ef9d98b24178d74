import RheiCore

/// Builds arrays of the types that have no children.
final class FlatBuilder: ArrayBuilder {
    private var rows: ArrayAssembler

    /// - Throws: `unsupported` for nested types.
    init(flat type: DataType) throws {
        rows = try ArrayAssembler(type)
        super.init(type)
    }

    override var count: Int { rows.count }
    override func reserve(_ additionalCount: Int) { rows.reserve(additionalCount) }
    override func appendNulls(_ count: Int) { if count > 0 { rows.appendNulls(count) } }
    override func append(_ value: Bool) throws { try rows.append(value) }
    override func append(integer value: Int64) throws { try rows.append(integer: value) }
    override func append(decimal value: Decimal256) throws { try rows.append(decimal: value) }
    override func append(real value: Double) throws { try rows.append(real: value) }

    override func append(bytes: UnsafeRawBufferPointer, isText: Bool) throws {
        try unsafe rows.append(bytes: bytes, isText: isText)
    }

    override func append(_ array: ArrowArray, rows range: Range<Int>) throws {
        try rows.append(array, rows: range)
    }

    override func finish() throws -> ArrowArray {
        let next = try ArrayAssembler(type)
        defer { rows = next }
        return rows.finish()
    }
}
