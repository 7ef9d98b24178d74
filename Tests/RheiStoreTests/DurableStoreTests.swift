import Foundation
import RheiArrow
import RheiCore
@testable import RheiStore
import RheiTestSupport
import Synchronization
import Testing

@Suite struct DurableStoreTests {
    @Test func `flushed tables are found again, with their deletes, types and keys`() throws {
        for seed in 1...30 as ClosedRange<UInt64> {
            let files = MemoryFileSystem()
            let workload = DurableWorkload(seed: seed, on: files)
            workload.checksEachStep = true
            #expect(try workload.open().isEmpty)
            try workload.run(stepCount: 60)
            let found = try DurableWorkload.read(workload.store.current)
            #expect(found == workload.published[workload.store.current.position.value], "seed \(seed)")
        }
    }

    /// The process stops at each call in turn; the next one finds the tables of a published position that is not before
    /// the last durable one, and works on.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a crash at any call loses nothing durable and doubles nothing`(seed: UInt64) throws {
        let rehearsal = MemoryFileSystem()
        let whole = DurableWorkload(seed: seed, on: rehearsal)
        _ = try whole.open()
        try whole.run(stepCount: 25)
        for stop in 0...rehearsal.callCount {
            try crash(seed: seed, after: stop)
        }
    }

    /// As many crashes as `make crash COUNT=…` asks for, of workloads that no short run has.
    @Test(.enabled(if: DurableStoreTests.wantedCrashCount > 0))
    func `a long run of crashes loses nothing durable and doubles nothing`() throws {
        var seed: UInt64 = Self.firstSeed
        var count = 0
        while count < Self.wantedCrashCount {
            let rehearsal = MemoryFileSystem()
            let whole = DurableWorkload(seed: seed, on: rehearsal)
            _ = try whole.open()
            try whole.run(stepCount: 25)
            for stop in 0...rehearsal.callCount where count < Self.wantedCrashCount {
                try crash(seed: seed, after: stop)
                count += 1
            }
            seed += 1
        }
        print("\(count) crashes, seeds \(Self.firstSeed) to \(seed - 1)")
    }

    static let wantedCrashCount = number("RHEI_CRASH_COUNT") ?? 0
    static let wantedFlipCount = number("RHEI_FLIP_COUNT") ?? 0
    private static let firstSeed = UInt64(number("RHEI_SEED") ?? 1000)

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    private func crash(seed: UInt64, after stop: Int) throws {
        let comment: Comment = "seed \(seed), stopped after call \(stop)"
        let files = MemoryFileSystem()
        files.stopsAfter = stop
        let workload = DurableWorkload(seed: seed, on: files)
        do {
            _ = try workload.open()
            try workload.run(stepCount: 25)
        } catch is MemoryFileSystem.Stopped {}
        var random = SeededGenerator(seed: seed &* 1000 &+ UInt64(stop))
        let left = files.crashed(&random)
        let (durable, restored) = try DurableStore.open("db-rhei", on: left)
        let position = restored.snapshot.position.value
        #expect(restored.damages.allSatisfy { $0.message.contains("manifest record") }, comment)
        #expect(position >= workload.durablePosition, comment)
        let expected = try #require(workload.published[position], comment)
        #expect(try DurableWorkload.read(restored.snapshot) == expected, comment)
        #expect(restored.snapshot.notes["sequence"] == (position == 0 ? nil : String(position)), comment)
        // The next process can change and flush what it found.
        guard stop % 5 == 0 else { return }
        let store = try ColumnStore(restored)
        let transaction = try store.begin()
        for table in restored.snapshot.tables where table.definition.key != .none {
            guard let id = transaction.tableID(named: table.name) else { continue }
            let row: [SQLValue] = [.integer(3), .text("after"), .integer(1)]
            try transaction.apply(
                TableChanges(upserts: makeColumns([row], count: 3), deletedKeys: RowKeys(integers: [6])), to: id)
        }
        try transaction.publish(at: ChangePosition(position + 1))
        let changed = try DurableWorkload.read(store.current)
        _ = try durable.flush(store.current)
        let again = try DurableStore.open("db-rhei", on: left, forReading: true).restored
        #expect(again.damages.isEmpty && again.snapshot.position.value == position + 1, comment)
        #expect(try DurableWorkload.read(again.snapshot) == changed, comment)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a refused call or a full disk fails the flush alone`(seed: UInt64) throws {
        let rehearsal = MemoryFileSystem()
        let whole = DurableWorkload(seed: seed, on: rehearsal)
        _ = try whole.open()
        try whole.run(stepCount: 20)
        for refused in stride(from: 8, to: rehearsal.callCount, by: 3) {
            let files = MemoryFileSystem()
            files.refused = [refused]
            if refused % 2 == 0 { files.capacity = refused * 200 }
            let workload = DurableWorkload(seed: seed, on: files)
            guard (try? workload.open()) != nil else { continue }
            for _ in 0..<20 { do { try workload.run(stepCount: 1) } catch is EngineError {} }
            files.refused = []
            files.capacity = nil
            let restored = try DurableStore.open("db-rhei", on: files, forReading: true).restored
            let position = restored.snapshot.position.value
            #expect(position >= workload.durablePosition, "seed \(seed), refused call \(refused)")
            let expected = workload.published[position]
            #expect(
                try DurableWorkload.read(restored.snapshot) == expected, "seed \(seed), refused call \(refused)")
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `a flipped bit is named or changes nothing`(seed: UInt64) throws {
        let namedCount = try flip(seed: seed, count: 400)
        #expect(namedCount > 200)
    }

    @Test(.enabled(if: DurableStoreTests.wantedFlipCount > 0))
    func `a long run of flipped bits is named or changes nothing`() throws {
        var (seed, count, namedCount) = (Self.firstSeed, 0, 0)
        while count < Self.wantedFlipCount {
            namedCount += try flip(seed: seed, count: 500)
            (seed, count) = (seed + 1, count + 500)
        }
        print("\(count) flips, \(namedCount) named, seeds \(Self.firstSeed) to \(seed - 1)")
    }

    /// Flips bits of all files, one at a time.
    ///
    /// - Returns: how many were named.
    private func flip(seed: UInt64, count: Int) throws -> Int {
        let files = MemoryFileSystem()
        let workload = DurableWorkload(seed: seed, on: files)
        _ = try workload.open()
        try workload.run(stepCount: 30)
        let whole = files.files
        var random = SeededGenerator(seed: seed)
        var namedCount = 0
        for _ in 0..<count {
            let name = random.pick(whole.keys.sorted())
            guard var bytes = whole[name], !bytes.isEmpty else { continue }
            let place = random.below(bytes.count)
            bytes[place] ^= 1 << UInt8(random.below(8))
            let damaged = MemoryFileSystem()
            for (other, contents) in whole { damaged.replace(other, with: other == name ? bytes : contents) }
            let comment: Comment = "seed \(seed), byte \(place) of \(name)"
            let restored = try DurableStore.open("db-rhei", on: damaged, forReading: true).restored
            let expected = try #require(workload.published[restored.snapshot.position.value], comment)
            var isNamed = !restored.damages.isEmpty
            for table in restored.snapshot.tables {
                do {
                    #expect(try readRows(table) == expected[table.name], comment)
                } catch let error as EngineError {
                    #expect(error.code == .corrupt && error.message.contains(name), comment)
                    isNamed = true
                }
            }
            if !isNamed { #expect(Set(restored.snapshot.tables.map(\.name)) == Set(expected.keys), comment) }
            namedCount += isNamed ? 1 : 0
        }
        return namedCount
    }

    @Test func `a segment of rows that others left tells its own nulls`() throws {
        let files = MemoryFileSystem()
        let (durable, restored) = try DurableStore.open("db-rhei", on: files)
        let store = try ColumnStore(restored)
        let loading = try store.begin()
        let loader = try TableLoader(
            TableDefinition(
                name: "t", columns: [Field("id", .int64), Field("v", .int64), Field("x", .int64)],
                key: .integerColumn(0)))
        let rows = (0..<100).map { key -> [SQLValue] in
            [.integer(key), key < 70 ? .null : .integer(key), key < 80 ? .null : .text("text")]
        }
        try loader.append(makeColumns(rows, count: 3))
        let id = try loading.install(loader)
        try loading.publish(at: ChangePosition(1))
        _ = try durable.flush(store.current)
        // More than half of the rows go, most of them with nulls, so that the rest is written anew.
        let deleting = try store.begin()
        try deleting.apply(TableChanges(deletedKeys: RowKeys(integers: Array(0..<69))), to: id)
        try deleting.publish(at: ChangePosition(2))
        _ = try durable.flush(store.current)
        let again = try DurableStore.open("db-rhei", on: files, forReading: true).restored
        #expect(again.damages.isEmpty)
        #expect(try DurableWorkload.read(again.snapshot) == DurableWorkload.read(store.current))
        #expect(again.snapshot.tables.first?.rowCount == 31)
    }

    @Test func `one process flushes and the others read`() throws {
        let files = MemoryFileSystem()
        let workload = DurableWorkload(seed: 4, on: files)
        _ = try workload.open()
        try workload.run(stepCount: 10)
        let (second, restored) = try DurableStore.open("db-rhei", on: files)
        #expect(!second.isFlusher)
        #expect(throws: EngineError.self) { try second.flush(restored.snapshot) }
        let before = try DurableWorkload.read(restored.snapshot)
        // What the reader has open stays, whatever the other process flushes and merges.
        try workload.run(stepCount: 40)
        #expect(try DurableWorkload.read(restored.snapshot) == before)
    }

    @Test func `columns leave memory beyond the limit and come back`() throws {
        let files = MemoryFileSystem()
        let workload = DurableWorkload(seed: 6, on: files)
        _ = try workload.open()
        try workload.run(stepCount: 40)
        let (_, restored) = try DurableStore.open("db-rhei", on: files, forReading: true)
        #expect(restored.snapshot.tables.allSatisfy { $0.byteCount == 0 })
        let first = try DurableWorkload.read(restored.snapshot)
        #expect(restored.snapshot.tables.contains { $0.byteCount > 0 })
        #expect(try DurableWorkload.read(restored.snapshot) == first)
    }

    @Test func `columns of files stay within the limit of their cache, those in memory alone do not count`() throws {
        let files = MemoryFileSystem()
        let workload = DurableWorkload(seed: 6, on: files)
        _ = try workload.open()
        try workload.run(stepCount: 40)
        let unbounded = ColumnCache()
        let (_, whole) = try DurableStore.open("db-rhei", on: files, forReading: true, cache: unbounded)
        let expected = try DurableWorkload.read(whole.snapshot)
        #expect(unbounded.byteCount == whole.snapshot.tables.reduce(0) { $0 + $1.byteCount })
        let limit = unbounded.byteCount / 4
        let cache = ColumnCache { limit }
        let (_, restored) = try DurableStore.open("db-rhei", on: files, forReading: true, cache: cache)
        for _ in 0..<3 {
            #expect(try DurableWorkload.read(restored.snapshot) == expected)
            #expect(cache.byteCount <= limit)
            #expect(restored.snapshot.tables.reduce(0) { $0 + $1.byteCount } == cache.byteCount)
        }
        cache.shrink(to: limit / 2)
        #expect(cache.byteCount <= limit / 2)
        cache.shrink(to: 0)
        #expect(cache.byteCount == 0 && restored.snapshot.tables.allSatisfy { $0.byteCount == 0 })
        #expect(try DurableWorkload.read(restored.snapshot) == expected)
    }

    @Test func `columns make room for what is held beside them`() throws {
        let files = MemoryFileSystem()
        let workload = DurableWorkload(seed: 6, on: files)
        _ = try workload.open()
        try workload.run(stepCount: 40)
        let limit = Mutex(Int.max)
        let cache = ColumnCache { limit.withLock { $0 } }
        let (_, restored) = try DurableStore.open("db-rhei", on: files, forReading: true, cache: cache)
        let expected = try DurableWorkload.read(restored.snapshot)
        let columns = cache.byteCount
        #expect(columns > 0 && columns == restored.snapshot.tables.reduce(0) { $0 + $1.byteCount })
        limit.withLock { $0 = columns }
        let half = columns / 2
        cache.hold(half)
        #expect(cache.byteCount <= columns && cache.byteCount >= half)
        #expect(restored.snapshot.tables.reduce(0) { $0 + $1.byteCount } == cache.byteCount - half)
        cache.shrink(to: half)
        #expect(cache.byteCount == half && restored.snapshot.tables.allSatisfy { $0.byteCount == 0 })
        cache.hold(columns)
        #expect(try DurableWorkload.read(restored.snapshot) == expected)
        cache.release(half + columns)
        #expect(cache.byteCount <= columns)
        cache.shrink(to: 0)
        #expect(cache.byteCount == 0)
    }

    @Test func `rows that are being loaded count beside columns until they are loaded`() throws {
        let files = MemoryFileSystem()
        let cache = ColumnCache { 1 << 20 }
        let (durable, restored) = try DurableStore.open("db-rhei", on: files, cache: cache)
        let store = try ColumnStore(restored, loadingInto: durable)
        let definition = TableDefinition(name: "t", columns: [Field("id", .int64)], key: .integerColumn(0))
        func load(segmentCount: Int) throws -> TableLoader {
            let loader = try TableLoader(definition, for: store)
            for segment in 0..<segmentCount {
                let first = Int64(segment * Segment.maximumRowCount)
                let keys = (first..<first + Int64(Segment.maximumRowCount)).map { $0 }
                try loader.append([RowKeys(integers: keys).array])
                #expect(cache.byteCount >= 3 * 8 * Segment.maximumRowCount)
            }
            return loader
        }
        _ = try load(segmentCount: 3)
        cache.shrink(to: 0)
        #expect(cache.byteCount == 0)
        let loader = try load(segmentCount: 5)
        try loader.finish()
        cache.shrink(to: 0)
        #expect(cache.byteCount == 0)
        #expect(loader.rowCount == 5 * Segment.maximumRowCount)
    }

    @Test func `the order of keys that a file notes is told without reading them`() throws {
        let files = MemoryFileSystem()
        let (durable, restored) = try DurableStore.open("db-rhei", on: files)
        let store = try ColumnStore(restored, loadingInto: durable)
        let definition = TableDefinition(name: "t", columns: [Field("id", .int64)], key: .integerColumn(0))
        let loader = try TableLoader(definition, for: store)
        try loader.append([RowKeys(integers: [3, 5, 9]).array])
        let transaction = try store.begin()
        try transaction.install(loader)
        try transaction.publish(at: ChangePosition(1))
        _ = try durable.flush(store.current)
        let cache = ColumnCache()
        let again = try DurableStore.open("db-rhei", on: files, forReading: true, cache: cache).restored
        let table = try #require(again.snapshot.tables.first)
        #expect(table.isInKeyOrder && table.segments.first?.segment.ascendingKeys == 3...9)
        #expect(cache.byteCount == 0)
    }

    @Test func `threads that want the same columns at once get the same rows`() throws {
        let files = MemoryFileSystem()
        let workload = DurableWorkload(seed: 6, on: files)
        _ = try workload.open()
        try workload.run(stepCount: 40)
        let whole = try DurableStore.open("db-rhei", on: files, forReading: true).restored
        let expected = whole.snapshot.tables.map { table in
            table.segments.map { part in (0..<part.segment.columnCount).map { try? part.segment.keptColumn($0) } }
        }
        let (_, restored) = try DurableStore.open("db-rhei", on: files, forReading: true, cache: ColumnCache { 2000 })
        let wrongCount = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for (tableIndex, table) in restored.snapshot.tables.enumerated() {
                for (index, part) in table.segments.enumerated() {
                    let next = index + 1 < table.segments.count ? table.segments[index + 1].segment : nil
                    for column in 0..<part.segment.columnCount {
                        let array = try? part.segment.keptColumn(column, before: next)
                        if array == nil || array != expected[tableIndex][index][column] {
                            wrongCount.withLock { $0 += 1 }
                        }
                    }
                }
            }
        }
        #expect(wrongCount.withLock { $0 } == 0)
    }

    @Test func `a file written ahead of its flush goes when nothing wants it`() throws {
        let files = MemoryFileSystem()
        let (durable, restored) = try DurableStore.open("db-rhei", on: files)
        let store = try ColumnStore(restored, loadingInto: durable)
        let rows = (0..<100).map { [.integer($0), .text("value \($0)")] as [SQLValue] }
        let definition = TableDefinition(
            name: "t", columns: [Field("id", .int64), Field("v", .utf8View)], key: .integerColumn(0))
        func load() throws -> TableLoader {
            let loader = try TableLoader(definition, for: store)
            try loader.append(makeColumns(rows, count: 2))
            for part in loader.state.segments { try durable.store(part.segment) }
            return loader
        }
        func segmentCount() -> Int { files.files.keys.count { $0.hasSuffix(DurableStore.segmentSuffix) } }
        _ = try load()
        let transaction = try store.begin()
        try transaction.install(load())
        try transaction.publish(at: ChangePosition(1))
        #expect(segmentCount() == 2)
        let report = try durable.flush(store.current)
        #expect(report.writtenSegmentCount == 0 && report.removedFileCount == 1 && segmentCount() == 1)
        #expect(try durable.verify().isEmpty)
        let again = try DurableStore.open("db-rhei", on: files, forReading: true).restored
        #expect(try DurableWorkload.read(again.snapshot) == DurableWorkload.read(store.current))
    }

    @Test func `removing leaves no file and no folder`() throws {
        let files = MemoryFileSystem()
        let workload = DurableWorkload(seed: 8, on: files)
        _ = try workload.open()
        try workload.run(stepCount: 30)
        let copy = MemoryFileSystem()
        for (name, bytes) in files.files { copy.replace(name, with: bytes) }
        let (durable, _) = try DurableStore.open("db-rhei", on: copy)
        #expect(try durable.verify().isEmpty)
        try durable.removeAll()
        #expect(copy.files.isEmpty)
        #expect(try copy.names(inFolder: "db-rhei") == nil)
    }

    @Test func `the file system of the machine does what the one in memory does`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("db-rhei")
        let (durable, restored) = try DurableStore.open(path)
        let store = try ColumnStore(restored)
        let transaction = try store.begin()
        let loader = try TableLoader(
            TableDefinition(name: "t", columns: [Field("id", .int64), Field("v", .utf8View)], key: .integerColumn(0)))
        let rows = (0..<5000).map { [.integer($0), .text("value number \($0 % 77)")] as [SQLValue] }
        try loader.append(makeColumns(rows, count: 2))
        try transaction.install(loader)
        try transaction.publish(at: ChangePosition(3))
        let report = try durable.flush(store.current)
        #expect(report.writtenSegmentCount == 1 && report.writtenRowCount == 5000)
        #expect(report.writtenByteCount < 20_000)
        #expect(try durable.verify().isEmpty)
        let again = try DurableStore.open(path, forReading: true).restored
        #expect(try DurableWorkload.read(again.snapshot) == DurableWorkload.read(store.current))
        #expect(DurableStore.exists(path))
        try durable.removeAll()
        #expect(!DurableStore.exists(path))
    }
}
