import RheiCompute
import RheiCore
import RheiPlan

/// A window operator with its types resolved: what is kept per row, and where functions find it.
///
/// Kept are the input's columns, then every other expression that keys, arguments and filters need.
struct WindowPlan: Sendable {
    let input: ColumnLayout
    let computed: [Expression]
    let storedTypes: [VectorType]
    let keySlots: [Int]
    let orders: [SortOrder]
    let functions: [WindowFunctionDescription]

    init(_ node: PhysicalWindow, input: ColumnLayout) throws {
        var slots = StoredExpressions(input)
        keySlots = try node.keys.map { try slots.slot(of: $0.expression) }
        functions = try node.calls.map { call in
            WindowFunctionDescription(
                kind: try Self.kind(of: call), argumentSlots: try call.arguments.map { try slots.slot(of: $0) },
                filterSlot: try call.filter.map { try slots.slot(of: $0) }, frame: try FrameDescription(call.frame),
                partitionKeyCount: call.partitionKeyCount, orderKeyCount: call.orderKeyCount,
                resultType: try vectorType(of: call.type))
        }
        orders = node.keys.map {
            SortOrder(isDescending: $0.isDescending, nullsFirst: $0.nullsFirst, collation: $0.collation.kernel)
        }
        self.input = input
        computed = slots.computed
        storedTypes = slots.types
    }

    var order: RowOrder { RowOrder(types: storedTypes, keySlots: keySlots, orders: orders) }

    /// - Parameter order: the rows to look at, sorted by the keys.
    func evaluator(_ rows: RowStore, _ order: SortedRows) -> WindowEvaluator {
        WindowEvaluator(rows: rows, order: order, keySlots: keySlots, orders: orders, functions: functions)
    }

    private static func aggregate(_ function: AggregateFunction, _ call: WindowCall) -> AggregateCall {
        var aggregate = AggregateCall(
            function: function, arguments: call.arguments, collation: call.collation, type: call.type)
        aggregate.order = call.order
        return aggregate
    }

    private static func kind(of call: WindowCall) throws -> WindowFunctionDescription.Kind {
        switch call.function {
        case .rowNumber: .rowNumber
        case .rank: .rank
        case .denseRank: .denseRank
        case .percentRank: .percentRank
        case .cumeDist: .cumulativeDistribution
        case .ntile: .ntile
        case .lag: .lag
        case .lead: .lead
        case .firstValue: .firstValue
        case .lastValue: .lastValue
        case .nthValue: .nthValue
        case .aggregate(let function):
            .aggregate(try AggregateDescription(Self.aggregate(function, call)))
        }
    }
}

/// Gives every expression a stored column, the same one to equal expressions.
private struct StoredExpressions {
    private let input: ColumnLayout
    private var known: [Expression: Int] = [:]
    private(set) var computed: [Expression] = []
    private(set) var types: [VectorType]

    init(_ input: ColumnLayout) {
        self.input = input
        types = input.types
    }

    mutating func slot(of expression: Expression) throws -> Int {
        if case .column(let id, _) = expression { return try input.slot(of: id) }
        if let slot = known[expression] { return slot }
        computed.append(expression)
        types.append(try vectorType(of: expression.type))
        known[expression] = types.count - 1
        return types.count - 1
    }
}

extension FrameDescription {
    init(_ frame: FrameExtent) throws {
        let unit: Unit =
            switch frame.unit {
            case .rows: .rows
            case .range: .range
            case .groups: .groups
            }
        let exclusion: Exclusion =
            switch frame.exclusion {
            case .none: .none
            case .noOthers: .noOthers
            case .currentRow: .currentRow
            case .group: .group
            case .ties: .ties
            }
        self.init(
            unit: unit, start: try Self.bound(frame.start), end: try Self.bound(frame.end), exclusion: exclusion)
    }

    private static func bound(_ bound: FrameExtent.Bound) throws -> Bound {
        switch bound {
        case .unboundedPreceding: .unboundedPreceding
        case .preceding(let value): .preceding(try offset(value))
        case .currentRow: .currentRow
        case .following(let value): .following(try offset(value))
        case .unboundedFollowing: .unboundedFollowing
        }
    }

    private static func offset(_ value: SQLValue) throws -> Offset {
        switch value {
        case .integer(let integer): .integer(integer)
        case .real(let real): .real(real)
        default: throw EngineError(.invariant, "a frame offset that is no number")
        }
    }
}
