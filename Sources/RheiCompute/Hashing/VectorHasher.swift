import RheiArrow

/// Hashes the rows of key vectors; equal keys hash alike on both sides of a join, in every batch and thread.
package enum VectorHasher {
    /// Writes the hash of the keys of each selected (or each of the first `count`) rows to `hashes[row]`.
    ///
    /// - Parameter keys: at least one, none constant.
    package static func hash(
        _ keys: [ColumnVector], selection: UnsafePointer<UInt16>?, count: Int, into hashes: UnsafeMutablePointer<UInt64>
    ) {
        for (index, key) in keys.enumerated() {
            if index == 0 {
                unsafe hashColumn(key, selection, count) { row, hash in unsafe hashes[row] = hash }
            } else {
                unsafe hashColumn(key, selection, count) { row, hash in
                    unsafe hashes[row] = unsafe combineHash(hashes[row], hash)
                }
            }
        }
    }

    @inline(__always)
    private static func hashColumn(
        _ key: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int, _ store: (Int, UInt64) -> Void
    ) {
        switch key.type {
        case .bool, .int8: unsafe hashIntegers(Int8.self, key, selection, count, store)
        case .int16: unsafe hashIntegers(Int16.self, key, selection, count, store)
        case .int32: unsafe hashIntegers(Int32.self, key, selection, count, store)
        case .int64: unsafe hashIntegers(Int64.self, key, selection, count, store)
        case .int128: unsafe hashWide(key, selection, count, store)
        case .float32:
            let values = unsafe key.pointer(Float.self)
            unsafe hashRows(key, selection, count, store) { unsafe hashWord(hashBits(Double(values[$0]))) }
        case .float64:
            let values = unsafe key.pointer(Double.self)
            unsafe hashRows(key, selection, count, store) { unsafe hashWord(hashBits(values[$0])) }
        case .text, .blob:
            let values = unsafe key.pointer(StringValue.self)
            unsafe LongStrings.fetch(key, selection, count)
            unsafe hashRows(key, selection, count, store) { unsafe hashString(values[$0]) }
        case .any: unsafe hashAnyRows(key, selection, count, store)
        }
    }

    @inline(__always)
    private static func hashIntegers<Integer: FixedWidthInteger & BitwiseCopyable>(
        _: Integer.Type, _ key: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int,
        _ store: (Int, UInt64) -> Void
    ) {
        let values = unsafe key.pointer(Integer.self)
        unsafe hashRows(key, selection, count, store) { unsafe hashWord(UInt64(truncatingIfNeeded: values[$0])) }
    }

    @inline(__always)
    private static func hashWide(
        _ key: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int, _ store: (Int, UInt64) -> Void
    ) {
        let values = unsafe key.pointer(StringValue.self)
        unsafe hashRows(key, selection, count, store) { unsafe combineHash(values[$0].head, values[$0].tail) }
    }

    @inline(__always)
    private static func hashAnyRows(
        _ key: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int, _ store: (Int, UInt64) -> Void
    ) {
        guard let tags = unsafe key.tags else { return }
        let values = unsafe key.pointer(StringValue.self)
        unsafe forEachRow(selection, count) { row in unsafe store(row, hashDatum(datum(tags, values, row))) }
    }

    /// Calls `store` with the hash of every row, that of null for null rows.
    @inline(__always)
    private static func hashRows(
        _ key: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int, _ store: (Int, UInt64) -> Void,
        _ hash: (Int) -> UInt64
    ) {
        if unsafe key.validity == nil {
            unsafe forEachRow(selection, count) { row in store(row, hash(row)) }
        } else {
            unsafe forEachRow(selection, count) { row in store(row, key.isValid(row) ? hash(row) : HashSeed.null) }
        }
    }
}

/// Calls `body` with every selected row, or with rows `0..<count`.
@inline(__always)
func forEachRow(_ selection: UnsafePointer<UInt16>?, _ count: Int, _ body: (Int) -> Void) {
    if let selection = unsafe selection {
        var index = 0
        while index < count {
            unsafe body(Int(selection[index]))
            index &+= 1
        }
    } else {
        var row = 0
        while row < count {
            body(row)
            row &+= 1
        }
    }
}
