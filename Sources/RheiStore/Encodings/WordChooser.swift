import RheiArrow

/// Chooses the encoding of a chunk of words by what samples of it take.
struct WordChooser {
    let rows: WordRows
    let array: ArrowArray
    let compression: BlockCompression

    private typealias Candidate = ChunkEncoder.Choice

    func choose() throws -> ChunkEncoder.Choice {
        if let value = constant() {
            var shared = ByteWriter()
            shared.append(value)
            return Candidate(encoding: .constant, shared: shared.bytes) { _, _ in }
        }
        let samples = sampleRanges().map { (rows: $0, words: rows.words($0)) }
        // From the fastest to decode to the slowest; a later one must save 3 percent.
        var best = candidate(.packed, PackedWords.append)
        var bestCost = try cost(best, samples.map(\.rows))
        func consider(_ other: Candidate?, extra: Int = 0) throws {
            guard let other else { return }
            let cost = try cost(other, samples.map(\.rows)) + extra
            if cost * 100 < bestCost * 97 { (best, bestCost) = (other, cost) }
        }
        let words = samples.map(\.words)
        if array.type == .float64 { try consider(decimalReals(words)) }
        try consider(candidate(.delta, DeltaWords.append))
        if words.contains(where: Self.hasRuns) { try consider(candidate(.runs, RunWords.append)) }
        if Self.isRepetitive(words), let dictionary = dictionary() {
            let share = dictionary.shared.map(\.count) ?? 0
            let sampleCount = words.reduce(0) { $0 + $1.count }
            try consider(dictionary, extra: share * sampleCount / max(rows.count, 1))
        }
        return best
    }

    private func candidate(
        _ encoding: Encoding, _ append: @escaping ([UInt64], inout ByteWriter) -> Void
    ) -> Candidate {
        Candidate(encoding: encoding) { [rows] range, writer in append(rows.words(range), &writer) }
    }

    private func decimalReals(_ samples: [[UInt64]]) -> Candidate? {
        DecimalReals(samples).map { reals in
            candidate(.decimalReals) { words, writer in reals.append(words, to: &writer) }
        }
    }

    private func dictionary() -> Candidate? {
        var start = 0
        let dictionary = DictionaryWords {
            guard start < rows.count else { return nil }
            defer { start += Encoding.vectorRowCount }
            return rows.words(start..<min(start + Encoding.vectorRowCount, rows.count))
        }
        guard let dictionary else { return nil }
        var shared = ByteWriter()
        dictionary.appendTable(to: &shared)
        var result = candidate(.dictionary) { words, writer in dictionary.append(words, to: &writer) }
        result.shared = shared.bytes
        return result
    }

    /// The one word of all rows that are not null; nil when there are several.
    private func constant() -> UInt64? {
        var found: UInt64?
        for start in stride(from: 0, to: rows.count, by: Encoding.vectorRowCount) {
            let range = start..<min(start + Encoding.vectorRowCount, rows.count)
            for (index, word) in rows.words(range).enumerated() where array.isValid(start + index) {
                if let known = found, known != word { return nil }
                found = word
            }
        }
        return found
    }

    /// The first, the middle and the last vector.
    private func sampleRanges() -> [Range<Int>] { SampleRanges.of(rows.count) }

    private func cost(_ candidate: Candidate, _ samples: [Range<Int>]) throws -> Int {
        var writer = ByteWriter()
        for range in samples { candidate.append(range, &writer) }
        return try compression.cost(writer.bytes, leastSaving: 20)
    }

    private static func hasRuns(_ words: [UInt64]) -> Bool {
        zip(words, words.dropFirst()).count { $0 == $1 } * 2 > words.count
    }

    /// Whether a dictionary may pay: few distinct words that packing does not make small.
    private static func isRepetitive(_ samples: [[UInt64]]) -> Bool {
        let count = samples.reduce(0) { $0 + $1.count }
        guard samples.contains(where: { PackedWords.plan($0).width > 8 }) else { return false }
        return Set(samples.joined()).count * 4 <= count
    }
}

/// The vectors that stand for a chunk.
enum SampleRanges {
    /// The first, the middle and the last.
    static func of(_ rowCount: Int) -> [Range<Int>] {
        let vectorCount = (rowCount + Encoding.vectorRowCount - 1) / Encoding.vectorRowCount
        return Set([0, vectorCount / 2, max(vectorCount - 1, 0)]).sorted().map { index in
            let start = index * Encoding.vectorRowCount
            return start..<min(start + Encoding.vectorRowCount, rowCount)
        }
    }
}
