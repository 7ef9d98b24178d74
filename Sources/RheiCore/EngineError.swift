/// The one error type of the engine: a stable code for programs, a message for people, and where it happened.
///
/// The message says what happened, names the object, and puts values at the end. Whether a caller may try again is a
/// property of the code, never a match on the text.
public struct EngineError: Error, Sendable {
    /// What kind of failure this is.
    public var code: Code
    /// What happened, in one sentence, without position and without a trailing full stop.
    public var message: String
    /// The part of the SQL text that the error speaks of, as UTF-8 byte offsets.
    public var range: SourceRange?
    /// What to do about it, or the nearest names; one sentence.
    public var hint: String?
    /// The error that caused this one.
    public var cause: (any Error)?

    public init(
        _ code: Code, _ message: String, at range: SourceRange? = nil, hint: String? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.range = range
        self.hint = hint
        self.cause = cause
    }

    /// Makes the error for a construct that the columnar engine does not answer yet.
    ///
    /// With automatic routing SQLite answers instead; a wrong row is never the alternative.
    public static func unsupported(_ construct: String, at range: SourceRange? = nil) -> EngineError {
        EngineError(.unsupported, "unsupported: \(construct)", at: range)
    }
}

extension EngineError {
    /// A stable code. A struct, so that a new code breaks no caller's `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Wrapped: String {
            case syntax, unknownName, ambiguousName, typeMismatch, misusedAggregate, unsupported
            case overflow, leavesStaticType, leavesInteger, invalidArgument, constraint, sqlite, busy, readOnly
            case corrupt, io, outOfMemory, cancelled, notMirrored, closed, invariant
        }
        private var wrapped: Wrapped
        public var description: String { wrapped.rawValue }

        /// The SQL text does not parse.
        public static let syntax = Self(wrapped: .syntax)
        /// A table, column, function or collation that does not exist.
        public static let unknownName = Self(wrapped: .unknownName)
        /// A name that more than one object carries.
        public static let ambiguousName = Self(wrapped: .ambiguousName)
        /// Operands, column counts or argument counts that do not fit.
        public static let typeMismatch = Self(wrapped: .typeMismatch)
        /// An aggregate or window function where none may stand.
        public static let misusedAggregate = Self(wrapped: .misusedAggregate)
        /// A construct that the columnar engine refuses by name; SQLite may know it.
        public static let unsupported = Self(wrapped: .unsupported)
        /// A result that fits no type, where SQLite raises an error as well.
        public static let overflow = Self(wrapped: .overflow)
        /// A value that leaves its expression's static type at run time. With automatic routing SQLite answers.
        public static let leavesStaticType = Self(wrapped: .leavesStaticType)
        /// An integer beyond 64 bits where SQLite carries on in REAL. A query is then planned anew with wider types.
        public static let leavesInteger = Self(wrapped: .leavesInteger)
        /// A parameter, option or argument out of its range.
        public static let invalidArgument = Self(wrapped: .invalidArgument)
        /// A constraint of the SQLite schema that a write broke.
        public static let constraint = Self(wrapped: .constraint)
        /// Any other error that SQLite reported.
        public static let sqlite = Self(wrapped: .sqlite)
        /// Another connection holds the lock; trying again may help.
        public static let busy = Self(wrapped: .busy)
        /// A write where only reads are allowed.
        public static let readOnly = Self(wrapped: .readOnly)
        /// Bytes that cannot be what they claim to be.
        public static let corrupt = Self(wrapped: .corrupt)
        /// The operating system refused a file operation.
        public static let io = Self(wrapped: .io)
        /// A memory limit was reached.
        public static let outOfMemory = Self(wrapped: .outOfMemory)
        /// The query was cancelled or its deadline passed.
        public static let cancelled = Self(wrapped: .cancelled)
        /// A columnar read of a table that has no columnar copy.
        public static let notMirrored = Self(wrapped: .notMirrored)
        /// The engine or connection has been shut down.
        public static let closed = Self(wrapped: .closed)
        /// A broken invariant of this library that could be reported instead of stopping.
        public static let invariant = Self(wrapped: .invariant)
    }

    /// Whether the same call may succeed later without any change.
    public var isRetryable: Bool { code == .busy }
}

extension EngineError: CustomStringConvertible {
    public var description: String {
        var text = message
        if let hint { text += " (\(hint))" }
        if let cause { text += ": \(cause)" }
        return text
    }
}
