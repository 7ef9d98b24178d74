/// Converts vectors. The output buffer's type is the type of the result; text goes into the arena.
///
/// Nulls stay null in every conversion. Only selected rows of text, blob and `any` vectors are read.
package enum CastKernel {
    /// Changes the representation and not the SQL value: narrower to wider numbers, a bool to an integer, anything to
    /// `any`, a null constant to anything.
    ///
    /// - Throws: `leavesStaticType` when a value has no place in the new type.
    package static func represent(
        _ input: ColumnVector, rows: SelectionVector, into output: VectorBuffer
    ) throws -> ColumnVector {
        if input.type == output.type { return input }
        if input.isNullConstant { return output.constantNull() }
        let rows = input.isConstant ? .single : rows
        if let result = widened(input, rows, output) { return result }
        return try output.fillRows(rows, isConstant: input.isConstant) { input.datum($0) }
    }

    /// `CAST(input AS target)`.
    ///
    /// - Parameter output: `int64` for INTEGER, `float64` for REAL, `text`, `blob`; `any` for NUMERIC unless the input
    ///   is a typed number. `any` is allowed for every target.
    package static func cast(
        _ input: ColumnVector, to target: CastTarget, rows: SelectionVector, arena: StringArena,
        into output: VectorBuffer
    ) throws -> ColumnVector {
        if input.isNullConstant { return output.constantNull() }
        let rows = input.isConstant ? .single : rows
        if let result = fastCast(input, target, rows, output) { return result }
        return try output.fillRows(rows, isConstant: input.isConstant) { row in
            input.datum(row).cast(to: target, arena: arena)
        }
    }

    /// Applies a column affinity as a comparison does: text that is wholly a number becomes one under INTEGER, REAL and
    /// NUMERIC affinity, numbers become text under TEXT affinity; everything else stays.
    ///
    /// - Parameter output: `any`, or the type that all values are known to have afterwards.
    package static func applyAffinity(
        _ input: ColumnVector, _ affinity: CastTarget, rows: SelectionVector, arena: StringArena,
        into output: VectorBuffer
    ) throws -> ColumnVector {
        if input.isNullConstant { return output.constantNull() }
        let rows = input.isConstant ? .single : rows
        return try output.fillRows(rows, isConstant: input.isConstant) { row in
            input.datum(row).applying(affinity: affinity, arena: arena)
        }
    }

    /// Makes the number that an arithmetic operator sees: of text and blobs their numeric prefix, 0 without one.
    ///
    /// - Parameter output: `any`; `int64` or `float64` where all values are known to become that.
    package static func arithmetic(
        _ input: ColumnVector, rows: SelectionVector, into output: VectorBuffer
    ) throws -> ColumnVector {
        if input.isNullConstant { return output.constantNull() }
        let rows = input.isConstant ? .single : rows
        if input.type != .any, input.type != .text, input.type != .blob {
            return try represent(input, rows: rows, into: output)
        }
        let toReal = output.type == .float64
        return try output.fillRows(rows, isConstant: input.isConstant) { row in
            let value = input.datum(row)
            return toReal && !value.isNull ? .real(value.realValue) : value.arithmeticValue
        }
    }

    /// Makes SQLite's truth of any value: a number other than 0; of text and blobs their numeric prefix.
    ///
    /// - Parameter output: of type `bool`.
    package static func truth(
        _ input: ColumnVector, rows: SelectionVector, into output: VectorBuffer
    ) -> ColumnVector {
        if input.isNullConstant { return output.constantNull() }
        let rows = input.isConstant ? .single : rows
        let bytes = output.vector().elements(UInt8.self)
        switch input.type {
        case .bool: return input
        case .int64:
            let values = input.elements(Int64.self)
            rows.forEachDense { bytes[$0] = asByte(values[$0] != 0) }
        case .float64:
            let values = input.elements(Double.self)
            rows.forEachDense { bytes[$0] = asByte(values[$0] != 0) }
        default:
            rows.forEach { row in
                if input.isValid(row) { bytes[row] = asByte(input.datum(row).isTrue) }
            }
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }
}
