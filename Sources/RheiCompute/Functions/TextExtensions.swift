import RheiArrow
import RheiCore

/// Functions on text that SQLite 3.40 lacks and analysts expect. Places and lengths count characters.
enum TextExtensions {
    static let all: [ScalarFunction] = [
        // Lower case letters for upper case ones of all alphabets.
        ScalarFunction("fold_case", 1, .text) { arguments, context in
            if arguments.hasNull { return .null }
            let text = arguments[0].textValue(context.arena).withRun { $0.array }
            return context.makeText { bytes in
                if text.allSatisfy({ $0 < 0x80 }) {
                    bytes += text.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
                } else {
                    bytes += String(decoding: text, as: UTF8.self).lowercased().utf8
                }
            }
        },
        test("starts_with") { $1.count <= $0.count && compareBytes($0.slice(0, $1.count), $1) == 0 },
        test("prefix") { $1.count <= $0.count && compareBytes($0.slice(0, $1.count), $1) == 0 },
        test("ends_with") { $1.count <= $0.count && compareBytes($0.slice($0.count - $1.count, $0.count), $1) == 0 },
        test("suffix") { $1.count <= $0.count && compareBytes($0.slice($0.count - $1.count, $0.count), $1) == 0 },
        test("contains") { find($1, in: $0, from: 0) != nil },
        ScalarFunction("split_part", 3, .text, body: splitPart),
        ScalarFunction("lpad", 2...3, .text) { arguments, context in try pad(arguments, context, isLeft: true) },
        ScalarFunction("rpad", 2...3, .text) { arguments, context in try pad(arguments, context, isLeft: false) },
        ScalarFunction("left", 2, .text) { arguments, context in
            part(arguments, context) { count, length in 0..<(length >= 0 ? min(length, count) : max(count + length, 0))
            }
        },
        ScalarFunction("right", 2, .text) { arguments, context in
            part(arguments, context) { count, length in
                (length >= 0 ? max(count - length, 0) : min(-length, count))..<count
            }
        },
        ScalarFunction("reverse", 1, .text) { arguments, context in
            if arguments.hasNull { return .null }
            return arguments[0].textValue(context.arena).withRun { text in
                let places = characterPlaces(text)
                return context.makeText { output in
                    for index in stride(from: places.count - 2, through: 0, by: -1) {
                        JSONText.append(text.slice(places[index], places[index + 1]), to: &output)
                    }
                }
            }
        },
        ScalarFunction("repeat", 2, .text) { arguments, context in
            if arguments.hasNull { return .null }
            let count = max(arguments[1].integerValue, 0)
            return try arguments[0].textValue(context.arena).withRun { text in
                let (length, overflow) = count.multipliedReportingOverflow(by: Int64(text.count))
                try NumberFunctions.checkLength(overflow ? .max : length)
                return context.makeText { output in
                    for _ in 0..<count { JSONText.append(text, to: &output) }
                }
            }
        },
        ScalarFunction("concat", 0...127, .text) { arguments, context in join(arguments, context, from: 0, "") },
        ScalarFunction("concat_ws", 1...127, .text) { arguments, context in
            if arguments[0].isNull { return .null }
            let separator = arguments[0].textValue(context.arena).withRun { $0.array }
            return join(arguments, context, from: 1, String(decoding: separator, as: UTF8.self))
        },
        ScalarFunction("translate", 3, .text, body: translate),
        ScalarFunction("levenshtein", 2, .integer) { arguments, context in
            if arguments.hasNull { return .null }
            let texts = (0..<2).map { characters(arguments[$0].textValue(context.arena)) }
            return .integer(Int64(distance(texts[0], texts[1])))
        },
        ScalarFunction("ascii", 1, .integer) { arguments, context in
            if arguments.hasNull { return .null }
            return .integer(Int64(characters(arguments[0].textValue(context.arena)).first ?? 0))
        },
        ScalarFunction("octet_length", 1, .integer) { arguments, context in
            arguments.hasNull ? .null : .integer(Int64(arguments[0].textValue(context.arena).count))
        },
    ]

    private static func test(_ name: String, _ body: @escaping @Sendable (ByteRun, ByteRun) -> Bool) -> ScalarFunction {
        ScalarFunction(name, 2, .truth) { arguments, context in
            if arguments.hasNull { return .null }
            let texts = (arguments[0].textValue(context.arena), arguments[1].textValue(context.arena))
            return texts.0.withRun { text in texts.1.withRun { .integer(body(text, $0) ? 1 : 0) } }
        }
    }

    private static func find(_ needle: ByteRun, in text: ByteRun, from start: Int) -> Int? {
        if needle.isEmpty { return start }
        var index = start
        while index + needle.count <= text.count {
            if text[index] == needle[0], compareBytes(text.slice(index, index + needle.count), needle) == 0 {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Where the characters begin, and the end.
    private static func characterPlaces(_ text: ByteRun) -> [Int] {
        var places = [0]
        var index = 0
        while index < text.count {
            skipCharacter(text, &index)
            places.append(min(index, text.count))
        }
        return places
    }

    private static func characters(_ text: StringValue) -> [UInt32] {
        text.withRun { run in
            var result: [UInt32] = []
            var index = 0
            while index < run.count { result.append(readCharacter(run, &index)) }
            return result
        }
    }

    private static func part(
        _ arguments: FunctionArguments, _ context: FunctionContext, _ range: (Int, Int) -> Range<Int>
    ) -> Datum {
        if arguments.hasNull { return .null }
        let length = Int(Int32(clamping: arguments[1].integerValue))
        return arguments[0].textValue(context.arena).withRun { text in
            let places = characterPlaces(text)
            let kept = range(places.count - 1, length)
            return .text(context.arena.store(text.slice(places[kept.lowerBound], places[kept.upperBound])))
        }
    }

    /// The n-th part between separators, from the end where n is negative; empty where there is none.
    private static func splitPart(_ arguments: FunctionArguments, _ context: FunctionContext) -> Datum {
        if arguments.hasNull { return .null }
        let number = Int(Int32(clamping: arguments[2].integerValue))
        let separator = arguments[1].textValue(context.arena)
        return arguments[0].textValue(context.arena).withRun { text in
            separator.withRun { separator in
                var parts: [(Int, Int)] = []
                var start = 0
                while !separator.isEmpty, let place = find(separator, in: text, from: start) {
                    parts.append((start, place))
                    start = place + separator.count
                }
                parts.append((start, text.count))
                let index = number > 0 ? number - 1 : number < 0 ? parts.count + number : 0
                guard parts.indices.contains(index) else { return .text(.empty) }
                return .text(context.arena.store(text.slice(parts[index].0, parts[index].1)))
            }
        }
    }

    /// Fills a text up to a length, or cuts it to that length.
    private static func pad(
        _ arguments: FunctionArguments, _ context: FunctionContext, isLeft: Bool
    ) throws -> Datum {
        if arguments.hasNull { return .null }
        let length = max(arguments[1].integerValue, 0)
        try NumberFunctions.checkLength(length)
        let filler = arguments.count == 3 ? characters(arguments[2].textValue(context.arena)) : [0x20]
        let text = characters(arguments[0].textValue(context.arena))
        let missing = Int(length) - text.count
        if missing > 0, filler.isEmpty { throw EngineError(.invalidArgument, "nothing to fill the text up with") }
        return context.makeText { output in
            if !isLeft { for character in text.prefix(Int(length)) { appendCharacter(character, to: &output) } }
            for index in 0..<max(missing, 0) { appendCharacter(filler[index % filler.count], to: &output) }
            if isLeft { for character in text.prefix(Int(length)) { appendCharacter(character, to: &output) } }
        }
    }

    /// The texts of all values that are not null.
    private static func join(
        _ arguments: FunctionArguments, _ context: FunctionContext, from first: Int, _ separator: String
    ) -> Datum {
        var isFirst = true
        return context.makeText { output in
            for index in first..<max(arguments.count, first) where !arguments[index].isNull {
                if !isFirst { output += Array(separator.utf8) }
                isFirst = false
                arguments[index].textValue(context.arena).withRun { JSONText.append($0, to: &output) }
            }
        }
    }

    /// Replaces each character of the second text by the one at its place in the third, or drops it.
    private static func translate(_ arguments: FunctionArguments, _ context: FunctionContext) -> Datum {
        if arguments.hasNull { return .null }
        let texts = (0..<3).map { characters(arguments[$0].textValue(context.arena)) }
        var table: [UInt32: UInt32?] = [:]
        for (index, character) in texts[1].enumerated() where table[character] == nil {
            table[character] = .some(index < texts[2].count ? texts[2][index] : nil)
        }
        return context.makeText { output in
            for character in texts[0] {
                guard let target = table[character] else {
                    appendCharacter(character, to: &output)
                    continue
                }
                if let target { appendCharacter(target, to: &output) }
            }
        }
    }

    /// The fewest insertions, removals and replacements of characters that make one text of the other.
    private static func distance(_ first: [UInt32], _ second: [UInt32]) -> Int {
        var row = Array(0...second.count)
        for (line, character) in first.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in second.enumerated() {
                let replaced = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
