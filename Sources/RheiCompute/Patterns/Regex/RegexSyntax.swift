import RheiCore

/// A regular expression as a tree.
indirect enum RegexSyntax {
    case empty
    case set(RegexSet)
    case sequence([RegexSyntax])
    case alternatives([RegexSyntax])
    /// At least `minimum` times; `maximum` nil means without end.
    case repetition(RegexSyntax, minimum: Int, maximum: Int?, isLazy: Bool)
    /// A group whose place is kept, by its number from 1.
    case group(RegexSyntax, Int)
    case assertion(RegexAssertion)
}

/// What holds between two characters.
enum RegexAssertion: UInt8 {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary

    /// Whether it holds before the byte at `index`; letters, digits and line feeds are single bytes.
    func holds(in text: ByteRun, at index: Int) -> Bool {
        switch self {
        case .textStart: return index == 0
        case .textEnd: return index == text.count
        case .lineStart: return index == 0 || text[index - 1] == 0x0A
        case .lineEnd: return index == text.count || text[index] == 0x0A
        case .wordBoundary, .notWordBoundary:
            let before = index > 0 && RegexSet.words.contains(UInt32(text[index - 1]))
            let after = index < text.count && RegexSet.words.contains(UInt32(text[index]))
            return (before != after) == (self == .wordBoundary)
        }
    }
}

/// A set of characters as ascending, disjoint ranges of code points.
struct RegexSet: Equatable {
    var ranges: [ClosedRange<UInt32>]

    static let last: UInt32 = 0x10FFFF

    init(_ ranges: [ClosedRange<UInt32>]) { self.ranges = Self.merged(ranges) }

    static func only(_ character: UInt32) -> RegexSet { RegexSet([character...character]) }
    static let digits = RegexSet([0x30...0x39])
    static let words = RegexSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let spaces = RegexSet([0x09...0x0D, 0x20...0x20])
    static let all = RegexSet([0...last])

    private static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let previous = result.last, range.lowerBound <= previous.upperBound &+ 1 {
                result[result.count - 1] = previous.lowerBound...max(previous.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    var inverted: RegexSet {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= Self.last { result.append(next...Self.last) }
        return RegexSet(result)
    }

    func union(_ other: RegexSet) -> RegexSet { RegexSet(ranges + other.ranges) }

    /// The set with the other case of every ASCII letter in it.
    var ignoringCase: RegexSet {
        var result = ranges
        for (from, offset) in [(UInt32(0x41)...UInt32(0x5A), Int64(32)), (0x61...0x7A, -32)] {
            for range in ranges where range.overlaps(from) {
                let clamped = range.clamped(to: from)
                result.append(
                    UInt32(Int64(clamped.lowerBound) + offset)...UInt32(Int64(clamped.upperBound) + offset))
            }
        }
        return RegexSet(result)
    }

    /// Whether the set holds a character, by binary search.
    func contains(_ character: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < character { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= character
    }
}

/// How a regular expression is read.
struct RegexOptions: Equatable {
    var ignoresCase = false
    /// Whether `^` and `$` also match at the ends of lines.
    var isMultiline = false
    /// Whether `.` matches a line feed.
    var dotMatchesNewline = false
    /// Whether all matches are replaced and not the first alone.
    var isGlobal = false
    /// Whether the pattern is plain text.
    var isLiteral = false

    init() {}

    /// Reads letters such as `gi`.
    init(_ letters: [UInt8]) throws {
        for letter in letters {
            switch letter {
            case 0x69: ignoresCase = true
            case 0x63: ignoresCase = false
            case 0x6D, 0x6E: isMultiline = true
            case 0x73: dotMatchesNewline = true
            case 0x67: isGlobal = true
            case 0x6C: isLiteral = true
            default:
                throw EngineError(
                    .invalidArgument, "unknown option '\(Character(UnicodeScalar(letter)))' of a regular expression")
            }
        }
    }
}
