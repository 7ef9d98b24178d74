import RheiArrow

/// Chooses the encoding of a chunk of byte strings by what samples of it take.
struct ByteChooser {
    let rows: ByteRows
    let array: ArrowArray
    let compression: BlockCompression

    private typealias Candidate = ChunkEncoder.Choice
    /// Bytes of strings that symbols are found in.
    private static let trainingByteCount = 16 << 10

    func choose() throws -> ChunkEncoder.Choice {
        if let row = constantRow() {
            var shared = ByteWriter()
            unsafe PlainBytes.append([rows.bytes(row)], to: &shared)
            return Candidate(encoding: .constant, shared: shared.bytes) { _, _ in }
        }
        let samples = SampleRanges.of(rows.count)
        let sampleCount = samples.reduce(0) { $0 + $1.count }
        var best = plain()
        var bestCost = try cost(best, samples)
        func consider(_ other: Candidate?, leastGain: Int = 3) throws {
            guard let other else { return }
            let share = (other.shared?.count ?? 0) * sampleCount / max(rows.count, 1)
            let cost = try cost(other, samples) + share
            if cost * 100 < bestCost * (100 - leastGain) { (best, bestCost) = (other, cost) }
        }
        if isRepetitive(samples), let dictionary = dictionary() {
            try consider(candidate(dictionary, .bits))
            if compression.level != nil { try consider(candidate(dictionary, .planes), leastGain: 10) }
        }
        // Symbols pay where strings differ and compression is off or finds little.
        if best.encoding == .plainBytes { try consider(symbols(samples)) }
        return best
    }

    private func plain() -> Candidate {
        Candidate(encoding: .plainBytes, leastSaving: 10) { [rows, lengths] range, writer in
            unsafe PlainBytes.append(range.map { unsafe rows.bytes($0) }, lengths: lengths, to: &writer)
        }
    }

    /// Planes where compression follows, which then sees bytes instead of odd bits.
    private var lengths: WordLayout { compression.level == nil ? .bits : .planes }

    private func dictionary() -> DictionaryBytes? {
        let dictionary = DictionaryBytes(rows) { [array] row in array.isValid(row) }
        return dictionary.flatMap { $0.count * 2 <= rows.count ? $0 : nil }
    }

    private func candidate(_ dictionary: DictionaryBytes, _ layout: WordLayout) -> Candidate {
        var shared = ByteWriter()
        dictionary.appendTable(to: &shared)
        return Candidate(
            encoding: .byteDictionary, shared: shared.bytes, leastSaving: layout == .bits ? 10 : 3
        ) { range, writer in dictionary.append(range, layout, to: &writer) }
    }

    private func symbols(_ samples: [Range<Int>]) -> Candidate? {
        var training: [UInt8] = []
        for range in samples {
            let end = training.count + Self.trainingByteCount / samples.count
            for row in range where training.count < end {
                unsafe training.append(contentsOf: rows.bytes(row).prefix(end - training.count))
            }
        }
        guard training.count >= 256 else { return nil }
        let table = SymbolTable.trained(on: training)
        var shared = ByteWriter()
        table.append(to: &shared)
        return Candidate(encoding: .symbolBytes, shared: shared.bytes, leastSaving: 10) {
            [rows, lengths] range, writer in
            unsafe SymbolBytes.append(range.map { unsafe rows.bytes($0) }, table, lengths: lengths, to: &writer)
        }
    }

    /// A row with the one string of all rows that are not null; nil when there are several.
    private func constantRow() -> Int? {
        var found: Int?
        for row in 0..<rows.count where array.isValid(row) {
            if let known = found {
                guard unsafe rows.bytes(row).elementsEqual(rows.bytes(known)) else { return nil }
            } else {
                found = row
            }
        }
        return found
    }

    private func isRepetitive(_ samples: [Range<Int>]) -> Bool {
        var hashes: Set<UInt64> = []
        var count = 0
        for range in samples {
            for row in range where array.isValid(row) {
                unsafe hashes.insert(KeyHash.hash(rows.bytes(row)))
                count += 1
            }
        }
        return hashes.count * 2 <= count
    }

    private func cost(_ candidate: Candidate, _ samples: [Range<Int>]) throws -> Int {
        var writer = ByteWriter()
        for range in samples { candidate.append(range, &writer) }
        return try compression.cost(writer.bytes, leastSaving: candidate.leastSaving)
    }
}
