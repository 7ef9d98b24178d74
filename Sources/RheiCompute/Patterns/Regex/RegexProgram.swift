import RheiCore

/// Instructions that find a regular expression.
struct RegexProgram {
    enum Instruction {
        /// Takes a character of the set and goes on.
        case set(Int)
        /// Goes on in two places, the first one preferred.
        case split(Int, Int)
        case jump(Int)
        /// Notes the place of the next character in a slot.
        case save(Int)
        case assertion(RegexAssertion)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [RegexSet] = []
    /// Per set, a bit for each ASCII character that is in it.
    private(set) var asciiSets: [(UInt64, UInt64)] = []
    private(set) var groupCount: Int
    /// The most instructions, which bounds the time per character.
    private static let maximumCount = 20_000

    init(_ pattern: [UInt8], _ options: RegexOptions) throws(EngineError) {
        var parser = RegexParser(pattern, options)
        let syntax = try parser.parse()
        groupCount = parser.groupCount
        instructions.append(.save(0))
        try append(syntax)
        instructions.append(.save(1))
        instructions.append(.match)
    }

    private mutating func append(_ syntax: RegexSyntax) throws(EngineError) {
        if instructions.count > Self.maximumCount { throw RegexParser.error("the pattern is too long") }
        switch syntax {
        case .empty: break
        case .set(let set): appendSet(set)
        case .assertion(let assertion): instructions.append(.assertion(assertion))
        case .sequence(let parts): for part in parts { try append(part) }
        case .group(let inner, let number):
            instructions.append(.save(number * 2))
            try append(inner)
            instructions.append(.save(number * 2 + 1))
        case .alternatives(let parts): try append(alternatives: parts)
        case .repetition(let inner, let minimum, let maximum, let isLazy):
            for _ in 0..<minimum { try append(inner) }
            if let maximum {
                try append(optional: inner, count: maximum - minimum, isLazy)
            } else {
                try append(endless: inner, isLazy)
            }
        }
    }

    private mutating func appendSet(_ set: RegexSet) {
        instructions.append(.set(sets.count))
        sets.append(set)
        var low: UInt64 = 0
        var high: UInt64 = 0
        for character in UInt32(0)..<64 {
            if set.contains(character) { low |= 1 << UInt64(character) }
            if set.contains(character + 64) { high |= 1 << UInt64(character) }
        }
        asciiSets.append((low, high))
    }

    private mutating func append(alternatives parts: [RegexSyntax]) throws(EngineError) {
        var ends: [Int] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1 {
                try append(part)
                break
            }
            let split = instructions.count
            instructions.append(.split(0, 0))
            try append(part)
            ends.append(instructions.count)
            instructions.append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func append(optional inner: RegexSyntax, count: Int, _ isLazy: Bool) throws(EngineError) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(instructions.count)
            instructions.append(.split(0, 0))
            try append(inner)
        }
        let end = instructions.count
        for split in splits { instructions[split] = isLazy ? .split(end, split + 1) : .split(split + 1, end) }
    }

    private mutating func append(endless inner: RegexSyntax, _ isLazy: Bool) throws(EngineError) {
        let split = instructions.count
        instructions.append(.split(0, 0))
        try append(inner)
        instructions.append(.jump(split))
        let end = instructions.count
        instructions[split] = isLazy ? .split(end, split + 1) : .split(split + 1, end)
    }

    /// Whether a set of the program holds a character.
    @inline(__always) func set(_ index: Int, contains character: UInt32) -> Bool {
        if character < 64 { return asciiSets[index].0 >> UInt64(character) & 1 == 1 }
        if character < 128 { return asciiSets[index].1 >> UInt64(character - 64) & 1 == 1 }
        return sets[index].contains(character)
    }
}
