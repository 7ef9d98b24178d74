import RheiArrow

/// What a window function yields for the rows of a run.
enum WindowResult {
    /// A value per position; the memory belongs to the owners.
    case values(ColumnVector, owners: [AnyObject])
    /// A stored row per position whose value in a column is the result; for ``noStoredRow`` it is the value that the
    /// row at this position has in the fallback column, or null.
    case stored(PositionColumn<UInt32>, column: Int, fallback: Int?)
}

/// Collects the values of a result of plain numbers, and which of them are null.
struct WindowValues<Value: BitwiseCopyable> {
    private let buffer: VectorBuffer
    private let vector: ColumnVector
    private let validity: ValidityWords

    init(type: VectorType, rowCount: Int) {
        buffer = VectorBuffer(type: type, capacity: max(rowCount, 64))
        vector = buffer.nullable(isConstant: false)
        validity = buffer.validity
        validity.fill(true, rowCount: rowCount)
    }

    @inline(__always) func set(_ position: Int, _ value: Value) { vector.elements(Value.self)[position] = value }

    /// Makes the value null; the tag of an `any` row is set as well.
    @inline(__always) func setNull(_ position: Int) {
        validity.clear(position)
        if unsafe vector.tags != nil { vector.tagValues[position] = StorageClass.null.rawValue }
    }

    /// Writes a value of an `any` result.
    @inline(__always) func set(_ position: Int, _ datum: Datum) {
        if datum.isNull { return setNull(position) }
        vector.store(datum, at: position)
    }

    /// The collected values; strings lie in memory of the further owners.
    func result(owners: [AnyObject] = []) -> WindowResult { .values(vector, owners: [buffer] + owners) }
}
