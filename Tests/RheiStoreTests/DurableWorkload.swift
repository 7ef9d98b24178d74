import RheiArrow
import RheiCore
@testable import RheiStore
import RheiTestSupport
import Testing

/// A seeded sequence of loads, changes, drops and flushes on a store, and what must be found after any of them.
final class DurableWorkload {
    typealias Tables = [String: ModelRows]

    private var random: SeededGenerator
    private let fileSystem: MemoryFileSystem
    private let folder: String
    private(set) var store = ColumnStore()
    private var durable: DurableStore?
    /// Whether loaded segments are written before a flush names them.
    private var loadsAhead = false
    /// Compares the tables with what is expected after each step.
    var checksEachStep = false
    private var tables: Tables = [:]
    private var position: Int64 = 0
    /// The tables at each published position.
    private(set) var published: [Int64: Tables] = [0: [:]]
    /// The last position whose flush has returned.
    private(set) var durablePosition: Int64 = 0

    init(seed: UInt64, on fileSystem: MemoryFileSystem, folder: String = "db-rhei") {
        random = SeededGenerator(seed: seed)
        self.fileSystem = fileSystem
        self.folder = folder
    }

    /// Goes on from what another process left.
    ///
    /// - Returns: what opening reported as damaged.
    func open() throws -> [EngineError] {
        // Lets go of the lock.
        store = ColumnStore()
        durable = nil
        let compression = BlockCompression(level: random.chance(percent: 50) ? 1 : nil)
        var restored = try openOnce(compression)
        if !restored.damages.isEmpty {
            // A refused call; without it the tables are there.
            durable = nil
            restored = try openOnce(compression)
        }
        loadsAhead = random.chance(percent: 50)
        store = try ColumnStore(restored, loadingInto: loadsAhead ? durable : nil)
        position = max(position, restored.snapshot.position.value)
        tables = published[restored.snapshot.position.value] ?? [:]
        return restored.damages
    }

    private func openOnce(_ compression: BlockCompression) throws -> DurableStore.Restored {
        let opened = try DurableStore.open(folder, on: fileSystem, compression: compression)
        durable = opened.store
        return opened.restored
    }

    func run(stepCount: Int) throws {
        for _ in 0..<stepCount {
            try step()
            if checksEachStep { #expect(try Self.read(store.current) == tables) }
        }
    }

    private func step() throws {
        switch random.below(10) {
        case 0: try random.chance(percent: 25) ? loadParts() : load()
        case 1 where tables.count > 2: try drop()
        case 7, 8: try flush()
        case 9 where random.chance(percent: 30):
            try flush()
            _ = try open()
        default: try change()
        }
    }

    private func row(_ key: Int64) -> [SQLValue] {
        let values: [SQLValue] = [
            .null, .integer(Int64(random.below(100))), .real(Double(random.below(100)) / 4), .text("text \(key)"),
            .text(String(repeating: "long ", count: random.below(12))),
        ]
        return [
            .integer(key), .text("name \(random.below(10))"), random.pick(Array(values.prefix(2 + random.below(4)))),
        ]
    }

    private func definition(_ name: String) -> TableDefinition {
        TableDefinition(
            name: name, columns: [Field("id", .int64), Field("name", .utf8View), Field("v", .int64)],
            key: .integerColumn(0))
    }

    private func publish(_ transaction: StoreTransaction) throws {
        position += 1
        try transaction.publish(at: ChangePosition(position)) { [position] in ["sequence": String(position)] }
        published[position] = tables
    }

    private func load() throws {
        let name = random.pick(["a", "b", "c", "d"])
        let count = random.pick([0, 1, 30, 300])
        let loader = try TableLoader(definition(name), for: store)
        var rows: ModelRows = [:]
        for key in 0..<Int64(count) { rows[key * 3] = row(key * 3) }
        let ordered = rows.keys.sorted().compactMap { rows[$0] }
        if !ordered.isEmpty { try loader.append(makeColumns(ordered, count: 3)) }
        if loadsAhead, let durable { for part in loader.state.segments { try durable.store(part.segment) } }
        if loadsAhead, random.chance(percent: 20) { return }
        let transaction = try store.begin()
        try transaction.install(loader)
        tables[name] = rows
        try publish(transaction)
    }

    /// Loads a table without keys from parts, in any order.
    private func loadParts() throws {
        guard loadsAhead else { return try load() }
        let name = random.pick(["parts a", "parts b"])
        let definition = TableDefinition(
            name: name, columns: [Field("id", .int64), Field("name", .utf8View)], key: .none)
        let parts = (0..<random.below(4)).map { part in
            (0..<Int64(random.pick([0, 1, 100]))).map { Int64(part * 1000) + $0 }
        }
        var rows: ModelRows = [:]
        for key in parts.joined() { rows[key] = [.integer(key), .text("name \(random.below(10))")] }
        let columns = parts.map { keys in
            makeColumns(keys.compactMap { rows[$0] }, count: 2)
        }
        let loader = try TableLoader(definition, for: store)
        guard let loading = loader.loading(ColumnParts(rowCounts: parts.map(\.count), parts: columns)) else { return }
        for task in loading.rowCounts.indices.reversed() { try loading.run(task) }
        try loader.append(loading)
        let transaction = try store.begin()
        try transaction.install(loader)
        tables[name] = rows
        try publish(transaction)
    }

    private struct ColumnParts: RowParts {
        let rowCounts: [Int]
        let parts: [[ArrowArray]]

        func columns(ofPart index: Int) -> [ArrowArray] { parts[index] }
    }

    private func drop() throws {
        let name = random.pick(tables.keys.sorted())
        let transaction = try store.begin()
        try transaction.dropTable(named: name)
        tables[name] = nil
        try publish(transaction)
    }

    private func change() throws {
        guard !tables.isEmpty else { return try load() }
        let transaction = try store.begin()
        var changed = tables
        for name in tables.keys.sorted() where random.chance(percent: 70) && !name.hasPrefix("parts") {
            guard let id = transaction.tableID(named: name), var rows = tables[name] else { continue }
            var changes = TableChanges()
            let gone = (0..<random.below(random.pick([2, 40, 250]))).map { _ in Int64(random.below(1000)) }
            if !gone.isEmpty { changes.deletedKeys = RowKeys(integers: Set(gone).sorted()) }
            for key in gone { rows[key] = nil }
            let new = Set((0..<random.below(random.pick([2, 40, 200]))).map { _ in Int64(random.below(1000)) }).sorted()
            let upserts = new.map { row($0) }
            for (key, row) in zip(new, upserts) { rows[key] = row }
            if !upserts.isEmpty { changes.upserts = makeColumns(upserts, count: 3) }
            try transaction.apply(changes, to: id)
            changed[name] = rows
        }
        tables = changed
        try publish(transaction)
    }

    private func flush() throws {
        guard let durable else { return }
        _ = try durable.flush(store.current)
        durablePosition = store.current.position.value
    }

    /// Reads all tables of a store.
    static func read(_ snapshot: StoreSnapshot) throws -> Tables {
        var tables: Tables = [:]
        for table in snapshot.tables { tables[table.name] = try readRows(table) }
        return tables
    }
}
