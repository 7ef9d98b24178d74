import RheiArrow
import RheiCore

extension TextFunctions {
    /// SUBSTR(value, start, length).
    static func substring(_ arguments: FunctionArguments, _ context: FunctionContext) -> Datum {
        if arguments.hasNull { return .null }
        let value = arguments[0]
        let start = Int(Int32(truncatingIfNeeded: arguments[1].integerValue))
        let length = arguments.count == 3 ? Int(Int32(truncatingIfNeeded: arguments[2].integerValue)) : nil
        let isBlob = value.storageClass == .blob
        let text = value.textValue(context.arena)
        // SQLite takes the missing memory of an empty blob for a null.
        if isBlob, text.count == 0 { return .null }
        let result = slice(text, start, length, isBlob: isBlob, context.arena)
        return isBlob ? .blob(result) : .text(result)
    }

    /// Returns a part of a value: of a blob in bytes, of a text in characters up to its first NUL.
    ///
    /// - Parameters:
    ///   - start: the first place, from 1; negative counts from the end.
    ///   - length: how many; negative takes those before `start`; nil for all.
    static func slice(
        _ value: StringValue, _ start: Int, _ length: Int?, isBlob: Bool, _ arena: StringArena
    ) -> StringValue {
        value.withRun { run in
            let total = start < 0 ? (isBlob ? run.count : countCharacters(run)) : 0
            let (skipped, taken) = bounds(start, length, total)
            let part = isBlob ? bytes(run, skipped, taken) : characters(run, skipped, taken)
            // Long parts of a long value may point into its bytes, which live as long as the batch.
            if part.count > StringValue.inlineCapacity { return unsafe StringValue(part.base, count: part.count) }
            return arena.store(part)
        }
    }

    /// Returns how many units to skip and how many to take.
    private static func bounds(_ start: Int, _ length: Int?, _ total: Int) -> (skipped: Int, taken: Int) {
        var skipped = start
        var taken = abs(length ?? 1_000_000_000)
        if skipped < 0 {
            skipped += total
            if skipped < 0 {
                taken = max(taken + skipped, 0)
                skipped = 0
            }
        } else if skipped > 0 {
            skipped -= 1
        } else if taken > 0 {
            taken -= 1
        }
        if let length, length < 0 {
            skipped -= taken
            if skipped < 0 {
                taken += skipped
                skipped = 0
            }
        }
        return (skipped, taken)
    }

    private static func bytes(_ run: ByteRun, _ skipped: Int, _ taken: Int) -> ByteRun {
        let first = min(skipped, run.count)
        return run.slice(first, min(first + max(taken, 0), run.count))
    }

    private static func characters(_ run: ByteRun, _ skipped: Int, _ taken: Int) -> ByteRun {
        var index = 0
        var rest = skipped
        while rest > 0, index < run.count, run[index] != 0 {
            skipCharacter(run, &index)
            rest &-= 1
        }
        let first = index
        rest = taken
        while rest > 0, index < run.count, run[index] != 0 {
            skipCharacter(run, &index)
            rest &-= 1
        }
        return run.slice(first, index)
    }

    static func trim(
        _ arguments: FunctionArguments, _ context: FunctionContext, atStart: Bool, atEnd: Bool
    ) throws -> Datum {
        if arguments.hasNull { return .null }
        let text = arguments[0].textValue(context.arena)
        let set = arguments.count == 2 ? arguments[1].textValue(context.arena) : StringValue(inline: 0x20)
        return text.withRun { run in
            set.withRun { characters in
                let (first, end) = trimmed(run, characters.upToNul, atStart, atEnd)
                return .text(context.arena.store(run.slice(first, end)))
            }
        }
    }

    private static func trimmed(_ run: ByteRun, _ set: ByteRun, _ atStart: Bool, _ atEnd: Bool) -> (Int, Int) {
        var first = 0
        var end = run.count
        while atStart, first < end {
            guard let length = width(of: set, matching: { $0 <= end - first && equal(run, first, set, $1, $0) })
            else { break }
            first += length
        }
        while atEnd, first < end {
            guard let length = width(of: set, matching: { $0 <= end - first && equal(run, end - $0, set, $1, $0) })
            else { break }
            end -= length
        }
        return (first, end)
    }

    /// Returns the width of the first character of `set` for which `test`, given its width and place, holds.
    private static func width(of set: ByteRun, matching test: (Int, Int) -> Bool) -> Int? {
        var index = 0
        while index < set.count {
            let start = index
            skipCharacter(set, &index)
            if test(index - start, start) { return index - start }
        }
        return nil
    }

    private static func equal(_ run: ByteRun, _ place: Int, _ other: ByteRun, _ otherPlace: Int, _ count: Int) -> Bool {
        for offset in 0..<count where run[place + offset] != other[otherPlace + offset] { return false }
        return true
    }

    static func replace(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Datum {
        if arguments[0].isNull || arguments[1].isNull { return .null }
        let text = arguments[0].textValue(context.arena)
        let pattern = arguments[1].textValue(context.arena)
        let replacement = arguments[2].textValue(context.arena)
        return try text.withRun { run in
            try pattern.withRun { pattern in
                if pattern.isEmpty || pattern[0] == 0 {
                    guard arguments[0].isNumber else { return .text(text) }
                    throw EngineError(
                        .leavesStaticType,
                        "replace() of nothing in a number, which SQLite then takes for number and text")
                }
                if arguments[2].isNull { return .null }
                return replacement.withRun { replacement in
                    context.makeText { appendReplacing(pattern, by: replacement, in: run, to: &$0) }
                }
            }
        }
    }

    private static func appendReplacing(
        _ pattern: ByteRun, by replacement: ByteRun, in run: ByteRun, to output: inout [UInt8]
    ) {
        var index = 0
        while index < run.count {
            if index + pattern.count <= run.count, run[index] == pattern[0],
                compareBytes(run.slice(index, index + pattern.count), pattern) == 0
            {
                for offset in 0..<replacement.count { output.append(replacement[offset]) }
                index += pattern.count
            } else {
                output.append(run[index])
                index += 1
            }
        }
    }

    /// The four-character code of how an English name sounds.
    static func soundex(_ arguments: FunctionArguments, _ context: FunctionContext) -> Datum {
        arguments[0].textValue(context.arena).withRun { run in
            context.makeText { appendSoundex(run.upToNul, to: &$0) }
        }
    }

    /// The digit of each letter, 0 for those that do not count.
    private static let soundexDigits = Array("01230120022455012623010202".utf8)

    private static func appendSoundex(_ run: ByteRun, to output: inout [UInt8]) {
        func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 && byte < 0x80 }
        func digit(_ byte: UInt8) -> UInt8 {
            let letter = (byte & 0x7F | 0x20) &- 0x61
            return byte & 0x7F >= 0x41 && letter < 26 ? soundexDigits[Int(letter)] : 0x30
        }
        var index = 0
        while index < run.count, !isLetter(run[index]) { index += 1 }
        guard index < run.count else {
            output += Array("?000".utf8)
            return
        }
        var previous = digit(run[index])
        output.append(run[index] & ~0x20)
        var written = 1
        while written < 4, index < run.count {
            let code = digit(run[index])
            if code > 0x30 {
                if code != previous {
                    output.append(code)
                    written += 1
                }
            }
            previous = code
            index += 1
        }
        output.append(contentsOf: repeatElement(0x30, count: 4 - written))
    }
}

extension StringValue {
    /// Makes the value of one byte.
    init(inline byte: UInt8) { self.init(head: 1 | UInt64(byte) << 32, tail: 0) }
}
