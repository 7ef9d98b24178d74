import RheiCore

/// Builds run-end encoded arrays: rows that equal the one before them lengthen its run.
public final class RunEndBuilder: EncodingBuilder {
    private let end: DataType
    private let values: ArrayBuilder
    /// The row after the last one of each run but the last.
    private var ends = MutableBuffer()
    private let width: Int
    private var rowCount = 0
    /// The key of the last run's value.
    private var lastKey: [UInt8]?

    /// - Throws: `typeMismatch` for types other than run-end encoded ones, `unsupported` for run ends other than Int16,
    ///   Int32 and Int64.
    init(runs type: DataType) throws {
        guard case .runEndEncoded(let end, let value) = type else {
            throw EngineError(.typeMismatch, "a builder of runs for type \(type)")
        }
        guard end.type == .int16 || end.type == .int32 || end.type == .int64,
            let width = end.type.physicalType.integerByteWidth
        else { throw EngineError.unsupported("run ends of type \(end.type)") }
        (self.end, self.width) = (end.type, width)
        values = try ArrayBuilder.make(value.type)
        try super.init(type, value: value.type)
    }

    public override var count: Int { rowCount }

    public override func appendNulls(_ count: Int) throws {
        if count > 0 { try appendValue(.nulls(value.type, count: 1), 0, repeated: count) }
    }

    public override func append(_ array: ArrowArray, rows: Range<Int>) throws {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= array.count, "rows out of range")
        if array.type == value.type {
            for row in rows { try appendValue(array, row, repeated: 1) }
        } else if try areNulls(array) {
            try appendNulls(rows.count)
        } else {
            let slice = array.slice(offset: rows.lowerBound, count: rows.count)
            for run in try RunEndEncodedArray(slice).runs {
                try appendValue(array.children[1], run.value, repeated: run.rows.count)
            }
        }
    }

    override func appendValue(_ array: ArrowArray, _ row: Int, repeated: Int) throws {
        guard rowCount + repeated <= end.physicalType.largestInteger else {
            throw EngineError(.overflow, "more rows than run ends of type \(end) count")
        }
        var key: [UInt8] = []
        array.appendKey(of: row, to: &key)
        if key != lastKey {
            endRun()
            try values.append(array, rows: row..<row + 1)
            lastKey = key
        }
        rowCount += repeated
    }

    public override func finish() throws -> ArrowArray {
        endRun()
        let runs = try values.finish()
        defer { (rowCount, lastKey) = (0, nil) }
        let endArray = ArrowArray(end, count: runs.count, buffers: [ends.freeze()])
        return ArrowArray(type, count: rowCount, buffers: [], children: [endArray, runs])
    }

    private func endRun() {
        if lastKey != nil { ends.append(integer: rowCount, byteCount: width) }
    }
}
