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

    init(_ node: PhysicalAggregate, input: ColumnLayout) throws {
        keys = node.keys
        calls = node.aggregates
        self.input = input
        keyTypes = try node.keys.map { try vectorType(of: $0.type) }
        aggregates = try node.aggregates.map { try AggregateDescription($0) }
        // Unsupported combinations are refused before any row is read.
        _ = try makeAggregator()
    }

    func makeAggregator() throws -> HashAggregator { try HashAggregator(keyTypes: keyTypes, aggregates: aggregates) }
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
            case .quantile(let fraction, let isContinuous): .quantile(fraction, isContinuous: isContinuous)
            case .statistic(let statistic): .statistic(statistic.kernel)
            }
        self.init(
            kind: kind, argumentTypes: try call.arguments.map { try vectorType(of: $0.type) },
            isDistinct: call.isDistinct, collation: call.collation.kernel,
            resultType: try vectorType(of: call.type))
        orders = call.order.map {
            SortOrder(isDescending: $0.isDescending, nullsFirst: $0.nullsFirst, collation: $0.collation.kernel)
        }
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
