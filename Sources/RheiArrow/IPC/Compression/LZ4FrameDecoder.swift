import RheiCore

/// Reads one LZ4 frame ("LZ4 Frame Format Description" v1.6 and "LZ4 Block Format Description"), checking every length.
@safe struct LZ4FrameDecoder: ~Copyable {
    private let source: UnsafeRawBufferPointer
    private var place = 0
    /// Bytes that the frame may hold.
    private let limit: Int

    /// Appends the contents of the frame in `source`, at most `byteCount` bytes.
    ///
    /// - Throws: `corrupt` for anything that the format does not allow, wrong checksums included; `unsupported` for
    ///   frames with a dictionary.
    @unsafe static func append(
        _ source: UnsafeRawBufferPointer, byteCount: Int, to result: inout MutableBuffer
    ) throws {
        var decoder = unsafe LZ4FrameDecoder(source: source, limit: byteCount)
        try decoder.decode(&result)
    }

    @unsafe private init(source: UnsafeRawBufferPointer, limit: Int) {
        unsafe self.source = source
        self.limit = limit
    }

    private func corrupt(_ what: String) -> EngineError { IPCDecompressor.corrupt("an LZ4 frame with \(what)") }

    private var remaining: Int { unsafe source.count - place }

    private mutating func byte() throws -> Int {
        guard remaining >= 1 else { throw corrupt("too few bytes") }
        defer { place += 1 }
        return unsafe Int(source[place])
    }

    private mutating func word() throws -> UInt32 {
        guard remaining >= 4 else { throw corrupt("too few bytes") }
        defer { place += 4 }
        return unsafe source.loadUnaligned(fromByteOffset: place, as: UInt32.self)
    }

    private mutating func decode(_ result: inout MutableBuffer) throws {
        guard try word() == 0x184D_2204 else { throw corrupt("another magic number") }
        let start = place
        let (flags, descriptor) = try (byte(), byte())
        guard flags >> 6 == 1, flags & 2 == 0, descriptor & 0x8F == 0, descriptor >> 4 >= 4 else {
            throw corrupt("an unknown descriptor")
        }
        if flags & 1 != 0 { throw EngineError.unsupported("LZ4 frames with a dictionary") }
        if flags & 8 != 0 { _ = try (word(), word()) }
        let header = unsafe UnsafeRawBufferPointer(rebasing: source[start..<place])
        guard unsafe try byte() == Int(xxHash32(header) >> 8 & 0xFF) else { throw corrupt("a wrong header checksum") }
        let blockLimit = 1 << (8 + 2 * (descriptor >> 4))
        while true {
            let size = try word()
            if size == 0 { break }
            try decodeBlock(Int(size & 0x7FFF_FFFF), isStored: size >> 31 == 1, blockLimit, &result, flags & 16 != 0)
        }
        if flags & 4 != 0 {
            let contents = unsafe UnsafeRawBufferPointer(start: result.pointer, count: result.byteCount)
            guard unsafe try word() == xxHash32(contents) else { throw corrupt("a wrong checksum") }
        }
    }

    private mutating func decodeBlock(
        _ size: Int, isStored: Bool, _ blockLimit: Int, _ result: inout MutableBuffer, _ hasChecksum: Bool
    ) throws {
        guard size <= remaining, size <= blockLimit else { throw corrupt("a block of \(size) bytes") }
        let block = unsafe UnsafeRawBufferPointer(rebasing: source[place..<place + size])
        place += size
        if hasChecksum, unsafe try word() != xxHash32(block) { throw corrupt("a wrong block checksum") }
        if isStored {
            guard result.byteCount + size <= limit else { throw corrupt("more bytes than announced") }
            unsafe result.append(block)
        } else {
            unsafe try expand(block, &result, end: min(limit, result.byteCount + blockLimit))
        }
    }

    /// Appends the contents of one compressed block, up to `end` bytes in all.
    @unsafe private func expand(_ block: UnsafeRawBufferPointer, _ result: inout MutableBuffer, end: Int) throws {
        var place = 0
        /// Adds the bytes that continue a length of 15.
        func length(_ nibble: Int) throws -> Int {
            var total = nibble
            guard nibble == 15 else { return total }
            while true {
                guard place < block.count else { throw corrupt("too few bytes") }
                let next = unsafe Int(block[place])
                place += 1
                total += next
                if next < 255 { return total }
            }
        }
        while place < block.count {
            let token = unsafe Int(block[place])
            place += 1
            let literalCount = try length(token >> 4)
            guard literalCount <= block.count - place, literalCount <= end - result.byteCount else {
                throw corrupt("literals that do not fit")
            }
            unsafe result.append(UnsafeRawBufferPointer(rebasing: block[place..<place + literalCount]))
            place += literalCount
            if place == block.count { return }
            guard place + 2 <= block.count else { throw corrupt("too few bytes") }
            let distance = unsafe Int(block[place]) | Int(block[place + 1]) << 8
            place += 2
            let matchCount = try length(token & 15) + 4
            guard distance > 0, distance <= result.byteCount, matchCount <= end - result.byteCount else {
                throw corrupt("a match that does not fit")
            }
            Self.repeatBytes(&result, distance, matchCount)
        }
    }

    /// Appends `count` bytes that repeat the last `distance` ones.
    private static func repeatBytes(_ result: inout MutableBuffer, _ distance: Int, _ count: Int) {
        let target = unsafe result.extend(by: count)
        var done = min(distance, count)
        unsafe target.copyMemory(from: target - distance, byteCount: done)
        // What is done has the period already, so it can be doubled.
        while done < count {
            let step = min(done, count - done)
            unsafe (target + done).copyMemory(from: target, byteCount: step)
            done += step
        }
    }
}
