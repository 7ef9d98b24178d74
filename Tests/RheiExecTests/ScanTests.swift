import RheiArrow
import RheiCore
import RheiExec
import RheiPlan
import Testing

@Suite struct ScanTests {
    static let rows: [[SQLValue]] = (0..<23).map { index in
        [
            .integer(index), index % 4 == 1 ? .null : .real(Double(index) / 2),
            index % 5 == 0 ? .null : .text(String(repeating: "x", count: Int(index)) + "end"),
        ]
    }
    static let columns: [(String, DataType)] = [("a", .int64), ("b", .float64), ("c", .utf8View)]

    @Test(arguments: Configuration.all)
    func `a scan yields the living rows in the table's order`(_ configuration: Configuration) async throws {
        let deleted: Set<Int> = [0, 3, 4, 5, 6, 7, 22]
        let table = MemoryTable(columns: Self.columns, rows: Self.rows, rowsPerGroup: 8, deleted: deleted)
        let expected = Self.rows.indices.filter { !deleted.contains($0) }.map { Self.rows[$0] }
        #expect(try await configuration.rows(PlanMaker().scan(table)) == expected)
    }

    @Test(arguments: Configuration.all)
    func `filters keep rows for which all of them are true`(_ configuration: Configuration) async throws {
        let table = MemoryTable(columns: Self.columns, rows: Self.rows, rowsPerGroup: 8, deleted: [10])
        let plan = PlanMaker().scan(table) { columns in
            [.compare(columns[0], .greater, .integer(3)), .compare(columns[1], .less, .real(9))]
        }
        let expected = Self.rows.enumerated().filter { index, row in
            guard index != 10, index > 3, case .real(let real) = row[1] else { return false }
            return real < 9
        }
        #expect(try await configuration.rows(plan) == expected.map(\.element))
    }

    @Test(arguments: Configuration.all)
    func `a scan without columns still counts its rows`(_ configuration: Configuration) async throws {
        let table = MemoryTable(columns: Self.columns, rows: Self.rows, rowsPerGroup: 8, deleted: [1])
        let maker = PlanMaker()
        let scan = maker.plan(
            .scan(PhysicalScan(provider: table, tableColumns: [], filters: [], zoneFilters: [])), [])
        let plan = maker.project(scan) { _ in [.integer(7)] }
        #expect(try await configuration.rows(plan) == Array(repeating: [.integer(7)], count: 22))
    }

    @Test(arguments: Configuration.all)
    func `typed row groups widen to a column of any type`(_ configuration: Configuration) async throws {
        let values: [SQLValue] = [
            .integer(1), .integer(2), .null, .integer(4), .text("short"), .text("a text of more than twelve bytes"),
            .null, .text(""), .real(0.5), .null, .real(-1), .real(2), .blob([1, 2]), .null, .blob([]), .blob([0]),
            .integer(9), .text("mixed"), .null, .blob(Array(repeating: 7, count: 20)), .null, .null,
        ]
        let table = MemoryTable(columns: [("a", .any)], rows: values.map { [$0] }, rowsPerGroup: 4)
        #expect(try await configuration.rows(PlanMaker().scan(table)) == values.map { [$0] })
    }

    @Test(arguments: Configuration.all)
    func `an empty table yields no rows`(_ configuration: Configuration) async throws {
        let table = MemoryTable(columns: Self.columns, rows: [])
        #expect(try await configuration.rows(PlanMaker().scan(table)).isEmpty)
    }

    @Test(arguments: Configuration.all)
    func `a column is read only where filters leave rows`(_ configuration: Configuration) async throws {
        // The second column cannot be read: its array is shorter than its row group.
        let good = makeArray([.integer(1), .integer(2)], type: .int64)
        let bad = makeArray([.integer(1)], type: .int64)
        let table = BrokenTable(group: MemoryTable.Group(rowCount: 2, deletedRows: nil, columns: [good, bad]))
        let maker = PlanMaker()
        let output = maker.columns([.int64, .int64])
        func plan(_ value: Int64) -> PhysicalPlan {
            let filter = Expression.compare(output[0].expression, .equal, .integer(value))
            let scan = PhysicalScan(provider: table, tableColumns: [0, 1], filters: [filter], zoneFilters: [])
            return maker.plan(.scan(scan), output)
        }
        #expect(try await configuration.rows(plan(3)).isEmpty)
        await #expect(throws: EngineError.self) { try await configuration.rows(plan(2)) }
    }

    private struct BrokenTable: TableProvider {
        let group: MemoryTable.Group
        var table: TableDescription { MemoryTable(columns: [("a", .int64), ("b", .int64)], rows: []).table }
        var rowCount: Int { group.rowCount }
        func statistics(column: Int) -> ColumnStatistics? { nil }
        func scan(columns: [Int], filters: [ScanFilter]) -> any TableScan { MemoryTable.Scan(groups: [group]) }
    }
}
