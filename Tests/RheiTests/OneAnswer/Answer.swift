import Rhei

/// What one engine says to a query, in a form that compares exactly.
enum Answer: Equatable, CustomStringConvertible {
    /// Column names, and each row as text that tells storage classes and bits apart.
    case rows(names: [String], [String])
    case refusal(EngineError.Code, String)

    var description: String {
        switch self {
        case .rows(let names, let rows):
            "\(rows.count) rows of \(names): " + rows.prefix(12).joined(separator: "; ")
        case .refusal(let code, let message): "\(code): \(message)"
        }
    }

    /// The rows in an order that does not depend on the engine.
    var unordered: Answer {
        guard case .rows(let names, let rows) = self else { return self }
        return .rows(names: names, rows.sorted())
    }
}

extension HtapEngine {
    /// Asks one of the two engines.
    func answer(_ sql: String, _ hint: QueryHint) async -> Answer {
        do {
            let result = try await query(sql, hint: hint, freshness: .asIs)
            let rows = try result.rows().map { $0.map(comparableText).joined(separator: "|") }
            return .rows(names: result.columnNames, rows)
        } catch let error as EngineError {
            return .refusal(error.code, error.message)
        } catch {
            return .refusal(.invariant, "\(error)")
        }
    }

    /// Registers all tables.
    func registerAll() async throws {
        for name in try await tableNames() where !name.hasPrefix("_rhei") { try await registerTable(name) }
    }
}

/// The codes by which the columnar engine may leave a query to SQLite.
let refusalCodes: Set<EngineError.Code> = [.unsupported, .leavesStaticType, .leavesInteger, .overflow]
