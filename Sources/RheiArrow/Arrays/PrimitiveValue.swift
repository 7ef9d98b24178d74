/// A Swift number that arrays hold directly.
public protocol PrimitiveValue: BitwiseCopyable, Sendable, Hashable {
    /// The layout of arrays of this number.
    static var physicalType: PhysicalType { get }
    /// The plain logical type of this number.
    static var defaultType: DataType { get }
    /// The value that null rows hold.
    static var zero: Self { get }
    /// Whether arrays of `type` hold this number.
    static func isHeld(by type: DataType) -> Bool
}

extension PrimitiveValue {
    public static func isHeld(by type: DataType) -> Bool { type.physicalType == physicalType }
}

extension Int8: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .int8 }
    public static var defaultType: DataType { .int8 }
}
extension Int16: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .int16 }
    public static var defaultType: DataType { .int16 }
}
extension Int32: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .int32 }
    public static var defaultType: DataType { .int32 }
}
extension Int64: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .int64 }
    public static var defaultType: DataType { .int64 }
}
extension UInt8: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .uint8 }
    public static var defaultType: DataType { .uint8 }
}
extension UInt16: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .uint16 }
    public static var defaultType: DataType { .uint16 }
}
extension UInt32: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .uint32 }
    public static var defaultType: DataType { .uint32 }
}
extension UInt64: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .uint64 }
    public static var defaultType: DataType { .uint64 }
}
extension Float: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .float32 }
    public static var defaultType: DataType { .float32 }
}
extension Double: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .float64 }
    public static var defaultType: DataType { .float64 }
}
extension Int128: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .int128 }
    public static var defaultType: DataType { .decimal128(precision: 38, scale: 0) }
}
#if !(os(macOS) && arch(x86_64))
extension Float16: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .float16 }
    public static var defaultType: DataType { .float16 }
}
#endif
extension Decimal256: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .int256 }
    public static var defaultType: DataType { .decimal256(precision: 76, scale: 0) }
    public static var zero: Decimal256 { Decimal256(0) }
}
extension DayTimeInterval: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .fixedBytes }
    public static var defaultType: DataType { .interval(.dayTime) }
    public static var zero: DayTimeInterval { DayTimeInterval(days: 0, milliseconds: 0) }
    public static func isHeld(by type: DataType) -> Bool { type == defaultType }
}
extension MonthDayNanoInterval: PrimitiveValue {
    @inlinable public static var physicalType: PhysicalType { .fixedBytes }
    public static var defaultType: DataType { .interval(.monthDayNano) }
    public static var zero: MonthDayNanoInterval { MonthDayNanoInterval(months: 0, days: 0, nanoseconds: 0) }
    public static func isHeld(by type: DataType) -> Bool { type == defaultType }
}
