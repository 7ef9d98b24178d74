import RheiArrow
import RheiCompute
import RheiCore

/// A vector without nulls and the memory behind it.
final class KernelVector {
    let vector: ColumnVector
    private let buffer: VectorBuffer
    private let arena = StringArena()

    /// - Parameter values: one per row, or a single one for a constant.
    init(_ type: VectorType, _ values: [SQLValue], isConstant: Bool = false) {
        buffer = VectorBuffer(type: type, capacity: max(values.count, 64))
        vector = buffer.vector(isConstant: isConstant)
        for (row, value) in values.enumerated() {
            let datum = Datum(value, arena: arena)
            switch type {
            case .int64: unsafe vector.pointer(Int64.self)[row] = datum.integer
            case .float64: unsafe vector.pointer(Double.self)[row] = datum.real
            default: unsafe vector.pointer(StringValue.self)[row] = datum.slot
            }
        }
    }

    /// A full batch.
    convenience init(_ type: VectorType, _ value: (Int) -> SQLValue) {
        self.init(type, (0..<VectorBatch.capacity).map(value))
    }
}

/// Full batches of random rows, in turns.
final class KernelBatches {
    let columns: [KernelVector]
    private var next = 0

    init(count: Int, _ type: VectorType, _ value: () -> SQLValue) {
        columns = (0..<count).map { _ in KernelVector(type) { _ in value() } }
    }

    /// The batch after the last one taken.
    func take() -> ColumnVector {
        next = next + 1 < columns.count ? next + 1 : 0
        return columns[next].vector
    }

    /// All rows as stored columns.
    func stored() -> RowStore {
        let store = RowStore(types: [columns[0].vector.type])
        for column in columns { store.append([column.vector], SelectionVector(all: VectorBatch.capacity)) }
        return store
    }
}
