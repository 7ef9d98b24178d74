import RheiSQL
import RheiSQLite
import Synchronization

/// A statement text and its tree; none where only SQLite knows the syntax.
struct ParsedStatement: Sendable {
    private(set) var statement: Statement?
    private(set) var syntaxError: EngineError?
    /// Whether a caller may run it itself.
    let shortStatement: ShortStatement?

    init(_ sql: String) {
        shortStatement = ShortStatement(sql)
        do throws(EngineError) {
            statement = try SQLParser.parseStatement(sql)
        } catch {
            syntaxError = error
        }
    }

    /// Whether it may be something other than a query.
    var mayWrite: Bool {
        switch statement {
        case .select, .explain, .pragma: false
        default: true
        }
    }

    /// The table that an INSERT, UPDATE or DELETE changes; nil for other statements.
    var changedTable: QualifiedName? {
        if case .dataChange(let change)? = statement { change.target } else { nil }
    }
}

/// The trees of statements that ran before, by their exact text.
final class ParsedStatements: Sendable {
    private let known = Mutex<[ExactText: ParsedStatement]>([:])
    /// Texts beyond this are not kept: they are bulk inserts with literal values, which do not come again.
    private static let largestTextByteCount = 4_096
    /// So many texts are kept before all are forgotten.
    private static let capacity = 512

    /// Returns the tree of `sql`, parsed when it is not known.
    func parse(_ sql: String) -> ParsedStatement {
        let text = ExactText(sql)
        if let parsed = known.withLock({ $0[text] }) { return parsed }
        let parsed = ParsedStatement(sql)
        guard sql.utf8.count <= Self.largestTextByteCount else { return parsed }
        known.withLock { known in
            if known.count >= Self.capacity { known = [:] }
            known[text] = parsed
        }
        return parsed
    }

    /// Returns the tree of a query that is to be answered in columns if `hint` says so.
    ///
    /// - Throws: the syntax error when SQLite may not answer.
    func parse(_ sql: String, hint: QueryHint) throws -> ParsedStatement {
        let parsed = parse(sql)
        if hint == .forceOlap, let error = parsed.syntaxError { throw error }
        return parsed
    }
}
