public import RheiCore

/// A view of an array of mixed SQLite storage classes.
@safe @frozen public struct AnyArray: Sendable {
    /// The array looked at.
    public let array: ArrowArray
    /// `StorageClass` raw values, from row 0 on. Valid while `array` lives, as the other pointers.
    @usableFromInline package nonisolated(unsafe) let tags: UnsafePointer<UInt8>
    /// 16-byte slots, from row 0 on.
    @usableFromInline package nonisolated(unsafe) let slots: UnsafeRawPointer
    @usableFromInline package nonisolated(unsafe) let heap: UnsafePointer<UnsafeRawPointer>

    /// - Throws: `typeMismatch` when the array is not of type `any`.
    public init(_ array: ArrowArray) throws {
        guard array.type == .any else {
            throw EngineError(.typeMismatch, "an array of \(array.type) does not hold mixed storage classes")
        }
        self.array = array
        unsafe tags = array.buffers[0].pointer.assumingMemoryBound(to: UInt8.self) + array.offset
        unsafe slots = array.buffers[1].pointer + array.offset * 16
        unsafe heap = UnsafePointer(array.heap.pointers)
    }

    public var count: Int { array.count }

    /// The storage class of row `row`.
    ///
    /// - Precondition: `0 <= row < count`.
    public func storageClass(at row: Int) -> StorageClass {
        precondition(row >= 0 && row < count, "row out of range")
        defer { withExtendedLifetime(array) {} }
        return unsafe StorageClass(rawValue: tags[row]) ?? .null
    }

    /// The value of row `row`; text that is not valid UTF-8 becomes U+FFFD here.
    public func value(at row: Int) -> SQLValue {
        defer { withExtendedLifetime(array) {} }
        return switch storageClass(at: row) {
        case .null: .null
        case .integer: .integer(integer(row))
        case .real: .real(real(row))
        case .text: unsafe .text(String(decoding: bytes(row), as: UTF8.self))
        case .blob: unsafe .blob(Array(bytes(row)))
        }
    }

    /// Lends the bytes of row `row`, which must hold text or a blob.
    public func withBytes<Result>(at row: Int, _ body: (RawSpan) throws -> Result) rethrows -> Result {
        let held = storageClass(at: row)
        precondition(held == .text || held == .blob, "row holds neither text nor a blob")
        let bytes = unsafe self.bytes(row)
        defer { withExtendedLifetime(array) {} }
        return try unsafe body(bytes.bytes)
    }

    /// The Int64 in the slot of a row that is known to exist; meaningful for tag `integer`.
    @inlinable package func integer(_ row: Int) -> Int64 {
        defer { withExtendedLifetime(array) {} }
        return unsafe slots.load(fromByteOffset: row &* 16, as: Int64.self)
    }

    /// The Double in the slot of a row that is known to exist; meaningful for tag `real`.
    @inlinable package func real(_ row: Int) -> Double {
        defer { withExtendedLifetime(array) {} }
        return unsafe slots.load(fromByteOffset: row &* 16, as: Double.self)
    }

    /// The bytes of a text or blob row; the row is not checked.
    @unsafe @inlinable package func bytes(_ row: Int) -> UnsafeRawBufferPointer {
        unsafe viewBytes(slots + row &* 16, heap)
    }
}
