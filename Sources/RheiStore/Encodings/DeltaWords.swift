/// The first word, then the packed differences between neighbours: for values that ascend in small steps.
///
/// ```
/// first u64 | packed words of the count - 1 differences
/// ```
enum DeltaWords {
    static func append(_ values: [UInt64], _ layout: WordLayout, to writer: inout ByteWriter) {
        guard let first = values.first else { return }
        writer.append(first)
        PackedWords.append(differences(values), layout, to: &writer)
    }

    private static func differences(_ values: [UInt64]) -> [UInt64] {
        (1..<values.count).map { values[$0] &- values[$0 - 1] }
    }

    /// - Precondition: as of `PackedWords.read`.
    @unsafe static func read(
        _ reader: inout ByteReader, count: Int, into out: UnsafeMutablePointer<UInt64>
    ) throws {
        guard count > 0 else { return }
        unsafe out[0] = try reader.integer(UInt64.self)
        unsafe try PackedWords.read(&reader, count: count - 1, into: out + 1)
        var sum = unsafe out[0]
        for index in 1..<max(count, 1) {
            unsafe sum &+= out[index]
            unsafe out[index] = sum
        }
    }
}
