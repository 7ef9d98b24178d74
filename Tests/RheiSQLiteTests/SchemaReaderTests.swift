import RheiCore
import RheiSQLite
import RheiTestSupport
import Testing

@Suite struct SchemaReaderTests {
    private func schema(_ script: String) throws -> SchemaDescription {
        let connection = try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
        try connection.execute(script)
        return try SchemaReader(connection).read()
    }

    @Test func `columns carry type, affinity, key and collation`() throws {
        let table = try #require(
            try schema(
                #"""
                CREATE TABLE "odd ""name"""(
                    id INTEGER PRIMARY KEY, name VARCHAR(9) NOT NULL COLLATE NOCASE DEFAULT 'x', d DECIMAL(10,2), f DOUBLE,
                    b, r AS (d * 2) STORED COLLATE RTRIM, v AS (f))
                """#
            ).table(named: "ODD \"NAME\""))
        #expect(table.kind == .table)
        #expect(table.columns.map(\.name) == ["id", "name", "d", "f", "b", "r", "v"])
        #expect(table.columns.map(\.affinity) == [.integer, .text, .numeric, .real, .blob, .blob, .blob])
        #expect(
            table.columns.map(\.collation) == ["BINARY", "NOCASE", "BINARY", "BINARY", "BINARY", "RTRIM", "BINARY"])
        #expect(table.columns.map(\.generation).suffix(3) == [.ordinary, .storedColumn, .virtualColumn])
        #expect(table.columns[1].isNotNull)
        #expect(table.columns[1].defaultExpression == "'x'")
        #expect(table.columns[2].declaredType == "DECIMAL(10,2)")
        #expect(table.rowIDColumn == 0)
        #expect(table.rowIDName == "rowid")
        #expect(table.sql.hasPrefix("CREATE TABLE"))
    }

    @Test(
        arguments: [
            ("CREATE TABLE t(a INTEGER PRIMARY KEY)", 0), ("CREATE TABLE t(b, a INTEGER, PRIMARY KEY(a DESC))", 1),
            ("CREATE TABLE t(a INTEGER PRIMARY KEY DESC)", nil), ("CREATE TABLE t(a INT PRIMARY KEY)", nil),
            ("CREATE TABLE t(a INTEGER PRIMARY KEY) WITHOUT ROWID", nil), ("CREATE TABLE t(a)", nil),
            ("CREATE TABLE t(a INTEGER, b, PRIMARY KEY(a, b))", nil),
            ("CREATE TABLE t(a integer primary key autoincrement)", 0),
        ] as [(String, Int?)])
    func `the rowid's alias is found`(_ sql: String, _ column: Int?) throws {
        let connection = try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
        try connection.execute(sql)
        let table = try #require(try SchemaReader(connection).read().table(named: "t"))
        #expect(table.rowIDColumn == column)
        guard !table.isWithoutRowID else { return }
        // SQLite itself tells: an alias shows the rowid, any other column stays NULL.
        try connection.execute("INSERT INTO t(rowid) VALUES (41)")
        for (index, name) in table.columns.map(\.name).enumerated() {
            #expect(try connection.firstInteger("SELECT \(name) FROM t") == (index == column ? 41 : nil))
        }
    }

    @Test func `shadowed names of the rowid are passed over`() throws {
        let schema = try schema(
            """
            CREATE TABLE a(x, RowID); CREATE TABLE b(rowid, oid); CREATE TABLE c(rowid, oid, _rowid_);
            CREATE TABLE d(k PRIMARY KEY) WITHOUT ROWID
            """)
        #expect(schema.tables.map(\.rowIDName) == ["oid", "_rowid_", nil, nil])
    }

    @Test func `indexes carry uniqueness, origin, collation, expressions and parts`() throws {
        let schema = try schema(
            """
            CREATE TABLE t(a TEXT UNIQUE COLLATE NOCASE, b, c, PRIMARY KEY(b, c COLLATE RTRIM));
            CREATE UNIQUE INDEX i1 ON t(c COLLATE NOCASE DESC, a); CREATE UNIQUE INDEX i2 ON t(b) WHERE c > 0;
            CREATE UNIQUE INDEX i3 ON t(lower(a)); CREATE INDEX i4 ON t(c);
            CREATE TABLE w(a, b COLLATE NOCASE, PRIMARY KEY(b, a)) WITHOUT ROWID
            """)
        let indexes = Dictionary(uniqueKeysWithValues: schema.tables[0].indexes.map { ($0.name, $0) })
        #expect(indexes["i1"]?.keyColumns.map(\.columnIndex) == [2, 0])
        #expect(indexes["i1"]?.keyColumns.map(\.collation) == ["NOCASE", "NOCASE"])
        #expect(indexes["i1"]?.keyColumns.map(\.isDescending) == [true, false])
        #expect(indexes["i2"]?.isPartial == true)
        #expect(indexes["i3"]?.hasExpressions == true)
        #expect(indexes["i4"]?.isUnique == false)
        #expect(schema.tables[0].primaryKeyIndex?.keyColumns.map(\.collation) == ["BINARY", "RTRIM"])
        #expect(schema.tables[0].indexes.contains { $0.origin == .uniqueConstraint && $0.isUnique })
        let key = schema.tables[1]
        #expect(key.isWithoutRowID)
        #expect(key.primaryKeyColumns == [1, 0])
        #expect(key.primaryKeyIndex?.keyColumns.map(\.collation) == ["NOCASE", "BINARY"])
    }

    @Test func `expressions and conditions of indexes are read as they are spelled`() throws {
        let schema = try schema(
            """
            CREATE TABLE t("a (b", [c, d], e);
            CREATE UNIQUE INDEX "i ( x" ON t("a (b" || ')' /* , ( */ COLLATE NOCASE DESC, e, abs([c, d] -- ,
            + 1e-5) ASC, json_extract(e, '$.x''y')) WHERE e->>'a' > 2 -- end
            AND "a (b" IS NOT NULL;
            CREATE INDEX plain ON t(e DESC)
            """)
        let indexes = Dictionary(uniqueKeysWithValues: schema.tables[0].indexes.map { ($0.name, $0) })
        let index = try #require(indexes["i ( x"])
        #expect(index.keyColumns.map(\.columnIndex) == [nil, 2, nil, nil])
        #expect(
            index.keyColumns.map(\.expression) == [
                "\"a (b\" || ')'   COLLATE NOCASE", nil, "abs([c, d]  + 1e-5)", "json_extract(e, '$.x''y')",
            ])
        #expect(index.condition == "e->>'a' > 2  AND \"a (b\" IS NOT NULL")
        #expect(indexes["plain"]?.condition == nil)
        #expect(IndexText("CREATE INDEX i") == nil)
    }

    @Test func `views, virtual tables, strict tables and broken views keep their place`() throws {
        let schema = try schema(
            """
            CREATE TABLE s(a INT, b ANY) STRICT; CREATE VIEW v AS SELECT a AS x, b || '' AS y FROM s;
            CREATE TABLE gone(a); CREATE VIEW broken AS SELECT a FROM gone; DROP TABLE gone;
            CREATE VIRTUAL TABLE f USING fts5(body); CREATE TABLE _rhei_x(a); CREATE TABLE n(a INTEGER PRIMARY KEY AUTOINCREMENT)
            """)
        let names = schema.tables.map(\.name)
        #expect(!names.contains { $0.hasPrefix("_rhei_") || $0.hasPrefix("sqlite_") })
        #expect(schema.table(named: "s")?.isStrict == true)
        #expect(schema.table(named: "s")?.columns.map(\.affinity) == [.integer, .blob])
        let view = try #require(schema.table(named: "v"))
        #expect(view.kind == .view)
        #expect(view.columns.map(\.name) == ["x", "y"])
        #expect(view.sql.hasSuffix("FROM s"))
        #expect(schema.table(named: "broken")?.problem != nil)
        #expect(schema.table(named: "f")?.kind == .virtual)
        #expect(schema.table(named: "f_data")?.kind == .shadow)
    }

    @Test(arguments: [
        ("INT", Affinity.integer), ("BIGINT UNSIGNED", .integer), ("FLOATING POINT", .integer), ("CHARINT", .integer),
        ("VARCHAR(3)", .text), ("clob", .text), ("Blob", .blob), ("", .blob), ("DOUBLE PRECISION", .real),
        ("REAL", .real),
        ("DECIMAL(3)", .numeric), ("DATE", .numeric), ("BOOLEAN", .numeric), ("STRING", .numeric), ("ANY", .numeric),
    ])
    func `affinity follows the declared type as SQLite's does`(_ type: String, _ affinity: Affinity) throws {
        #expect(Affinity(declaredType: type) == affinity)
        let connection = try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
        try connection.execute("CREATE TABLE t(a \(type)); INSERT INTO t VALUES ('5.0'), (5)")
        let types = try connection.run("SELECT typeof(a) FROM t ORDER BY rowid").rows.map { $0[0] }
        let expected: [SQLValue] =
            switch affinity {
            case .integer, .numeric: ["integer", "integer"]
            case .real: ["real", "real"]
            case .text: ["text", "text"]
            case .blob: ["text", "integer"]
            }
        #expect(types == expected)
    }

    @Test(arguments: ["t", "", "a\"b", "select", "naïve 🐟", "x.y", "'", "[", "`", String(repeating: "n", count: 1_000)])
    func `quoted identifiers name the table they were made for`(_ name: String) throws {
        let connection = try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
        try connection.execute(
            "CREATE TABLE \(quotedIdentifier(name))(\(quotedIdentifier(name)) DEFAULT \(quotedLiteral(name)))")
        try connection.execute("INSERT INTO \(quotedIdentifier(name)) DEFAULT VALUES")
        #expect(
            try connection.run("SELECT \(quotedIdentifier(name)) FROM \(quotedIdentifier(name))").rows == [
                [.text(name)]
            ])
        let schema = try SchemaReader(connection).read()
        #expect(schema.tables.map(\.name) == [name])
        #expect(schema.tables[0].columns.map(\.name) == [name])
    }
}
