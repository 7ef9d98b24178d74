extension ComparisonKernel {
    /// Writes 0 or 1 per row without regard to nulls. `operation` is one of the six orders.
    static func fillMask(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector, _ collation: TextCollation,
        _ rows: SelectionVector, _ mask: Values<UInt8>
    ) {
        if left.isConstant, !right.isConstant {
            return fillMask(operation.flipped, right, left, collation, rows, mask)
        }
        if left.type == right.type { return sameType(operation, left, right, collation, rows, mask) }
        if left.type == .any || right.type == .any { return mixed(operation, left, right, collation, rows, mask) }
        guard let first = left.type.storageClass, let second = right.type.storageClass else { return }
        if first.order != second.order {
            let answer = asByte(operation.holds(first.order &- second.order))
            return rows.forEachDense { mask[$0] = answer }
        }
        if left.type.isInteger, right.type.isInteger { return integers(operation, left, right, rows, mask) }
        numbers(operation, left, right, collation, rows, mask)
    }

    private static func sameType(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector, _ collation: TextCollation,
        _ rows: SelectionVector, _ mask: Values<UInt8>
    ) {
        switch left.type {
        case .bool: fixed(UInt8.self, operation, left, right, rows, mask)
        case .int8: fixed(Int8.self, operation, left, right, rows, mask)
        case .int16: fixed(Int16.self, operation, left, right, rows, mask)
        case .int32: fixed(Int32.self, operation, left, right, rows, mask)
        case .int64: fixed(Int64.self, operation, left, right, rows, mask)
        case .int128: fixed(Int128.self, operation, left, right, rows, mask)
        case .float32: fixed(Float.self, operation, left, right, rows, mask)
        case .float64: fixed(Double.self, operation, left, right, rows, mask)
        case .text: strings(operation, left, right, collation, rows, mask)
        case .blob: strings(operation, left, right, .binary, rows, mask)
        case .any: mixed(operation, left, right, collation, rows, mask)
        }
    }

    /// Compares values of one fixed-width type; left is a column, or both are constants.
    @inline(never)
    @_specialize(where Value == UInt8) @_specialize(where Value == Int8) @_specialize(where Value == Int16)
    @_specialize(where Value == Int32) @_specialize(where Value == Int64) @_specialize(where Value == Int128)
    @_specialize(where Value == Float) @_specialize(where Value == Double)
    static func fixed<Value: Comparable & BitwiseCopyable>(
        _: Value.Type, _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector,
        _ rows: SelectionVector, _ mask: Values<UInt8>
    ) {
        let values = left.elements(Value.self)
        if right.isConstant {
            let constant = ConstantOperand(right.first(Value.self))
            switch operation {
            case .equal, .isNotDistinct: fill(EqualTest.self, values, constant, rows, mask)
            case .notEqual, .isDistinct: fill(NotEqualTest.self, values, constant, rows, mask)
            case .less: fill(LessTest.self, values, constant, rows, mask)
            case .lessOrEqual: fill(LessOrEqualTest.self, values, constant, rows, mask)
            case .greater: fill(GreaterTest.self, values, constant, rows, mask)
            case .greaterOrEqual: fill(GreaterOrEqualTest.self, values, constant, rows, mask)
            }
            return
        }
        let others = right.elements(Value.self)
        switch operation {
        case .equal, .isNotDistinct: fill(EqualTest.self, values, others, rows, mask)
        case .notEqual, .isDistinct: fill(NotEqualTest.self, values, others, rows, mask)
        case .less: fill(LessTest.self, values, others, rows, mask)
        case .lessOrEqual: fill(LessOrEqualTest.self, values, others, rows, mask)
        case .greater: fill(LessTest.self, others, values, rows, mask)
        case .greaterOrEqual: fill(LessOrEqualTest.self, others, values, rows, mask)
        }
    }

    @inline(__always)
    static func fill<Test: ComparisonTest, Left: Operand, Right: Operand>(
        _: Test.Type, _ left: Left, _ right: Right, _ rows: SelectionVector, _ mask: Values<UInt8>
    ) where Left.Element == Right.Element, Left.Element: Comparable {
        rows.forEachDense { mask[$0] = asByte(Test.test(left[$0], right[$0])) }
    }
}
