import Rhei
import RheiSQL
import Testing

@testable import Rhei

@Suite struct RouterTests {
    private func route(_ sql: String, hint: QueryHint = .auto) throws -> Router.Decision {
        let keys: [String: [[String]]] = ["orders": [["id"]], "items": [["order_id", "line"]]]
        let router = Router { keys[$0.lowercased()] }
        guard case .select(let select) = try SQLParser.parseStatement(sql) else {
            throw EngineError(.invalidArgument, "not a query")
        }
        return router.route(select, hint: hint)
    }

    @Test(arguments: [
        "SELECT count(*) FROM orders", "SELECT * FROM orders", "SELECT customer FROM orders WHERE total > 10",
        "SELECT coalesce(sum(total), 0) FROM orders", "SELECT * FROM orders, items WHERE orders.id = order_id",
        "SELECT * FROM orders WHERE id > 5", "SELECT * FROM orders WHERE id = 1 OR total = 2",
        "SELECT * FROM orders WHERE id = customer", "SELECT * FROM items WHERE order_id = 3",
        "SELECT * FROM orders WHERE NOT id = 3", "WITH o AS (SELECT * FROM orders) SELECT * FROM o WHERE id = 1",
    ])
    func `scans, aggregates and joins of mirrored tables go to columns`(_ sql: String) throws {
        #expect(try route(sql).target == .olap)
    }

    @Test(arguments: [
        "SELECT * FROM orders WHERE id = 7", "SELECT * FROM ORDERS WHERE 7 = ID AND total > 1",
        "SELECT * FROM orders WHERE id = ?", "SELECT * FROM orders WHERE id IN (1, 2, 3)",
        "SELECT * FROM items WHERE line = -1 AND order_id = 5",
    ])
    func `look-ups by a whole key go to SQLite`(_ sql: String) throws {
        #expect(try route(sql).target == .oltp)
    }

    @Test(arguments: ["SELECT 1", "SELECT upper(?) || 'x' AS u, 3 WHERE 2 > 1", "SELECT (SELECT 2)"])
    func `expressions without a table go to columns, which may refuse them`(_ sql: String) throws {
        #expect(try route(sql) == .init(target: .olap, reason: "reads no table", mayTurnToSQLite: true))
    }

    @Test(arguments: [
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 9) SELECT * FROM c",
        "SELECT * FROM json_each('[1]')", "VALUES (1), (2)", "SELECT 1 UNION SELECT 2",
    ])
    func `other queries without a table go to SQLite`(_ sql: String) throws {
        #expect(try route(sql).target == .oltp)
    }

    @Test func `a table that is not mirrored sends the query to SQLite and is named`() throws {
        let decision = try route("SELECT count(*) FROM orders JOIN stock USING (id)")
        #expect(decision == .init(target: .oltp, reason: "table 'stock' is not mirrored"))
    }

    @Test func `a table inside a subquery counts`() throws {
        #expect(try route("SELECT count(*) FROM orders WHERE id IN (SELECT x FROM stock)").target == .oltp)
    }

    @Test func `hints override`() throws {
        #expect(try route("SELECT * FROM orders WHERE id = 7", hint: .forceOlap).target == .olap)
        #expect(try route("SELECT count(*) FROM orders", hint: .forceOltp).target == .oltp)
    }
}
