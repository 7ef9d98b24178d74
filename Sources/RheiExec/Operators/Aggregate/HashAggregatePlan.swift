import RheiCompute
import RheiCore
import RheiPlan

/// A grouping with its types resolved; shared by the workers, which compile its expressions for themselves.
struct HashAggregatePlan: Sendable {
    let keys: [Expression]
    let calls: [AggregateCall]
    let input: ColumnLayout
    let keyTypes: [VectorType]
    let aggregates: [AggregateDescription]
    /// The input's columns that are read, which are those that are put aside.
    let spilledSlots: [Int]
    private let spilledLayout: ColumnLayout

    init(_ node: PhysicalAggregate, input: ColumnLayout) throws {
        keys = node.keys
        calls = node.aggregates.map(\.overUnscaledNumbers)
        self.input = input
        keyTypes = try node.keys.map { try vectorType(of: $0.type) }
        aggregates = try calls.map { try AggregateDescription($0) }
        spilledSlots = try Self.slots(node, input)
        spilledLayout = try ColumnLayout(spilledSlots.map { input.columns[$0] })
        // Unsupported combinations are refused before any row is read.
        _ = try makeAggregator()
    }

    private static func slots(_ node: PhysicalAggregate, _ input: ColumnLayout) throws -> [Int] {
        var read: Set<ColumnID> = []
        let expressions = node.keys + node.aggregates.flatMap { $0.arguments + ($0.filter.map { [$0] } ?? []) }
        for expression in expressions {
            expression.forEach { part in if case .column(let id, _) = part { read.insert(id) } }
        }
        return try Set(read.map { try input.slot(of: $0) }).sorted()
    }

    private init(_ plan: HashAggregatePlan) {
        keys = plan.keys
        calls = plan.calls
        input = plan.spilledLayout
        keyTypes = plan.keyTypes
        aggregates = plan.aggregates
        spilledSlots = Array(plan.spilledLayout.columns.indices)
        spilledLayout = plan.spilledLayout
    }

    /// The same grouping of rows that were put aside.
    var spilled: HashAggregatePlan { HashAggregatePlan(self) }

    var spilledTypes: [VectorType] { spilledLayout.types }

    /// Whether some result depends on the order of rows.
    var dependsOnOrder: Bool { aggregates.contains { $0.dependsOnOrder } }

    /// The types of the keys and of all arguments, where workers may put rows aside in memory before they are grouped:
    /// those of numbers without conditions. Nil elsewhere.
    var partitionedTypes: [VectorType]? {
        let types = keyTypes + aggregates.flatMap(\.argumentTypes)
        guard calls.allSatisfy({ $0.filter == nil }), PartitionedRows.supports(types) else { return nil }
        return types
    }

    var hasDistinct: Bool { aggregates.contains { $0.isDistinct } }

    /// Whether groups that are known take further rows without growing.
    var hasFixedStates: Bool { !aggregates.contains { $0.isGrowing } }

    /// The argument that all DISTINCT aggregates share, if its values can be split by hash.
    var distinctArgument: Expression? {
        var argument: Expression?
        for (call, aggregate) in zip(calls, aggregates) where aggregate.isDistinct {
            guard let first = call.arguments.first, let type = aggregate.argumentTypes.first, call.filter == nil,
                argument == nil || argument == first,
                aggregate.collation == .binary || (type != .text && type != .any)
            else { return nil }
            argument = first
        }
        return argument
    }

    /// - Parameters:
    ///   - looksForOrder: whether rows whose keys ascend are grouped without a hash table.
    ///   - deferral: when values of DISTINCT aggregates wait to be told apart.
    func makeAggregator(looksForOrder: Bool = false, deferral: DistinctDeferral? = nil) throws -> HashAggregator {
        try HashAggregator(
            keyTypes: keyTypes, aggregates: aggregates, looksForOrder: looksForOrder, deferral: deferral)
    }
}

extension AggregateDescription {
    /// Describes a bound aggregate call.
    init(_ call: AggregateCall) throws {
        let kind: Kind =
            switch call.function {
            case .countStar: .countRows
            case .count: .count
            case .sum: .sum
            case .total: .total
            case .average: .average
            case .minimum: .minimum
            case .maximum: .maximum
            case .groupConcat: .concatenate
            case .anyValue: .anyValue
            case .firstRow: .firstRow
            case .rowOfMinimum: .rowOfMinimum
            case .rowOfMaximum: .rowOfMaximum
            case .lastRow: .lastRow
            case .product: .product
            case .mode: .mode
            case .collect(let type): .collect(type)
            case .quantile(let fraction, let isContinuous): .quantile(fraction, isContinuous: isContinuous)
            case .statistic(let statistic): .statistic(statistic.kernel)
            }
        self.init(
            kind: kind, argumentTypes: try call.arguments.map { try vectorType(of: $0.type) },
            isDistinct: call.isDistinct, collation: call.collation.kernel,
            resultType: try vectorType(of: call.type))
        scale = call.argumentScale
        orders = call.order.map {
            SortOrder(isDescending: $0.isDescending, nullsFirst: $0.nullsFirst, collation: $0.collation.kernel)
        }
        mustAgree = call.mustAgree
    }
}

extension AggregateFunction.Statistic {
    fileprivate var kernel: RheiCompute.Statistic {
        switch self {
        case .variance(let isSample): .variance(isSample: isSample)
        case .deviation(let isSample): .deviation(isSample: isSample)
        case .covariance(let isSample): .covariance(isSample: isSample)
        case .correlation: .correlation
        case .slope: .slope
        case .intercept: .intercept
        case .determination: .determination
        case .pairCount: .pairCount
        case .meanX: .meanX
        case .meanY: .meanY
        case .squaresX: .squaresX
        case .squaresY: .squaresY
        case .products: .products
        }
    }
}
