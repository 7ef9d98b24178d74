/// Writes LZ4 frames of independent blocks of at most 4 MB, without checksums besides the header's.
enum LZ4FrameEncoder {
    private static let blockByteCount = 4 << 20
    private static let hashBits: UInt32 = 14

    /// Appends one frame.
    @unsafe static func append(_ source: UnsafeRawBufferPointer, to result: inout MutableBuffer) {
        // Version 1, independent blocks, up to 4 MB each.
        let descriptor: [UInt8] = [0x60, 0x70]
        let checksum = unsafe descriptor.withUnsafeBytes { unsafe UInt8(truncatingIfNeeded: xxHash32($0) >> 8) }
        result.append(contentsOf: [0x04, 0x22, 0x4D, 0x18] + descriptor + [checksum])
        var table = [UInt32](repeating: 0, count: 1 << Int(hashBits))
        for start in stride(from: 0, to: source.count, by: blockByteCount) {
            let end = min(start + blockByteCount, source.count)
            unsafe appendBlock(UnsafeRawBufferPointer(rebasing: source[start..<end]), &table, &result)
        }
        result.append(contentsOf: [0, 0, 0, 0])
    }

    @unsafe private static func appendBlock(
        _ block: UnsafeRawBufferPointer, _ table: inout [UInt32], _ result: inout MutableBuffer
    ) {
        let start = result.byteCount
        result.appendZeros(4)
        unsafe compress(block, &table, &result)
        var size = UInt32(truncatingIfNeeded: result.byteCount - start - 4)
        if Int(size) >= block.count {
            result.byteCount = start + 4
            unsafe result.append(block)
            size = UInt32(truncatingIfNeeded: block.count) | 1 << 31
        }
        unsafe (result.pointer + start).storeBytes(of: size, as: UInt32.self)
    }

    /// Compresses greedily: each position is compared with the last one whose four bytes had the same hash.
    @unsafe private static func compress(
        _ block: UnsafeRawBufferPointer, _ table: inout [UInt32], _ result: inout MutableBuffer
    ) {
        for index in table.indices { table[index] = 0 }
        func word(_ place: Int) -> UInt32 { unsafe block.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
        // The format wants the last match to begin twelve bytes before the end and the last five bytes to be literals.
        let (matchLimit, lastMatchStart) = (block.count - 5, block.count - 12)
        var (place, anchor) = (0, 0)
        while place < lastMatchStart {
            let bytes = word(place)
            let slot = Int((bytes &* 2_654_435_761) &>> (32 - hashBits))
            // Positions are kept plus one; zero means none.
            let candidate = Int(table[slot]) - 1
            table[slot] = UInt32(truncatingIfNeeded: place + 1)
            guard candidate >= 0, place - candidate <= 0xFFFF, word(candidate) == bytes else {
                // Incompressible runs are passed in growing steps.
                place += 1 + (place - anchor) >> 6
                continue
            }
            var length = 4
            while place + length < matchLimit, unsafe block[candidate + length] == block[place + length] {
                length += 1
            }
            let literals = unsafe UnsafeRawBufferPointer(rebasing: block[anchor..<place])
            unsafe appendSequence(literals, distance: place - candidate, length: length, &result)
            place += length
            anchor = place
        }
        unsafe appendSequence(UnsafeRawBufferPointer(rebasing: block[anchor...]), distance: 0, length: 0, &result)
    }

    /// Appends literals and, unless `distance` is zero, the match that follows them.
    @unsafe private static func appendSequence(
        _ literals: UnsafeRawBufferPointer, distance: Int, length: Int, _ result: inout MutableBuffer
    ) {
        let matchCode = distance == 0 ? 0 : length - 4
        let token = min(literals.count, 15) << 4 | min(matchCode, 15)
        append(token, &result)
        appendLength(literals.count, &result)
        unsafe result.append(literals)
        guard distance > 0 else { return }
        append(distance & 0xFF, &result)
        append(distance >> 8, &result)
        appendLength(matchCode, &result)
    }

    private static func append(_ byte: Int, _ result: inout MutableBuffer) {
        unsafe result.extend(by: 1).storeBytes(of: UInt8(truncatingIfNeeded: byte), as: UInt8.self)
    }

    /// Appends what a length exceeds 15 by.
    private static func appendLength(_ length: Int, _ result: inout MutableBuffer) {
        guard length >= 15 else { return }
        var rest = length - 15
        while rest >= 255 {
            append(255, &result)
            rest -= 255
        }
        append(rest, &result)
    }
}
