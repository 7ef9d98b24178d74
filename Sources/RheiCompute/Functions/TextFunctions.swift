import RheiArrow
import RheiCore

/// Functions on text and blobs.
enum TextFunctions {
    static let all: [ScalarFunction] = [
        ScalarFunction("length", 1, .integer, vectorBody: VectorFunctions.length) { arguments, _ in
            length(arguments[0])
        },
        ScalarFunction("substr", 2...3, .slice, vectorBody: VectorFunctions.substring, body: substring),
        ScalarFunction("substring", 2...3, .slice, vectorBody: VectorFunctions.substring, body: substring),
        ScalarFunction("instr", 2, .integer, body: position),
        ScalarFunction("upper", 1, .text, vectorBody: VectorFunctions.upper) { arguments, context in
            changeCase(arguments[0], context) { $0 &- 0x61 < 26 ? $0 & ~0x20 : $0 }
        },
        ScalarFunction("lower", 1, .text, vectorBody: VectorFunctions.lower) { arguments, context in
            changeCase(arguments[0], context, foldCase)
        },
        ScalarFunction("trim", 1...2, .text) { try trim($0, $1, atStart: true, atEnd: true) },
        ScalarFunction("ltrim", 1...2, .text) { try trim($0, $1, atStart: true, atEnd: false) },
        ScalarFunction("rtrim", 1...2, .text) { try trim($0, $1, atStart: false, atEnd: true) },
        ScalarFunction("replace", 3, .text, body: replace),
        ScalarFunction("hex", 1, .text, body: hex),
        ScalarFunction("char", 0...127, .text, body: characters),
        ScalarFunction("unicode", 1, .integer) { arguments, context in
            if arguments[0].isNull { return .null }
            return arguments[0].textValue(context.arena).withRun { run in
                var index = 0
                let character = readCharacter(run.upToNul, &index)
                return index == 0 ? .null : .integer(Int64(character))
            }
        },
        ScalarFunction("soundex", 1, .text, body: soundex),
        ScalarFunction("like", 2...3, .truth, vectorBody: VectorFunctions.like) { try match($0, $1, .like) },
        ScalarFunction("glob", 2, .truth, vectorBody: VectorFunctions.glob) { try match($0, $1, .glob) },
        ScalarFunction("printf", 0...127, .text, body: PrintfFormatter.evaluate),
        ScalarFunction("format", 0...127, .text, body: PrintfFormatter.evaluate),
    ]

    /// Characters of a text up to its first NUL, bytes of a blob, characters of a number's text.
    private static func length(_ value: Datum) -> Datum {
        switch value.storageClass {
        case .null: return .null
        case .blob: return .integer(Int64(value.slot.count))
        case .text: return .integer(Int64(value.slot.withRun(countCharacters)))
        case .integer, .real: return .integer(Int64(value.textValue(StringArena()).count))
        }
    }

    /// Counts the characters before the first NUL; a stray continuation byte counts as one.
    static func countCharacters(_ run: ByteRun) -> Int {
        if isPlain(run) { return run.count }
        var index = 0
        var characters = 0
        while index < run.count, run[index] != 0 {
            skipCharacter(run, &index)
            characters &+= 1
        }
        return characters
    }

    /// Whether the run has at least 8 bytes, none of them zero and all of them ASCII. Reads 8 at a time, the last 8
    /// overlapping.
    private static func isPlain(_ run: ByteRun) -> Bool {
        guard run.count >= 8 else { return false }
        let bytes = unsafe UnsafeRawPointer(run.base)
        let (ones, highBits): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        var odd: UInt64 = 0
        var index = 0
        while index &+ 8 < run.count {
            let word = unsafe (bytes + index).loadUnaligned(as: UInt64.self)
            // Without zero bytes nothing is borrowed.
            odd |= word | (word &- ones)
            index &+= 8
        }
        let word = unsafe (bytes + (run.count &- 8)).loadUnaligned(as: UInt64.self)
        odd |= word | (word &- ones)
        return odd & highBits == 0
    }

    static func changeCase(_ value: Datum, _ context: FunctionContext, _ change: (UInt8) -> UInt8) -> Datum {
        if value.isNull { return .null }
        let text = value.textValue(context.arena)
        return text.withRun { run in
            context.makeText { output in
                for index in 0..<run.count { output.append(change(run[index])) }
            }
        }
    }

    private static func position(_ arguments: FunctionArguments, _ context: FunctionContext) -> Datum {
        if arguments.hasNull { return .null }
        let isBlob = arguments[0].storageClass == .blob && arguments[1].storageClass == .blob
        let haystack = arguments[0].textValue(context.arena)
        let needle = arguments[1].textValue(context.arena)
        return haystack.withRun { text in needle.withRun { .integer(find($0, in: text, byCharacter: !isBlob)) } }
    }

    /// Returns the place of `needle`, counted in bytes or characters from 1; 0 when it does not occur.
    private static func find(_ needle: ByteRun, in text: ByteRun, byCharacter: Bool) -> Int64 {
        if needle.isEmpty { return 1 }
        var place: Int64 = 1
        var index = 0
        while text.count - index >= needle.count {
            if text[index] == needle[0],
                compareBytes(text.slice(index, index + needle.count), needle) == 0
            {
                return place
            }
            place += 1
            repeat { index += 1 } while byCharacter && index < text.count && text[index] & 0xC0 == 0x80
        }
        return 0
    }

    private static func hex(_ arguments: FunctionArguments, _ context: FunctionContext) -> Datum {
        arguments[0].textValue(context.arena).withRun { run in
            context.makeText { appendHex(run, to: &$0) }
        }
    }

    static func appendHex(_ run: ByteRun, to output: inout [UInt8]) {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
        for index in 0..<run.count {
            output.append(digit(run[index] >> 4))
            output.append(digit(run[index] & 15))
        }
    }

    private static func characters(_ arguments: FunctionArguments, _ context: FunctionContext) -> Datum {
        context.makeText { output in
            for index in 0..<arguments.count {
                let value = arguments[index].integerValue
                appendCharacter(value < 0 || value > 0x10FFFF ? 0xFFFD : UInt32(value), to: &output)
            }
        }
    }

    private static func match(
        _ arguments: FunctionArguments, _ context: FunctionContext, _ style: LikePattern.Style
    ) throws -> Datum {
        let pattern = arguments[0]
        let value = arguments[1]
        if pattern.storageClass == .blob || value.storageClass == .blob { return .integer(0) }
        var escape: UInt32?
        if arguments.count == 3 {
            guard let character = try escapeCharacter(arguments[2], context) else { return .null }
            escape = character
        }
        if pattern.isNull || value.isNull { return .null }
        let prepared = try preparePattern(pattern, style, escape, context)
        return value.textValue(context.arena).withRun { .integer(prepared.matches($0) ? 1 : 0) }
    }

    /// Returns the escape character, nil when it is null.
    static func escapeCharacter(_ value: Datum, _ context: FunctionContext) throws -> UInt32? {
        if value.isNull { return nil }
        return try value.textValue(context.arena).withRun { run in
            if countCharacters(run) != 1 {
                throw EngineError(.invalidArgument, "ESCAPE expression must be a single character")
            }
            var index = 0
            return readCharacter(run, &index)
        }
    }

    /// - Throws: `invalidArgument` for a pattern of more than 50 000 bytes, as SQLite does.
    static func preparePattern(
        _ pattern: Datum, _ style: LikePattern.Style, _ escape: UInt32?, _ context: FunctionContext
    ) throws -> LikePattern {
        try pattern.textValue(context.arena).withRun { run in
            if run.count > 50_000 { throw EngineError(.invalidArgument, "LIKE or GLOB pattern too complex") }
            return context.pattern(run, style: style, escape: escape)
        }
    }
}
