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
        let words = samples.map(\.words)
        // From the fastest to decode to the slowest; a later one must save 3 percent, planes of bytes 10.
        var best = candidate(.packed, .bits, PackedWords.append)
        var bestCost = try cost(best, samples.map(\.rows))
        func consider(_ other: Candidate?, leastGain: Int = 3) throws {
            guard let other else { return }
            let share = (other.shared?.count ?? 0) * words.reduce(0) { $0 + $1.count } / max(rows.count, 1)
            let cost = try cost(other, samples.map(\.rows)) + share
            if cost * 100 < bestCost * (100 - leastGain) { (best, bestCost) = (other, cost) }
        }
        let reals = array.type == .float64 ? DecimalReals(words) : nil
        if let reals { try consider(candidate(.decimalReals, .bits, reals.append)) }
        try consider(candidate(.delta, .bits, DeltaWords.append))
        if words.contains(where: Self.hasRuns) {
            try consider(candidate(.runs, .bits) { RunWords.append($0, to: &$2) })
        }
        let table = Self.isRepetitive(words) ? wordTable() : nil
        if let table { try consider(candidate(table, .value, .bits)) }
        guard compression.level != nil, words.contains(where: { PackedWords.plan($0).width > 3 }) else { return best }
        try consider(candidate(.packed, .planes, PackedWords.append), leastGain: 10)
        if let reals { try consider(candidate(.decimalReals, .planes, reals.append), leastGain: 10) }
        try consider(candidate(.delta, .signedPlanes, DeltaWords.append), leastGain: 10)
        if let table {
            try consider(candidate(table, .value, .planes), leastGain: 10)
            try consider(candidate(table, .frequency, .planes), leastGain: 10)
        }
        return best
    }

    private func candidate(
        _ encoding: Encoding, _ layout: WordLayout,
        _ append: @escaping ([UInt64], WordLayout, inout ByteWriter) -> Void
    ) -> Candidate {
        Candidate(encoding: encoding, leastSaving: Self.leastSaving(layout)) { [rows] range, writer in
            append(rows.words(range), layout, &writer)
        }
    }

    private func candidate(_ table: WordTable, _ order: DictionaryWords.Order, _ layout: WordLayout) -> Candidate {
        let dictionary = DictionaryWords(table, order)
        var shared = ByteWriter()
        dictionary.appendTable(to: &shared)
        return Candidate(
            encoding: .dictionary, shared: shared.bytes, leastSaving: Self.leastSaving(layout)
        ) { range, writer in dictionary.append(range, layout, to: &writer) }
    }

    /// Planes are chosen for what compression makes of them.
    private static func leastSaving(_ layout: WordLayout) -> Int { layout == .bits ? 20 : 3 }

    private func wordTable() -> WordTable? {
        var start = 0
        let table = WordTable(rowCount: rows.count, largestCount: DictionaryWords.largestCount) {
            guard start < rows.count else { return nil }
            defer { start += Encoding.vectorRowCount }
            return rows.words(start..<min(start + Encoding.vectorRowCount, rows.count))
        }
        return table.flatMap { $0.words.count * 2 <= rows.count ? $0 : nil }
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
        return try compression.cost(writer.bytes, leastSaving: candidate.leastSaving)
    }

    private static func hasRuns(_ words: [UInt64]) -> Bool {
        zip(words, words.dropFirst()).count { $0 == $1 } * 2 > words.count
    }

    /// Whether a dictionary may pay: words that come again and that packing does not make small.
    private static func isRepetitive(_ samples: [[UInt64]]) -> Bool {
        let count = samples.reduce(0) { $0 + $1.count }
        guard samples.contains(where: { PackedWords.plan($0).width > 5 }) else { return false }
        return WordTable.distinctCount(samples) * 10 <= count * 9
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
