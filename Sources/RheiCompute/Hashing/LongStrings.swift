import Synchronization

/// Brings the bytes of strings near before they are hashed.
///
/// A hash takes a step for each 16 bytes, and where one ends is a jump that processors guess wrong: they wait for the
/// memory of one string after the other then. Reads that depend on nothing are under way many at a time.
enum LongStrings {
    /// What was read, or nothing would be.
    private static let read = Atomic<UInt8>(0)

    /// Reads the first and the last byte of each selected value that is not inline.
    static func fetch(_ key: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int) {
        let values = unsafe key.pointer(StringValue.self)
        var sum: UInt8 = 0
        unsafe forEachRow(selection, count) { row in
            let value = unsafe values[row]
            guard key.isValid(row), !value.isInline, let bytes = unsafe value.address else { return }
            unsafe sum ^= bytes.load(as: UInt8.self)
            unsafe sum ^= bytes.load(fromByteOffset: value.count - 1, as: UInt8.self)
        }
        read.store(sum, ordering: .relaxed)
    }
}
