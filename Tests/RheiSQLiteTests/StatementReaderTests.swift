import RheiArrow
import RheiCore
import RheiSQLite
import Testing

@Suite struct StatementReaderTests {
    @Test func `rows arrive in chunks with the narrowest types`() throws {
        let connection = try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
        let statement = try connection.prepare(
            """
            WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10)
            SELECT i, i / 2.0, 'text number ' || i, iif(i = 9, 'odd', i), NULL, x'00ff' FROM n
            """)
        let reader = StatementReader(statement, defaultTypes: [.int64, .float64, .utf8View, .int64, .date32])
        let first = try #require(try reader.readChunk(rowLimit: 8))
        #expect(first.rowCount == 8)
        #expect(first.columns.map(\.type) == [.int64, .float64, .utf8View, .int64, .date32, .binaryView])
        let second = try #require(try reader.readChunk(rowLimit: 8))
        #expect(second.rowCount == 2)
        #expect(second.columns.map(\.type) == [.int64, .float64, .utf8View, .any, .date32, .binaryView])
        #expect(
            try second.columns.map { try $0.value(at: 0) } == [9, 4.5, "text number 9", "odd", nil, .blob([0, 255])])
        #expect(try second.columns[3].value(at: 1) == 10)
        #expect(try reader.readChunk(rowLimit: 8).map(\.rowCount) == nil)
    }

    @Test func `no rows give no chunk`() throws {
        let connection = try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
        let reader = StatementReader(try connection.prepare("SELECT 1 WHERE 0"))
        #expect(try reader.readChunk().map(\.rowCount) == nil)
    }

    @Test func `an error in the middle is thrown`() throws {
        let connection = try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
        let statement = try connection.prepare("SELECT abs(column1) FROM (VALUES (1), (-9223372036854775808))")
        let reader = StatementReader(statement)
        let error = #expect(throws: EngineError.self) { try reader.readChunk() }
        #expect(error?.code == .overflow)
    }
}
