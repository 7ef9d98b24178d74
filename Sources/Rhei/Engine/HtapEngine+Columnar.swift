import RheiArrow
import RheiCore
import RheiSQL
import RheiSQLite
import RheiStore

/// Statements that SQLite does not have: columnar tables and COPY.
extension HtapEngine {
    /// Runs a statement that is about columnar tables or files; nil when it is SQLite's.
    func runColumnar(
        _ statement: Statement?, sql: String, _ parameters: [SQLValue], hint: QueryHint, _ freshness: Freshness
    ) async throws -> QueryResult? {
        switch statement {
        case .copy(let copy):
            return try await run(copy, Source(copy, sql, parameters, hint, freshness))
        case .create(let create):
            guard case .columnarTable(let select) = create.object else {
                try refuseTakenName(create)
                return nil
            }
            return try await run(create, Source(select, in: sql, parameters, hint, freshness))
        case .drop(let drop):
            guard drop.kind == .table, drop.name.schema == nil, columnarTables.contains(drop.name.name.name) else {
                return nil
            }
            try columnarTables.drop(drop.name.name.name)
            return Self.done(changeCount: 0)
        case .dataChange(let change):
            guard change.target.schema == nil, columnarTables.contains(change.target.name.name) else { return nil }
            throw EngineError(
                .unsupported, "unsupported: writes to the columnar table '\(change.target.name.name)'",
                at: change.target.range, hint: "make it anew with CREATE OR REPLACE TABLE … USING columnar AS SELECT …")
        default: return nil
        }
    }

    private static func done(changeCount: Int) -> QueryResult {
        QueryResult(
            schema: Schema([]), batches: [], info: QueryInfo(target: .olap, reason: "not a query"),
            changeCount: changeCount)
    }

    /// Keeps SQLite from making a table or view that a columnar table would hide.
    private func refuseTakenName(_ create: CreateStatement) throws {
        switch create.object {
        case .table, .view, .virtualTable:
            let name = create.name.name.name
            if create.name.schema == nil, columnarTables.contains(name) { throw ColumnarTables.exists(name) }
        default: break
        }
    }

    // MARK: - CREATE TABLE … USING columnar

    private func run(_ create: CreateStatement, _ source: Source) async throws -> QueryResult {
        let name = create.name.name.name
        if let schema = create.name.schema {
            throw EngineError.unsupported("columnar tables of the schema '\(schema.name)'", at: schema.range)
        }
        let isTaken = try await sqliteHas(name)
        if isTaken || (columnarTables.contains(name) && !create.replacesExisting) {
            if create.ifNotExists { return Self.done(changeCount: 0) }
            throw ColumnarTables.exists(name)
        }
        let loader = try await source.readRows(with: self) { rows in
            let fields = Self.distinctNames(rows.schema.fields)
            let loader = try columnarTables.makeLoader(TableDefinition(name: name, columns: fields, key: .none))
            if let loading = rows.parts.flatMap({ loader.loading($0) }) {
                try await olap.run(pieces: loading.rowCounts) { try loading.run($0) }
                try loader.append(loading)
            } else {
                for try await batch in try rows.stream() { try loader.append(batch.columns) }
            }
            try loader.finish()
            return loader
        }
        let rowCount = loader.rowCount
        try columnarTables.install(loader, replacing: create.replacesExisting)
        return Self.done(changeCount: rowCount)
    }

    private func sqliteHas(_ name: String) async throws -> Bool {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE"
        let answer = try await oltp.run(sql, [.text(name)], statement: try SQLParser.parseStatement(sql))
        return try answer.batches.first?.value(row: 0, column: 0) != .integer(0)
    }

    /// Makes column names distinct as SQLite does in CREATE TABLE AS: `a`, `a:1`, `a:2`.
    private static func distinctNames(_ fields: [Field]) -> [Field] {
        var taken: Set<String> = []
        return fields.map { field in
            var field = field
            var count = 0
            let name = field.name
            while !taken.insert(asciiLowercased(field.name)).inserted {
                count += 1
                field.name = "\(name):\(count)"
            }
            return field
        }
    }

    // MARK: - COPY

    private func run(_ copy: CopyStatement, _ source: Source) async throws -> QueryResult {
        guard config.allowsFileAccess else {
            throw EngineError(.readOnly, "COPY is not allowed: the engine was opened without access to files")
        }
        let target = try CopyTarget(copy)
        let rowCount = try await source.read(with: self) { stream in
            let file = try ReplacementFile(path: target.path)
            let count =
                switch target.format {
                case .arrow: try await Self.writeFile(stream, to: file.sink, target.options)
                case .arrowStream: try await Self.writeStream(stream, to: file.sink, target.options)
                }
            try file.commit()
            return count
        }
        return Self.done(changeCount: rowCount)
    }

    private static func writeFile(
        _ batches: RecordBatchStream, to sink: FileDescriptorSink, _ options: IPCWriteOptions
    ) async throws -> Int {
        let writer = try IPCFileWriter(sink, schema: batches.schema, options: options)
        var count = 0
        for try await batch in batches {
            try writer.write(batch)
            count += batch.rowCount
        }
        try writer.finish()
        return count
    }

    private static func writeStream(
        _ batches: RecordBatchStream, to sink: FileDescriptorSink, _ options: IPCWriteOptions
    ) async throws -> Int {
        let writer = try IPCStreamWriter(sink, schema: batches.schema, options: options)
        var count = 0
        for try await batch in batches {
            try writer.write(batch)
            count += batch.rowCount
        }
        try writer.finish()
        return count
    }
}

/// The query inside a statement, as a text of its own.
private struct Source {
    private let sql: String
    private let parameters: [SQLValue]
    private let hint: QueryHint
    private let freshness: Freshness

    init(
        _ select: SelectStatement, in sql: String, _ parameters: [SQLValue], _ hint: QueryHint, _ freshness: Freshness
    ) {
        self.init(Self.text(of: select, in: sql), parameters, hint, freshness)
    }

    private init(_ sql: String, _ parameters: [SQLValue], _ hint: QueryHint, _ freshness: Freshness) {
        self.sql = sql
        self.parameters = parameters
        self.hint = hint
        self.freshness = freshness
    }

    init(_ copy: CopyStatement, _ sql: String, _ parameters: [SQLValue], _ hint: QueryHint, _ freshness: Freshness) {
        switch copy.source {
        case .query(let select): self.init(select, in: sql, parameters, hint, freshness)
        case .table(let name):
            let parts = [name.schema, name.name].compactMap { $0 }.map { quotedIdentifier($0.name) }
            self.init("SELECT * FROM " + parts.joined(separator: "."), parameters, hint, freshness)
        }
    }

    /// The query's own text with blanks for what stands before it, so that places in errors are those of the whole.
    private static func text(of select: SelectStatement, in sql: String) -> String {
        let bytes = Array(sql.utf8)
        let blanks = bytes[..<select.range.lowerBound].map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
        return String(decoding: blanks + bytes[select.range.lowerBound..<select.range.upperBound], as: UTF8.self)
    }

    /// Hands the rows to `body`; once more from SQLite when columns stop half-way where SQLite may go on.
    func read<Result>(
        with engine: HtapEngine, _ body: (RecordBatchStream) async throws -> Result
    ) async throws -> Result {
        try await readRows(with: engine) { try await body(try $0.stream()) }
    }

    /// As `read`, for a body that may take the parts of a table.
    func readRows<Result>(
        with engine: HtapEngine, _ body: (QueryRows) async throws -> Result
    ) async throws -> Result {
        do {
            return try await body(try await engine.rows(sql, parameters, hint: hint, freshness: freshness))
        } catch let error as EngineError where error.letsSQLiteAnswer {
            guard case .select(let select) = try SQLParser.parseStatement(sql),
                try await engine.route(select, hint: hint).mayTurnToSQLite
            else { throw error }
            do {
                return try await body(try await engine.rows(sql, parameters, hint: .forceOltp, freshness: freshness))
            } catch let second {
                throw error.namesAMistake || error.code == .invalidArgument ? error : second
            }
        }
    }
}
