import CSQLite
package import RheiCore

/// SQLite's extended result code of a failed call; the cause of every `EngineError` that comes from SQLite.
package struct ResultCode: Error, Hashable, Sendable, CustomStringConvertible {
    /// The extended code, such as 2067 for a broken UNIQUE constraint.
    package var rawValue: Int32

    package init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// The low byte: the kind of failure without its detail.
    package var primary: Int32 { rawValue & 0xff }

    package var description: String { "SQLite result code \(rawValue)" }

    /// Translates the code, and for SQLite's catch-all `SQLITE_ERROR` the beginning of its message.
    ///
    /// SQLite gives syntax errors, unknown names and overflows one and the same code, so there the text is all there
    /// is.
    package func engineCode(message: String) -> EngineError.Code {
        switch primary {
        case SQLITE_ERROR: Self.engineCode(ofGenericMessage: message)
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_READONLY, SQLITE_AUTH: .readOnly
        case SQLITE_INTERRUPT: .cancelled
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_PERM: .io
        case SQLITE_NOMEM: .outOfMemory
        case SQLITE_CONSTRAINT: .constraint
        case SQLITE_MISMATCH: .typeMismatch
        case SQLITE_RANGE: .invalidArgument
        case SQLITE_MISUSE: .invariant
        default: .sqlite
        }
    }

    private static func engineCode(ofGenericMessage message: String) -> EngineError.Code {
        if message.hasSuffix("syntax error") || message.hasPrefix("incomplete input")
            || message.hasPrefix("unrecognized token")
        {
            return .syntax
        }
        if message.hasPrefix("not authorized") { return .readOnly }
        if message.hasPrefix("no such ") { return .unknownName }
        if message.hasPrefix("ambiguous column name") { return .ambiguousName }
        if message == "integer overflow" { return .overflow }
        if message.hasPrefix("misuse of ") { return .misusedAggregate }
        return .sqlite
    }
}
