import RheiArrow
import RheiCore

/// Takes little-endian numbers, texts and bytes from a buffer one after the other, checking that they are there.
///
/// Errors are `corrupt` and name the place in the buffer.
@safe struct ByteReader {
    let buffer: Buffer
    private(set) var position: Int
    let end: Int

    init(_ buffer: Buffer) {
        self.buffer = buffer
        position = 0
        end = buffer.byteCount
    }

    /// - Precondition: the range lies within the buffer.
    init(_ buffer: Buffer, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= buffer.byteCount)
        self.buffer = buffer
        position = range.lowerBound
        end = range.upperBound
    }

    var remainingByteCount: Int { end - position }

    func corrupt(_ what: String) -> EngineError { EngineError(.corrupt, "\(what) at byte \(position)") }

    /// Steps over bytes.
    ///
    /// - Returns: where they begin.
    mutating func take(_ count: Int) throws -> Int {
        guard count >= 0, count <= end - position else {
            throw corrupt("\(count) bytes are wanted and \(end - position) left")
        }
        defer { position += count }
        return position
    }

    mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) throws -> Value {
        let start = try take(MemoryLayout<Value>.size)
        defer { withExtendedLifetime(buffer) {} }
        return unsafe Value(littleEndian: (buffer.pointer + start).loadUnaligned(as: Value.self))
    }

    /// Reads a 4-byte count of things that take at least `byteCount` bytes each.
    mutating func count(ofAtLeast byteCount: Int) throws -> Int {
        let count = Int(try integer(UInt32.self))
        guard count <= remainingByteCount / max(byteCount, 1) else { throw corrupt("a count of \(count)") }
        return count
    }

    mutating func text() throws -> String {
        let count = Int(try integer(UInt32.self))
        let start = try take(count)
        defer { withExtendedLifetime(buffer) {} }
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: buffer.pointer + start, count: count), as: UTF8.self)
    }

    mutating func texts() throws -> [String: String] {
        var result: [String: String] = [:]
        for _ in 0..<(try count(ofAtLeast: 8)) {
            let key = try text()
            result[key] = try text()
        }
        return result
    }

    /// - Throws: when bytes are left over.
    func finish() throws {
        if position != end { throw corrupt("\(end - position) bytes too many") }
    }
}
