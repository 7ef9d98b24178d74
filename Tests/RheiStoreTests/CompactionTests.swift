import Foundation
import RheiArrow
import RheiCore
@testable import RheiStore
import RheiTestSupport
import Testing

/// What a table in files costs over a long time of changes: bytes written per changed row, and bytes in the folder.
@Suite struct CompactionTests {
    private static let definition = TableDefinition(
        name: "t", columns: [Field("id", .int64), Field("name", .utf8View), Field("v", .int64)],
        key: .integerColumn(0))
    /// Changed rows in all; `make crash` asks for more.
    private static let changeCount =
        ProcessInfo.processInfo.environment["RHEI_COMPACTION_COUNT"].flatMap { Int($0) } ?? 12_000

    /// Which keys change.
    enum Pattern: String, CaseIterable {
        /// All alike.
        case uniform
        /// Nine of ten among a hundredth.
        case skewed
        /// New rows at the end, as many old ones deleted.
        case moving
    }

    private struct Run {
        var rows: ModelRows = [:]
        var random: SeededGenerator
        var nextKey: Int64
        var oldestKey: Int64 = 0

        mutating func row(_ key: Int64) -> [SQLValue] {
            [.integer(key), .text("name \(random.below(1000))"), .integer(Int64(random.below(1_000_000)))]
        }

        /// Changes of a few rows, applied to `rows` as well.
        mutating func changes(_ pattern: Pattern, count: Int) -> TableChanges {
            var changes = TableChanges()
            var keys: Set<Int64> = []
            switch pattern {
            case .uniform: for _ in 0..<count { keys.insert(Int64(random.below(Int(nextKey)))) }
            case .skewed:
                for _ in 0..<count {
                    let limit = random.chance(percent: 90) ? max(Int(nextKey) / 100, 1) : Int(nextKey)
                    keys.insert(Int64(random.below(limit)))
                }
            case .moving:
                keys = Set(nextKey..<nextKey + Int64(count))
                let gone = oldestKey..<oldestKey + Int64(count)
                changes.deletedKeys = RowKeys(integers: Array(gone))
                for key in gone { rows[key] = nil }
                (nextKey, oldestKey) = (keys.max().map { $0 + 1 } ?? nextKey, gone.upperBound)
            }
            let new = keys.sorted().map { row($0) }
            for (key, row) in zip(keys.sorted(), new) { rows[key] = row }
            changes.upserts = makeColumns(new, count: 3)
            return changes
        }
    }

    @Test(arguments: Pattern.allCases)
    func `bytes written and kept stay within bounds over many changes`(pattern: Pattern) throws {
        let seed: UInt64 = 11
        var run = Run(random: SeededGenerator(seed: seed), nextKey: 8000)
        for key in 0..<run.nextKey { run.rows[key] = run.row(key) }
        let memory = MemoryFileSystem()
        let files = CountingFileSystem(memory)
        let (durable, restored) = try DurableStore.open("db-rhei", on: files)
        let store = try ColumnStore(restored, loadingInto: durable)
        try Self.load(run.rows, into: store)
        _ = try durable.flush(store.current)
        let bytesPerRow = Double(files.writtenByteCount) / Double(run.rows.count)

        let before = files.writtenByteCount
        var changedCount = 0
        var largestShare = 0.0
        let held = try #require(store.current.table(named: "t"))
        let heldRows = run.rows
        while changedCount < Self.changeCount {
            let count = run.random.pick([1, 20, 60])
            let transaction = try store.begin()
            let id = try #require(transaction.tableID(named: "t"))
            try transaction.apply(run.changes(pattern, count: count), to: id)
            try transaction.publish(at: ChangePosition(store.current.position.value + 1))
            changedCount += count
            _ = try durable.flush(store.current)
            let segments = memory.files.filter { $0.key.hasSuffix(DurableStore.segmentSuffix) }
            let kept = segments.values.reduce(0) { $0 + $1.count }
            largestShare = max(largestShare, Double(kept) / (bytesPerRow * Double(run.rows.count)))
        }
        let amplification = Double(files.writtenByteCount - before) / (bytesPerRow * Double(changedCount))
        print(
            "\(pattern), seed \(seed): \(changedCount) changed rows, written \(amplification) times, at most \(largestShare) times the bytes of the rows"
        )
        #expect(amplification < 30)
        #expect(largestShare < 3)
        let table = try #require(store.current.table(named: "t"))
        #expect(try readRows(table) == run.rows)
        // A reader of the first version still sees it.
        #expect(try readRows(held) == heldRows)
    }

    private static func load(_ rows: ModelRows, into store: ColumnStore) throws {
        let loader = try TableLoader(definition, for: store)
        try loader.append(makeColumns(rows.keys.sorted().compactMap { rows[$0] }, count: 3))
        let transaction = try store.begin()
        try transaction.install(loader)
        try transaction.publish(at: ChangePosition(1))
    }
}
