/// A table of distinct words, ascending as signed numbers, and packed numbers into it.
///
/// ```
/// chunk:  count u32 | packed words, 2 048 at a time
/// vector: packed words: the number of each row's word
/// ```
struct DictionaryWords {
    static let largestCount = 1 << 14

    let words: [UInt64]
    private let numbers: [UInt64: UInt64]

    /// Collects the words of a chunk; nil when there are more than `largestCount`.
    init?(_ vectors: () -> [UInt64]?) {
        var known: Set<UInt64> = []
        while let vector = vectors() {
            var last: UInt64?
            for word in vector where word != last {
                known.insert(word)
                last = word
            }
            if known.count > Self.largestCount { return nil }
        }
        words = known.sorted { Int64(bitPattern: $0) < Int64(bitPattern: $1) }
        numbers = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, UInt64($0)) })
    }

    private init(words: [UInt64]) {
        self.words = words
        numbers = [:]
    }

    func append(_ values: [UInt64], to writer: inout ByteWriter) {
        PackedWords.append(values.map { numbers[$0] ?? 0 }, to: &writer)
    }

    func appendTable(to writer: inout ByteWriter) {
        writer.append(UInt32(words.count))
        for start in stride(from: 0, to: words.count, by: Encoding.vectorRowCount) {
            let part = words[start..<min(start + Encoding.vectorRowCount, words.count)]
            PackedWords.append(Array(part), to: &writer)
        }
    }

    static func readTable(_ reader: inout ByteReader) throws -> DictionaryWords {
        let count = Int(try reader.integer(UInt32.self))
        guard count > 0, count <= largestCount else { throw reader.corrupt("a dictionary of \(count) words") }
        let scratch = WordScratch()
        defer { withExtendedLifetime(scratch) {} }
        var words: [UInt64] = []
        while words.count < count {
            let part = min(Encoding.vectorRowCount, count - words.count)
            unsafe try PackedWords.read(&reader, count: part, into: scratch.words)
            unsafe words.append(contentsOf: UnsafeBufferPointer(start: scratch.words, count: part))
        }
        return DictionaryWords(words: words)
    }

    /// - Precondition: as of `PackedWords.read`.
    @unsafe func read(
        _ reader: inout ByteReader, count: Int, into out: UnsafeMutablePointer<UInt64>
    ) throws {
        unsafe try PackedWords.read(&reader, count: count, into: out)
        let wordCount = UInt64(words.count)
        var isOutside = false
        unsafe words.withUnsafeBufferPointer { words in
            for row in 0..<count {
                let number = unsafe out[row]
                if number < wordCount {
                    unsafe out[row] = words[Int(number)]
                } else {
                    isOutside = true
                }
            }
        }
        if isOutside { throw reader.corrupt("a number beyond \(words.count) dictionary words") }
    }
}
