import RheiCore

/// A view of an array whose rows are numbers: integers, floats, dates, times, timestamps, decimals,
/// intervals.
///
/// Numbers of null rows are readable and unspecified; ask `isValid` or `value(at:)`.
@safe @frozen public struct PrimitiveArray<Value: PrimitiveValue>: Sendable {
    /// The array looked at.
    public let array: ArrowArray
    /// Row 0's value; `count` values follow each other. Valid while `array` lives.
    @usableFromInline package nonisolated(unsafe) let values: UnsafePointer<Value>

    /// - Throws: `typeMismatch` when the array's layout is not that of `Value`.
    public init(_ array: ArrowArray) throws {
        guard Value.isHeld(by: array.type) else {
            throw EngineError(.typeMismatch, "an array of \(array.type) does not hold values of \(Value.self)")
        }
        self.array = array
        unsafe values = array.buffers[0].pointer.assumingMemoryBound(to: Value.self) + array.offset
    }

    @inlinable public var count: Int { array.count }
    public var nullCount: Int { array.nullCount }
    /// Whether row `row` is not null.
    public func isValid(_ row: Int) -> Bool { array.isValid(row) }

    /// The number in row `row`, meaningless when the row is null.
    ///
    /// - Precondition: `0 <= row < count`.
    @inlinable public subscript(row: Int) -> Value {
        precondition(row >= 0 && row < count, "row out of range")
        defer { withExtendedLifetime(array) {} }
        return unsafe values[row]
    }

    /// The number in row `row`, nil when the row is null.
    @inlinable public func value(at row: Int) -> Value? {
        array.isValid(row) ? self[row] : nil
    }
}

/// A view of an array of 128-bit decimals; the numbers are unscaled.
public typealias Decimal128Array = PrimitiveArray<Int128>
/// A view of an array of 256-bit decimals; the numbers are unscaled.
public typealias Decimal256Array = PrimitiveArray<Decimal256>
