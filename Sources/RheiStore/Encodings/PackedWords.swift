import RheiArrow

/// Frame of reference with exceptions: differences to a base in as many bits as most need, the other values as they are
/// ("Super-Scalar RAM-CPU Cache Compression", ICDE 2006).
///
/// ```
/// base u64 | width u8 | layout u8 | exceptions u16 | packed differences | positions u16... | values u64...
/// ```
///
/// Planes of bytes have no exceptions: compression takes care of outliers.
///
/// Words are taken as signed numbers; all arithmetic wraps around.
enum PackedWords {
    /// What to pack with.
    struct Plan: Equatable {
        var base: UInt64
        var width: Int
        var exceptionCount: Int
        /// Bytes of the result.
        var byteCount: Int
    }

    private static let exceptionByteCount = 10
    private static let headerByteCount = 12

    /// Finds the cheapest width, with the base below all values or, for outliers below, above all.
    static func plan(_ values: [UInt64]) -> Plan {
        guard let first = values.first else { return Plan(base: 0, width: 0, exceptionCount: 0, byteCount: 12) }
        var low = Int64(bitPattern: first)
        var high = low
        for value in values {
            let number = Int64(bitPattern: value)
            low = number < low ? number : low
            high = number > high ? number : high
        }
        let range = UInt64(bitPattern: high) &- UInt64(bitPattern: low)
        let full = BitPacking.width(of: range)
        let bottom = UInt64(bitPattern: low)
        let top = UInt64(bitPattern: high)
        let plain = Plan(
            base: bottom, width: full, exceptionCount: 0,
            byteCount: headerByteCount + BitPacking.byteCount(values.count, width: full))
        // Narrow differences leave nothing to gain.
        if full <= 6 || values.count < 16 { return plain }
        let (fromBelow, belowCount) = cheapestWidth(values, full) { $0 &- bottom }
        let (fromAbove, aboveCount) = cheapestWidth(values, full) { top &- $0 }
        let below = cost(values.count, fromBelow, belowCount)
        let above = cost(values.count, fromAbove, aboveCount)
        if min(below, above) >= plain.byteCount { return plain }
        if below <= above {
            return Plan(base: bottom, width: fromBelow, exceptionCount: belowCount, byteCount: below)
        }
        let mask: UInt64 = fromAbove == 0 ? 0 : (1 &<< UInt64(fromAbove)) &- 1
        return Plan(base: top &- mask, width: fromAbove, exceptionCount: aboveCount, byteCount: above)
    }

    private static func cost(_ count: Int, _ width: Int, _ exceptionCount: Int) -> Int {
        headerByteCount + BitPacking.byteCount(count, width: width) + exceptionCount * exceptionByteCount
    }

    /// Counts differences by their widths and weighs packed bits against exceptions.
    @inline(__always) private static func cheapestWidth(
        _ values: [UInt64], _ full: Int, _ difference: (UInt64) -> UInt64
    ) -> (width: Int, exceptionCount: Int) {
        var counts = [Int](repeating: 0, count: 65)
        for value in values { counts[BitPacking.width(of: difference(value))] += 1 }
        var best = (width: full, exceptionCount: 0)
        var bestCost = cost(values.count, full, 0)
        var exceptionCount = 0
        for width in stride(from: full - 1, through: 0, by: -1) {
            exceptionCount += counts[width + 1]
            let cost = cost(values.count, width, exceptionCount)
            if cost < bestCost { (best, bestCost) = ((width, exceptionCount), cost) }
        }
        return best
    }

    /// Appends at most 65 535 values.
    static func append(_ values: [UInt64], _ layout: WordLayout = .bits, to writer: inout ByteWriter) {
        switch layout {
        case .bits: append(values, plan(values), to: &writer)
        case .planes:
            let base = values.min { Int64(bitPattern: $0) < Int64(bitPattern: $1) } ?? 0
            append(planes: values.map { $0 &- base }, base: base, layout, to: &writer)
        case .signedPlanes: append(planes: values.map(BytePlanes.alternating), base: 0, layout, to: &writer)
        }
    }

    private static func append(
        planes numbers: [UInt64], base: UInt64, _ layout: WordLayout, to writer: inout ByteWriter
    ) {
        precondition(numbers.count <= Int(UInt16.max))
        let width = BitPacking.width(of: numbers.reduce(0, |))
        writer.append(base)
        writer.append(UInt8(width))
        writer.append(layout.rawValue)
        writer.append(UInt16(0))
        BytePlanes.pack(numbers, width: width, to: &writer)
    }

    private static func append(_ values: [UInt64], _ plan: Plan, to writer: inout ByteWriter) {
        precondition(values.count <= Int(UInt16.max))
        writer.append(plan.base)
        writer.append(UInt8(plan.width))
        writer.append(WordLayout.bits.rawValue)
        writer.append(UInt16(plan.exceptionCount))
        BitPacking.pack(values, base: plan.base, width: plan.width, to: &writer)
        guard plan.exceptionCount > 0 else { return }
        let exceptions = values.indices.filter { BitPacking.width(of: values[$0] &- plan.base) > plan.width }
        precondition(exceptions.count == plan.exceptionCount)
        for position in exceptions { writer.append(UInt16(position)) }
        for position in exceptions { writer.append(values[position]) }
    }

    /// Reads `count` values.
    ///
    /// - Precondition: the reader's buffer has slack, and `out` room.
    @unsafe static func read(
        _ reader: inout ByteReader, count: Int, into out: UnsafeMutablePointer<UInt64>
    ) throws {
        let base = try reader.integer(UInt64.self)
        let width = Int(try reader.integer(UInt8.self))
        let layout = WordLayout(rawValue: try reader.integer(UInt8.self))
        let exceptionCount = Int(try reader.integer(UInt16.self))
        guard let layout, width <= 64, exceptionCount <= (layout == .bits ? count : 0) else {
            throw reader.corrupt("packed words of \(width) bits with \(exceptionCount) exceptions")
        }
        if layout != .bits { return unsafe try readPlanes(&reader, layout, width, count, base, out) }
        let start = try reader.take(BitPacking.byteCount(count, width: width))
        let buffer = reader.buffer
        defer { withExtendedLifetime(buffer) {} }
        unsafe BitPacking.unpack(buffer.pointer + start, width: width, count: count, base: base, into: out)
        guard exceptionCount > 0 else { return }
        let positions = unsafe buffer.pointer + (try reader.take(exceptionCount * 2))
        let values = unsafe buffer.pointer + (try reader.take(exceptionCount * 8))
        for index in 0..<exceptionCount {
            let position = unsafe Int(positions.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
            guard position < count else { throw reader.corrupt("an exception at row \(position) of \(count)") }
            unsafe out[position] = values.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
        }
    }

    @unsafe private static func readPlanes(
        _ reader: inout ByteReader, _ layout: WordLayout, _ width: Int, _ count: Int, _ base: UInt64,
        _ out: UnsafeMutablePointer<UInt64>
    ) throws {
        let start = try reader.take(BytePlanes.byteCount(count, width: width))
        let buffer = reader.buffer
        defer { withExtendedLifetime(buffer) {} }
        let source = unsafe buffer.pointer + start
        guard layout == .signedPlanes else {
            return unsafe BytePlanes.unpack(source, width: width, count: count, base: base, into: out)
        }
        unsafe BytePlanes.unpack(source, width: width, count: count, base: 0, into: out)
        unsafe BytePlanes.undoAlternating(out, count: count, base: base)
    }
}
