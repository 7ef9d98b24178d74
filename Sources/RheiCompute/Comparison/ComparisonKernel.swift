/// Compares two vectors row by row.
///
/// Operands may have any two types: whole numbers and floats compare by their exact values, and values of different
/// storage classes in SQLite's order (numbers, text, blobs). A collation matters for text only. Rows that are not
/// selected may be computed too; rows of text, blob and `any` vectors are read only where selected and not null.
package enum ComparisonKernel {
    /// Writes 0 or 1 per row as a `bool` vector; a row with a null operand is null unless the operator is null-safe.
    ///
    /// - Parameter output: of type `bool`, not the memory of an operand.
    package static func compare(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector,
        collation: TextCollation = .binary, rows: SelectionVector, into output: VectorBuffer
    ) -> ColumnVector {
        let isConstant = left.isConstant && right.isConstant
        let rows = isConstant ? .single : rows
        let mask = output.vector().elements(UInt8.self)
        if operation.isNullSafe {
            nullSafeMask(operation, left, right, collation, rows, mask)
            return output.nullFree(isConstant: isConstant)
        }
        if left.isNullConstant || right.isNullConstant { return output.constantNull() }
        withReadableRows(left, right, rows) { readable in
            fillMask(operation, left, right, collation, readable, mask)
        }
        return output.propagatingNulls(left, right, rowCount: rows.rowCount)
    }

    /// Returns those of `rows` for which the comparison is true; neither false nor null ones.
    ///
    /// - Parameter output: takes the indices; `rows` may be its own earlier selection.
    /// - Returns: a selection without indices when all rows of the batch survive.
    package static func select(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector,
        collation: TextCollation = .binary, rows: SelectionVector, into output: SelectionBuffer
    ) -> SelectionVector {
        if left.isConstant && right.isConstant {
            return constantHolds(operation, left, right, collation)
                ? output.copy(rows) : output.selection(count: 0, rowCount: rows.rowCount)
        }
        if operation.isNullSafe {
            nullSafeMask(operation, left, right, collation, rows, output.mask)
            return output.selectMasked(rows)
        }
        if left.isNullConstant || right.isNullConstant { return output.selection(count: 0, rowCount: rows.rowCount) }
        if needsReadableRows(left, right) {
            let readable = output.selectValid(rows, left.variableValidity, right.variableValidity)
            fillMask(operation, left, right, collation, readable, output.mask)
            return output.selectMasked(readable)
        }
        fillMask(operation, left, right, collation, rows, output.mask)
        return output.selectMasked(rows, left.variableValidity, right.variableValidity)
    }

    private static func constantHolds(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector, _ collation: TextCollation
    ) -> Bool {
        let first = left.datum(0)
        let second = right.datum(0)
        if !operation.isNullSafe, first.isNull || second.isNull { return false }
        return operation.holds(Datum.compare(first, second, collation))
    }
}

extension ComparisonKernel {
    /// Whether null rows hold values that must not be looked at: addresses of bytes that may be gone.
    static func needsReadableRows(_ left: ColumnVector, _ right: ColumnVector) -> Bool {
        (left.type.byteWidth == 16 || right.type.byteWidth == 16)
            && (left.variableValidity != nil || right.variableValidity != nil)
    }

    /// Calls `body` with the rows whose values may be read.
    static func withReadableRows(
        _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector, _ body: (SelectionVector) -> Void
    ) {
        guard needsReadableRows(left, right) else { return body(rows) }
        withTemporarySelection { scratch in
            body(scratch.selectValid(rows, left.variableValidity, right.variableValidity))
        }
    }

    /// Answers IS and IS NOT: first as if no row were null, then the rows with nulls again.
    static func nullSafeMask(
        _ operation: CompareOperation, _ left: ColumnVector, _ right: ColumnVector, _ collation: TextCollation,
        _ rows: SelectionVector, _ mask: Values<UInt8>
    ) {
        let isDistinct = asByte(operation == .isDistinct)
        if left.isNullConstant || right.isNullConstant {
            rows.forEach { mask[$0] = asByte(left.isValid($0) != right.isValid($0)) ^ 1 ^ isDistinct }
            return
        }
        let plain: CompareOperation = operation == .isDistinct ? .notEqual : .equal
        withReadableRows(left, right, rows) { fillMask(plain, left, right, collation, $0, mask) }
        if left.hasNoNulls, right.hasNoNulls { return }
        rows.forEach { row in
            let first = left.isValid(row)
            let second = right.isValid(row)
            let differs = asByte(first != second)
            // One null: distinct. Both null: not distinct. None: what was computed.
            let withNull = differs ^ 1 ^ isDistinct
            mask[row] = first && second ? mask[row] : withNull
        }
    }
}

/// Calls `body` with a selection buffer for the time of the call.
@inline(never) func withTemporarySelection<Result>(_ body: (SelectionBuffer) throws -> Result) rethrows -> Result {
    let buffer = SelectionBuffer()
    // Selections view the buffer's memory without owning it.
    defer { withExtendedLifetime(buffer) {} }
    return try body(buffer)
}
