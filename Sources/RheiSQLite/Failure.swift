import CSQLite
import RheiCore

/// Builds the error for the last failed call on `database`.
///
/// - Parameters:
///   - database: the connection of the failed call; nothing else may have run on it since.
///   - code: what the call returned; the connection's extended code is taken where it is a detail of it.
///   - sql: the text the call was about, for the extent of the token at the reported offset.
///   - textOffset: where the text given to SQLite begins in `sql`, in bytes.
func failure(
    on database: OpaquePointer?, code: Int32, sql: String? = nil, textOffset: Int = 0
) -> EngineError {
    guard let database = unsafe database else {
        return EngineError(.outOfMemory, "SQLite could not allocate a connection", cause: ResultCode(code))
    }
    let extended = unsafe sqlite3_extended_errcode(database)
    let result = ResultCode((extended & 0xff) == (code & 0xff) ? extended : code)
    let message = unsafe sqlite3_errmsg(database).map { unsafe String(cString: $0) } ?? "unknown SQLite error"
    let offset = unsafe Int(sqlite3_error_offset(database))
    var range: SourceRange?
    if let sql, offset >= 0 {
        range = tokenRange(at: textOffset + offset, in: sql)
    }
    return EngineError(result.engineCode(message: message), message, at: range, cause: result)
}

/// Returns the extent of the word, number or quoted name that begins at byte `offset` of `sql`, else of one byte.
func tokenRange(at offset: Int, in sql: String) -> SourceRange {
    let bytes = Array(sql.utf8)
    guard offset < bytes.count else { return SourceRange(bytes.count, bytes.count) }
    let first = bytes[offset]
    var end = offset + 1
    if isWordByte(first) {
        while end < bytes.count, isWordByte(bytes[end]) { end += 1 }
    } else if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") || first == UInt8(ascii: "`") {
        while end < bytes.count, bytes[end] != first { end += 1 }
        end = min(end + 1, bytes.count)
    }
    return SourceRange(offset, end)
}

/// Whether `byte` can stand in an unquoted SQL identifier; every byte of a multi-byte character can.
func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xff:
        true
    default: false
    }
}
