/// The statements that every read transaction runs, prepared once and found without a look into the cache.
///
/// Confined to the thread of their connection; none is in use while another is looked for.
final class TransactionStatements {
    /// What a statement does.
    enum Kind: Int, CaseIterable {
        case begin, rollBack, schemaVersion, dataVersion

        var sql: String {
            switch self {
            case .begin: "BEGIN"
            case .rollBack: "ROLLBACK"
            case .schemaVersion: "PRAGMA schema_version"
            case .dataVersion: "PRAGMA data_version"
            }
        }
    }

    private var statements = [Statement?](repeating: nil, count: Kind.allCases.count)

    /// Returns the statement, prepared by `prepare` at its first use.
    func statement(_ kind: Kind, _ prepare: (String) throws -> Statement) rethrows -> Statement {
        if let statement = statements[kind.rawValue] { return statement }
        let statement = try prepare(kind.sql)
        statements[kind.rawValue] = statement
        return statement
    }

    /// Finalises every statement.
    func removeAll() { statements = statements.map { _ in nil } }
}
