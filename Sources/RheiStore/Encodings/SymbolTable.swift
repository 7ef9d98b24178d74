import RheiArrow

/// Up to 255 symbols of one to eight bytes, each standing for one code; code 255 means that the byte after it is meant
/// itself ("FSST: Fast Random Access String Compression", VLDB 2020).
///
/// ```
/// count u8 | per symbol: length u8, bytes u64
/// ```
@safe struct SymbolTable {
    static let escape: UInt8 = 255

    /// A symbol's bytes in the low bytes of a word, the rest zero.
    struct Symbol: Hashable {
        var word: UInt64
        var length: Int

        /// The symbol of both, nil when it is too long.
        func joined(_ other: Symbol) -> Symbol? {
            guard length + other.length <= 8 else { return nil }
            return Symbol(word: word | other.word &<< UInt64(length * 8), length: length + other.length)
        }
    }

    private(set) var symbols: [Symbol]
    /// By the first two bytes: code + 1 of a symbol of at most two bytes.
    private var short = [UInt16](repeating: 0, count: 1 << 16)
    /// By a hash of the first three bytes: code + 1 of a longer symbol.
    private var long = [UInt16](repeating: 0, count: 1 << 12)

    /// - Parameter symbols: at most 255; where two longer ones meet in one slot, the earlier stays.
    init(_ symbols: [Symbol]) {
        self.symbols = symbols
        for (code, symbol) in symbols.enumerated() where symbol.length == 1 {
            for second in 0..<256 { short[Int(symbol.word) | second << 8] = UInt16(code + 1) }
        }
        for (code, symbol) in symbols.enumerated() where symbol.length == 2 {
            short[Int(symbol.word)] = UInt16(code + 1)
        }
        for (code, symbol) in symbols.enumerated() where symbol.length > 2 {
            let slot = Self.slot(symbol.word)
            if long[slot] == 0 { long[slot] = UInt16(code + 1) }
        }
    }

    private static func slot(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: ((word & 0xFF_FFFF) &* 0x9E37_79B9_7F4A_7C15) &>> 52)
    }

    private static func mask(_ length: Int) -> UInt64 { length == 8 ? .max : (1 &<< UInt64(length * 8)) &- 1 }

    /// Finds the code for the bytes in the low `available` bytes of `word`; nil when there is none.
    func code(_ word: UInt64, available: Int) -> Int? {
        if available > 2 {
            let code = Int(long[Self.slot(word)]) - 1
            if code >= 0 {
                let symbol = symbols[code]
                if symbol.length <= available, (word ^ symbol.word) & Self.mask(symbol.length) == 0 { return code }
            }
        }
        let code = Int(short[Int(truncatingIfNeeded: word & 0xFFFF)]) - 1
        return code >= 0 && symbols[code].length <= available ? code : nil
    }

    /// Appends the codes for some bytes.
    func append(_ bytes: [UInt8], to writer: inout ByteWriter) {
        var codes: [UInt8] = []
        codes.reserveCapacity(bytes.count)
        forEachCode(bytes) { code, word in
            if let code {
                codes.append(UInt8(code))
            } else {
                codes.append(Self.escape)
                codes.append(UInt8(truncatingIfNeeded: word))
            }
        }
        writer.append(bytes: codes)
    }

    private func forEachCode(_ bytes: [UInt8], _ body: (Int?, UInt64) -> Void) {
        unsafe bytes.withUnsafeBytes { bytes in
            var place = 0
            while place < bytes.count {
                let available = min(8, bytes.count - place)
                var word: UInt64 = 0
                if available == 8 {
                    word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                } else {
                    for index in 0..<available { unsafe word |= UInt64(bytes[place + index]) &<< UInt64(index * 8) }
                }
                let code = code(word, available: available)
                body(code, word)
                place += code.map { symbols[$0].length } ?? 1
            }
        }
    }

    func append(to writer: inout ByteWriter) {
        writer.append(UInt8(symbols.count))
        for symbol in symbols {
            writer.append(UInt8(symbol.length))
            writer.append(symbol.word)
        }
    }

    init(_ reader: inout ByteReader) throws {
        let count = Int(try reader.integer(UInt8.self))
        var symbols: [Symbol] = []
        for _ in 0..<count {
            let length = Int(try reader.integer(UInt8.self))
            let word = try reader.integer(UInt64.self)
            guard (1...8).contains(length), count < 256 else { throw reader.corrupt("a symbol of \(length) bytes") }
            symbols.append(Symbol(word: word & Self.mask(length), length: length))
        }
        // Decoding needs no look-up.
        self.symbols = symbols
        short = []
        long = []
    }
}

// MARK: - Training

extension SymbolTable {
    private static let roundCount = 5

    /// Finds symbols that shorten a sample, in rounds: each codes the sample with the symbols so far and takes those
    /// symbols and pairs of neighbours that stand for most bytes.
    static func trained(on sample: [UInt8]) -> SymbolTable {
        var table = SymbolTable([])
        for _ in 0..<roundCount {
            var gains: [Symbol: Int] = [:]
            var last: Symbol?
            table.forEachCode(sample) { code, word in
                let symbol = code.map { table.symbols[$0] } ?? Symbol(word: word & 0xFF, length: 1)
                // A single byte saves its escape, so it counts for more.
                gains[symbol, default: 0] += symbol.length == 1 ? 8 : symbol.length
                if let pair = last?.joined(symbol) { gains[pair, default: 0] += pair.length }
                last = symbol
            }
            let best = gains.sorted { left, right in
                (left.value, left.key.length, left.key.word) > (right.value, right.key.length, right.key.word)
            }
            table = SymbolTable(best.prefix(255).map(\.key))
        }
        return table
    }
}
