extension ComparisonKernel {
    /// Compares texts or blobs of rows that are not null.
    static func strings(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector, _ collation: TextCollation,
        _ rows: SelectionVector, _ mask: Values<UInt8>
    ) {
        let values = left.elements(StringValue.self)
        if right.isConstant {
            let constant = ConstantOperand(right.first(StringValue.self))
            return strings(operation, values, constant, collation, rows, mask)
        }
        strings(operation, values, right.elements(StringValue.self), collation, rows, mask)
    }

    @inline(__always)
    private static func strings<Right: Operand>(
        _ operation: CompareOperation, _ left: Values<StringValue>, _ right: Right, _ collation: TextCollation,
        _ rows: SelectionVector, _ mask: Values<UInt8>
    ) where Right.Element == StringValue {
        guard collation == .binary else {
            return rows.forEach { row in
                mask[row] = asByte(operation.holds(StringValue.compare(left[row], right[row], collation)))
            }
        }
        switch operation {
        case .equal, .isNotDistinct: rows.forEach { mask[$0] = asByte(StringValue.equal(left[$0], right[$0])) }
        case .notEqual, .isDistinct: rows.forEach { mask[$0] = asByte(!StringValue.equal(left[$0], right[$0])) }
        case .less: rows.forEach { mask[$0] = asByte(StringValue.compare(left[$0], right[$0]) < 0) }
        case .lessOrEqual: rows.forEach { mask[$0] = asByte(StringValue.compare(left[$0], right[$0]) <= 0) }
        case .greater: rows.forEach { mask[$0] = asByte(StringValue.compare(left[$0], right[$0]) > 0) }
        case .greaterOrEqual: rows.forEach { mask[$0] = asByte(StringValue.compare(left[$0], right[$0]) >= 0) }
        }
    }

    /// Compares rows of which at least one side is `any`; no row is null.
    static func mixed(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector, _ collation: TextCollation,
        _ rows: SelectionVector, _ mask: Values<UInt8>
    ) {
        rows.forEach { row in
            let order = Datum.compare(left.datum(row), right.datum(row), collation)
            mask[row] = asByte(operation.holds(order))
        }
    }
}
