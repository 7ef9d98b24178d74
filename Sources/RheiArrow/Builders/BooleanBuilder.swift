/// Appends truth values and nulls and hands them over as an array of type `bool`.
@safe public struct BooleanBuilder: ~Copyable {
    private var values = BitmapBuilder()
    private var validity = BitmapBuilder()
    private var nullCount = 0

    public init() {}

    /// Number of rows appended.
    public var count: Int { values.count }

    /// Appends a truth value, or a null row for nil.
    public mutating func append(_ value: Bool?) {
        values.append(value ?? false)
        validity.append(value != nil)
        if value == nil { nullCount += 1 }
    }

    /// Returns what was appended and starts anew.
    public mutating func finish() -> ArrowArray {
        let bits = values.finish()
        let valid = validity.finish()
        defer { nullCount = 0 }
        return ArrowArray(
            .bool, count: bits.count, nullCount: nullCount, validity: valid.buffer, buffers: [bits.buffer])
    }
}
