import RheiArrow

/// Reals that came from decimal numbers, as integers: `real = integer * 10^f * 10^-e`, checked bit by bit; what is no
/// such number is an exception ("ALP: Adaptive Lossless floating-Point Compression", SIGMOD 2024).
///
/// ```
/// e u8 | f u8 | exceptions u16 | packed words: integers | positions u16... | bits u64...
/// ```
struct DecimalReals {
    /// Exponents of ten.
    struct Exponents: Hashable {
        var e: Int
        var f: Int
    }

    private static let largestExponent = 18
    static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    ]
    static let inverses: [Double] = [
        1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 1e-16,
        1e-17, 1e-18,
    ]

    /// The exponents that suited samples of the chunk best, at most four.
    private let candidates: [Exponents]

    /// Chooses exponents by samples of the chunk; nil when too few of their values are decimal numbers.
    init?(_ samples: [[UInt64]]) {
        var votes: [Exponents: Int] = [:]
        for sample in samples where !sample.isEmpty {
            let step = max(1, sample.count / 32)
            let values = stride(from: 0, to: sample.count, by: step).map { sample[$0] }
            let best = Self.best(Self.all, values)
            if best.exceptionCount * 4 <= values.count { votes[best.exponents, default: 0] += 1 }
        }
        if votes.isEmpty { return nil }
        candidates = votes.sorted { ($0.value, $1.key.e) > ($1.value, $0.key.e) }.prefix(4).map(\.key)
    }

    private static let all: [Exponents] = (0...largestExponent).flatMap { e in
        (0...e).map { Exponents(e: e, f: $0) }
    }

    private static func best(
        _ candidates: [Exponents], _ values: [UInt64]
    ) -> (exponents: Exponents, exceptionCount: Int) {
        var best = (exponents: candidates[0], exceptionCount: values.count + 1)
        var bestCost = Int.max
        for exponents in candidates {
            var exceptionCount = 0
            var low = Int64.max
            var high = Int64.min
            for bits in values {
                guard let integer = integer(bits, exponents) else {
                    exceptionCount += 1
                    continue
                }
                low = min(low, integer)
                high = max(high, integer)
            }
            let range = low <= high ? UInt64(bitPattern: high) &- UInt64(bitPattern: low) : 0
            let cost = exceptionCount * 80 + (values.count - exceptionCount) * BitPacking.width(of: range)
            if cost < bestCost { (best, bestCost) = ((exponents, exceptionCount), cost) }
        }
        return best
    }

    /// The integer that stands for a real; nil when it does not give back the same bits.
    @inline(__always) private static func integer(_ bits: UInt64, _ exponents: Exponents) -> Int64? {
        let real = Double(bitPattern: bits)
        let scaled = (real * powers[exponents.e] * inverses[exponents.f]).rounded()
        guard scaled > -9.2e18, scaled < 9.2e18 else { return nil }
        let integer = Int64(scaled)
        let back = Double(integer) * powers[exponents.f] * inverses[exponents.e]
        return back.bitPattern == bits ? integer : nil
    }

    /// Appends the bits of at most `Encoding.vectorRowCount` reals.
    func append(_ values: [UInt64], _ layout: WordLayout, to writer: inout ByteWriter) {
        let step = max(1, values.count / 32)
        let sample = stride(from: 0, to: values.count, by: step).map { values[$0] }
        let exponents = Self.best(candidates, sample).exponents
        var integers: [UInt64] = []
        integers.reserveCapacity(values.count)
        var exceptions: [Int] = []
        for (row, bits) in values.enumerated() {
            if let integer = Self.integer(bits, exponents) {
                integers.append(UInt64(bitPattern: integer))
            } else {
                exceptions.append(row)
                integers.append(integers.last ?? 0)
            }
        }
        writer.append(UInt8(exponents.e))
        writer.append(UInt8(exponents.f))
        writer.append(UInt16(exceptions.count))
        PackedWords.append(integers, layout, to: &writer)
        for row in exceptions { writer.append(UInt16(row)) }
        for row in exceptions { writer.append(values[row]) }
    }

    /// - Precondition: as of `PackedWords.read`.
    @unsafe static func read(
        _ reader: inout ByteReader, count: Int, into out: UnsafeMutablePointer<UInt64>
    ) throws {
        let e = Int(try reader.integer(UInt8.self))
        let f = Int(try reader.integer(UInt8.self))
        let exceptionCount = Int(try reader.integer(UInt16.self))
        guard e <= largestExponent, f <= largestExponent, exceptionCount <= count else {
            throw reader.corrupt("reals with exponents \(e) and \(f) and \(exceptionCount) exceptions")
        }
        unsafe try PackedWords.read(&reader, count: count, into: out)
        let (power, inverse) = (powers[f], inverses[e])
        for row in 0..<count {
            let integer = unsafe Int64(bitPattern: out[row])
            unsafe out[row] = (Double(integer) * power * inverse).bitPattern
        }
        guard exceptionCount > 0 else { return }
        let buffer = reader.buffer
        defer { withExtendedLifetime(buffer) {} }
        let positions = unsafe buffer.pointer + (try reader.take(exceptionCount * 2))
        let values = unsafe buffer.pointer + (try reader.take(exceptionCount * 8))
        for index in 0..<exceptionCount {
            let row = unsafe Int(positions.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
            guard row < count else { throw reader.corrupt("an exception at row \(row) of \(count)") }
            unsafe out[row] = values.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
        }
    }
}
