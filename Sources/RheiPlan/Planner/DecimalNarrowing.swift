import RheiArrow
import RheiCore

/// Computes with decimals in 64 bits where the bounds of the columns say that results have at most 18 digits, though
/// their types, which count with the longest numbers, have more.
///
/// Only types within expressions change; the columns of the plan keep theirs.
struct DecimalNarrowing {
    /// The most digits that 64 bits hold.
    private static let digits = 18
    private var ranges: [ColumnID: ClosedRange<Int128>] = [:]

    init(_ plan: PhysicalPlan) { collect(plan) }

    // MARK: plans

    func apply(_ plan: PhysicalPlan) -> PhysicalPlan {
        var result = plan
        switch plan.node {
        case .values, .expand, .window, .sort, .limit, .unionAll, .shared, .recursion: break
        case .scan(var scan):
            scan.filters = scan.filters.map(narrowed)
            result.node = .scan(scan)
        case .filter(let input, let conditions): result.node = .filter(input, conditions.map(narrowed))
        case .project(let input, let expressions): result.node = .project(input, expressions.map(narrowed))
        case .aggregate(let node):
            var node = Self.absorbingProjection(node)
            node.keys = node.keys.map { Self.represented(narrowed($0), as: $0.type) }
            node.aggregates = node.aggregates.map(narrowed)
            result.node = .aggregate(node)
        case .hashJoin(var join):
            join.residual = join.residual.map(narrowed)
            result.node = .hashJoin(join)
        case .nestedLoopJoin(var join):
            join.condition = join.condition.map(narrowed)
            result.node = .nestedLoopJoin(join)
        }
        result.node = result.node.mapInputs(apply)
        return result
    }

    private func narrowed(_ call: AggregateCall) -> AggregateCall {
        var call = call
        call.filter = call.filter.map(narrowed)
        call.arguments = call.arguments.map { argument in
            let narrow = narrowed(argument)
            // Other results than sums have the argument's type.
            return call.function == .sum ? narrow : Self.represented(narrow, as: argument.type)
        }
        return call
    }

    /// Takes the arithmetic on decimals of a projection into the grouping that reads it, where its operands' columns
    /// have bounds and its results need no type of a column.
    private static func absorbingProjection(_ node: PhysicalAggregate) -> PhysicalAggregate {
        guard case .project(let input, let expressions) = node.input.node, expressions.contains(where: isDecimalCall),
            expressions.allSatisfy(mayMove), node.aggregates.allSatisfy({ $0.filter == nil })
        else { return node }
        let sources = Dictionary(
            zip(node.input.columns.map(\.id), expressions), uniquingKeysWith: { first, _ in first })
        var result = node
        result.input = input
        result.keys = node.keys.map { $0.substituting(sources) }
        for index in node.aggregates.indices {
            result.aggregates[index].arguments = node.aggregates[index].arguments.map { $0.substituting(sources) }
        }
        return result
    }

    private static func isDecimalCall(_ expression: Expression) -> Bool {
        if case .call(let name, _, .decimal128) = expression { return name.hasPrefix("decimal_") }
        return false
    }

    /// Whether an expression gives the same value wherever it is computed.
    private static func mayMove(_ expression: Expression) -> Bool {
        !expression.contains { node in
            if case .call(let name, _, _) = node { return !name.hasPrefix("decimal_") && !name.hasPrefix("date_") }
            return false
        }
    }

    // MARK: expressions

    /// The expression with the narrowest types for the decimals in it, its own included.
    private func narrowed(_ expression: Expression) -> Expression {
        let node = mayLookInto(expression) ? expression.mapChildren(narrowed) : expression
        if case .comparison(let op, let left, let right, let collation) = node {
            let type = Self.wider(left.type, right.type)
            return .comparison(
                op, Self.represented(left, as: type), Self.represented(right, as: type), collation)
        }
        guard case .decimal128(let precision, let scale) = node.type, precision > Self.digits, let range = range(node),
            Self.holds(range)
        else { return node }
        return Self.retyped(node, .decimal128(precision: Self.digits, scale: scale))
    }

    /// Other functions than those on decimals take their arguments as they are.
    private func mayLookInto(_ expression: Expression) -> Bool {
        switch expression {
        case .call(let name, _, _): name.hasPrefix("decimal_")
        case .cast(_, .represent, .decimal128): true
        case .cast, .inList: false
        default: true
        }
    }

    private static func holds(_ range: ClosedRange<Int128>) -> Bool {
        let limit = power(digits)
        return range.lowerBound > -limit && range.upperBound < limit
    }

    private static func retyped(_ node: Expression, _ type: DataType) -> Expression {
        switch node {
        case .call(let name, let arguments, _): .call(name, arguments, type)
        case .cast(let operand, let kind, _): .cast(operand, kind, type)
        default: node
        }
    }

    /// The wider of two decimal types of one scale; the left type for all others.
    private static func wider(_ left: DataType, _ right: DataType) -> DataType? {
        guard case .decimal128(let first, let scale) = left, case .decimal128(let second, scale) = right else {
            return nil
        }
        return first >= second ? left : right
    }

    private static func represented(_ expression: Expression, as type: DataType?) -> Expression {
        guard let type, type != expression.type, case .decimal128 = type, case .decimal128 = expression.type else {
            return expression
        }
        return .cast(expression, .represent, type)
    }

    // MARK: ranges

    private mutating func collect(_ plan: PhysicalPlan) {
        for input in plan.inputs { collect(input) }
        switch plan.node {
        case .scan(let scan):
            for (index, column) in zip(scan.tableColumns, plan.columns) where Self.hasBounds(column.type) {
                guard let known = scan.provider.statistics(column: index), case .integer(let low) = known.minimum,
                    case .integer(let high) = known.maximum, low <= high
                else { continue }
                ranges[column.id] = Int128(low)...Int128(high)
            }
        case .project(_, let expressions):
            for (expression, column) in zip(expressions, plan.columns) { ranges[column.id] = range(expression) }
        case .aggregate(let node):
            for (key, column) in zip(node.keys, plan.columns) { ranges[column.id] = range(key) }
        default: break
        }
    }

    /// Whether the bounds of a column are those of the integers that its vectors hold.
    private static func hasBounds(_ type: DataType) -> Bool {
        switch type {
        case .int64, .int32: true
        case .decimal128(let precision, _): precision <= digits
        default: false
        }
    }

    /// Bounds of an expression's unscaled values; nil when they may not fit 128 bits or it is no number.
    private func range(_ expression: Expression) -> ClosedRange<Int128>? {
        switch expression {
        case .literal(.integer(let value), _): return Int128(value)...Int128(value)
        case .column(let id, let type): return ranges[id] ?? Self.range(of: type)
        case .cast(let operand, .represent, .decimal128), .cast(let operand, .represent, .int64):
            return range(operand)
        case .call(let name, let arguments, let type): return range(of: name, arguments) ?? Self.range(of: type)
        default: return Self.range(of: expression.type)
        }
    }

    private static func range(of type: DataType) -> ClosedRange<Int128>? {
        switch type {
        case .bool: return 0...1
        case .int64: return Int128(Int64.min)...Int128(Int64.max)
        case .decimal128(let precision, _):
            let limit = power(precision) - 1
            return -limit...limit
        default: return nil
        }
    }

    private func range(of function: String, _ arguments: [Expression]) -> ClosedRange<Int128>? {
        guard let first = arguments.first.flatMap(range) else { return nil }
        switch function {
        case "decimal_negate": return -first.upperBound...(-first.lowerBound)
        case "decimal_rescale", "decimal_of_integer":
            guard case .integer(let places) = arguments[1].literalValue, (0...Int64(Self.digits)).contains(places)
            else { return nil }
            let factor = Self.power(Int(places))
            return Self.combined(first, factor...factor) { $0.multipliedReportingOverflow(by: $1) }
        case "decimal_add", "decimal_subtract", "decimal_multiply":
            guard let second = range(arguments[1]) else { return nil }
            return Self.combined(first, second) { left, right in
                switch function {
                case "decimal_add": left.addingReportingOverflow(right)
                case "decimal_subtract": left.subtractingReportingOverflow(right)
                default: left.multipliedReportingOverflow(by: right)
                }
            }
        default: return nil
        }
    }

    /// The range of an operation that takes its least and greatest value at bounds of its operands.
    private static func combined(
        _ left: ClosedRange<Int128>, _ right: ClosedRange<Int128>,
        _ apply: (Int128, Int128) -> (partialValue: Int128, overflow: Bool)
    ) -> ClosedRange<Int128>? {
        var bounds: ClosedRange<Int128>?
        for first in [left.lowerBound, left.upperBound] {
            for second in [right.lowerBound, right.upperBound] {
                let (value, overflow) = apply(first, second)
                if overflow { return nil }
                bounds = min(value, bounds?.lowerBound ?? value)...max(value, bounds?.upperBound ?? value)
            }
        }
        return bounds
    }

    private static func power(_ exponent: Int) -> Int128 { (0..<exponent).reduce(1) { value, _ in value * 10 } }
}

extension PhysicalNode {
    /// The same operator over other inputs, which have the same columns.
    func mapInputs(_ transform: (PhysicalPlan) -> PhysicalPlan) -> PhysicalNode {
        switch self {
        case .scan, .values: return self
        case .filter(let input, let conditions): return .filter(transform(input), conditions)
        case .project(let input, let expressions): return .project(transform(input), expressions)
        case .sort(let input, let keys, let limit, let offset):
            return .sort(transform(input), keys, limit: limit, offset: offset)
        case .limit(let input, let limit, let offset): return .limit(transform(input), limit: limit, offset: offset)
        case .shared(let id, let input): return .shared(id, transform(input))
        case .unionAll(let inputs): return .unionAll(inputs.map(transform))
        case .aggregate(var node):
            node.input = transform(node.input)
            return .aggregate(node)
        case .expand(var node):
            node.input = transform(node.input)
            return .expand(node)
        case .window(var node):
            node.input = transform(node.input)
            return .window(node)
        case .hashJoin(var join):
            join.probe = transform(join.probe)
            join.build = transform(join.build)
            return .hashJoin(join)
        case .nestedLoopJoin(var join):
            join.probe = transform(join.probe)
            join.build = transform(join.build)
            return .nestedLoopJoin(join)
        case .recursion(var recursion):
            recursion.start = transform(recursion.start)
            recursion.step = transform(recursion.step)
            return .recursion(recursion)
        }
    }
}
