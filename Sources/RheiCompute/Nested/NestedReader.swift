import RheiArrow

/// Reads the payload of a list or struct, element by element. The bytes are the executor's own, so they are whole.
struct NestedReader {
    private let bytes: ByteRun
    /// Where the next byte is read.
    private(set) var position = 0

    init(_ bytes: ByteRun) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    /// Whether another element of a list follows; moves past the end of the list when none does.
    mutating func hasElement() -> Bool {
        guard position < bytes.count, bytes[position] != NestedMark.end else {
            position += 1
            return false
        }
        return true
    }

    /// Reads an element or a field; bytes go into `arena`.
    mutating func next(_ type: NestedType, _ arena: StringArena) -> Datum {
        let mark = bytes[position]
        position += 1
        if mark == NestedMark.null { return .null }
        let start = position
        switch type {
        case .null: return .null
        case .integer, .date, .time, .timestamp:
            return .integer(Int64(bitPattern: word() ^ (1 << 63)))
        case .real:
            let bits = word()
            return .real(Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits))
        case .text: return .text(string(arena))
        case .blob: return .blob(string(arena))
        case .decimal, .interval, .list, .structure:
            skipPayload(type)
            return .blob(arena.store(bytes.slice(start, position)))
        }
    }

    /// Moves past an element or a field and returns the bytes of it, its mark included.
    mutating func skip(_ type: NestedType) -> ByteRun {
        let start = position
        position += 1
        if bytes[start] != NestedMark.null { skipPayload(type) }
        return bytes.slice(start, position)
    }

    private mutating func skipPayload(_ type: NestedType) {
        switch type {
        case .null: break
        case .integer, .date, .time, .timestamp, .real: position += 8
        case .decimal: position += 16
        case .interval: position += IntervalKey.byteCount
        case .text, .blob:
            while position + 1 < bytes.count, bytes[position] != 0 || bytes[position + 1] != 0 {
                position += bytes[position] == 0 ? 2 : 1
            }
            position += 2
        case .list(let element):
            while hasElement() { _ = skip(element) }
        case .structure(let members):
            for member in members { _ = skip(member.type) }
        }
    }

    private mutating func word() -> UInt64 {
        var result: UInt64 = 0
        for index in position..<position + 8 { result = result << 8 | UInt64(bytes[index]) }
        position += 8
        return result
    }

    private mutating func string(_ arena: StringArena) -> StringValue {
        let start = position
        var content: [UInt8] = []
        while position + 1 < bytes.count, bytes[position] != 0 || bytes[position + 1] != 0 {
            content.append(bytes[position])
            position += bytes[position] == 0 ? 2 : 1
        }
        position += 2
        return content.count == position - 2 - start
            ? arena.store(bytes.slice(start, position - 2)) : arena.store(content)
    }
}

extension Datum {
    /// The elements of a list.
    func elements(_ type: NestedType, _ arena: StringArena) -> [Datum] {
        slot.withRun { run in
            var reader = NestedReader(run)
            var result: [Datum] = []
            while reader.hasElement() { result.append(reader.next(type, arena)) }
            return result
        }
    }

    /// The elements of a list as bytes, the mark before each included; equal elements have equal bytes.
    func elementBytes(_ type: NestedType) -> [[UInt8]] {
        slot.withRun { run in
            var reader = NestedReader(run)
            var result: [[UInt8]] = []
            while reader.hasElement() { result.append(reader.skip(type).array) }
            return result
        }
    }

    /// The fields of a struct.
    func fields(_ members: [NestedType.Member], _ arena: StringArena) -> [Datum] {
        slot.withRun { run in
            var reader = NestedReader(run)
            return members.map { reader.next($0.type, arena) }
        }
    }

    /// The number of an unscaled decimal.
    var unscaled: Int128 {
        slot.withRun { run in
            var bits: UInt128 = 0
            for index in 0..<run.count { bits = bits << 8 | UInt128(run[index]) }
            return Int128(truncatingIfNeeded: bits ^ (1 << 127))
        }
    }
}

extension StringArena {
    /// Stores a list of these elements.
    func storeList(_ elements: [Datum], _ type: NestedType) -> Datum {
        var bytes: [UInt8] = []
        for element in elements { NestedWriter.append(element, type, to: &bytes) }
        bytes.append(NestedMark.end)
        return .blob(store(bytes))
    }

    /// Stores a list of elements that are bytes already.
    func storeList(_ elements: some Sequence<[UInt8]>) -> Datum {
        var bytes: [UInt8] = []
        for element in elements { bytes += element }
        bytes.append(NestedMark.end)
        return .blob(store(bytes))
    }
}
