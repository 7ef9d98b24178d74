package import RheiArrow
package import RheiCore

/// One value of SQLite's five storage classes, 24 plain bytes: a tag and the payload of an `any` slot.
///
/// A text or blob of more than 12 bytes points to bytes that someone else owns, as ``StringValue`` says.
package struct Datum: BitwiseCopyable, Sendable {
    package var storageClass: StorageClass
    /// Integer or double bits in `head`, or the words of a ``StringValue``.
    package var slot: StringValue

    @inlinable package init(storageClass: StorageClass, slot: StringValue) {
        self.storageClass = storageClass
        self.slot = slot
    }

    @inlinable package static var null: Datum { Datum(storageClass: .null, slot: .empty) }

    @inlinable package static func integer(_ value: Int64) -> Datum {
        Datum(storageClass: .integer, slot: StringValue(head: UInt64(bitPattern: value), tail: 0))
    }

    /// Makes a real; what is not a number is null, as in SQLite.
    @inlinable package static func real(_ value: Double) -> Datum {
        if value.isNaN { return .null }
        return Datum(storageClass: .real, slot: StringValue(head: value.bitPattern, tail: 0))
    }

    @inlinable package static func text(_ value: StringValue) -> Datum { Datum(storageClass: .text, slot: value) }
    @inlinable package static func blob(_ value: StringValue) -> Datum { Datum(storageClass: .blob, slot: value) }

    /// Copies a value; bytes go into `arena`.
    package init(_ value: SQLValue, arena: StringArena) {
        switch value {
        case .null: self = .null
        case .integer(let integer): self = .integer(integer)
        case .real(let real): self = .real(real)
        case .text(var text):
            self = .text(text.withUTF8 { bytes in unsafe arena.store(UnsafeRawBufferPointer(bytes)) })
        case .blob(let bytes):
            self = .blob(arena.store(bytes))
        }
    }

    @inlinable package var isNull: Bool { storageClass == .null }
    /// The payload of an integer.
    @inlinable package var integer: Int64 { Int64(bitPattern: slot.head) }
    /// The payload of a real.
    @inlinable package var real: Double { Double(bitPattern: slot.head) }
    /// The payload of a text or blob.
    @inlinable package var string: StringValue { slot }
    @inlinable package var isNumber: Bool { storageClass == .integer || storageClass == .real }
    @inlinable package var isBytes: Bool { storageClass == .text || storageClass == .blob }

    /// The value as RheiCore's enum, bytes copied. Text that is not valid UTF-8 becomes U+FFFD.
    package var sqlValue: SQLValue {
        switch storageClass {
        case .null: .null
        case .integer: .integer(integer)
        case .real: .real(real)
        case .text: .text(slot.withRun { run in unsafe String(decoding: run.bytes, as: UTF8.self) })
        case .blob: .blob(slot.withRun { $0.array })
        }
    }
}

extension Datum {
    /// Orders as SQLite does: null, then numbers by value, then text by collation, then blobs. Two nulls are equal.
    package static func compare(_ left: Datum, _ right: Datum, _ collation: TextCollation) -> Int {
        let first = left.storageClass.order
        let second = right.storageClass.order
        if first != second { return first &- second }
        switch (left.storageClass, right.storageClass) {
        case (.null, _): return 0
        case (.integer, .integer): return compareValues(left.integer, right.integer)
        case (.real, .real): return compareValues(left.real, right.real)
        case (.integer, _): return compareExactly(left.integer, right.real)
        case (.real, _): return 0 &- compareExactly(right.integer, left.real)
        case (.text, _): return StringValue.compare(left.slot, right.slot, collation)
        case (.blob, _): return StringValue.compare(left.slot, right.slot)
        }
    }
}

extension StorageClass {
    /// The place of the class in SQLite's order; integers and reals share one.
    var order: Int {
        switch self {
        case .null: 0
        case .integer, .real: 1
        case .text: 2
        case .blob: 3
        }
    }
}

@inline(__always) func compareValues<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
    asInt(left > right) &- asInt(left < right)
}

/// Orders an integer and a double by their exact values; no rounding takes part. NaN counts as less than any number.
func compareExactly(_ integer: Int64, _ real: Double) -> Int {
    if real.isNaN { return 1 }
    if real < -9_223_372_036_854_775_808.0 { return 1 }
    if real >= 9_223_372_036_854_775_808.0 { return -1 }
    let truncated = Int64(real)
    if integer != truncated { return integer < truncated ? -1 : 1 }
    // Equal integer parts: a fraction can only exist where the conversion back is exact.
    return compareValues(Double(truncated), real)
}
