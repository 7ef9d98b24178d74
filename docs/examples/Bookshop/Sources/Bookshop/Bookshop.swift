import Rhei

/// A bookshop keeps its orders in SQLite and asks its columns what sells.
@main struct Bookshop {
    static func main() async throws {
        let path = CommandLine.arguments.dropFirst().first ?? "bookshop.sqlite"
        let engine = try await HtapEngine(HtapConfig(databasePath: path))

        // Writes go to SQLite; values are bound, never pasted into the text.
        try await engine.execute(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, title TEXT NOT NULL, copies INTEGER NOT NULL, price REAL)")
        try await engine.registerTable("orders")
        for (title, copies, price) in [("Dune", 2, 9.5), ("Emma", 1, 7.25), ("Dune", 3, 9.0), ("Ulysses", 1, 12.0)] {
            try await engine.execute(
                "INSERT INTO orders (title, copies, price) VALUES (?, ?, ?)",
                [.text(title), .integer(Int64(copies)), .real(price)])
        }

        // Analytical questions are answered from columns and see every commit that came before them.
        let result = try await engine.query(
            """
            SELECT title, sum(copies) AS copies, sum(copies * price) AS revenue
            FROM orders
            GROUP BY title
            HAVING sum(copies) >= ?
            ORDER BY revenue DESC
            """,
            [1])
        for sale in try result.decode(Sale.self) {
            print("\(sale.title): \(sale.copies) sold for \(sale.revenue)")
        }

        await engine.shutdown()
    }
}

/// One row of the answer, by the names of its columns.
struct Sale: Decodable {
    var title: String
    var copies: Int
    var revenue: Double
}
