import RheiCore

/// The bytes of one Flatbuffer, with a budget on what may be decoded from them.
///
/// Nothing in a Flatbuffer forbids a thousand references to one large string; the budget keeps what is decoded within a
/// small multiple of the input.
final class FlatData {
    let bytes: [UInt8]
    private var budget: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        budget = bytes.count * 2 + 1024
    }

    /// Counts decoded bytes against the budget.
    func charge(_ byteCount: Int) throws {
        budget -= byteCount
        guard budget >= 0 else { throw Self.corrupt("more content than \(bytes.count) bytes can hold") }
    }

    /// Returns the little-endian number in `byteCount` bytes from `position` on.
    func word(_ position: Int, _ byteCount: Int) throws -> UInt64 {
        guard position >= 0, position <= bytes.count - byteCount else {
            throw Self.corrupt("a reference to byte \(position) of \(bytes.count)")
        }
        var result: UInt64 = 0
        for index in 0..<byteCount { result |= UInt64(bytes[position + index]) << UInt64(index * 8) }
        return result
    }

    /// Follows the unsigned 32-bit offset at `position`.
    func target(_ position: Int) throws -> Int {
        position + Int(try word(position, 4))
    }

    static func corrupt(_ what: String) -> EngineError {
        EngineError(.corrupt, "damaged Arrow metadata: \(what)")
    }
}

/// A table of a Flatbuffer; fields are named by their index in the schema. All reads are checked against the bytes.
///
/// Layout: "FlatBuffers internals", section "Tables": a signed offset back to a table of 16-bit field offsets.
struct FlatTable {
    let data: FlatData
    private let position: Int
    private let byteCount: Int
    private let fieldsPosition: Int
    private let fieldCount: Int

    /// Reads the root table of `bytes`.
    init(root bytes: [UInt8]) throws {
        let data = FlatData(bytes)
        try self.init(data, at: data.target(0))
    }

    init(_ data: FlatData, at position: Int) throws {
        try data.charge(16)
        let back = Int(Int32(truncatingIfNeeded: try data.word(position, 4)))
        let vtable = position - back
        let vtableByteCount = Int(try data.word(vtable, 2))
        byteCount = Int(try data.word(vtable + 2, 2))
        guard vtableByteCount >= 4, vtableByteCount & 1 == 0, vtable <= data.bytes.count - vtableByteCount,
            byteCount >= 4, position <= data.bytes.count - byteCount
        else { throw FlatData.corrupt("a table at byte \(position) that does not fit") }
        self.data = data
        self.position = position
        fieldsPosition = vtable + 4
        fieldCount = (vtableByteCount - 4) / 2
    }

    /// Returns where field `index` lies, nil when it is absent.
    private func place(_ index: Int, _ width: Int) throws -> Int? {
        guard index < fieldCount else { return nil }
        let offset = Int(try data.word(fieldsPosition + index * 2, 2))
        if offset == 0 { return nil }
        guard offset >= 4, offset + width <= byteCount else {
            throw FlatData.corrupt("field \(index) outside of its table")
        }
        return position + offset
    }

    func bool(_ index: Int) throws -> Bool {
        try place(index, 1).map { try data.word($0, 1) != 0 } ?? false
    }

    func uint8(_ index: Int) throws -> UInt8 {
        try place(index, 1).map { UInt8(truncatingIfNeeded: try data.word($0, 1)) } ?? 0
    }

    func int16(_ index: Int, default value: Int16 = 0) throws -> Int16 {
        try place(index, 2).map { Int16(truncatingIfNeeded: try data.word($0, 2)) } ?? value
    }

    func int32(_ index: Int, default value: Int32 = 0) throws -> Int32 {
        try place(index, 4).map { Int32(truncatingIfNeeded: try data.word($0, 4)) } ?? value
    }

    func int64(_ index: Int) throws -> Int64 {
        try place(index, 8).map { Int64(truncatingIfNeeded: try data.word($0, 8)) } ?? 0
    }

    func table(_ index: Int) throws -> FlatTable? {
        try place(index, 4).map { try FlatTable(data, at: data.target($0)) }
    }

    /// Returns a string; bytes that are not UTF-8 become U+FFFD.
    func string(_ index: Int) throws -> String? {
        guard let vector = try vector(index, elementByteCount: 1) else { return nil }
        try data.charge(vector.count)
        return String(decoding: data.bytes[vector.start..<vector.start + vector.count], as: UTF8.self)
    }

    /// Returns the vector of field `index`, whose elements take `elementByteCount` bytes each.
    func vector(_ index: Int, elementByteCount: Int) throws -> FlatVector? {
        guard let place = try place(index, 4) else { return nil }
        let start = try data.target(place)
        let count = Int(try data.word(start, 4))
        guard count * elementByteCount <= data.bytes.count - start - 4 else {
            throw FlatData.corrupt("a vector of \(count) elements at byte \(start)")
        }
        return FlatVector(data: data, start: start + 4, count: count, elementByteCount: elementByteCount)
    }

    /// Returns the tables of a vector of tables, none when it is absent.
    func tables(_ index: Int) throws -> [FlatTable] {
        guard let vector = try vector(index, elementByteCount: 4) else { return [] }
        return try (0..<vector.count).map { try FlatTable(data, at: data.target(vector.start + $0 * 4)) }
    }
}

/// A vector of numbers or structs, known to lie within the bytes.
struct FlatVector {
    let data: FlatData
    let start: Int
    let count: Int
    let elementByteCount: Int

    /// Returns the 64-bit number `byteOffset` bytes into element `index`.
    func int64(_ index: Int, at byteOffset: Int = 0) throws -> Int64 {
        Int64(truncatingIfNeeded: try data.word(start + index * elementByteCount + byteOffset, 8))
    }

    /// Returns the 32-bit number `byteOffset` bytes into element `index`.
    func int32(_ index: Int, at byteOffset: Int = 0) throws -> Int32 {
        Int32(truncatingIfNeeded: try data.word(start + index * elementByteCount + byteOffset, 4))
    }
}
