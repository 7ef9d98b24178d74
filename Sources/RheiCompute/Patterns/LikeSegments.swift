#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A pattern of ASCII literals with `%` between them, matched by searching bytes.
struct LikeSegments {
    /// Non-empty literals, in order.
    private let literals: [LiteralSearch]
    private let startsOpen: Bool
    private let endsOpen: Bool
    private let byteCount: Int

    /// - Returns: nil for patterns with other wildcards or other characters than ASCII.
    init?(_ tokens: [LikePattern.Token], foldsCase: Bool) {
        var literals: [LiteralSearch] = []
        var current: [UInt8] = []
        for token in tokens {
            switch token {
            case .literal(let character) where character < 0x80 && character > 0: current.append(UInt8(character))
            case .any:
                if !current.isEmpty { literals.append(LiteralSearch(current, foldsCase: foldsCase)) }
                current = []
            default: return nil
            }
        }
        startsOpen = if case .any? = tokens.first { true } else { false }
        endsOpen = if case .any? = tokens.last { true } else { false }
        if !current.isEmpty { literals.append(LiteralSearch(current, foldsCase: foldsCase)) }
        self.literals = literals
        byteCount = literals.reduce(0) { $0 + $1.count }
    }

    /// Whether the text up to its first NUL matches.
    @inline(__always) func match(_ text: ByteRun) -> Bool {
        if text.count < byteCount { return false }
        // `%literal%`: only a hit is worth the look for a NUL before it.
        if literals.count == 1, startsOpen, endsOpen {
            guard let place = literals[0].find(in: text, from: 0) else { return false }
            return !text.hasNul(before: place)
        }
        return matchParts(text)
    }

    private func matchParts(_ text: ByteRun) -> Bool {
        let text = text.upToNul
        if text.count < byteCount { return false }
        var first = 0
        var last = literals.count
        var start = 0
        var end = text.count
        if !startsOpen, first < last {
            guard literals[0].matches(text, at: 0) else { return false }
            start = literals[0].count
            first = 1
        }
        if !endsOpen, first < last {
            let literal = literals[last - 1]
            guard end - literal.count >= start, literal.matches(text, at: end - literal.count) else { return false }
            end -= literal.count
            last -= 1
        } else if !hasWildcard {
            return start == end
        }
        let middle = text.slice(0, end)
        while first < last {
            guard let place = literals[first].find(in: middle, from: start) else { return false }
            start = place + literals[first].count
            first += 1
        }
        return true
    }

    /// Whether there is any `%`; without one there is at most one literal, which is the whole pattern.
    private var hasWildcard: Bool { startsOpen || endsOpen || literals.count > 1 }
}

extension ByteRun {
    @inline(__always) func hasNul(before end: Int) -> Bool {
        unsafe memchr(base, 0, end) != nil
    }
}

/// Searches one ASCII literal: sixteen positions at once are tested for its first and last byte, hits are verified.
struct LiteralSearch {
    private let bytes: [UInt8]
    private let foldsCase: Bool
    private let first: (SIMD16<UInt8>, SIMD16<UInt8>)
    private let last: (SIMD16<UInt8>, SIMD16<UInt8>)

    var count: Int { bytes.count }

    /// - Parameter bytes: at least one, ASCII.
    init(_ bytes: [UInt8], foldsCase: Bool) {
        self.bytes = foldsCase ? bytes.map(foldCase) : bytes
        self.foldsCase = foldsCase
        func variants(_ byte: UInt8) -> (SIMD16<UInt8>, SIMD16<UInt8>) {
            let lower = foldsCase ? foldCase(byte) : byte
            let upper = foldsCase && lower &- 0x61 < 26 ? lower & ~0x20 : lower
            return (SIMD16(repeating: lower), SIMD16(repeating: upper))
        }
        first = variants(bytes[0])
        last = variants(bytes[bytes.count - 1])
    }

    /// Whether the literal stands at `offset`, where enough bytes follow.
    @inline(__always) func matches(_ text: ByteRun, at offset: Int) -> Bool {
        for index in 0..<bytes.count {
            let byte = text[offset &+ index]
            if (foldsCase ? foldCase(byte) : byte) != bytes[index] { return false }
        }
        return true
    }

    /// Returns the first offset from `start` on where the literal stands.
    func find(in text: ByteRun, from start: Int) -> Int? {
        let positions = text.count &- bytes.count &+ 1 &- start
        if positions <= 0 { return nil }
        if positions < 16 {
            for offset in start..<start + positions where matches(text, at: offset) { return offset }
            return nil
        }
        var offset = start
        let lastBlock = start + positions - 16
        while true {
            let hits = candidates(text, at: offset)
            if hits[0] | hits[1] != 0, let place = verified(hits, text, offset) { return place }
            if offset == lastBlock { return nil }
            offset = min(offset &+ 16, lastBlock)
        }
    }

    /// Returns a byte of ones for each of the 16 positions from `offset` on where first and last byte fit.
    @inline(__always) private func candidates(_ text: ByteRun, at offset: Int) -> SIMD2<UInt64> {
        let start = unsafe UnsafeRawPointer(text.base + offset)
        let heads = unsafe start.loadUnaligned(as: SIMD16<UInt8>.self)
        let tails = unsafe start.loadUnaligned(fromByteOffset: bytes.count &- 1, as: SIMD16<UInt8>.self)
        let headLow: SIMDMask<SIMD16<Int8>> = heads .== first.0
        let headHigh: SIMDMask<SIMD16<Int8>> = heads .== first.1
        let tailLow: SIMDMask<SIMD16<Int8>> = tails .== last.0
        let tailHigh: SIMDMask<SIMD16<Int8>> = tails .== last.1
        let hits = (headLow .| headHigh) .& (tailLow .| tailHigh)
        return unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self)
    }

    private func verified(_ hits: SIMD2<UInt64>, _ text: ByteRun, _ offset: Int) -> Int? {
        for half in 0..<2 {
            var word = hits[half]
            while word != 0 {
                let byte = word.trailingZeroBitCount &>> 3
                let place = offset &+ half &* 8 &+ byte
                if matches(text, at: place) { return place }
                word &= ~(0xFF &<< UInt64(truncatingIfNeeded: byte &* 8))
            }
        }
        return nil
    }
}
