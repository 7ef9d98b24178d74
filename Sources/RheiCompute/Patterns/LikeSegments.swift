#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A pattern of ASCII literals with `%` between them, matched by searching bytes.
@safe final class LikeSegments {
    /// Non-empty literals, in order, and how many.
    private let literals: UnsafeMutablePointer<LiteralSearch>
    private let literalCount: Int
    private let startsOpen: Bool
    private let endsOpen: Bool
    private let byteCount: Int

    /// - Returns: nil for patterns with other wildcards or other characters than ASCII.
    init?(_ tokens: [LikePattern.Token], foldsCase: Bool) {
        var found: [[UInt8]] = []
        var current: [UInt8] = []
        for token in tokens {
            switch token {
            case .literal(let character) where character < 0x80 && character > 0: current.append(UInt8(character))
            case .any:
                if !current.isEmpty { found.append(current) }
                current = []
            default: return nil
            }
        }
        startsOpen = if case .any? = tokens.first { true } else { false }
        endsOpen = if case .any? = tokens.last { true } else { false }
        if !current.isEmpty { found.append(current) }
        byteCount = found.reduce(0) { $0 + $1.count }
        literalCount = found.count
        unsafe literals = .allocate(capacity: max(found.count, 1))
        for (index, bytes) in found.enumerated() {
            unsafe (literals + index).initialize(to: LiteralSearch(bytes, foldsCase: foldsCase))
        }
    }

    deinit {
        for index in 0..<literalCount { unsafe literals[index].free() }
        unsafe literals.deallocate()
    }

    /// Whether the text up to its first NUL matches.
    @inline(__always) func match(_ text: ByteRun) -> Bool {
        if text.count < byteCount { return false }
        guard endsOpen else { return matchEnd(text.upToNul) != nil }
        // What ends with `%` matches the whole text if it matches a beginning of it: only a hit is worth the look for a
        // NUL before its end.
        guard let end = matchEnd(text) else { return false }
        return !text.hasNul(before: end) || matchEnd(text.upToNul) != nil
    }

    /// Returns the offset behind the last literal before the last `%`, or nil when the text does not match.
    private func matchEnd(_ text: ByteRun) -> Int? {
        if text.count < byteCount { return nil }
        let literals = unsafe literals
        var first = 0
        var last = literalCount
        var start = 0
        var end = text.count
        if !startsOpen, first < last {
            guard unsafe literals[0].matches(text, at: 0) else { return nil }
            start = unsafe literals[0].count
            first = 1
        }
        if !endsOpen, first < last {
            let length = unsafe literals[last &- 1].count
            guard end &- length >= start, unsafe literals[last &- 1].matches(text, at: end &- length) else {
                return nil
            }
            end &-= length
            last &-= 1
        } else if !hasWildcard {
            return start == end ? end : nil
        }
        let middle = text.slice(0, end)
        while first < last {
            let place = unsafe literals[first].find(in: middle, from: start)
            if place < 0 { return nil }
            start = unsafe place &+ literals[first].count
            first &+= 1
        }
        return start
    }

    /// Whether there is any `%`; without one there is at most one literal, which is the whole pattern.
    private var hasWildcard: Bool { startsOpen || endsOpen || literalCount > 1 }
}

extension ByteRun {
    @inline(__always) func hasNul(before end: Int) -> Bool {
        unsafe memchr(base, 0, end) != nil
    }
}

/// Searches one ASCII literal: sixteen positions at once are tested for its first and last byte, hits are verified.
///
/// A plain value, so that copies of it count no references; its maker frees the memory.
@safe struct LiteralSearch: BitwiseCopyable {
    /// The bytes, then for each the bits that must agree: all but that of the case where it does not matter.
    private let bytes: UnsafeMutablePointer<UInt8>
    let count: Int
    /// The first eight bytes as a word, and the bits of it that must agree.
    private let word: UInt64
    private let wordMask: UInt64

    /// - Parameter literal: at least one byte, ASCII.
    init(_ literal: [UInt8], foldsCase: Bool) {
        count = literal.count
        unsafe bytes = .allocate(capacity: literal.count * 2)
        var (word, mask) = (UInt64(0), UInt64(0))
        for (index, byte) in literal.enumerated() {
            let isLetter = foldsCase && foldCase(byte) &- 0x61 < 26
            let care: UInt8 = isLetter ? ~0x20 : ~0
            unsafe bytes[index] = byte & care
            unsafe bytes[literal.count + index] = care
            if index < 8 {
                word |= UInt64(byte & care) << UInt64(index * 8)
                mask |= UInt64(care) << UInt64(index * 8)
            }
        }
        (self.word, wordMask) = (word, mask)
    }

    func free() { unsafe bytes.deallocate() }

    /// Whether the literal stands at `offset`, where enough bytes follow.
    @inline(__always) func matches(_ text: ByteRun, at offset: Int) -> Bool {
        var index = 0
        if offset &+ 8 <= text.count {
            let found = unsafe UnsafeRawPointer(text.base + offset).loadUnaligned(as: UInt64.self)
            if (found ^ word) & wordMask != 0 { return false }
            index = 8
        }
        while index < count {
            if unsafe (text[offset &+ index] ^ bytes[index]) & bytes[count &+ index] != 0 { return false }
            index &+= 1
        }
        return true
    }

    /// Returns the first offset from `start` on where the literal stands, or -1.
    func find(in text: ByteRun, from start: Int) -> Int {
        let end = text.count &- count &+ 1
        if end &- start <= 0 { return -1 }
        if end < 16 {
            var offset = start
            while offset < end {
                if matches(text, at: offset) { return offset }
                offset &+= 1
            }
            return -1
        }
        let (head, headMask) = unsafe (SIMD16(repeating: bytes[0]), SIMD16(repeating: bytes[count]))
        let tail = unsafe SIMD16(repeating: bytes[count &- 1])
        let tailMask = unsafe SIMD16(repeating: bytes[2 &* count &- 1])
        // The last block ends with the last position; it may begin before `start`.
        let lastBlock = end &- 16
        var offset = min(start, lastBlock)
        while true {
            let block = unsafe UnsafeRawPointer(text.base + offset)
            let heads = unsafe block.loadUnaligned(as: SIMD16<UInt8>.self) & headMask
            let tails = unsafe block.loadUnaligned(fromByteOffset: count &- 1, as: SIMD16<UInt8>.self) & tailMask
            let headHits: SIMDMask<SIMD16<Int8>> = heads .== head
            let tailHits: SIMDMask<SIMD16<Int8>> = tails .== tail
            let hits = unsafe unsafeBitCast(headHits .& tailHits, to: SIMD2<UInt64>.self)
            if hits[0] | hits[1] != 0 {
                let place = verified(hits, text, offset, from: start)
                if place >= 0 { return place }
            }
            if offset == lastBlock { return -1 }
            offset = min(offset &+ 16, lastBlock)
        }
    }

    /// Returns the first of the positions whose byte is all ones where the literal stands, or -1.
    private func verified(_ hits: SIMD2<UInt64>, _ text: ByteRun, _ offset: Int, from start: Int) -> Int {
        for half in 0..<2 {
            var word = hits[half]
            while word != 0 {
                let byte = word.trailingZeroBitCount &>> 3
                let place = offset &+ half &* 8 &+ byte
                if place >= start, matches(text, at: place) { return place }
                word &= ~(0xFF &<< UInt64(truncatingIfNeeded: byte &* 8))
            }
        }
        return -1
    }
}
