package import RheiArrow
import RheiCore

/// Damages Arrow streams and files at random, and reads what comes of it.
package enum ArrowMutator {
    /// Returns `source` with one to four changes: bits, bytes, sizes and offsets, cuts, and pieces of `other`.
    package static func mutated(_ source: [UInt8], with other: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = source
        for _ in 0..<1 + random.below(4) {
            guard bytes.count >= 16 else { break }
            change(&bytes, other, &random)
        }
        return bytes
    }

    private static let words: [UInt32] = [0, 1, 2, 8, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFE, 0x7FFF_FFFF, 0x8000_0000]

    private static func change(_ bytes: inout [UInt8], _ other: [UInt8], _ random: inout SeededGenerator) {
        // Metadata stands at the front of small messages and, in files, at the end: every second change goes there.
        var place = random.below(bytes.count - 8)
        if random.chance(percent: 50) { place = random.below(min(bytes.count - 8, 2048)) }
        let aligned = place & ~3
        switch random.below(11) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[place] ^= 1 << UInt8(random.below(8))
        case 2: store(random.pick(words), at: aligned, &bytes)
        case 3: store(load(aligned, bytes) &+ UInt32(random.below(17)) &- 8, at: aligned, &bytes)
        case 4:
            let word = (1 as UInt64) << UInt64(random.below(41))
            for index in 0..<8 { bytes[place & ~7 + index] = UInt8(truncatingIfNeeded: word >> UInt64(index * 8)) }
        case 5: for index in 0..<8 { bytes[place & ~7 + index] = index == 7 ? 0x7F : 0xFF }
        case 6: bytes.removeLast(random.below(bytes.count) / 8)
        case 7: bytes.removeSubrange(place..<place + 8)
        case 8: bytes.insert(contentsOf: [UInt8](repeating: 0, count: 8), at: aligned)
        case 9 where other.count > 16:
            let count = min(other.count, bytes.count - aligned, 8 << random.below(6))
            let from = random.below(other.count - count + 1) & ~3
            bytes.replaceSubrange(aligned..<aligned + count, with: other[from..<from + count])
        default:
            let from = random.below(bytes.count - 8)
            bytes.replaceSubrange(place..<place + 8, with: Array(bytes[from..<from + 8]))
        }
    }

    private static func load(_ place: Int, _ bytes: [UInt8]) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32($1 * 8) }
    }

    private static func store(_ word: UInt32, at place: Int, _ bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: word >> UInt32(index * 8)) }
    }

    /// Reads all batches of a stream or, when the bytes begin as one, a file.
    ///
    /// - Parameter touch: whether the rows are looked at, too.
    /// - Returns: the number of batches.
    package static func read(_ bytes: Buffer, options: IPCReadOptions, touch: Bool = true) throws -> Int {
        var batchCount = 0
        func note(_ batch: RecordBatch) {
            if touch { self.touch(batch) }
            batchCount += 1
        }
        if isFile(bytes) {
            let reader = try IPCFileReader(bytes, options: options)
            for index in 0..<reader.batchCount {
                // Every second column, backwards, is read without the others.
                let wanted = stride(from: reader.schema.fields.count - 1, through: 0, by: -2)
                _ = try? (reader.rowCount(ofBatch: index), reader.columns(Array(wanted), ofBatch: index))
                note(try reader.batch(at: index))
            }
        } else {
            let reader = try IPCStreamReader(bytes, options: options)
            while let batch = try reader.next() { note(batch) }
        }
        return batchCount
    }

    private static func isFile(_ bytes: Buffer) -> Bool {
        bytes.withBytes { bytes in
            bytes.byteCount >= 6
                && "ARROW1".utf8.enumerated().allSatisfy {
                    unsafe bytes.unsafeLoad(fromByteOffset: $0.offset, as: UInt8.self) == $0.element
                }
        }
    }

    /// Looks at the first thousand rows of every column in the ways that users do.
    package static func touch(_ batch: RecordBatch) {
        for column in batch.columns {
            let rows = column.slice(offset: 0, count: min(column.count, 1000))
            _ = rows == rows.slice(offset: 0, count: rows.count / 2)
            _ = rows == rows.slice(offset: 0, count: rows.count)
            for row in 0..<rows.count { _ = try? rows.value(at: row) }
            if rows.count > 0 { _ = try? ArrowArray.concatenated([rows, rows]).count }
        }
    }
}
