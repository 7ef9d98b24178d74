package import RheiCore

/// Computes numbers from numbers.
///
/// Operands are both `int64`, both `float64`, or at least one is `any`; the output buffer has the type of the result:
/// that of the operands, or `int64` for bit operators on anything. Nulls propagate. Rows that are not selected may be
/// computed too, and never raise an error.
package enum ArithmeticKernel {
    /// Computes `left operation right`.
    ///
    /// - Parameter output: not the memory of an operand.
    /// - Throws: `leavesInteger` when a selected `int64` result does not fit, where SQLite would go on in REAL.
    package static func evaluate(
        _ operation: ArithmeticOperation, _ left: ColumnVector, _ right: ColumnVector, rows: SelectionVector,
        into output: VectorBuffer
    ) throws(EngineError) -> ColumnVector {
        if left.isNullConstant || right.isNullConstant { return output.constantNull() }
        let isConstant = left.isConstant && right.isConstant
        let rows = isConstant ? .single : rows
        switch (left.type, right.type) {
        case (.int64, .int64): return try integers(operation, left, right, rows, output)
        case (.float64, .float64): return reals(operation, left, right, rows, output)
        default: return try mixed(operation, left, right, rows, output)
        }
    }

    /// Computes `operation operand`.
    ///
    /// - Throws: `leavesInteger` for the negation of the smallest `int64`.
    package static func evaluate(
        _ operation: UnaryArithmeticOperation, _ operand: ColumnVector, rows: SelectionVector,
        into output: VectorBuffer
    ) throws(EngineError) -> ColumnVector {
        if operand.isNullConstant { return output.constantNull() }
        let rows = operand.isConstant ? .single : rows
        switch (operation, operand.type) {
        case (.negate, .int64):
            let zero = ConstantOperand<Int64>(0)
            let values = operand.elements(Int64.self)
            let result = output.vector().elements(Int64.self)
            if overflowing(SubtractIntegers.self, zero, values, rows, result) {
                try checkOverflow(SubtractIntegers.self, zero, values, operand, operand, rows)
            }
            return output.propagatingNulls(operand, rowCount: rows.rowCount)
        case (.negate, .float64):
            let values = operand.elements(Double.self)
            let result = output.vector().elements(Double.self)
            // SQLite computes 0.0 - x, so that the negation of 0.0 is 0.0.
            rows.forEachDense { result[$0] = 0.0 - values[$0] }
            return output.propagatingNulls(operand, rowCount: rows.rowCount)
        case (.bitwiseNot, .int64):
            let values = operand.elements(Int64.self)
            let result = output.vector().elements(Int64.self)
            rows.forEachDense { result[$0] = ~values[$0] }
            return output.propagatingNulls(operand, rowCount: rows.rowCount)
        default:
            return try mixed(operation, operand, rows, output)
        }
    }
}

extension ArithmeticKernel {
    private static func integers(
        _ operation: ArithmeticOperation, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) throws(EngineError) -> ColumnVector {
        switch operation {
        case .add: return try checked(AddIntegers.self, left, right, rows, output)
        case .subtract: return try checked(SubtractIntegers.self, left, right, rows, output)
        case .multiply: return try checked(MultiplyIntegers.self, left, right, rows, output)
        case .divide: return try divided(DivideIntegers.self, left, right, rows, output)
        case .remainder: return try divided(RemainderIntegers.self, left, right, rows, output)
        case .bitwiseAnd: return plain(AndIntegers.self, left, right, rows, output)
        case .bitwiseOr: return plain(OrIntegers.self, left, right, rows, output)
        case .shiftLeft: return plain(ShiftLeftIntegers.self, left, right, rows, output)
        case .shiftRight: return plain(ShiftRightIntegers.self, left, right, rows, output)
        }
    }

    private static func reals(
        _ operation: ArithmeticOperation, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) -> ColumnVector {
        switch operation {
        case .add: return guarded(AddReals.self, left, right, rows, output)
        case .subtract: return guarded(SubtractReals.self, left, right, rows, output)
        case .multiply: return guarded(MultiplyReals.self, left, right, rows, output)
        case .divide: return guarded(DivideReals.self, left, right, rows, output)
        case .remainder: return guarded(RemainderReals.self, left, right, rows, output)
        case .bitwiseAnd: return truncated(AndIntegers.self, left, right, rows, output)
        case .bitwiseOr: return truncated(OrIntegers.self, left, right, rows, output)
        case .shiftLeft: return truncated(ShiftLeftIntegers.self, left, right, rows, output)
        case .shiftRight: return truncated(ShiftRightIntegers.self, left, right, rows, output)
        }
    }

    /// Bit operators on reals: both are cast to integers, the result is `int64`.
    private static func truncated<Operation: IntegerOperation>(
        _: Operation.Type, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) -> ColumnVector {
        let result = output.vector().elements(Int64.self)
        rows.forEach { row in
            result[row] = Operation.apply(integerOfReal(left.double(row)), integerOfReal(right.double(row)))
        }
        return output.propagatingNulls(left, right, rowCount: rows.rowCount)
    }

    static let overflowError = EngineError(
        .leavesInteger, "integer overflow: SQLite continues in REAL where the column's type is INTEGER")
}
