/// A stored key column and its order: compares stored rows.
struct SortColumn {
    let vector: ColumnVector
    let order: SortOrder
    let hasNulls: Bool

    init(_ column: ColumnStore, _ order: SortOrder) {
        vector = column.vector(from: 0, count: column.rowCount)
        self.order = order
        hasNulls = column.hasNulls
    }

    /// Orders two rows: negative when the left one comes first, zero when the key tells them not apart.
    func compare(_ left: Int, _ right: Int) -> Int {
        if hasNulls {
            switch (vector.isValid(left), vector.isValid(right)) {
            case (false, false): return 0
            case (false, true): return order.nullsFirst ? -1 : 1
            case (true, false): return order.nullsFirst ? 1 : -1
            case (true, true): break
            }
        }
        let result = compareValid(left, right)
        return order.isDescending ? 0 &- result : result
    }

    private func compareValid(_ left: Int, _ right: Int) -> Int {
        switch vector.type {
        case .bool, .int8: compareElements(Int8.self, left, right)
        case .int16: compareElements(Int16.self, left, right)
        case .int32: compareElements(Int32.self, left, right)
        case .int64: compareElements(Int64.self, left, right)
        case .int128: compareElements(Int128.self, left, right)
        case .float32:
            unsafe compareValues(
                SortPrefix.ordered(Double(vector.pointer(Float.self)[left])),
                SortPrefix.ordered(Double(vector.pointer(Float.self)[right])))
        case .float64:
            unsafe compareValues(
                SortPrefix.ordered(vector.pointer(Double.self)[left]),
                SortPrefix.ordered(vector.pointer(Double.self)[right]))
        case .text: StringValue.compare(string(left), string(right), order.collation)
        case .blob: StringValue.compare(string(left), string(right))
        case .any: Datum.compare(vector.datum(left), vector.datum(right), order.collation)
        }
    }

    private func string(_ row: Int) -> StringValue { unsafe vector.pointer(StringValue.self)[row] }

    private func compareElements<Value: Comparable & BitwiseCopyable>(_: Value.Type, _ left: Int, _ right: Int) -> Int {
        let values = unsafe vector.pointer(Value.self)
        return unsafe compareValues(values[left], values[right])
    }
}
