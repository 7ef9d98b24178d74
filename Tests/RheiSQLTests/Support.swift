import RheiCore
import RheiSQL
import Testing

/// Parses a text that must be one query.
func parseSelect(_ sql: String) throws -> SelectStatement {
    guard case .select(let select) = try SQLParser.parseStatement(sql) else {
        throw EngineError(.syntax, "not a query: \(sql)")
    }
    return select
}

/// The only SELECT of a query without compound operators.
func parseCore(_ sql: String) throws -> SelectCore {
    guard case .core(let core) = try parseSelect(sql).body else {
        throw EngineError(.syntax, "not a simple query: \(sql)")
    }
    return core
}

/// The expressions of a query's result list.
func resultExpressions(_ sql: String) throws -> [ResultExpression] {
    try parseCore(sql).columns.compactMap { column in
        if case .expression(let result) = column { result } else { nil }
    }
}

/// The error that a text raises; records an issue if there is none.
func syntaxError(_ sql: String, sourceLocation: SourceLocation = #_sourceLocation) -> EngineError? {
    do throws(EngineError) {
        _ = try SQLParser.parseScript(sql)
    } catch {
        return error
    }
    Issue.record("parses: \(sql)", sourceLocation: sourceLocation)
    return nil
}

/// The bytes of a text in a range.
func slice(_ sql: String, _ range: SourceRange) -> String {
    String(decoding: Array(sql.utf8)[range.lowerBound..<range.upperBound], as: UTF8.self)
}
