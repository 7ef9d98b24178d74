import RheiCore

/// What builders of dictionaries and of runs share: values are put together one row at a time and handed on as an
/// array.
public class EncodingBuilder: ArrayBuilder {
    /// Builds one value; for nested types, whose values then become a row by `endRow()`.
    public let value: ArrayBuilder

    init(_ type: DataType, value: DataType) throws {
        self.value = try ArrayBuilder.make(value)
        super.init(type)
    }

    /// Closes a row whose value was appended to `value`.
    ///
    /// - Throws: `invalidArgument` when there is not exactly one, `overflow` when there are too many rows or values.
    public func endRow() throws {
        let array = try value.finish()
        guard array.count == 1 else {
            throw EngineError(.invalidArgument, "\(array.count) values in a row of type \(type)")
        }
        try appendValue(array, 0, repeated: 1)
    }

    /// Appends rows that all have the value of row `row` of an array of values.
    func appendValue(_ array: ArrowArray, _ row: Int, repeated: Int) throws { throw mismatch("rows") }

    public override func append(_ value: Bool) throws {
        try self.value.append(value)
        try endRow()
    }

    public override func append(integer value: Int64) throws {
        try self.value.append(integer: value)
        try endRow()
    }

    public override func append(decimal value: Decimal256) throws {
        try self.value.append(decimal: value)
        try endRow()
    }

    public override func append(real value: Double) throws {
        try self.value.append(real: value)
        try endRow()
    }

    package override func append(bytes: UnsafeRawBufferPointer, isText: Bool) throws {
        try unsafe value.append(bytes: bytes, isText: isText)
        try endRow()
    }
}
