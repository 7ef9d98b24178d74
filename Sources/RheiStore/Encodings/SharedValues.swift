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
}
