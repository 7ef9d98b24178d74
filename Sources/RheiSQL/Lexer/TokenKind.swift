/// What a token is. Keywords are kinds of their own; their order here tells where they may stand as names.
enum TokenKind: UInt8 {
    /// The end of the text; the last token of every list.
    case endOfText
    /// Bytes that begin no token: an unterminated string, a stray character, a number with letters in it.
    case illegal

    case identifier
    /// `"x"`, `[x]` or `` `x` ``
    case quotedIdentifier
    /// `'x'`
    case string
    case blob, integer, hexInteger, real
    /// `?`, `?1`, `:a`, `@a`, `$a`, `#a`
    case variable

    case semicolon, leftParenthesis, rightParenthesis, comma, dot, star, slash, percent, plus, minus
    case equals, notEquals, less, lessOrEqual, greater, greaterOrEqual, shiftLeft, shiftRight
    case ampersand, pipe, concatenate, tilde, arrow, doubleArrow, doubleColon
    /// Inside lists, structs and subscripts only, where brackets do not quote names.
    case leftBracket, rightBracket, leftBrace, rightBrace, colon

    // Keywords that are never names, but for INDEXED in places. The lexer turns FILTER, OVER and WINDOW into
    // identifiers where they do not begin their clause.
    case add, all, alter, and, `as`, autoincrement, between, `case`, check, collate, commit, constraint
    case create, `default`, deferrable, delete, distinct, drop, `else`, escape, except, exists, filter
    case foreign, from, group, having, `in`, index, indexed, insert, intersect, into, `is`, isNull, join
    case limit, not, nothing, notNull, null, on, or, order, over, primary, references, returning, select, set
    case table, then, to, transaction, union, unique, update, using, values, when, `where`, window

    // Keywords that are names where `nm` of SQLite's grammar stands and columns in expressions.
    case cross, full, inner, left, natural, outer, right

    // Keywords that are identifiers wherever the grammar does not expect the keyword itself.
    case abort, action, after, always, analyze, asc, attach, before, begin, by, cascade, cast, column
    case conflict, current, currentDate, currentTime, currentTimestamp, database, deferred, desc, detach, `do`
    case each, end, exclude, exclusive, explain, fail, first, following, `for`, generated, glob, groups, `if`
    case ignore, immediate, initially, instead, key, last, like, match, materialized, no, nulls, of, offset
    case others, partition, plan, pragma, preceding, query, raise, range, recursive, regexp, reindex, release
    case rename, replace, restrict, rollback, row, rows, savepoint, temp, temporary, ties, trigger, unbounded
    case vacuum, view, virtual, with, without

    var isKeyword: Bool { rawValue >= TokenKind.add.rawValue }
    /// Whether a keyword of the grammar's fallback list.
    var isFallbackKeyword: Bool { rawValue >= TokenKind.abort.rawValue }
    var isJoinKeyword: Bool { rawValue >= TokenKind.cross.rawValue && rawValue <= TokenKind.right.rawValue }
    /// Whether `ID` of SQLite's grammar: an identifier, quoted or not, or a keyword that falls back to one.
    var isIdentifier: Bool { self == .identifier || self == .quotedIdentifier || isFallbackKeyword }
    /// Whether `ids` of SQLite's grammar: an alias without `AS`, a collation, a word of a type.
    var isIdentifierOrString: Bool { isIdentifier || self == .string }
    /// Whether `nm` of SQLite's grammar: a name of a table, column, window or common table.
    var isName: Bool { isIdentifierOrString || isJoinKeyword || self == .indexed }
    /// Whether a fallback keyword that is never a name where an expression begins.
    var beginsOwnExpression: Bool {
        switch self {
        case .cast, .raise, .currentDate, .currentTime, .currentTimestamp: true
        default: false
        }
    }
    /// Whether an operator between queries begins here.
    var isCompoundOperator: Bool { self == .union || self == .intersect || self == .except }
    /// Whether a query begins here.
    var beginsSelect: Bool { self == .select || self == .values || self == .with }
}
