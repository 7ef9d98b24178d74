/// An operator on doubles; a result that is not a number means null.
protocol RealOperation {
    static func apply(_ left: Double, _ right: Double) -> Double
}

enum AddReals: RealOperation {
    @inline(__always) static func apply(_ left: Double, _ right: Double) -> Double { left + right }
}
enum SubtractReals: RealOperation {
    @inline(__always) static func apply(_ left: Double, _ right: Double) -> Double { left - right }
}
enum MultiplyReals: RealOperation {
    @inline(__always) static func apply(_ left: Double, _ right: Double) -> Double { left * right }
}
enum DivideReals: RealOperation {
    @inline(__always) static func apply(_ left: Double, _ right: Double) -> Double {
        right == 0 ? .nan : left / right
    }
}
/// Truncates both operands to integers and yields the remainder as a real.
enum RemainderReals: RealOperation {
    @inline(__always) static func apply(_ left: Double, _ right: Double) -> Double {
        let divisor = integerOfReal(right)
        if divisor == 0 { return .nan }
        return divisor == -1 ? 0 : Double(integerOfReal(left) % divisor)
    }
}

/// The integer that SQLite makes of a real: truncated toward zero, clamped to the range.
@inline(__always) func integerOfReal(_ real: Double) -> Int64 {
    if real >= -9_223_372_036_854_775_808.0, real < 9_223_372_036_854_775_808.0 { return Int64(real) }
    return real > 0 ? .max : .min
}

extension ArithmeticKernel {
    /// Computes an operator on reals; where the result is not a number the row becomes null.
    static func guarded<Operation: RealOperation>(
        _: Operation.Type, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) -> ColumnVector {
        let result = output.vector().elements(Double.self)
        let values = left.elements(Double.self)
        let others = right.elements(Double.self)
        let hasNaN: Bool
        switch (left.isConstant, right.isConstant) {
        case (true, _): hasNaN = compute(Operation.self, ConstantOperand(values[0]), others, rows, result)
        case (_, true): hasNaN = compute(Operation.self, values, ConstantOperand(others[0]), rows, result)
        default: hasNaN = compute(Operation.self, values, others, rows, result)
        }
        let vector = output.propagatingNulls(left, right, rowCount: rows.rowCount)
        if !hasNaN { return vector }
        let validity = output.validity
        if vector.hasNoNulls { validity.fill(true, rowCount: rows.rowCount) }
        rows.forEach { row in
            if result[row].isNaN {
                validity.clear(row)
                result[row] = 0
            }
        }
        return output.nullable(isConstant: vector.isConstant)
    }

    /// Fills `result` and tells whether a computed row is not a number, selected and valid or not.
    @inline(__always)
    private static func compute<Operation: RealOperation, Left: Operand<Double>, Right: Operand<Double>>(
        _: Operation.Type, _ left: Left, _ right: Right, _ rows: SelectionVector, _ result: Values<Double>
    ) -> Bool {
        var flag: UInt8 = 0
        rows.forEachDense { row in
            let value = Operation.apply(left[row], right[row])
            result[row] = value
            flag |= asByte(value != value)
        }
        return flag != 0
    }
}
