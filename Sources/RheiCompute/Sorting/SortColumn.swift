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

    init(_ vector: ColumnVector, _ order: SortOrder) {
        self.vector = vector
        self.order = order
        hasNulls = !vector.hasNoNulls
    }

    /// Orders two rows: negative when the left one comes first, zero when the key tells them not apart.
    @inline(__always)
    func compare(_ left: Int, _ right: Int) -> Int { compare(left, self, right) }

    /// Orders a row of this column and one of another of the same type and order.
    func compare(_ left: Int, _ other: SortColumn, _ right: Int) -> Int {
        if hasNulls || other.hasNulls {
            switch (vector.isValid(left), other.vector.isValid(right)) {
            case (false, false): return 0
            case (false, true): return order.nullsFirst ? -1 : 1
            case (true, false): return order.nullsFirst ? 1 : -1
            case (true, true): break
            }
        }
        let result = compareValid(left, other, right)
        return order.isDescending ? 0 &- result : result
    }

    private func compareValid(_ left: Int, _ other: SortColumn, _ right: Int) -> Int {
        switch vector.type {
        case .bool, .int8: compareElements(Int8.self, left, other, right)
        case .int16: compareElements(Int16.self, left, other, right)
        case .int32: compareElements(Int32.self, left, other, right)
        case .int64: compareElements(Int64.self, left, other, right)
        case .int128: compareElements(Int128.self, left, other, right)
        case .float32:
            unsafe compareValues(
                SortPrefix.ordered(Double(vector.pointer(Float.self)[left])),
                SortPrefix.ordered(Double(other.vector.pointer(Float.self)[right])))
        case .float64:
            unsafe compareValues(
                SortPrefix.ordered(vector.pointer(Double.self)[left]),
                SortPrefix.ordered(other.vector.pointer(Double.self)[right]))
        case .text: StringValue.compare(string(left), other.string(right), order.collation)
        case .blob: StringValue.compare(string(left), other.string(right))
        case .any: Datum.compare(vector.datum(left), other.vector.datum(right), order.collation)
        }
    }

    private func string(_ row: Int) -> StringValue { unsafe vector.pointer(StringValue.self)[row] }

    private func compareElements<Value: Comparable & BitwiseCopyable>(
        _: Value.Type, _ left: Int, _ other: SortColumn, _ right: Int
    ) -> Int {
        unsafe compareValues(vector.pointer(Value.self)[left], other.vector.pointer(Value.self)[right])
    }
}
