import RheiCore

/// An operator on 64-bit integers that cannot fail.
protocol IntegerOperation {
    static func apply(_ left: Int64, _ right: Int64) -> Int64
}

enum AndIntegers: IntegerOperation {
    @inline(__always) static func apply(_ left: Int64, _ right: Int64) -> Int64 { left & right }
}
enum OrIntegers: IntegerOperation {
    @inline(__always) static func apply(_ left: Int64, _ right: Int64) -> Int64 { left | right }
}
/// A negative amount shifts the other way; bits shifted out are lost, right shifts keep the sign.
enum ShiftLeftIntegers: IntegerOperation {
    @inline(__always) static func apply(_ left: Int64, _ right: Int64) -> Int64 { left << right }
}
enum ShiftRightIntegers: IntegerOperation {
    @inline(__always) static func apply(_ left: Int64, _ right: Int64) -> Int64 { left >> right }
}

/// An operator whose result may not fit.
protocol CheckedIntegerOperation {
    /// Returns the wrapped result and a number whose sign bit is set exactly on overflow.
    static func apply(_ left: Int64, _ right: Int64) -> (result: Int64, overflow: Int64)
}

enum AddIntegers: CheckedIntegerOperation {
    @inline(__always) static func apply(_ left: Int64, _ right: Int64) -> (result: Int64, overflow: Int64) {
        let sum = left &+ right
        return (sum, (left ^ sum) & (right ^ sum))
    }
}
enum SubtractIntegers: CheckedIntegerOperation {
    @inline(__always) static func apply(_ left: Int64, _ right: Int64) -> (result: Int64, overflow: Int64) {
        let difference = left &- right
        return (difference, (left ^ right) & (left ^ difference))
    }
}
enum MultiplyIntegers: CheckedIntegerOperation {
    @inline(__always) static func apply(_ left: Int64, _ right: Int64) -> (result: Int64, overflow: Int64) {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return (product, 0 &- Int64(asByte(overflow)))
    }
}

/// A division: the divisor is neither zero nor, for the smallest dividend, minus one.
protocol DivisionOperation {
    static func apply(_ left: Int64, _ right: Int64) -> Int64
    /// Whether the smallest integer divided by minus one has no result.
    static var overflows: Bool { get }
}
enum DivideIntegers: DivisionOperation {
    @inline(__always) static func apply(_ left: Int64, _ right: Int64) -> Int64 { left / right }
    static var overflows: Bool { true }
}
enum RemainderIntegers: DivisionOperation {
    @inline(__always) static func apply(_ left: Int64, _ right: Int64) -> Int64 { left % right }
    static var overflows: Bool { false }
}

extension ArithmeticKernel {
    /// Computes an operator that cannot fail.
    static func plain<Operation: IntegerOperation>(
        _: Operation.Type, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) -> ColumnVector {
        let result = output.vector().elements(Int64.self)
        let values = left.elements(Int64.self)
        let others = right.elements(Int64.self)
        switch (left.isConstant, right.isConstant) {
        case (true, _):
            let constant = values[0]
            rows.forEachDense { result[$0] = Operation.apply(constant, others[$0]) }
        case (_, true):
            let constant = others[0]
            rows.forEachDense { result[$0] = Operation.apply(values[$0], constant) }
        default:
            rows.forEachDense { result[$0] = Operation.apply(values[$0], others[$0]) }
        }
        return output.propagatingNulls(left, right, rowCount: rows.rowCount)
    }

    /// Computes an operator with one overflow flag for the vector; only when it is set are the rows looked at singly.
    static func checked<Operation: CheckedIntegerOperation>(
        _: Operation.Type, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) throws(EngineError) -> ColumnVector {
        let result = output.vector().elements(Int64.self)
        let values = left.elements(Int64.self)
        let others = right.elements(Int64.self)
        let overflows: Bool
        switch (left.isConstant, right.isConstant) {
        case (true, _): overflows = overflowing(Operation.self, ConstantOperand(values[0]), others, rows, result)
        case (_, true): overflows = overflowing(Operation.self, values, ConstantOperand(others[0]), rows, result)
        default: overflows = overflowing(Operation.self, values, others, rows, result)
        }
        if overflows {
            let first: any Operand<Int64> = left.isConstant ? ConstantOperand(values[0]) : values
            let second: any Operand<Int64> = right.isConstant ? ConstantOperand(others[0]) : others
            try checkOverflow(Operation.self, first, second, left, right, rows)
        }
        return output.propagatingNulls(left, right, rowCount: rows.rowCount)
    }

    /// Fills `result` and tells whether any computed row overflowed, selected and valid or not.
    @inline(__always)
    static func overflowing<Operation: CheckedIntegerOperation, Left: Operand<Int64>, Right: Operand<Int64>>(
        _: Operation.Type, _ left: Left, _ right: Right, _ rows: SelectionVector, _ result: Values<Int64>
    ) -> Bool {
        var flag: Int64 = 0
        rows.forEachDense { row in
            let (value, overflow) = Operation.apply(left[row], right[row])
            result[row] = value
            flag |= overflow
        }
        return flag < 0
    }

    /// Throws when a selected row without nulls overflows.
    static func checkOverflow<Operation: CheckedIntegerOperation>(
        _: Operation.Type, _ first: any Operand<Int64>, _ second: any Operand<Int64>, _ left: ColumnVector,
        _ right: ColumnVector, _ rows: SelectionVector
    ) throws(EngineError) {
        var found = false
        rows.forEach { row in
            if left.isValid(row), right.isValid(row), Operation.apply(first[row], second[row]).overflow < 0 {
                found = true
            }
        }
        if found { throw overflowError }
    }

    /// Divides; rows with a zero divisor become null.
    static func divided<Operation: DivisionOperation>(
        _: Operation.Type, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) throws(EngineError) -> ColumnVector {
        let result = output.vector().elements(Int64.self)
        let values = left.elements(Int64.self)
        let others = right.elements(Int64.self)
        if right.isConstant, others[0] != 0, others[0] != -1 {
            let divisor = others[0]
            let isConstant = left.isConstant
            rows.forEachDense { result[$0] = Operation.apply(values[isConstant ? 0 : $0], divisor) }
            return output.propagatingNulls(left, right, rowCount: rows.rowCount)
        }
        var hasZero = false
        var hasOverflow = false
        rows.forEach { row in
            let dividend = values[left.isConstant ? 0 : row]
            let divisor = others[right.isConstant ? 0 : row]
            let isZero = divisor == 0
            let isExtreme = dividend == .min && divisor == -1
            hasZero = hasZero || isZero
            hasOverflow = hasOverflow || (isExtreme && left.isValid(row) && right.isValid(row))
            result[row] = Operation.apply(isExtreme ? 0 : dividend, isZero ? 1 : divisor)
        }
        if hasOverflow && Operation.overflows { throw overflowError }
        let vector = output.propagatingNulls(left, right, rowCount: rows.rowCount)
        if !hasZero { return vector }
        let validity = output.validity
        if vector.hasNoNulls { validity.fill(true, rowCount: rows.rowCount) }
        rows.forEach { if others[right.isConstant ? 0 : $0] == 0 { validity.clear($0) } }
        return output.nullable(isConstant: vector.isConstant)
    }
}
