/// SQL's three-valued logic over `bool` vectors.
package enum LogicKernel {
    /// False where either operand is false, else null where either is null, else true.
    ///
    /// - Parameter output: of type `bool`; may be the memory of an operand.
    package static func and(
        _ left: ColumnVector, _ right: ColumnVector, rows: SelectionVector, into output: VectorBuffer
    ) -> ColumnVector {
        combine(left, right, rows, output, decidedBy: 0)
    }

    /// True where either operand is true, else null where either is null, else false.
    package static func or(
        _ left: ColumnVector, _ right: ColumnVector, rows: SelectionVector, into output: VectorBuffer
    ) -> ColumnVector {
        combine(left, right, rows, output, decidedBy: 1)
    }

    /// Exchanges true and false; null stays null.
    package static func not(
        _ operand: ColumnVector, rows: SelectionVector, into output: VectorBuffer
    ) -> ColumnVector {
        if operand.isNullConstant { return output.constantNull() }
        let rows = operand.isConstant ? .single : rows
        let values = operand.elements(UInt8.self)
        let result = output.vector().elements(UInt8.self)
        rows.forEachDense { result[$0] = values[$0] ^ 1 }
        return output.propagatingNulls(operand, rowCount: rows.rowCount)
    }

    /// True where the operand, of any type, is null; `negated` makes it IS NOT NULL. Never null itself.
    package static func isNull(
        _ operand: ColumnVector, negated: Bool = false, rows: SelectionVector, into output: VectorBuffer
    ) -> ColumnVector {
        let result = output.vector(isConstant: operand.isConstant)
        let bytes = result.elements(UInt8.self)
        let flip = asByte(negated)
        let rows = operand.isConstant ? .single : rows
        guard let validity = ValidityWords(operand) else {
            rows.forEachDense { bytes[$0] = flip }
            return result
        }
        rows.forEachDense { bytes[$0] = asByte(!validity[$0]) ^ flip }
        return result
    }

    /// Combines bytes and validity where `decisive` (0 for AND, 1 for OR) settles the result whatever the other is.
    private static func combine(
        _ left: ColumnVector, _ right: ColumnVector, _ rows: SelectionVector, _ output: VectorBuffer,
        decidedBy decisive: UInt8
    ) -> ColumnVector {
        let isConstant = left.isConstant && right.isConstant
        let rows = isConstant ? .single : rows
        let result = output.vector().elements(UInt8.self)
        let values = left.elements(UInt8.self)
        let others = right.elements(UInt8.self)
        let first = left.isConstant ? 0 : -1
        let second = right.isConstant ? 0 : -1
        if left.hasNoNulls, right.hasNoNulls {
            // With XOR of the decisive value both operators are a conjunction of "not decisive".
            rows.forEach { row in
                let one = values[row & first] ^ decisive
                let two = others[row & second] ^ decisive
                result[row] = (one & two) ^ decisive
            }
            return output.nullFree(isConstant: isConstant)
        }
        let validity = output.validity
        rows.forEach { row in
            let firstValid = left.isValid(row)
            let secondValid = right.isValid(row)
            let isDecided =
                (firstValid && values[row & first] == decisive) || (secondValid && others[row & second] == decisive)
            result[row] = isDecided ? decisive : 1 ^ decisive
            validity[row] = isDecided || (firstValid && secondValid)
        }
        return output.nullable(isConstant: isConstant)
    }
}

extension LogicKernel {
    /// Returns those of `rows` where the `bool` vector is true.
    ///
    /// - Parameter output: takes the indices; `rows` may be its own earlier selection.
    package static func selectTrue(
        _ operand: ColumnVector, rows: SelectionVector, into output: SelectionBuffer
    ) -> SelectionVector {
        select(operand, rows, output) { value, isValid in value & isValid }
    }

    /// Returns those of `rows` where the `bool` vector is false or null.
    package static func selectNotTrue(
        _ operand: ColumnVector, rows: SelectionVector, into output: SelectionBuffer
    ) -> SelectionVector {
        select(operand, rows, output) { value, isValid in (value & isValid) ^ 1 }
    }

    /// Returns those of `rows` where the `bool` vector is true or null: those that AND has not decided yet. (For OR
    /// they are those of ``selectNotTrue(_:rows:into:)``.)
    package static func selectNotFalse(
        _ operand: ColumnVector, rows: SelectionVector, into output: SelectionBuffer
    ) -> SelectionVector {
        select(operand, rows, output) { value, isValid in value | (isValid ^ 1) }
    }

    /// Returns those of `rows` where the vector, of any type, is null; with `negated` those where it is not.
    package static func selectNull(
        _ operand: ColumnVector, negated: Bool = false, rows: SelectionVector, into output: SelectionBuffer
    ) -> SelectionVector {
        if operand.isConstant || operand.hasNoNulls {
            let isChosen = operand.isValid(0) == negated
            return isChosen ? output.copy(rows) : output.selection(count: 0, rowCount: rows.rowCount)
        }
        if negated { return output.selectValid(rows, ValidityWords(operand)) }
        let mask = output.mask
        rows.forEach { mask[$0] = asByte(!operand.isValid($0)) }
        return output.selectMasked(rows)
    }

    @inline(__always)
    private static func select(
        _ operand: ColumnVector, _ rows: SelectionVector, _ output: SelectionBuffer,
        _ test: (UInt8, UInt8) -> UInt8
    ) -> SelectionVector {
        let values = operand.elements(UInt8.self)
        if operand.isConstant {
            let isChosen = test(values[0], asByte(operand.isValid(0))) == 1
            return isChosen ? output.copy(rows) : output.selection(count: 0, rowCount: rows.rowCount)
        }
        let mask = output.mask
        if let validity = ValidityWords(operand) {
            rows.forEachDense { mask[$0] = test(values[$0], asByte(validity[$0])) }
        } else {
            rows.forEachDense { mask[$0] = test(values[$0], 1) }
        }
        return output.selectMasked(rows)
    }
}
