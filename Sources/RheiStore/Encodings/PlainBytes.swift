import RheiArrow
import RheiCore

/// The lengths of the rows, then their bytes one after the other.
///
/// ```
/// bytes u32 | packed words: the length of each row | the bytes
/// ```
enum PlainBytes {
    @unsafe static func append(
        _ rows: [UnsafeRawBufferPointer], lengths layout: WordLayout = .bits, to writer: inout ByteWriter
    ) {
        writer.append(UInt32(unsafe rows.reduce(0) { $0 + $1.count }))
        PackedWords.append(unsafe rows.map { UInt64($0.count) }, layout, to: &writer)
        for index in unsafe rows.indices { unsafe writer.append(rows[index]) }
    }

    /// Appends the views of `count` rows, which refer to the reader's buffer as number `bufferIndex`.
    @unsafe static func read(
        _ reader: inout ByteReader, count: Int, bufferIndex: Int, into out: UnsafeMutablePointer<ByteView>
    ) throws {
        let byteCount = Int(try reader.integer(UInt32.self))
        let scratch = WordScratch()
        defer { withExtendedLifetime(scratch) {} }
        unsafe try PackedWords.read(&reader, count: count, into: scratch.words)
        let start = try reader.take(byteCount)
        let isRight = unsafe makeViews(
            reader.buffer, start: start, byteCount: byteCount, lengths: scratch.words, count: count,
            bufferIndex: bufferIndex, into: out)
        if !isRight { throw reader.corrupt("lengths that do not add up to \(byteCount) bytes") }
    }

    /// Makes views of consecutive strings.
    ///
    /// - Returns: whether the lengths add up to `byteCount`.
    @unsafe static func makeViews(
        _ buffer: Buffer, start: Int, byteCount: Int, lengths: UnsafePointer<UInt64>, count: Int, bufferIndex: Int,
        into out: UnsafeMutablePointer<ByteView>
    ) -> Bool {
        defer { withExtendedLifetime(buffer) {} }
        let end = start + byteCount
        var place = start
        let bytes = unsafe buffer.pointer
        for row in 0..<count {
            let length = unsafe lengths[row]
            guard length <= UInt64(end &- place), length <= UInt64(Int32.max) else { return false }
            let size = Int(truncatingIfNeeded: length)
            if size <= ByteView.inlineByteCount {
                unsafe out[row] = ByteView(inline: bytes + place, byteCount: size)
            } else {
                unsafe out[row] = ByteView(
                    bytes + place, byteCount: size, bufferIndex: bufferIndex, byteOffset: place)
            }
            place &+= size
        }
        return place == end
    }
}
