import RheiArrow
import RheiCore

extension VectorBuffer {
    /// Fills the selected rows with what `body` returns for each: the slow, general way to make a vector.
    ///
    /// - Throws: what `body` throws; `leavesStaticType` when a value does not fit the buffer's type.
    @inline(__always)
    func fillRows(_ rows: SelectionVector, isConstant: Bool, _ body: (Int) throws -> Datum) throws -> ColumnVector {
        let vector = vector(isConstant: isConstant)
        let validity = validity
        validity.fill(true, rowCount: rows.rowCount)
        var hasNulls = false
        try rows.tryForEach { row in
            let datum = try body(row)
            if datum.isNull {
                hasNulls = true
                validity.clear(row)
            } else if !datum.canRepresent(type) {
                throw Datum.misfit(datum, type)
            }
            vector.store(datum, at: row)
        }
        return hasNulls ? nullable(isConstant: isConstant) : vector
    }
}

extension Datum {
    static func misfit(_ datum: Datum, _ type: VectorType) -> EngineError {
        EngineError(
            .leavesStaticType, "a value of class \(datum.storageClass) where the column's type is \(type)")
    }
}
