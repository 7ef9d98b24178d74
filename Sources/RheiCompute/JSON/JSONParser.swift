/// Reads a JSON text into nodes, without recursion.
struct JSONParser {
    /// How deep arrays and objects may nest.
    static let maximumDepth = 2000

    private let bytes: ByteRun
    private var index = 0
    private var open: [Int] = []

    /// Appends the nodes of the text.
    ///
    /// - Returns: whether the whole text is one JSON value.
    static func parse(_ bytes: ByteRun, into nodes: inout [JSONNode]) -> Bool {
        var parser = JSONParser(bytes)
        return parser.parse(into: &nodes)
    }

    private init(_ bytes: ByteRun) { self.bytes = bytes }

    /// The byte at the place, 0 behind the end.
    private func byte(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func parse(into nodes: inout [JSONNode]) -> Bool {
        repeat {
            guard parseValue(into: &nodes) else { return false }
            guard closeContainers(&nodes) else { return false }
        } while !open.isEmpty
        skipSpace()
        return index == bytes.count
    }

    /// Reads a value, of a container only its beginning.
    private mutating func parseValue(into nodes: inout [JSONNode]) -> Bool {
        while true {
            skipSpace()
            let first = byte(index)
            switch first {
            case 0x7B, 0x5B:
                guard open.count < Self.maximumDepth else { return false }
                let isObject = first == 0x7B
                nodes.append(
                    JSONNode(kind: isObject ? .object : .array, count: 0, start: 0, parent: open.last ?? 0))
                open.append(nodes.count - 1)
                index += 1
                skipSpace()
                if byte(index) == first + 2 { return true }
                if isObject, !parseLabel(into: &nodes) { return false }
            case 0x22: return parseText(isLabel: false, into: &nodes)
            case 0x6E: return parseWord("null", .null, into: &nodes)
            case 0x74: return parseWord("true", .true, into: &nodes)
            case 0x66: return parseWord("false", .false, into: &nodes)
            case 0x2D, 0x30...0x39: return parseNumber(into: &nodes)
            default: return false
            }
        }
    }

    /// Reads what follows a value: a comma and, in an object, a label; or the ends of containers.
    private mutating func closeContainers(_ nodes: inout [JSONNode]) -> Bool {
        while let container = open.last {
            skipSpace()
            let isObject = nodes[container].kind == .object
            switch byte(index) {
            case 0x2C:
                guard nodes.count > container + 1 else { return false }
                index += 1
                return isObject ? parseLabel(into: &nodes) : true
            case isObject ? 0x7D : 0x5D:
                nodes[container].count = nodes.count - container - 1
                open.removeLast()
                index += 1
            default: return false
            }
        }
        return true
    }

    private mutating func parseLabel(into nodes: inout [JSONNode]) -> Bool {
        skipSpace()
        guard byte(index) == 0x22, parseText(isLabel: true, into: &nodes) else { return false }
        skipSpace()
        guard byte(index) == 0x3A else { return false }
        index += 1
        return true
    }

    private mutating func append(
        _ kind: JSONKind, from start: Int, isLabel: Bool = false, hasEscapes: Bool = false,
        into nodes: inout [JSONNode]
    ) -> Bool {
        nodes.append(
            JSONNode(
                kind: kind, isLabel: isLabel, hasEscapes: hasEscapes, count: index - start, start: start,
                parent: open.last ?? 0))
        return true
    }

    private mutating func parseText(isLabel: Bool, into nodes: inout [JSONNode]) -> Bool {
        let start = index
        var hasEscapes = false
        index += 1
        while byte(index) != 0x22 {
            if byte(index) < 0x20 { return false }
            if byte(index) == 0x5C {
                hasEscapes = true
                index += 1
                guard isEscape() else { return false }
            }
            index += 1
        }
        index += 1
        return append(.text, from: start, isLabel: isLabel, hasEscapes: hasEscapes, into: &nodes)
    }

    /// Whether what follows the backslash is an escape.
    private func isEscape() -> Bool {
        switch byte(index) {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: true
        case 0x75: (1...4).allSatisfy { JSONText.hexDigit(byte(index + $0)) != nil }
        default: false
        }
    }

    private mutating func parseWord(
        _ word: StaticString, _ kind: JSONKind, into nodes: inout [JSONNode]
    ) -> Bool {
        let start = index
        let isThere = word.withUTF8Buffer { letters in
            letters.indices.allSatisfy { unsafe byte(start + $0) == letters[$0] }
        }
        guard isThere else { return false }
        index += word.utf8CodeUnitCount
        let next = byte(index)
        if isDigit(next) || (next | 0x20) &- 0x61 < 26 { return false }
        return append(kind, from: start, into: &nodes)
    }

    private mutating func parseNumber(into nodes: inout [JSONNode]) -> Bool {
        let start = index
        if byte(index) == 0x2D { index += 1 }
        guard isDigit(byte(index)) else { return false }
        if byte(index) == 0x30, isDigit(byte(index + 1)) { return false }
        skipDigits()
        var isReal = false
        if byte(index) == 0x2E {
            isReal = true
            index += 1
            guard isDigit(byte(index)) else { return false }
            skipDigits()
        }
        if byte(index) | 0x20 == 0x65 {
            isReal = true
            index += 1
            if byte(index) == 0x2B || byte(index) == 0x2D { index += 1 }
            guard isDigit(byte(index)) else { return false }
            skipDigits()
        }
        return append(isReal ? .real : .integer, from: start, into: &nodes)
    }

    private mutating func skipDigits() {
        while isDigit(byte(index)) { index += 1 }
    }
}
