/// Reads one character as SQLite does: a lead byte takes all continuation bytes that follow it, and whatever is no
/// character becomes U+FFFD. Past the end of `run` lies an imagined NUL; `index` moves past the character.
@inline(__always) func readCharacter(_ run: ByteRun, _ index: inout Int) -> UInt32 {
    guard index < run.count else { return 0 }
    let lead = run[index]
    index &+= 1
    return lead < 0xC0 ? UInt32(lead) : readLongCharacter(run, lead, &index)
}

private func readLongCharacter(_ run: ByteRun, _ lead: UInt8, _ index: inout Int) -> UInt32 {
    var character: UInt32 =
        switch lead {
        case 0xC0...0xDF: UInt32(lead & 0x1F)
        case 0xE0...0xEF: UInt32(lead & 0x0F)
        case 0xF0...0xF7: UInt32(lead & 0x07)
        case 0xF8...0xFB: UInt32(lead & 0x03)
        case 0xFC...0xFD: UInt32(lead & 0x01)
        default: 0
        }
    while index < run.count, run[index] & 0xC0 == 0x80 {
        character = character &<< 6 &+ UInt32(run[index] & 0x3F)
        index &+= 1
    }
    let isInvalid = character < 0x80 || character & 0xFFFF_F800 == 0xD800 || character & 0xFFFF_FFFE == 0xFFFE
    return isInvalid ? 0xFFFD : character
}

/// Moves `index` past one character.
@inline(__always) func skipCharacter(_ run: ByteRun, _ index: inout Int) {
    let lead = run[index]
    index &+= 1
    guard lead >= 0xC0 else { return }
    while index < run.count, run[index] & 0xC0 == 0x80 { index &+= 1 }
}

/// Appends a character in UTF-8; surrogates are encoded like any other number.
func appendCharacter(_ character: UInt32, to output: inout [UInt8]) {
    func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: character >> shift) & 0x3F }
    switch character {
    case 0..<0x80: output.append(UInt8(character))
    case 0x80..<0x800: output += [0xC0 | UInt8(truncatingIfNeeded: character >> 6), tail(0)]
    case 0x800..<0x10000: output += [0xE0 | UInt8(truncatingIfNeeded: character >> 12), tail(6), tail(0)]
    default: output += [0xF0 | UInt8(truncatingIfNeeded: character >> 18) & 7, tail(12), tail(6), tail(0)]
    }
}

extension ByteRun {
    /// The bytes before the first NUL: what a C string of them would be.
    var upToNul: ByteRun {
        var end = 0
        while end < count, self[end] != 0 { end &+= 1 }
        return slice(0, end)
    }
}
