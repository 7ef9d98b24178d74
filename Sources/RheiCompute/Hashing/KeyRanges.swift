import RheiArrow

/// Returns the least and greatest integer of the selected rows that are not null; nil when there are none.
func integerRange(
    _ vector: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int
) -> (minimum: Int64, maximum: Int64)? {
    @inline(__always) func scan<Integer: FixedWidthInteger & BitwiseCopyable>(_: Integer.Type) -> (Int64, Int64)? {
        let values = unsafe vector.pointer(Integer.self)
        var minimum = Integer.max
        var maximum = Integer.min
        if unsafe selection == nil, unsafe vector.validity == nil, !vector.isConstant {
            // Several at a time, since nothing depends on a jump.
            for row in 0..<count {
                let value = unsafe values[row]
                minimum = value < minimum ? value : minimum
                maximum = value > maximum ? value : maximum
            }
        } else {
            unsafe forEachRow(selection, count) { row in
                let value = unsafe values[row]
                let counts = vector.isValid(row)
                if counts && value < minimum { minimum = value }
                if counts && value > maximum { maximum = value }
            }
        }
        return minimum > maximum ? nil : (Int64(truncatingIfNeeded: minimum), Int64(truncatingIfNeeded: maximum))
    }
    return switch vector.type {
    case .bool, .int8: scan(Int8.self)
    case .int16: scan(Int16.self)
    case .int32: scan(Int32.self)
    case .int64: scan(Int64.self)
    default: nil
    }
}

/// Returns the length in bytes of the longest string of the selected rows that are not null, 0 when there are none.
func longest(_ vector: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int) -> Int {
    let values = unsafe vector.pointer(StringValue.self)
    var result = 0
    unsafe forEachRow(selection, count) { row in
        if vector.isValid(row) { result = unsafe max(result, values[row].count) }
    }
    return result
}
