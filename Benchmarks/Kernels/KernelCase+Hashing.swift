import RheiCompute
import RheiCore
import RheiTestSupport

extension KernelCase {
    /// Grouping and joining by hash, over random keys.
    static func hashing() throws -> [KernelCase] {
        [
            try grouping("INTEGER, 1 000 groups", .int64, batchCount: 64) { .integer($0 % 1_000) },
            try grouping("INTEGER, a million groups", .int64, batchCount: 512) { .integer($0 % 1_000_000 * 1_000_003) },
            try grouping("TEXT, 1 000 groups", .text, batchCount: 64) { .text("a key of many bytes, \($0 % 1_000)") },
            probing("dense INTEGER", spread: 1),
            probing("INTEGER far apart", spread: 1_000_003),
        ]
    }

    private static var batch: SelectionVector { SelectionVector(all: VectorBatch.capacity) }

    /// `sum` by a key, once all groups are there.
    private static func grouping(
        _ name: String, _ type: VectorType, batchCount: Int, _ key: (Int64) -> SQLValue
    ) throws -> KernelCase {
        var random = SeededGenerator(seed: 2)
        let keys = KernelBatches(count: batchCount, type) { key(Int64.random(in: 0..<1 << 40, using: &random)) }
        let values = KernelVector(.int64) { .integer(Int64($0)) }
        let sum = AggregateDescription(kind: .sum, argumentTypes: [.int64], resultType: .int64)
        let aggregator = try HashAggregator(keyTypes: [type], aggregates: [sum])
        let body = {
            aggregator.assignGroups([keys.take()], batch)
            aggregator.update(aggregate: 0, [values.vector], batch, sequence: 0)
        }
        for _ in 0..<batchCount { body() }
        return KernelCase(name: "sum by \(name)", rowCount: batch.count, body: body)
    }

    /// Looks up random keys of a million, each of which is there once.
    private static func probing(_ name: String, spread: Int64) -> KernelCase {
        let batchCount = 512
        var next: Int64 = 0
        let build = KernelBatches(count: batchCount, .int64) {
            next += 1
            return .integer(next * spread)
        }
        let rowCount = batchCount * VectorBatch.capacity
        let store = build.stored()
        let table = JoinTable(keyColumns: store.columns, rowCount: rowCount, nullsMatch: [false])
        var random = SeededGenerator(seed: 3)
        let keys = KernelBatches(count: batchCount, .int64) {
            .integer(Int64.random(in: 1...Int64(rowCount), using: &random) * spread)
        }
        let (matches, probe) = (JoinMatches(), JoinProbe())
        return KernelCase(name: "probe a million keys, \(name)", rowCount: batch.count) {
            matches.find([keys.take()], batch, in: table, probe)
            withExtendedLifetime(store) {}
        }
    }
}
