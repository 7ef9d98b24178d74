extension ComparisonKernel {
    /// Compares whole numbers of different widths.
    static func integers(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ mask: Values<UInt8>
    ) {
        if right.isConstant {
            return integers(operation, left, constant: right.integer(0), rows, mask)
        }
        withWidened(left, rows) { first in
            withWidened(right, rows) { second in
                fixed(Int64.self, operation, first, second, rows, mask)
            }
        }
    }

    /// Compares a column of whole numbers with a constant in the column's own width.
    static func integers(
        _ operation: CompareOperation, _ left: ColumnVector, constant: Int64, _ rows: SelectionVector,
        _ mask: Values<UInt8>
    ) {
        switch left.type {
        case .bool: narrowed(UInt8.self, operation, left, constant, rows, mask)
        case .int8: narrowed(Int8.self, operation, left, constant, rows, mask)
        case .int16: narrowed(Int16.self, operation, left, constant, rows, mask)
        case .int32: narrowed(Int32.self, operation, left, constant, rows, mask)
        default: narrowed(Int64.self, operation, left, constant, rows, mask)
        }
    }

    private static func narrowed<Value: FixedWidthInteger & BitwiseCopyable>(
        _: Value.Type, _ operation: CompareOperation, _ left: ColumnVector, _ constant: Int64,
        _ rows: SelectionVector, _ mask: Values<UInt8>
    ) {
        guard var value = Value(exactly: constant) else {
            // Every value of the narrow type lies on the same side of the constant.
            let answer = asByte(operation.holds(constant > 0 ? -1 : 1))
            return rows.forEachDense { mask[$0] = answer }
        }
        unsafe withUnsafeMutablePointer(to: &value) { pointer in
            var right = left
            right.isConstant = true
            unsafe right.values = UnsafeMutableRawPointer(pointer)
            fixed(Value.self, operation, left, right, rows, mask)
        }
    }

    /// Compares numbers of which at least one side is a float or an `int128`.
    static func numbers(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector, _ collation: TextCollation,
        _ rows: SelectionVector, _ mask: Values<UInt8>
    ) {
        if right.isConstant, numbersWithConstant(operation, left, right, rows, mask) { return }
        if left.type.isFloat, right.type.isInteger {
            return withWidened(right, rows) { others in
                exactly(operation.flipped, others, left, rows, mask)
            }
        }
        if left.type.isInteger, right.type.isFloat {
            return withWidened(left, rows) { values in
                exactly(operation, values, right, rows, mask)
            }
        }
        if left.type.isFloat, right.type.isFloat {
            return rows.forEach { row in
                mask[row] = asByte(operation.holds(compareValues(left.double(row), right.double(row))))
            }
        }
        rows.forEach { row in
            mask[row] = asByte(operation.holds(compareWide(left, right, row)))
        }
    }

    /// Reduces a comparison with a constant of the other kind to one in the column's own type where that is exact.
    private static func numbersWithConstant(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ mask: Values<UInt8>
    ) -> Bool {
        if left.type.isInteger, right.type.isFloat {
            integers(operation, left, real: right.double(0), rows, mask)
            return true
        }
        if left.type == .float64, right.type.isInteger, var real = Double(exactly: right.integer(0)) {
            unsafe withUnsafeMutablePointer(to: &real) { pointer in
                var constant = left
                constant.isConstant = true
                unsafe constant.values = UnsafeMutableRawPointer(pointer)
                fixed(Double.self, operation, left, constant, rows, mask)
            }
            return true
        }
        return false
    }

    /// Compares whole numbers with a real constant: the constant is rounded to the side that keeps every answer.
    private static func integers(
        _ operation: CompareOperation, _ left: ColumnVector, real: Double, _ rows: SelectionVector,
        _ mask: Values<UInt8>
    ) {
        let floor = real.rounded(.down)
        let isBeyond = real < -9_223_372_036_854_775_808.0 || real >= 9_223_372_036_854_775_808.0
        if isBeyond || (floor != real && (operation == .equal || operation == .notEqual)) {
            let answer = asByte(operation.holds(real > 0 ? -1 : 1))
            return rows.forEachDense { mask[$0] = answer }
        }
        // x < 2.5 and x <= 2.5 both mean x <= 2; x > 2.5 and x >= 2.5 both mean x > 2.
        var operation = operation
        if floor != real {
            operation = operation == .less || operation == .lessOrEqual ? .lessOrEqual : .greater
        }
        integers(operation, left, constant: Int64(floor), rows, mask)
    }

    private static func exactly(
        _ operation: CompareOperation, _ integers: ColumnVector, _ reals: ColumnVector, _ rows: SelectionVector,
        _ mask: Values<UInt8>
    ) {
        let values = integers.elements(Int64.self)
        rows.forEach { row in
            let order = compareExactly(values[integers.isConstant ? 0 : row], reals.double(row))
            mask[row] = asByte(operation.holds(order))
        }
    }

    /// Orders two numbers of which one is an `int128`; against a float in the float's precision.
    private static func compareWide(_ left: ColumnVector, _ right: ColumnVector, _ row: Int) -> Int {
        if left.type.isFloat || right.type.isFloat { return compareValues(left.double(row), right.double(row)) }
        return compareValues(left.wide(row), right.wide(row))
    }

    /// Calls `body` with the values as `int64`: the vector itself, a constant, or a widened copy.
    static func withWidened(_ vector: ColumnVector, _ rows: SelectionVector, _ body: (ColumnVector) -> Void) {
        if vector.type == .int64 { return body(vector) }
        let buffer = VectorBuffer(type: .int64, capacity: vector.isConstant ? 1 : rows.rowCount)
        defer { withExtendedLifetime(buffer) {} }
        let widened = buffer.vector(isConstant: vector.isConstant)
        let output = widened.elements(Int64.self)
        widen(vector, vector.isConstant ? .single : rows, output)
        body(widened)
    }

    /// Writes the integers of any vector but that of 128 bits to `output`.
    static func widen(_ vector: ColumnVector, _ rows: SelectionVector, _ output: Values<Int64>) {
        switch vector.type {
        case .bool: RheiCompute.widen(vector.elements(UInt8.self), output, rows)
        case .int8: RheiCompute.widen(vector.elements(Int8.self), output, rows)
        case .int16: RheiCompute.widen(vector.elements(Int16.self), output, rows)
        case .int32: RheiCompute.widen(vector.elements(Int32.self), output, rows)
        default: RheiCompute.widen(vector.elements(Int64.self), output, rows)
        }
    }
}

/// Copies narrow integers into wider ones.
@inline(__always)
func widen<Narrow: FixedWidthInteger & BitwiseCopyable, Wide: FixedWidthInteger & BitwiseCopyable>(
    _ input: Values<Narrow>, _ output: Values<Wide>, _ rows: SelectionVector
) {
    rows.forEachDense { output[$0] = Wide(truncatingIfNeeded: input[$0]) }
}

extension ColumnVector {
    /// The number in a row of a numeric vector as a double, rounded where it must be.
    @inline(__always) func double(_ row: Int) -> Double {
        let row = isConstant ? 0 : row
        switch type {
        case .float64: return elements(Double.self)[row]
        case .float32: return Double(elements(Float.self)[row])
        case .int128: return elements(Int128.self)[row].nearestDouble
        default: return Double(integer(row))
        }
    }

    /// The number in a row of a vector of whole numbers.
    func wide(_ row: Int) -> Int128 {
        let row = isConstant ? 0 : row
        return type == .int128 ? elements(Int128.self)[row] : Int128(integer(row))
    }
}
