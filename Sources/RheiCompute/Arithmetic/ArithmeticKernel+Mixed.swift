import RheiArrow
import RheiCore

extension ArithmeticKernel {
    /// Computes row by row where a type is known per row only; an integer overflow continues in REAL.
    static func mixed(
        _ operation: ArithmeticOperation, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) throws(EngineError) -> ColumnVector {
        try filled(output, rows, isConstant: left.isConstant && right.isConstant) { row in
            Datum.compute(operation, left.datum(row), right.datum(row))
        }
    }

    static func mixed(
        _ operation: UnaryArithmeticOperation, _ operand: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) throws(EngineError) -> ColumnVector {
        try filled(output, rows, isConstant: operand.isConstant) { row in
            let datum = operand.datum(row)
            switch operation {
            case .negate: return Datum.compute(.subtract, .integer(0), datum)
            case .bitwiseNot: return datum.isNull ? .null : .integer(~datum.integerValue)
            }
        }
    }

    private static func filled(
        _ output: VectorBuffer, _ rows: SelectionVector, isConstant: Bool, _ body: (Int) -> Datum
    ) throws(EngineError) -> ColumnVector {
        do {
            return try output.fillRows(rows, isConstant: isConstant, body)
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.invariant, "arithmetic failed", cause: error)
        }
    }
}

extension Datum {
    /// Computes an operator on any two values by SQLite's rules.
    package static func compute(_ operation: ArithmeticOperation, _ left: Datum, _ right: Datum) -> Datum {
        if left.isNull || right.isNull { return .null }
        switch operation {
        case .bitwiseAnd: return .integer(left.integerValue & right.integerValue)
        case .bitwiseOr: return .integer(left.integerValue | right.integerValue)
        case .shiftLeft: return .integer(ShiftLeftIntegers.apply(left.integerValue, right.integerValue))
        case .shiftRight: return .integer(ShiftRightIntegers.apply(left.integerValue, right.integerValue))
        case .add, .subtract, .multiply, .divide, .remainder:
            let first = left.arithmeticValue
            let second = right.arithmeticValue
            if first.storageClass == .integer, second.storageClass == .integer {
                return computeIntegers(operation, first.integer, second.integer)
            }
            return computeReals(operation, left, right)
        }
    }

    private static func computeIntegers(_ operation: ArithmeticOperation, _ left: Int64, _ right: Int64) -> Datum {
        switch operation {
        case .add:
            let (sum, overflow) = left.addingReportingOverflow(right)
            return overflow ? .real(Double(left) + Double(right)) : .integer(sum)
        case .subtract:
            let (difference, overflow) = left.subtractingReportingOverflow(right)
            return overflow ? .real(Double(left) - Double(right)) : .integer(difference)
        case .multiply:
            let (product, overflow) = left.multipliedReportingOverflow(by: right)
            return overflow ? .real(Double(left) * Double(right)) : .integer(product)
        case .divide:
            if right == 0 { return .null }
            if left == .min, right == -1 { return .real(9_223_372_036_854_775_808.0) }
            return .integer(left / right)
        default:
            if right == 0 { return .null }
            return .integer(right == -1 ? 0 : left % right)
        }
    }

    /// Takes the operands before conversion: of a text such as `-0` the real has a sign, and the remainder reads
    /// integers as CAST does.
    private static func computeReals(_ operation: ArithmeticOperation, _ left: Datum, _ right: Datum) -> Datum {
        let one = left.realValue
        let two = right.realValue
        switch operation {
        case .add: return .real(one + two)
        case .subtract: return .real(one - two)
        case .multiply: return .real(one * two)
        case .divide: return two == 0 ? .null : .real(one / two)
        default:
            let divisor = right.integerValue
            if divisor == 0 { return .null }
            return .real(divisor == -1 ? 0 : Double(left.integerValue % divisor))
        }
    }
}
