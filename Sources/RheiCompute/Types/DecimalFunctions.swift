import RheiArrow
import RheiCore

/// Functions on decimals, which are vectors of unscaled numbers, `int64` for types of up to 18 digits and `int128` for
/// others; the binder passes scales as constants.
///
/// All compute whole vectors. A result of more than 38 digits, or that its type has no room for, raises `overflow`.
enum DecimalFunctions {
    static let all: [ScalarFunction] =
        arithmetic + [
            vector("decimal_rescale", 2) { arguments, rows, _, output in
                try rescale(arguments[0], by: Int(arguments[1].datum(0).integerValue), rows, output)
            },
            vector("decimal_of_integer", 2) { arguments, rows, _, output in
                let factor = power(Int(arguments[1].datum(0).integerValue))
                return try unary(arguments[0], rows, output, arguments[0].wideIntegers) {
                    $0.multipliedReportingOverflow(by: factor)
                }
            },
            ScalarFunction("decimal_of", 3, .any, vectorBody: parse) { _, _ in throw unreachable },
            ScalarFunction("decimal_real", 2, .real, vectorBody: real) { _, _ in throw unreachable },
            ScalarFunction("decimal_integer", 2, .integer, vectorBody: integer) { _, _ in throw unreachable },
            ScalarFunction("decimal_text", 2, .text, vectorBody: text) { _, _ in throw unreachable },
        ]

    private static let arithmetic: [ScalarFunction] = [
        binary("decimal_add", .add) { $0.addingReportingOverflow($1) },
        binary("decimal_subtract", .subtract) { $0.subtractingReportingOverflow($1) },
        binary("decimal_multiply", .multiply) { $0.multipliedReportingOverflow(by: $1) },
        vector("decimal_negate", 1) { arguments, rows, _, output in
            try unary(arguments[0], rows, output, arguments[0].wideElements) { (0 &- $0, false) }
        },
        vector("decimal_abs", 1) { arguments, rows, _, output in
            try unary(arguments[0], rows, output, arguments[0].wideElements) { ($0 < 0 ? 0 &- $0 : $0, false) }
        },
        // Rounds to fewer decimals and keeps the scale: toward negative (0) or positive (1) infinity, toward zero (2),
        // to the nearest (3).
        vector("decimal_round", 3) { arguments, rows, _, output in
            let unit = power(max(0, Int(arguments[1].datum(0).integerValue)))
            let mode = arguments[2].datum(0).integerValue
            return try unary(arguments[0], rows, output, arguments[0].wideElements) { value in
                let half = unit / 2
                let rest = value % unit
                let truncated = value &- rest
                switch mode {
                case 0: return (rest < 0 ? truncated &- unit : truncated, false)
                case 1: return (rest > 0 ? truncated &+ unit : truncated, false)
                case 2: return (truncated, false)
                default:
                    let away = rest.magnitude &+ rest.magnitude >= unit.magnitude && half > 0
                    return (away ? (value < 0 ? truncated &- unit : truncated &+ unit) : truncated, false)
                }
            }
        },
    ]

    private static let unreachable = EngineError(.invariant, "a decimal function has no scalar form")
    static let overflow = EngineError(.overflow, "decimal overflow: the result has more digits than its type")

    static func power(_ exponent: Int) -> Int128 {
        var result: Int128 = 1
        for _ in 0..<min(exponent, 38) { result *= 10 }
        return result
    }

    private static func vector(
        _ name: String, _ count: Int, _ body: @escaping ScalarFunction.VectorBody
    ) -> ScalarFunction {
        ScalarFunction(name, count, .any, vectorBody: body) { _, _ in throw unreachable }
    }

    private static func binary(
        _ name: String, _ operation: ArithmeticOperation,
        _ apply: @escaping @Sendable (Int128, Int128) -> (partialValue: Int128, overflow: Bool)
    ) -> ScalarFunction {
        vector(name, 2) { arguments, rows, _, output in
            let (left, right) = (arguments[0], arguments[1])
            if left.isNullConstant || right.isNullConstant { return output.constantNull() }
            let isNarrow = left.type == .int64 && right.type == .int64
            if isNarrow, output.type == .int64 { return try narrow(operation, left, right, rows, output) }
            if isNarrow { return widening(operation, left, right, rows, output) }
            let isConstant = left.isConstant && right.isConstant
            let (first, second) = (left.wideElements, right.wideElements)
            let (firstStep, secondStep) = (left.isConstant ? 0 : -1, right.isConstant ? 0 : -1)
            let values = DecimalOutput(output.vector(isConstant: isConstant))
            let result = output.propagatingNulls(left, right, rowCount: rows.rowCount)
            try check(rows, result) { row in
                let (value, overflow) = apply(first(row & firstStep), second(row & secondStep))
                return overflow || !values.store(value, row)
            }
            return result
        }
    }

    /// Computes in 64 bits; every value and result has at most 18 digits by its type.
    private static func narrow(
        _ operation: ArithmeticOperation, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) throws -> ColumnVector {
        do {
            return try ArithmeticKernel.evaluate(operation, left, right, rows: rows, into: output)
        } catch { throw overflow }
    }

    /// Computes 128-bit results of 64-bit operands, which cannot overflow.
    private static func widening(
        _ operation: ArithmeticOperation, _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector,
        _ output: VectorBuffer
    ) -> ColumnVector {
        let isConstant = left.isConstant && right.isConstant
        let values = output.vector(isConstant: isConstant).elements(Int128.self)
        let (first, second) = (left.elements(Int64.self), right.elements(Int64.self))
        let (firstStep, secondStep) = (left.isConstant ? 0 : -1, right.isConstant ? 0 : -1)
        switch operation {
        case .add: rows.forEach { values[$0] = Int128(first[$0 & firstStep]) &+ Int128(second[$0 & secondStep]) }
        case .subtract: rows.forEach { values[$0] = Int128(first[$0 & firstStep]) &- Int128(second[$0 & secondStep]) }
        default:
            rows.forEach { values[$0] = Int128(first[$0 & firstStep]) &* Int128(second[$0 & secondStep]) }
        }
        return output.propagatingNulls(left, right, rowCount: rows.rowCount)
    }

    /// Calls `body` for the valid rows; it says whether the row overflows.
    @inline(__always) private static func check(
        _ rows: SelectionVector, _ result: ColumnVector, _ body: (Int) -> Bool
    ) throws {
        var overflows = false
        if result.hasNoNulls {
            rows.forEach { if body($0) { overflows = true } }
        } else {
            rows.forEach { if result.isValid($0), body($0) { overflows = true } }
        }
        if overflows { throw overflow }
    }

    @inline(__always) private static func unary(
        _ input: ColumnVector, _ rows: SelectionVector, _ output: VectorBuffer, _ read: (Int) -> Int128,
        _ apply: (Int128) -> (partialValue: Int128, overflow: Bool)
    ) throws -> ColumnVector {
        if input.isNullConstant { return output.constantNull() }
        let values = DecimalOutput(output.vector(isConstant: input.isConstant))
        let result = output.propagatingNulls(input, rowCount: rows.rowCount)
        try check(rows, result) { row in
            let (value, overflow) = apply(read(input.isConstant ? 0 : row))
            return overflow || !values.store(value, row)
        }
        return result
    }

    /// Changes the number of decimals; fewer are rounded half away from zero.
    private static func rescale(
        _ input: ColumnVector, by places: Int, _ rows: SelectionVector, _ output: VectorBuffer
    ) throws -> ColumnVector {
        let factor = power(abs(places))
        if places >= 0, input.type == .int64, output.type == .int64, let narrowFactor = Int64(exactly: factor) {
            let buffer = VectorBuffer(type: .int64, capacity: 1)
            defer { withExtendedLifetime(buffer) {} }
            let constant = buffer.vector(isConstant: true)
            constant.elements(Int64.self)[0] = narrowFactor
            return try narrow(.multiply, input, constant, rows, output)
        }
        if places >= 0 {
            return try unary(input, rows, output, input.wideElements) { $0.multipliedReportingOverflow(by: factor) }
        }
        return try unary(input, rows, output, input.wideElements) { (divided($0, by: factor), false) }
    }

    /// Divides and rounds half away from zero.
    static func divided(_ value: Int128, by divisor: Int128) -> Int128 {
        let quotient = value / divisor
        let rest = value % divisor
        if rest.magnitude &* 2 < divisor.magnitude { return quotient }
        return value < 0 ? quotient &- 1 : quotient &+ 1
    }

    // MARK: conversions

    private static func real(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) -> ColumnVector {
        let input = arguments[0]
        if input.isNullConstant { return output.constantNull() }
        let scale = power(Int(arguments[1].datum(0).integerValue)).nearestDouble
        let values = output.vector(isConstant: input.isConstant).elements(Double.self)
        if input.type == .int64, !input.isConstant {
            let source = input.elements(Int64.self)
            rows.forEachDense { values[$0] = Double(source[$0]) / scale }
            return output.propagatingNulls(input, rowCount: rows.rowCount)
        }
        let read = input.wideElements
        rows.forEach { values[$0] = read(input.isConstant ? 0 : $0).nearestDouble / scale }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    private static func integer(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector {
        let divisor = power(Int(arguments[1].datum(0).integerValue))
        let read = arguments[0].wideElements
        return try output.fillRows(rows, isConstant: arguments[0].isConstant) { row in
            guard arguments[0].isValid(row) else { return .null }
            guard let value = Int64(exactly: divided(read(arguments[0].isConstant ? 0 : row), by: divisor)) else {
                throw EngineError(.overflow, "the decimal does not fit a 64-bit INTEGER")
            }
            return .integer(value)
        }
    }

    private static func text(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector {
        let scale = Int(arguments[1].datum(0).integerValue)
        let read = arguments[0].wideElements
        return try output.fillRows(rows, isConstant: arguments[0].isConstant) { row in
            guard arguments[0].isValid(row) else { return .null }
            let value = read(arguments[0].isConstant ? 0 : row)
            return context.makeText { $0 += DecimalText.text(value, scale: scale).utf8 }
        }
    }

    /// Reads a number or the text of one as a decimal of the given precision and scale.
    private static func parse(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector {
        let input = arguments[0]
        if input.isNullConstant { return output.constantNull() }
        let precision = Int(arguments[1].datum(0).integerValue)
        let scale = Int(arguments[2].datum(0).integerValue)
        let limit = power(precision)
        let values = DecimalOutput(output.vector(isConstant: input.isConstant))
        output.validity.fill(true, rowCount: rows.rowCount)
        try rows.tryForEach { row in
            let datum = input.datum(row)
            if datum.isNull {
                output.validity.clear(row)
                return
            }
            guard let value = DecimalText.value(datum, scale: scale, context.arena) else {
                throw EngineError(.typeMismatch, "a value is no number and has no place in a DECIMAL")
            }
            guard value < limit, value > 0 &- limit, values.store(value, row) else {
                throw EngineError(.overflow, "a value does not fit DECIMAL(\(precision),\(scale))")
            }
        }
        return output.nullable(isConstant: input.isConstant)
    }
}

/// Where the results of a decimal function go.
private struct DecimalOutput {
    private let vector: ColumnVector
    private let isNarrow: Bool
    /// One more than the largest unscaled number.
    private static let limit = DecimalFunctions.power(38)

    init(_ vector: ColumnVector) {
        self.vector = vector
        isNarrow = vector.type == .int64
    }

    /// Writes a value; false when there is no room for it.
    @inline(__always) func store(_ value: Int128, _ row: Int) -> Bool {
        if isNarrow {
            let narrow = Int64(truncatingIfNeeded: value)
            vector.elements(Int64.self)[row] = narrow
            return Int128(narrow) == value
        }
        vector.elements(Int128.self)[row] = value
        return value < Self.limit && value > 0 &- Self.limit
    }
}

extension ColumnVector {
    /// Reads the elements of an `int64` or `int128` vector.
    var wideElements: (Int) -> Int128 {
        if type == .int64 {
            let values = elements(Int64.self)
            return { Int128(values[$0]) }
        }
        let values = elements(Int128.self)
        return { values[$0] }
    }

    /// Reads the elements of an integer vector.
    var wideIntegers: (Int) -> Int128 {
        if type == .int64 {
            let values = elements(Int64.self)
            return { Int128(values[$0]) }
        }
        return { Int128(self.integer($0)) }
    }
}
