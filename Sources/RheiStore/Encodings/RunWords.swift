/// Runs of equal words.
///
/// ```
/// runs u16 | packed words: one per run | packed words: the length of each run
/// ```
enum RunWords {
    static func append(_ values: [UInt64], to writer: inout ByteWriter) {
        var words: [UInt64] = []
        var lengths: [UInt64] = []
        for value in values {
            if value == words.last {
                lengths[lengths.count - 1] += 1
            } else {
                words.append(value)
                lengths.append(1)
            }
        }
        writer.append(UInt16(words.count))
        PackedWords.append(words, to: &writer)
        PackedWords.append(lengths, to: &writer)
    }

    /// - Precondition: as of `PackedWords.read`; at most `Encoding.vectorRowCount` values.
    @unsafe static func read(
        _ reader: inout ByteReader, count: Int, into out: UnsafeMutablePointer<UInt64>
    ) throws {
        let runCount = Int(try reader.integer(UInt16.self))
        guard runCount <= count else { throw reader.corrupt("\(runCount) runs in \(count) rows") }
        let scratch = WordScratch()
        defer { withExtendedLifetime(scratch) {} }
        let lengths = unsafe scratch.words + Encoding.vectorRowCount
        unsafe try PackedWords.read(&reader, count: runCount, into: scratch.words)
        unsafe try PackedWords.read(&reader, count: runCount, into: lengths)
        var row = 0
        for run in 0..<runCount {
            let length = unsafe lengths[run]
            guard length <= UInt64(count - row) else { throw reader.corrupt("a run of \(length) rows") }
            let value = unsafe scratch.words[run]
            let end = row + Int(length)
            while row < end {
                unsafe out[row] = value
                row &+= 1
            }
        }
        guard row == count else { throw reader.corrupt("runs of \(row) rows instead of \(count)") }
    }
}
