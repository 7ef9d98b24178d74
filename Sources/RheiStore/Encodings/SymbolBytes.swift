import RheiArrow
import RheiCore

/// The lengths of the rows, then all their bytes as codes of a `SymbolTable`.
///
/// ```
/// chunk:  symbol table
/// vector: codes u32 | bytes u32 | packed words: the length of each row | the codes
/// ```
enum SymbolBytes {
    @unsafe static func append(
        _ rows: [UnsafeRawBufferPointer], _ table: SymbolTable, lengths layout: WordLayout, to writer: inout ByteWriter
    ) {
        var bytes: [UInt8] = []
        for index in unsafe rows.indices { unsafe bytes.append(contentsOf: rows[index]) }
        let start = writer.count
        writer.append(UInt32(0))
        writer.append(UInt32(bytes.count))
        PackedWords.append(unsafe rows.map { UInt64($0.count) }, layout, to: &writer)
        let codes = writer.count
        table.append(bytes, to: &writer)
        writer.replace(at: start, with: UInt32(writer.count - codes))
    }

    /// Expands the bytes of `count` rows behind those in `heap` and makes their views, which refer to `heap` as number
    /// `bufferIndex`.
    ///
    /// - Precondition: at most `Encoding.vectorRowCount` rows.
    @unsafe static func read(
        _ reader: inout ByteReader, count: Int, _ table: SymbolTable, heap: inout MutableBuffer, bufferIndex: Int,
        into out: UnsafeMutablePointer<ByteView>
    ) throws {
        let codeCount = Int(try reader.integer(UInt32.self))
        let byteCount = Int(try reader.integer(UInt32.self))
        let scratch = WordScratch()
        defer { withExtendedLifetime(scratch) {} }
        unsafe try PackedWords.read(&reader, count: count, into: scratch.words)
        let codes = try reader.take(codeCount)
        // A code gives eight bytes at most.
        guard byteCount <= codeCount * 8 else { throw reader.corrupt("\(byteCount) bytes of \(codeCount) codes") }
        let start = heap.byteCount
        let buffer = reader.buffer
        unsafe try expand(buffer.pointer + codes, codeCount, table, byteCount, &heap, reader)
        withExtendedLifetime(buffer) {}
        var place = start
        for row in 0..<count {
            let length = unsafe scratch.words[row]
            guard length <= UInt64(start + byteCount - place), length <= UInt64(Int32.max) else {
                throw reader.corrupt("lengths beyond \(byteCount) bytes")
            }
            let bytes = unsafe UnsafeRawPointer(heap.pointer + place)
            unsafe out[row] =
                length <= UInt64(ByteView.inlineByteCount)
                ? ByteView(inline: bytes, byteCount: Int(length))
                : ByteView(bytes, byteCount: Int(length), bufferIndex: bufferIndex, byteOffset: place)
            place += Int(length)
        }
        guard place == start + byteCount else { throw reader.corrupt("lengths that are not \(byteCount) bytes") }
    }

    @unsafe private static func expand(
        _ codes: UnsafeRawPointer, _ codeCount: Int, _ table: SymbolTable, _ byteCount: Int,
        _ heap: inout MutableBuffer, _ reader: ByteReader
    ) throws {
        var words = [UInt64](repeating: 0, count: 256)
        var lengths = [Int](repeating: 0, count: 256)
        for (code, symbol) in table.symbols.enumerated() { (words[code], lengths[code]) = (symbol.word, symbol.length) }
        // Each step writes eight bytes, which the slack behind the heap takes up.
        let target = unsafe heap.extend(by: byteCount)
        var done = 0
        var next = 0
        var isRight = true
        unsafe words.withUnsafeBufferPointer { words in
            unsafe lengths.withUnsafeBufferPointer { lengths in
                while next < codeCount, done < byteCount {
                    let code = unsafe codes.load(fromByteOffset: next, as: UInt8.self)
                    next &+= 1
                    if code == SymbolTable.escape {
                        guard next < codeCount else { break }
                        unsafe target.storeBytes(
                            of: codes.load(fromByteOffset: next, as: UInt8.self), toByteOffset: done, as: UInt8.self)
                        next &+= 1
                        done &+= 1
                    } else {
                        unsafe target.storeBytes(of: words[Int(code)], toByteOffset: done, as: UInt64.self)
                        let length = unsafe lengths[Int(code)]
                        if length == 0 { isRight = false }
                        done &+= max(length, 1)
                    }
                }
            }
        }
        guard isRight, next == codeCount, done == byteCount else {
            throw reader.corrupt("codes for other than \(byteCount) bytes")
        }
    }
}
