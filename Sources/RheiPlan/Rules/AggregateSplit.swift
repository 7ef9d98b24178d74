import RheiArrow
import RheiCore

/// Aggregates in two steps: those of fine groups, and those that make the results of coarser groups out of them.
struct AggregateSplit {
    private let context: PlanContext
    private let bounds: IntegerBounds
    /// Whether the sums of the fine groups are part of the result, so that one that overflows is an error anyway.
    private let showsFineSums: Bool
    /// Whether sums of decimals of up to 18 digits are taken, which 38 digits hold whatever the number of rows.
    private let sumsDecimals: Bool
    private(set) var lower: [AggregateColumn] = []
    private(set) var upper: [AggregateColumn] = []
    /// What the aggregates' results are, over those of the second step.
    private(set) var results: [ProjectedColumn] = []

    init(context: PlanContext, bounds: IntegerBounds, showsFineSums: Bool = false, sumsDecimals: Bool = false) {
        self.context = context
        self.bounds = bounds
        self.showsFineSums = showsFineSums
        self.sumsDecimals = sumsDecimals
    }

    /// Adds an aggregate without DISTINCT; false where it cannot be put together without a difference.
    mutating func add(_ column: AggregateColumn) -> Bool {
        let call = column.call
        guard call.filter == nil, !call.isDistinct, !call.mustAgree, call.order.isEmpty else { return false }
        switch call.function {
        case .countStar, .count: addResult(.sum, of: addLower(call), for: column)
        case .sum:
            let isBounded =
                call.type == .int64
                ? bounds.allow(call.arguments, offset: 0)
                : sumsDecimals && call.arguments.allSatisfy(\.type.isShortDecimal)
            guard isBounded || (showsFineSums && (call.type == .int64 || call.type.isDecimal)) else { return false }
            addResult(.sum, of: addLower(call), for: column)
        case .minimum where call.type.hasOneFormPerValue, .maximum where call.type.hasOneFormPerValue:
            addResult(call.function, of: addLower(call), for: column)
        case .average:
            guard call.type == .float64, bounds.allow(call.arguments, offset: 0) else { return false }
            addAverage(column)
        default: return false
        }
        return true
    }

    /// Adds an aggregate that the second step computes as it is, from columns that are the same for all of a fine group: one
    /// that does not count how often a value comes. False for others.
    mutating func keep(_ column: AggregateColumn) -> Bool {
        switch column.call.function {
        case .anyValue: break
        case .minimum where column.call.type.hasOneFormPerValue, .maximum where column.call.type.hasOneFormPerValue:
            break
        default: return false
        }
        guard column.call.filter == nil, !column.call.mustAgree, column.call.order.isEmpty else { return false }
        upper.append(column)
        results.append(ProjectedColumn(column.column))
        return true
    }

    private mutating func addLower(_ call: AggregateCall) -> Expression {
        let id = context.makeColumn("part")
        lower.append(AggregateColumn(id: id, call: call))
        return .column(id, call.type)
    }

    private mutating func addUpper(
        _ function: AggregateFunction, of part: Expression, like call: AggregateCall
    ) -> Expression {
        let id = context.makeColumn("whole")
        let type: DataType = function == .count ? .int64 : part.type
        upper.append(
            AggregateColumn(
                id: id,
                call: AggregateCall(function: function, arguments: [part], collation: call.collation, type: type)))
        return .column(id, type)
    }

    /// Adds an aggregate whose result is that of `function` over a column of the first step.
    mutating func addResult(_ function: AggregateFunction, of part: Expression, for column: AggregateColumn) {
        let result = addUpper(function, of: part, like: column.call)
        results.append(ProjectedColumn(id: column.id, expression: result))
    }

    private mutating func addAverage(_ column: AggregateColumn) {
        let parts = [AggregateFunction.sum, .count].map { function in
            addLower(AggregateCall(function: function, arguments: column.call.arguments, type: .int64))
        }
        let wholes = parts.map { Expression.cast(addUpper(.sum, of: $0, like: column.call), .represent, .float64) }
        results.append(ProjectedColumn(id: column.id, expression: .binary(.divide, wholes[0], wholes[1], .float64)))
    }
}

extension DataType {
    fileprivate var isDecimal: Bool { if case .decimal128 = self { true } else { false } }

    fileprivate var isShortDecimal: Bool {
        if case .decimal128(let precision, _) = self { precision <= 18 } else { false }
    }
}
