import RheiArrow

/// Compares rows of key vectors with stored rows, column by column, to confirm what a hash table found.
enum KeyComparison {
    /// Splits `candidates` (row positions): rows whose key equals that of the stored row `stored[row]` stay at the
    /// front, the others are appended to `failed`. Nulls are equal to each other.
    ///
    /// - Returns: how many stay; `failedCount` grows by the rest.
    static func keepEqual(
        _ vector: ColumnVector, _ store: ColumnStore, stored: UnsafePointer<UInt32>,
        candidates: UnsafeMutablePointer<UInt16>, count: Int, failed: UnsafeMutablePointer<UInt16>,
        failedCount: inout Int
    ) -> Int {
        let column = store.vector(from: 0, count: store.rowCount)
        @inline(__always) func integers<Value: Equatable & BitwiseCopyable>(_: Value.Type) -> Int {
            let left = unsafe vector.pointer(Value.self)
            let right = unsafe column.pointer(Value.self)
            return unsafe split(vector, column, stored, candidates, count, failed, &failedCount) {
                unsafe left[$0] == right[$1]
            }
        }
        switch vector.type {
        case .bool, .int8: return integers(Int8.self)
        case .int16: return integers(Int16.self)
        case .int32: return integers(Int32.self)
        case .int64: return integers(Int64.self)
        case .int128:
            let left = unsafe vector.pointer(StringValue.self)
            let right = unsafe column.pointer(StringValue.self)
            return unsafe split(vector, column, stored, candidates, count, failed, &failedCount) {
                unsafe left[$0].head == right[$1].head && left[$0].tail == right[$1].tail
            }
        case .float32:
            let left = unsafe vector.pointer(Float.self)
            let right = unsafe column.pointer(Float.self)
            return unsafe split(vector, column, stored, candidates, count, failed, &failedCount) {
                unsafe left[$0] == right[$1] || (left[$0] != left[$0] && right[$1] != right[$1])
            }
        case .float64:
            let left = unsafe vector.pointer(Double.self)
            let right = unsafe column.pointer(Double.self)
            return unsafe split(vector, column, stored, candidates, count, failed, &failedCount) {
                unsafe left[$0] == right[$1] || (left[$0] != left[$0] && right[$1] != right[$1])
            }
        case .text, .blob:
            let left = unsafe vector.pointer(StringValue.self)
            let right = unsafe column.pointer(StringValue.self)
            return unsafe split(vector, column, stored, candidates, count, failed, &failedCount) {
                unsafe StringValue.equal(left[$0], right[$1])
            }
        case .any: return unsafe keepEqualAny(vector, column, stored, candidates, count, failed, &failedCount)
        }
    }

    private static func keepEqualAny(
        _ vector: ColumnVector, _ column: ColumnVector, _ stored: UnsafePointer<UInt32>,
        _ candidates: UnsafeMutablePointer<UInt16>, _ count: Int, _ failed: UnsafeMutablePointer<UInt16>,
        _ failedCount: inout Int
    ) -> Int {
        guard let leftTags = unsafe vector.tags, let rightTags = unsafe column.tags else { return 0 }
        let left = unsafe vector.pointer(StringValue.self)
        let right = unsafe column.pointer(StringValue.self)
        return unsafe divide(stored, candidates, count, failed, &failedCount) { row, other in
            unsafe isSameKey(datum(leftTags, left, row), datum(rightTags, right, other))
        }
    }

    @inline(__always)
    private static func split(
        _ vector: ColumnVector, _ column: ColumnVector, _ stored: UnsafePointer<UInt32>,
        _ candidates: UnsafeMutablePointer<UInt16>, _ count: Int, _ failed: UnsafeMutablePointer<UInt16>,
        _ failedCount: inout Int, _ equal: (Int, Int) -> Bool
    ) -> Int {
        if unsafe vector.validity == nil && column.validity == nil {
            return unsafe divide(stored, candidates, count, failed, &failedCount, equal)
        }
        return unsafe divide(stored, candidates, count, failed, &failedCount) { row, other in
            switch (vector.isValid(row), column.isValid(other)) {
            case (true, true): equal(row, other)
            case (false, false): true
            default: false
            }
        }
    }

    @inline(__always)
    private static func divide(
        _ stored: UnsafePointer<UInt32>, _ candidates: UnsafeMutablePointer<UInt16>, _ count: Int,
        _ failed: UnsafeMutablePointer<UInt16>, _ failedCount: inout Int, _ equal: (Int, Int) -> Bool
    ) -> Int {
        var kept = 0
        var missed = failedCount
        var index = 0
        while index < count {
            let row = unsafe candidates[index]
            let isEqual = unsafe asInt(equal(Int(row), Int(stored[Int(row)])))
            unsafe candidates[kept] = row
            unsafe failed[missed] = row
            kept &+= isEqual
            missed &+= 1 &- isEqual
            index &+= 1
        }
        failedCount = missed
        return kept
    }
}
