import RheiArrow
import RheiCDC
import RheiCore
import RheiSQLite
import RheiStore
import RheiTestSupport
import Testing

/// A database file with a writer and an applier, and a check that both sides are equal.
final class MirroredDatabase {
    let folder: TemporaryFolder
    let path: String
    let writer: Writer
    let applier: Applier

    init(
        _ script: String, selection: CaptureSelection = .everything, foreignKeys: Bool = false,
        recursiveTriggers: Bool = false, pruneThreshold: Int = 10_000,
        logPortion: Int = 4_000_000, observer: sending (any RowChangeObserver)? = nil,
        onStep: @escaping @Sendable (SyncStep) throws -> Void = { _ in }
    ) async throws {
        folder = try TemporaryFolder()
        path = folder.path("data.sqlite")
        var options = ConnectionOptions.writer
        options.foreignKeys = foreignKeys
        writer = try Writer(path: path, options: options, observer: observer)
        try await writer.perform { connection in
            try connection.execute("PRAGMA recursive_triggers=\(recursiveTriggers ? "ON" : "OFF")")
            try connection.execute(script)
        }
        applier = try Applier(
            path: path, writer: writer, selection: selection, pruneThreshold: pruneThreshold, logPortion: logPortion,
            onStep: onStep)
    }

    /// Runs a script on the writer.
    func write(_ script: String) async throws { try await writer.perform { try $0.execute(script) } }

    /// Runs a script on a connection of its own, as another process would.
    func writeElsewhere(_ script: String) throws {
        try Connection(path: path, options: ConnectionOptions(.readWrite)).execute(script)
    }

    /// Syncs and checks that exactly the tables `names` (all tables when nil) are mirrored and equal, bit for bit.
    @discardableResult
    func syncAndCompare(
        _ names: [String]? = nil, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> SyncReport {
        // As the engine does: little work on the calling thread.
        var report = try applier.syncHere()
        if report == nil { report = try await applier.sync() }
        let connection = try Connection(path: path, options: ConnectionOptions(.readOnly))
        let schema = try SchemaReader(connection).read()
        let expected = names ?? schema.tables.filter { $0.kind == .table }.map(\.name)
        let view = applier.view
        #expect(
            view.snapshot.tables.map(\.name).filter { !TableHistory.holdsVersions($0) }.sorted() == expected.sorted(),
            comment, sourceLocation: sourceLocation)
        #expect(view.schema.tables.map(\.name) == schema.tables.map(\.name), comment, sourceLocation: sourceLocation)
        for name in expected {
            guard let table = view.snapshot.table(named: name), let declared = schema.table(named: name) else {
                continue
            }
            #expect(
                table.schema.fields.map(\.name) == declared.columns.map(\.name), comment, sourceLocation: sourceLocation
            )
            let wanted = try RenderedRows.sqlite(connection, table: name, columns: declared.columns.map(\.name))
            let found = try RenderedRows.mirror(table)
            if wanted != found {
                let missing = Set(wanted).subtracting(found).sorted().prefix(3)
                let surplus = Set(found).subtracting(wanted).sorted().prefix(3)
                let objects = try connection.run(
                    "SELECT sql FROM sqlite_schema WHERE lower(tbl_name) = lower(?)", [.text(name)]
                ).rows
                let difference = "missing \(missing), surplus \(surplus) \(comment?.rawValue ?? "") \(objects)"
                Issue.record(
                    "\(name): \(wanted.count) rows in SQLite, \(found.count) mirrored, \(difference)",
                    sourceLocation: sourceLocation)
            }
            #expect(table.rowCount == wanted.count, comment, sourceLocation: sourceLocation)
        }
        return try #require(report)
    }
}
