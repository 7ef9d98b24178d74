import RheiArrow

/// A date format whose every byte is a byte of the format or of an ISO time: `%Y-%m` of `2024-05-17` needs no calendar.
///
/// Takes texts of the forms `YYYY-MM-DD`, `YYYY-MM-DD HH:MM` and `YYYY-MM-DD HH:MM:SS` (also with `T`) with parts in
/// range; everything else goes to the general function.
struct IsoTemplate {
    /// Bytes of the output: below 256 the byte itself, else 256 plus the place in `YYYY-MM-DD HH:MM:SS`.
    private let places: [UInt16]

    /// - Returns: nil for a format with other conversions than Y m d H M S and %.
    init?(_ format: ByteRun) {
        var places: [UInt16] = []
        var index = 0
        while index < format.count {
            var byte = format[index]
            if byte == 0x25 {
                index += 1
                guard index < format.count else { return nil }
                byte = format[index]
                guard let range = Self.range(of: byte) else { return nil }
                places += range.map { $0 + 256 }
                if range.isEmpty { places.append(0x25) }
            } else {
                places.append(UInt16(byte))
            }
            index += 1
        }
        self.places = places
    }

    init?(_ format: StaticString) {
        self.init(unsafe ByteRun(format.utf8Start, count: format.utf8CodeUnitCount))
    }

    private static func range(of conversion: UInt8) -> Range<UInt16>? {
        switch conversion {
        case 0x59: 0..<4
        case 0x6D: 5..<7
        case 0x64: 8..<10
        case 0x48: 11..<13
        case 0x4D: 14..<16
        case 0x53: 17..<19
        case 0x25: 0..<0
        default: nil
        }
    }

    /// Formats a text column; `general` answers for rows of other forms. Nil when there is no loop for the types.
    func format(
        _ input: ColumnVector, _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer,
        general: (Datum) -> Datum
    ) throws -> ColumnVector? {
        guard input.type == .text, output.type == .text, !input.isConstant else { return nil }
        let values = input.elements(StringValue.self)
        let validity = ValidityWords(input)
        return try output.fillRows(rows, isConstant: false) { row in
            if let validity, !validity[row] { return .null }
            let value = values[row]
            if let text = value.withRun({ format($0, context.arena) }) { return .text(text) }
            return general(.text(value))
        }
    }

    private func format(_ run: ByteRun, _ arena: StringArena) -> StringValue? {
        guard isIso(run) else { return nil }
        let count = places.count
        if count > StringValue.inlineCapacity {
            let target = unsafe arena.allocate(count)
            unsafe write(run, to: target.assumingMemoryBound(to: UInt8.self))
            return unsafe StringValue(target, count: count)
        }
        var words: (UInt64, UInt64) = (0, 0)
        unsafe withUnsafeMutableBytes(of: &words) { bytes in
            let start = unsafe bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            unsafe write(run, to: start + 4)
        }
        return StringValue(head: words.0 | UInt64(count), tail: words.1)
    }

    @inline(__always) private func write(_ run: ByteRun, to target: UnsafeMutablePointer<UInt8>) {
        for index in 0..<places.count {
            let place = Int(places[index]) &- 256
            if place < 0 {
                unsafe target[index] = UInt8(truncatingIfNeeded: place)
            } else {
                // Parts that are not there are midnight's zeros.
                unsafe target[index] = place < run.count ? run[place] : 0x30
            }
        }
    }

    @inline(__always) private func isIso(_ run: ByteRun) -> Bool {
        guard run.count == 10 || run.count == 16 || run.count == 19 else { return false }
        guard run[4] == 0x2D, run[7] == 0x2D, isDigit(run[0]), isDigit(run[1]), isDigit(run[2]), isDigit(run[3]) else {
            return false
        }
        guard Self.pair(run, 5, 1...12), Self.pair(run, 8, 1...31) else { return false }
        if run.count == 10 { return true }
        guard run[10] == 0x20 || run[10] == 0x54, run[13] == 0x3A, Self.pair(run, 11, 0...24),
            Self.pair(run, 14, 0...59)
        else { return false }
        return run.count == 16 || (run[16] == 0x3A && Self.pair(run, 17, 0...59))
    }

    /// Whether two digits at `place` have a value in `range`.
    @inline(__always) private static func pair(_ run: ByteRun, _ place: Int, _ range: ClosedRange<Int>) -> Bool {
        guard isDigit(run[place]), isDigit(run[place + 1]) else { return false }
        return range.contains(Int(run[place]) * 10 + Int(run[place + 1]) - 528)
    }
}
