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
            }
        self.init(
            kind: kind, argumentTypes: try call.arguments.map { try vectorType(of: $0.type) },
            isDistinct: call.isDistinct, collation: call.collation.kernel,
            resultType: try vectorType(of: call.type))
    }
}
