import RheiArrow
import RheiCore

/// What a function body may use besides its arguments: memory for its result, the collation of the call, the time of
/// the statement and what was prepared for constant arguments.
final class FunctionContext {
    /// Where results of more than 12 bytes go.
    var arena: StringArena
    /// The collation of MIN, MAX and NULLIF.
    let collation: TextCollation
    /// What `now` means: milliseconds since the epoch of the Julian day, the same for the whole statement.
    let statementTime: Int64
    /// Bytes for building a result; empty at the start of a call of ``withScratch(_:)``.
    private var scratch: [UInt8] = []
    /// The JSON document that was read last.
    let document = JSONDocument()
    /// The pattern of LIKE or GLOB prepared last, and the text it was made of.
    private var pattern: LikePattern?
    private var patternText: [UInt8] = []
    private var patternEscape: UInt32?

    /// The regular expression prepared last, and what it was made of.
    private var matcher: RegexMatcher?
    private var matcherText: [UInt8] = []
    private var matcherOptions = RegexOptions()

    /// The types of nested values that were met, by their codes.
    private var nestedTypes: [[UInt8]: NestedType] = [:]

    init(arena: StringArena, collation: TextCollation, statementTime: Int64) {
        self.arena = arena
        self.collation = collation
        self.statementTime = statementTime
    }

    /// Returns a value with the bytes that `body` appends.
    func makeBytes(_ body: (inout [UInt8]) throws -> Void) rethrows -> StringValue {
        var bytes = scratch
        scratch = []
        bytes.removeAll(keepingCapacity: true)
        defer { scratch = bytes }
        try body(&bytes)
        return arena.store(bytes)
    }

    /// Returns a text of the bytes that `body` appends.
    func makeText(_ body: (inout [UInt8]) throws -> Void) rethrows -> Datum {
        .text(try makeBytes(body))
    }

    /// Returns the type that a ``NestedType/code`` names; every one that was met is kept.
    func nestedType(_ code: Datum) throws -> NestedType {
        let code = code.slot.withRun { $0.array }
        if let known = nestedTypes[code] { return known }
        guard let type = NestedType(code: code) else {
            throw EngineError(.invariant, "a function on nested values got no type")
        }
        nestedTypes[code] = type
        return type
    }

    /// Returns the prepared form of a regular expression; the last one is kept.
    func matcher(_ text: [UInt8], _ options: RegexOptions) throws -> RegexMatcher {
        if let matcher, matcherText == text, matcherOptions == options { return matcher }
        let made = RegexMatcher(try RegexProgram(text, options))
        matcher = made
        matcherText = text
        matcherOptions = options
        return made
    }

    /// Returns the prepared form of a pattern; the last one is kept, so that a constant pattern is prepared once.
    func pattern(_ text: ByteRun, style: LikePattern.Style, escape: UInt32?) -> LikePattern {
        if let pattern, patternEscape == escape, pattern.style == style, patternText.count == text.count,
            patternText.withRun({ compareBytes($0, text) == 0 })
        {
            return pattern
        }
        let made = LikePattern(text, style: style, escape: escape)
        pattern = made
        patternText = text.array
        patternEscape = escape
        return made
    }
}
