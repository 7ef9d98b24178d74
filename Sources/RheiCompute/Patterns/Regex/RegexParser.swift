import RheiCore

/// Reads the syntax of regular expressions that RE2 has: no back references, no look-around, so that matching takes
/// linear time.
struct RegexParser {
    /// How deep groups may nest, and how often a repetition with numbers may count.
    private static let maximumDepth = 200
    private static let maximumCount = 1000

    private let characters: [UInt32]
    private var index = 0
    private var options: RegexOptions
    private var depth = 0
    /// Number of groups that are kept, apart from the whole match.
    private(set) var groupCount = 0

    init(_ pattern: [UInt8], _ options: RegexOptions) {
        characters = pattern.withRun { run in
            var result: [UInt32] = []
            var index = 0
            while index < run.count { result.append(readCharacter(run, &index)) }
            return result
        }
        self.options = options
    }

    static func error(_ message: String) -> EngineError {
        EngineError(.invalidArgument, "regular expression: \(message)")
    }

    /// Parses the whole pattern.
    mutating func parse() throws(EngineError) -> RegexSyntax {
        if options.isLiteral { return .sequence(characters.map { .set(set(RegexSet.only($0))) }) }
        let result = try parseAlternatives()
        if index < characters.count { throw Self.error("\")\" without \"(\"") }
        return result
    }

    private var current: UInt32? { index < characters.count ? characters[index] : nil }
    private func isNext(_ letter: Unicode.Scalar, at offset: Int = 0) -> Bool {
        index + offset < characters.count && characters[index + offset] == letter.value
    }
    private mutating func accept(_ letter: Unicode.Scalar) -> Bool {
        guard isNext(letter) else { return false }
        index += 1
        return true
    }

    private func set(_ set: RegexSet) -> RegexSet { options.ignoresCase ? set.ignoringCase : set }

    private mutating func parseAlternatives() throws(EngineError) -> RegexSyntax {
        depth += 1
        if depth > Self.maximumDepth { throw Self.error("groups nest too deep") }
        defer { depth -= 1 }
        var alternatives = [try parseSequence()]
        while accept("|") { alternatives.append(try parseSequence()) }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func parseSequence() throws(EngineError) -> RegexSyntax {
        var parts: [RegexSyntax] = []
        while let character = current, character != 0x7C, character != 0x29 {
            parts.append(try parseRepetition())
        }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func parseRepetition() throws(EngineError) -> RegexSyntax {
        var result = try parseAtom()
        guard let counts = try parseCounts() else { return result }
        let isLazy = accept("?")
        result = .repetition(result, minimum: counts.minimum, maximum: counts.maximum, isLazy: isLazy)
        if try parseCounts() != nil { throw Self.error("a repetition stands after a repetition") }
        return result
    }

    private mutating func parseCounts() throws(EngineError) -> (minimum: Int, maximum: Int?)? {
        if accept("*") { return (0, nil) }
        if accept("+") { return (1, nil) }
        if accept("?") { return (0, 1) }
        guard isNext("{") else { return nil }
        let start = index
        index += 1
        guard let minimum = parseNumber() else {
            index = start
            return nil
        }
        var maximum: Int? = minimum
        if accept(",") { maximum = parseNumber() }
        guard accept("}") else {
            index = start
            return nil
        }
        guard minimum <= Self.maximumCount, maximum ?? 0 <= Self.maximumCount, maximum ?? minimum >= minimum else {
            throw Self.error("a repetition counts too far")
        }
        return (minimum, maximum)
    }

    private mutating func parseNumber() -> Int? {
        var value: Int?
        while let character = current, (0x30...0x39).contains(character) {
            value = min((value ?? 0) * 10 + Int(character - 0x30), 1_000_000)
            index += 1
        }
        return value
    }

    private mutating func parseAtom() throws(EngineError) -> RegexSyntax {
        guard let character = current else { return .empty }
        index += 1
        switch character {
        case 0x28: return try parseGroup()
        case 0x5B: return .set(set(try parseSet()))
        case 0x2E: return .set(options.dotMatchesNewline ? .all : RegexSet.only(0x0A).inverted)
        case 0x5E: return .assertion(options.isMultiline ? .lineStart : .textStart)
        case 0x24: return .assertion(options.isMultiline ? .lineEnd : .textEnd)
        case 0x5C: return try parseEscape()
        case 0x2A, 0x2B, 0x3F: throw Self.error("nothing stands before a repetition")
        case 0x7B where parseRepeatsNothing(): throw Self.error("nothing stands before a repetition")
        default: return .set(set(RegexSet.only(character)))
        }
    }

    /// Whether the brace that was just read begins a count.
    private func parseRepeatsNothing() -> Bool {
        var probe = self
        probe.index -= 1
        return ((try? probe.parseCounts()) ?? nil) != nil
    }

    private mutating func parseGroup() throws(EngineError) -> RegexSyntax {
        let outer = options
        defer { options = outer }
        var number: Int?
        if accept("?") {
            if accept("P") || isNext("<") {
                guard accept("<") else { throw Self.error("a group has an unknown form") }
                guard let end = characters[index...].firstIndex(of: 0x3E) else {
                    throw Self.error("the name of a group does not end")
                }
                index = end + 1
                number = nextGroup()
            } else if !accept(":") {
                try parseFlags()
                // `(?i)` holds for the rest of the group around it.
                if accept(")") {
                    let inner = options
                    let rest = try parseRest(with: inner)
                    return rest
                }
                guard accept(":") else { throw Self.error("a group has an unknown form") }
            }
        } else {
            number = nextGroup()
        }
        let inner = try parseAlternatives()
        guard accept(")") else { throw Self.error("\"(\" without \")\"") }
        return number.map { .group(inner, $0) } ?? inner
    }

    private mutating func nextGroup() -> Int {
        groupCount += 1
        return groupCount
    }

    private mutating func parseRest(with inner: RegexOptions) throws(EngineError) -> RegexSyntax {
        options = inner
        return try parseAlternatives()
    }

    private mutating func parseFlags() throws(EngineError) {
        var isSet = true
        while let character = current, character != 0x29, character != 0x3A {
            index += 1
            switch character {
            case 0x2D: isSet = false
            case 0x69: options.ignoresCase = isSet
            case 0x6D: options.isMultiline = isSet
            case 0x73: options.dotMatchesNewline = isSet
            default: throw Self.error("look-around and unknown flags are not supported")
            }
        }
    }

    // MARK: escapes and sets

    private mutating func parseEscape() throws(EngineError) -> RegexSyntax {
        guard let character = current else { throw Self.error("\"\\\" stands at the end") }
        switch character {
        case 0x62, 0x42, 0x41, 0x7A, 0x5A:
            index += 1
            switch character {
            case 0x62: return .assertion(.wordBoundary)
            case 0x42: return .assertion(.notWordBoundary)
            case 0x41: return .assertion(.textStart)
            default: return .assertion(.textEnd)
            }
        case 0x31...0x39: throw Self.error("back references are not supported")
        default:
            if let known = parseClass() { return .set(known) }
            return .set(set(RegexSet.only(try parseEscapedCharacter())))
        }
    }

    /// A class such as `\d`, whose letter is current.
    private mutating func parseClass() -> RegexSet? {
        guard let character = current else { return nil }
        let known: RegexSet
        switch character {
        case 0x64: known = .digits
        case 0x44: known = RegexSet.digits.inverted
        case 0x77: known = .words
        case 0x57: known = RegexSet.words.inverted
        case 0x73: known = .spaces
        case 0x53: known = RegexSet.spaces.inverted
        default: return nil
        }
        index += 1
        return known
    }

    private mutating func parseEscapedCharacter() throws(EngineError) -> UInt32 {
        guard let character = current else { throw Self.error("\"\\\" stands at the end") }
        index += 1
        switch character {
        case 0x6E: return 0x0A
        case 0x74: return 0x09
        case 0x72: return 0x0D
        case 0x66: return 0x0C
        case 0x76: return 0x0B
        case 0x61: return 0x07
        case 0x78: return try parseHexadecimal()
        case 0x30: return 0
        default:
            let isLetter = (character | 0x20) &- 0x61 < 26
            if isLetter { throw Self.error("unknown escape") }
            return character
        }
    }

    private mutating func parseHexadecimal() throws(EngineError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        let isBraced = accept("{")
        while let character = current, count < (isBraced ? 6 : 2),
            let digit = JSONText.hexDigit(UInt8(truncatingIfNeeded: character)), character < 0x80
        {
            value = value << 4 | digit
            count += 1
            index += 1
        }
        guard count > 0, !isBraced || accept("}"), value <= RegexSet.last else {
            throw Self.error("\"\\x\" without hexadecimal digits")
        }
        return value
    }

    private mutating func parseSet() throws(EngineError) -> RegexSet {
        let isInverted = accept("^")
        var result = RegexSet([])
        var isFirst = true
        while true {
            guard let character = current else { throw Self.error("\"[\" without \"]\"") }
            if character == 0x5D, !isFirst { break }
            isFirst = false
            if isNext("["), isNext(":", at: 1), let named = try parseNamedClass() {
                result = result.union(named)
                continue
            }
            index += 1
            var low = character
            if character == 0x5C {
                if let known = parseClass() {
                    result = result.union(known)
                    continue
                }
                low = isNext("b") ? 0x08 : try parseEscapedCharacter()
                if low == 0x08 { index += isNext("b") ? 1 : 0 }
            }
            var high = low
            if isNext("-"), index + 1 < characters.count, !isNext("]", at: 1) {
                index += 1
                high = characters[index]
                index += 1
                if high == 0x5C { high = try parseEscapedCharacter() }
            }
            guard low <= high else { throw Self.error("a range of a set runs backwards") }
            result = result.union(RegexSet([low...high]))
        }
        index += 1
        // Inverting comes after both cases are in the set.
        let full = set(result)
        return isInverted ? full.inverted : full
    }

    /// `[:alpha:]`; nil when it is none.
    private mutating func parseNamedClass() throws(EngineError) -> RegexSet? {
        var end = index + 2
        var name = ""
        while end < characters.count, let scalar = Unicode.Scalar(characters[end]), scalar != ":" {
            name.unicodeScalars.append(scalar)
            end += 1
        }
        guard end + 1 < characters.count, characters[end + 1] == 0x5D else { return nil }
        let known: RegexSet
        switch name {
        case "alpha": known = RegexSet([0x41...0x5A, 0x61...0x7A])
        case "digit": known = .digits
        case "alnum": known = RegexSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A])
        case "space": known = .spaces
        case "upper": known = RegexSet([0x41...0x5A])
        case "lower": known = RegexSet([0x61...0x7A])
        case "punct": known = RegexSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
        case "xdigit": known = RegexSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
        case "word": known = .words
        case "blank": known = RegexSet([0x09...0x09, 0x20...0x20])
        default: throw Self.error("unknown class [:\(name):]")
        }
        index = end + 2
        return known
    }
}
