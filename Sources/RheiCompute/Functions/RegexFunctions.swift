import RheiArrow
import RheiCore

/// Functions of regular expressions, in RE2's syntax.
enum RegexFunctions {
    static let all: [ScalarFunction] = [
        ScalarFunction("regexp_matches", 2...3, .truth) { arguments, context in
            try matches(arguments, context, isWhole: false)
        },
        ScalarFunction("regexp_full_match", 2...3, .truth) { arguments, context in
            try matches(arguments, context, isWhole: true)
        },
        ScalarFunction("regexp_extract", 2...4, .text, body: extract),
        ScalarFunction("regexp_replace", 3...4, .text, body: replace),
        ScalarFunction("regexp_count", 2...3, .integer) { arguments, context in
            if arguments.hasNull { return .null }
            let (matcher, _) = try prepare(arguments[1], arguments.count == 3 ? arguments[2] : nil, context)
            return arguments[0].textValue(context.arena).withRun { text in
                var count: Int64 = 0
                forEachMatch(matcher, text) { _ in count += 1 }
                return .integer(count)
            }
        },
    ]

    private static func prepare(
        _ pattern: Datum, _ options: Datum?, _ context: FunctionContext
    ) throws -> (RegexMatcher, RegexOptions) {
        let letters = options.map { $0.textValue(context.arena).withRun { $0.array } } ?? []
        let read = try RegexOptions(letters)
        let bytes = pattern.textValue(context.arena).withRun { $0.array }
        return (try context.matcher(bytes, read), read)
    }

    private static func matches(
        _ arguments: FunctionArguments, _ context: FunctionContext, isWhole: Bool
    ) throws -> Datum {
        if arguments.hasNull { return .null }
        let (matcher, _) = try prepare(arguments[1], arguments.count == 3 ? arguments[2] : nil, context)
        return arguments[0].textValue(context.arena).withRun { text in
            let found = matcher.find(text, isAnchored: isWhole, isWhole: isWhole, needsPlaces: false)
            return .integer(found == nil ? 0 : 1)
        }
    }

    /// The text of a group of the first match; empty where there is none.
    private static func extract(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Datum {
        if arguments.hasNull { return .null }
        let (matcher, _) = try prepare(arguments[1], arguments.count == 4 ? arguments[3] : nil, context)
        let group = arguments.count > 2 ? arguments[2].integerValue : 0
        guard group >= 0, group <= matcher.program.groupCount else {
            throw EngineError(
                .invalidArgument, "the regular expression has \(matcher.program.groupCount) groups, not \(group)")
        }
        return arguments[0].textValue(context.arena).withRun { text in
            guard let places = matcher.find(text), places[Int(group) * 2] >= 0 else { return .text(.empty) }
            return .text(context.arena.store(text.slice(places[Int(group) * 2], places[Int(group) * 2 + 1])))
        }
    }

    /// Replaces the first match, or every one under option `g`; `\1` in the replacement is the first group, `\0` the
    /// match.
    private static func replace(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Datum {
        if arguments.hasNull { return .null }
        let (matcher, options) = try prepare(arguments[1], arguments.count == 4 ? arguments[3] : nil, context)
        let replacement = arguments[2].textValue(context.arena).withRun { $0.array }
        return arguments[0].textValue(context.arena).withRun { text in
            context.makeText { output in
                var copied = 0
                forEachMatch(matcher, text, isFirstOnly: !options.isGlobal) { places in
                    JSONText.append(text.slice(copied, places[0]), to: &output)
                    append(replacement, text, places, to: &output)
                    copied = places[1]
                }
                JSONText.append(text.slice(copied, text.count), to: &output)
            }
        }
    }

    /// Calls `body` with the places of the matches, from left to right; after an empty one it goes on behind the next
    /// character.
    private static func forEachMatch(
        _ matcher: RegexMatcher, _ text: ByteRun, isFirstOnly: Bool = false, _ body: ([Int]) -> Void
    ) {
        var start = 0
        var lastEnd = -1
        while start <= text.count, let places = matcher.find(text, from: start) {
            // An empty match right behind the one before is none.
            if places[1] > places[0] || places[0] != lastEnd {
                body(places)
                lastEnd = places[1]
                if isFirstOnly { return }
            }
            if places[1] > places[0] {
                start = places[1]
            } else {
                start = places[1]
                if start >= text.count { return }
                skipCharacter(text, &start)
            }
        }
    }

    private static func append(
        _ replacement: [UInt8], _ text: ByteRun, _ places: [Int], to output: inout [UInt8]
    ) {
        var index = 0
        while index < replacement.count {
            let byte = replacement[index]
            index += 1
            guard byte == 0x5C, index < replacement.count else {
                output.append(byte)
                continue
            }
            let next = replacement[index]
            index += 1
            guard isDigit(next) else {
                if next != 0x5C { output.append(byte) }
                output.append(next)
                continue
            }
            let group = Int(next - 0x30) * 2
            if group + 1 < places.count, places[group] >= 0 {
                JSONText.append(text.slice(places[group], places[group + 1]), to: &output)
            }
        }
    }
}
