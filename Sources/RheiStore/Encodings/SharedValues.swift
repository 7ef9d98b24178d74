import RheiArrow
import RheiCore

/// What the vectors of a chunk share: the constant, the dictionary or the symbols.
struct SharedValues {
    var word: UInt64 = 0
    var dictionary: DictionaryWords?
    /// The constant or the dictionary of byte strings; long ones lie in `heap`.
    var views: [ByteView] = []
    var heap: Buffer?
    var symbols: SymbolTable?

    /// - Throws: `corrupt` when the block is missing, or not what the encoding asks for.
    init(_ encoding: Encoding, _ kind: ValueKind, _ block: Buffer?) throws {
        let wantsBlock = [.constant, .dictionary, .byteDictionary, .symbolBytes].contains(encoding)
        guard wantsBlock == (block != nil) else {
            throw EngineError(.corrupt, "the encoding \(encoding) \(wantsBlock ? "without" : "with") shared values")
        }
        guard let block else { return }
        var reader = ByteReader(block)
        switch (encoding, kind) {
        case (.constant, .bytes):
            heap = block
            views = [ByteView()]
            try unsafe views.withUnsafeMutableBufferPointer { views in
                guard let base = views.baseAddress else { return }
                unsafe try PlainBytes.read(&reader, count: 1, bufferIndex: 0, into: base)
            }
        case (.constant, _): word = try reader.integer(UInt64.self)
        case (.dictionary, _): dictionary = try DictionaryWords.readTable(&reader)
        case (.byteDictionary, _):
            heap = block
            views = try DictionaryBytes.readTable(&reader)
        default: symbols = try SymbolTable(&reader)
        }
        try reader.finish()
    }

    /// Whether no string of the dictionary comes twice.
    var hasDistinctViews: Bool {
        var known: Set<[UInt8]> = []
        return views.allSatisfy { view in
            let bytes = unsafe withUnsafeBytes(of: view) { slot in
                view.isInline
                    ? unsafe Array(slot[4..<4 + view.byteCount])
                    : heap.map {
                        unsafe Array(UnsafeRawBufferPointer(start: $0.pointer + view.byteOffset, count: view.byteCount))
                    }
                        ?? []
            }
            return known.insert(bytes).inserted
        }
    }

    /// The dictionary's strings as an array.
    func viewArray() -> ArrowArray {
        var slots = MutableBuffer(capacity: views.count * 16)
        unsafe views.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress {
                unsafe slots.extend(by: bytes.count).copyMemory(from: start, byteCount: bytes.count)
            }
        }
        return ArrowArray(
            .utf8View, count: views.count, buffers: [slots.freeze()] + (heap.map { [$0] } ?? []))
    }
}
