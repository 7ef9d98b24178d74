import RheiCore

/// Appends numbers and nulls and hands them over as an array.
@safe public struct PrimitiveBuilder<Value: PrimitiveValue>: ~Copyable {
    /// The type of the result.
    public let type: DataType
    @usableFromInline var values: MutableBuffer
    @usableFromInline var valueCount = 0
    @usableFromInline var valueCapacity: Int
    private var validity = BitmapBuilder()
    private var nullCount = 0

    /// - Throws: `typeMismatch` when `type` is not laid out as `Value`.
    public init(_ type: DataType = Value.defaultType, capacity: Int = 0) throws {
        guard Value.isHeld(by: type) else {
            throw EngineError(.typeMismatch, "an array of \(type) does not hold values of \(Value.self)")
        }
        self.type = type
        values = MutableBuffer(capacity: capacity * MemoryLayout<Value>.stride)
        valueCapacity = values.capacity / MemoryLayout<Value>.stride
    }

    /// Number of rows appended.
    public var count: Int { valueCount }

    /// Makes room for `additionalCount` more rows.
    @inlinable public mutating func reserve(_ additionalCount: Int) {
        if valueCount &+ additionalCount > valueCapacity { grow(to: valueCount &+ additionalCount) }
    }

    /// Appends a value.
    @inlinable public mutating func append(_ value: Value) {
        if valueCount == valueCapacity { grow(to: valueCount &+ 1) }
        unsafe values.pointer.storeBytes(
            of: value, toByteOffset: valueCount &* MemoryLayout<Value>.stride, as: Value.self)
        valueCount &+= 1
    }

    /// Appends a value, or a null row for nil.
    @inlinable public mutating func append(_ value: Value?) {
        if let value { append(value) } else { appendNull() }
    }

    /// Appends valid rows.
    @inlinable public mutating func append(contentsOf values: [Value]) {
        reserve(values.count)
        for value in values { append(value) }
    }

    /// Appends a null row.
    public mutating func appendNull() {
        noteValidRows()
        append(Value.zero)
        validity.append(false)
        nullCount += 1
    }

    /// Returns what was appended and starts anew.
    public mutating func finish() -> ArrowArray {
        let count = valueCount
        if nullCount > 0 { noteValidRows() }
        let bitmap: Buffer? = nullCount > 0 ? validity.finish().buffer : nil
        values.byteCount = count * MemoryLayout<Value>.stride
        let result = ArrowArray(
            type, count: count, nullCount: nullCount, validity: bitmap, buffers: [values.freeze()])
        valueCount = 0
        valueCapacity = values.capacity / MemoryLayout<Value>.stride
        nullCount = 0
        return result
    }

    /// Brings the validity up to the rows appended, all of them valid since the last null.
    private mutating func noteValidRows() {
        validity.append(repeating: true, count: valueCount - validity.count)
    }

    @usableFromInline mutating func grow(to capacity: Int) {
        values.byteCount = valueCount * MemoryLayout<Value>.stride
        values.reserve(capacity * MemoryLayout<Value>.stride)
        valueCapacity = values.capacity / MemoryLayout<Value>.stride
    }
}
