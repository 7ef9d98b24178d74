import RheiArrow
import RheiCore

/// JSON texts and SQL values, each from the other.
enum JSONText {
    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte) - 0x30
        case 0x41...0x46: UInt32(byte) - 0x37
        case 0x61...0x66: UInt32(byte) - 0x57
        default: nil
        }
    }

    /// Appends a text in quotes, with the escapes that it needs.
    static func appendQuoted(_ run: ByteRun, to output: inout [UInt8]) {
        output.append(0x22)
        for index in 0..<run.count { appendEscaped(run[index], to: &output) }
        output.append(0x22)
    }

    private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case 0x22, 0x5C: output += [0x5C, byte]
        case 0x08: output += [0x5C, 0x62]
        case 0x09: output += [0x5C, 0x74]
        case 0x0A: output += [0x5C, 0x6E]
        case 0x0C: output += [0x5C, 0x66]
        case 0x0D: output += [0x5C, 0x72]
        case 0..<0x20:
            let low = byte & 15
            output += [0x5C, 0x75, 0x30, 0x30, 0x30 + (byte >> 4), low < 10 ? 0x30 + low : 0x57 + low]
        default: output.append(byte)
        }
    }

    /// Appends the JSON form of a SQL value.
    ///
    /// - Throws: `invalidArgument` for a blob.
    static func append(_ value: Datum, _ arena: StringArena, to output: inout [UInt8]) throws(EngineError) {
        switch value.storageClass {
        case .null: output += [0x6E, 0x75, 0x6C, 0x6C]
        case .integer, .real: value.textValue(arena).withRun { append($0, to: &output) }
        case .text: value.slot.withRun { appendQuoted($0, to: &output) }
        case .blob: throw EngineError(.invalidArgument, "JSON cannot hold BLOB values")
        }
    }

    static func append(_ run: ByteRun, to output: inout [UInt8]) {
        unsafe output.append(contentsOf: UnsafeBufferPointer(start: run.base, count: run.count))
    }

    /// Appends what a text in quotes stands for. A NUL ends it.
    static func appendUnescaped(_ quoted: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let end = quoted.endIndex - 1
        var index = quoted.startIndex + 1
        while index < end {
            let byte = quoted[index]
            index += 1
            guard byte == 0x5C else {
                output.append(byte)
                continue
            }
            let escape = quoted[index]
            index += 1
            switch escape {
            case 0x62: output.append(0x08)
            case 0x66: output.append(0x0C)
            case 0x6E: output.append(0x0A)
            case 0x72: output.append(0x0D)
            case 0x74: output.append(0x09)
            case 0x75:
                var character = codeUnit(quoted, index)
                index += 4
                if character == 0 { return }
                if character & 0xFC00 == 0xD800, let low = trailingSurrogate(quoted, index, end) {
                    character = (character & 0x3FF) << 10 + (low & 0x3FF) + 0x10000
                    index += 6
                }
                appendCharacter(character, to: &output)
            default: output.append(escape)
            }
        }
    }

    private static func codeUnit(_ bytes: ArraySlice<UInt8>, _ index: Int) -> UInt32 {
        bytes[index..<index + 4].reduce(0) { $0 << 4 | (hexDigit($1) ?? 0) }
    }

    private static func trailingSurrogate(_ bytes: ArraySlice<UInt8>, _ index: Int, _ end: Int) -> UInt32? {
        guard index + 6 <= end, bytes[index] == 0x5C, bytes[index + 1] == 0x75 else { return nil }
        let unit = codeUnit(bytes, index + 2)
        return unit & 0xFC00 == 0xDC00 ? unit : nil
    }
}

extension JSONDocument {
    /// The SQL value of a node: containers are their JSON text.
    func value(_ index: Int, _ arena: StringArena) throws -> Datum {
        let node = nodes[index]
        switch node.kind {
        case .null: return .null
        case .true: return .integer(1)
        case .false: return .integer(0)
        case .integer, .real:
            return Array(bytes(index)).withRun { run in
                if node.kind == .integer {
                    let scanned = scanInteger(run)
                    if scanned.form == .whole { return .integer(scanned.value) }
                }
                return .real(scanReal(run).value)
            }
        case .text:
            let quoted = bytes(index)
            if !node.hasEscapes { return .text(arena.store(Array(quoted.dropFirst().dropLast()))) }
            var plain: [UInt8] = []
            JSONText.appendUnescaped(quoted, to: &plain)
            return .text(arena.store(plain))
        case .array, .object:
            var output: [UInt8] = []
            try append(index, arguments: nil, arena, to: &output)
            return .text(arena.store(output))
        }
    }
}
