import RheiArrow
import RheiCore

/// A table of distinct words and packed numbers into it.
///
/// ```
/// chunk:  count u32 | packed words, 2 048 at a time
/// vector: packed words: the number of each row's word
/// ```
struct DictionaryWords {
    static let largestCount = 1 << 16

    /// How the words are numbered.
    enum Order {
        /// Ascending as signed numbers: neighbours in the table are neighbours in value.
        case value
        /// The most frequent first, so that most numbers are small.
        case frequency
    }

    let words: [UInt64]
    /// By row.
    private let rowNumbers: [UInt32]

    init(_ table: WordTable, _ order: Order) {
        let (known, counts) = (table.words, table.counts)
        let positions =
            switch order {
            case .value: known.indices.sorted { Int64(bitPattern: known[$0]) < Int64(bitPattern: known[$1]) }
            case .frequency:
                known.indices.sorted { (counts[$1], known[$0]) < (counts[$0], known[$1]) }
            }
        words = positions.map { known[$0] }
        var numbers = [UInt32](repeating: 0, count: known.count)
        for (number, position) in positions.enumerated() { numbers[position] = UInt32(number) }
        rowNumbers = table.rowPositions.map { numbers[Int($0)] }
    }

    private init(words: [UInt64]) {
        self.words = words
        rowNumbers = []
    }

    /// Appends the numbers of some of the rows that the table was made of.
    func append(_ rows: Range<Int>, _ layout: WordLayout, to writer: inout ByteWriter) {
        PackedWords.append(rowNumbers[rows].map { UInt64($0) }, layout, to: &writer)
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
