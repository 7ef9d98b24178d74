import RheiTestSupport

/// Changes SQL texts at random: tokens are dropped, doubled, swapped and taken from elsewhere, now and then a byte.
struct Mutator {
    private var generator: SeededGenerator
    private let pool: [String]

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        pool =
            Corpus.queries.flatMap(Self.pieces) + Keywords.all
            + ["(", ")", ",", ".", "*", "+", "-", "=", "<", "'x'", "1", "a", "t", "\"a\"", "NOT", "AND", "SELECT", ";"]
    }

    mutating func pick(_ texts: [String]) -> String { generator.pick(texts) }

    mutating func mutate(_ sql: String) -> String {
        var pieces = Self.pieces(sql)
        for _ in 0...Int.random(in: 0..<3, using: &generator) { change(&pieces) }
        return pieces.joined(separator: Bool.random(using: &generator) ? " " : "")
    }

    private mutating func change(_ pieces: inout [String]) {
        guard !pieces.isEmpty else { return }
        let index = Int.random(in: 0..<pieces.count, using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: pieces.remove(at: index)
        case 1: pieces.insert(pieces[index], at: index)
        case 2: pieces.swapAt(index, Int.random(in: 0..<pieces.count, using: &generator))
        case 3, 4: pieces[index] = " " + generator.pick(pool) + " "
        case 5: pieces.insert(" " + generator.pick(pool) + " ", at: index)
        default:
            var bytes = Array(pieces[index].utf8)
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] = UInt8.random(in: 32..<127, using: &generator)
            pieces[index] = String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Cuts a text into words, runs of white space and single other characters; joined they are the text again.
    private static func pieces(_ sql: String) -> [String] {
        var pieces: [String] = []
        for character in sql {
            if let last = pieces.last?.last, isWord(last), isWord(character) {
                pieces[pieces.count - 1].append(character)
            } else {
                pieces.append(String(character))
            }
        }
        return pieces
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "'" || character == "\""
    }
}
