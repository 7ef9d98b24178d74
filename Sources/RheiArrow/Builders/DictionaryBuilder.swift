import RheiCore

/// Builds dictionary-encoded arrays: each value is kept once, in the order of first appearance.
///
/// The values of an ordered dictionary are those of the first array appended, unused ones included, or in the order in
/// which single values came; arrays with other values are refused, since their order is not known.
public final class DictionaryBuilder: EncodingBuilder {
    private let index: DataType
    private let width: Int
    private let isOrdered: Bool
    private let values: ArrayBuilder
    private var indices = MutableBuffer()
    private var validity = LazyValidity()
    private var rowCount = 0
    /// Where each value lies, by its key.
    private var places: [[UInt8]: Int] = [:]
    private var firstValues: ArrowArray?

    /// - Throws: `typeMismatch` for types other than dictionaries, `unsupported` for indices that are no integers.
    init(dictionary type: DataType) throws {
        guard case .dictionary(let index, let value, let isOrdered) = type else {
            throw EngineError(.typeMismatch, "a builder of dictionaries for type \(type)")
        }
        guard let width = index.physicalType.integerByteWidth else {
            throw EngineError.unsupported("dictionary indices of type \(index)")
        }
        (self.index, self.width, self.isOrdered) = (index, width, isOrdered)
        values = try ArrayBuilder.make(value)
        try super.init(type, value: value)
    }

    public override var count: Int { rowCount }
    public override func reserve(_ additionalCount: Int) { indices.reserve((rowCount + additionalCount) * width) }

    public override func appendNulls(_ count: Int) {
        indices.appendZeros(count * width)
        validity.append(false, count: count)
        rowCount += count
    }

    public override func append(_ array: ArrowArray, rows: Range<Int>) throws {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= array.count, "rows out of range")
        if array.type == value.type {
            for row in rows { try appendValue(array, row, repeated: 1) }
        } else if try areNulls(array) || array.nullCount == array.count {
            appendNulls(rows.count)
        } else {
            try appendIndices(array, rows)
        }
    }

    public override func finish() throws -> ArrowArray {
        let (bits, nullCount) = validity.finish()
        defer { (rowCount, places, firstValues) = (0, [:], nil) }
        return try ArrowArray(
            type, count: rowCount, nullCount: nullCount, validity: bits, buffers: [indices.freeze()],
            children: [values.finish()])
    }

    override func appendValue(_ array: ArrowArray, _ row: Int, repeated: Int) throws {
        if array.isLogicallyNull(row) { return appendNulls(repeated) }
        let place = try place(of: array, row)
        for _ in 0..<repeated { append(place) }
    }

    private func append(_ place: Int) {
        indices.append(integer: place, byteCount: width)
        validity.append(true)
        rowCount += 1
    }

    private func appendIndices(_ array: ArrowArray, _ rows: Range<Int>) throws {
        let source = array.children[0]
        if isOrdered { try keepOrder(of: source) }
        defer { withExtendedLifetime(array) {} }
        let slots = IntegerSlots(array.buffers[0], index.physicalType)
        var known = [Int](repeating: -1, count: source.count)
        reserve(rows.count)
        for row in rows {
            guard array.isValid(row) else {
                appendNulls(1)
                continue
            }
            let sourceRow = slots[array.offset + row]
            if known[sourceRow] < 0 {
                if source.isLogicallyNull(sourceRow) {
                    appendNulls(1)
                    continue
                }
                known[sourceRow] = try place(of: source, sourceRow)
            }
            append(known[sourceRow])
        }
    }

    /// Returns where the value of a row lies, after adding it when it is new.
    private func place(of array: ArrowArray, _ row: Int) throws -> Int {
        var key: [UInt8] = []
        array.appendKey(of: row, to: &key)
        if let place = places[key] { return place }
        let place = values.count
        guard place <= index.physicalType.largestInteger else {
            throw EngineError(.overflow, "more values than indices of type \(index) can name")
        }
        try values.append(array, rows: row..<row + 1)
        places[key] = place
        return place
    }

    private func keepOrder(of source: ArrowArray) throws {
        if let firstValues {
            guard firstValues == source else {
                throw EngineError.unsupported("joining ordered dictionaries of different values")
            }
        } else if rowCount > 0 {
            throw EngineError.unsupported("joining an ordered dictionary and other values")
        } else {
            firstValues = source
            for row in 0..<source.count where !source.isLogicallyNull(row) { _ = try place(of: source, row) }
        }
    }
}
