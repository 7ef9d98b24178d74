import RheiArrow
import RheiCompute
import RheiCore

/// A vector and the memory behind it, made of test values. Null rows hold bytes that must not be used: texts with an
/// address that is not readable.
final class TestVector {
    let vector: ColumnVector
    let values: [Value]
    private let buffer: VectorBuffer
    private let arena = StringArena()

    /// - Parameter values: one per row, or a single one for a constant.
    init(_ type: VectorType, _ values: [Value], isConstant: Bool = false) {
        self.values = values
        buffer = VectorBuffer(type: type, capacity: isConstant ? 1 : VectorBatch.capacity)
        var vector = buffer.vector(isConstant: isConstant)
        let hasNulls = values.contains(.null)
        for (row, value) in values.enumerated() {
            let word = row / 64
            if row % 64 == 0 { unsafe buffer.validityWords[word] = 0 }
            if !value.isNull { unsafe buffer.validityWords[word] |= 1 << UInt64(row % 64) }
            Self.store(value, type, row, vector, arena)
        }
        if hasNulls { unsafe vector.validity = buffer.validityWords }
        self.vector = vector
    }

    private static func store(
        _ value: Value, _ type: VectorType, _ row: Int, _ vector: ColumnVector, _ arena: StringArena
    ) {
        let datum = value.datum(arena)
        switch type {
        case .bool: unsafe vector.pointer(UInt8.self)[row] = datum.isNull ? 1 : UInt8(datum.integer)
        case .int8: unsafe vector.pointer(Int8.self)[row] = datum.isNull ? .min : Int8(datum.integer)
        case .int16: unsafe vector.pointer(Int16.self)[row] = datum.isNull ? .min : Int16(datum.integer)
        case .int32: unsafe vector.pointer(Int32.self)[row] = datum.isNull ? .min : Int32(datum.integer)
        case .int64: unsafe vector.pointer(Int64.self)[row] = datum.isNull ? .min : datum.integer
        case .int128: unsafe vector.pointer(Int128.self)[row] = datum.isNull ? .min : Int128(datum.integer)
        case .float32: unsafe vector.pointer(Float.self)[row] = datum.isNull ? .nan : Float(datum.real)
        case .float64: unsafe vector.pointer(Double.self)[row] = datum.isNull ? .nan : datum.real
        case .text, .blob: unsafe vector.pointer(StringValue.self)[row] = datum.isNull ? .unreadable : datum.slot
        case .any:
            unsafe vector.pointer(StringValue.self)[row] = datum.isNull ? .unreadable : datum.slot
            unsafe vector.tags?[row] = datum.storageClass.rawValue
        }
    }

    /// The value of a row as the vector itself shows it.
    subscript(row: Int) -> Value { vector.isConstant ? values[0] : values[row] }
}

extension StringValue {
    static var unreadable: StringValue { StringValue(head: 1000, tail: 8) }
}

extension ColumnVector {
    /// The value of a row.
    func value(_ row: Int) -> Value { Value(datum(row)) }
}

/// A set of rows and the memory of its indices.
@safe final class TestRows {
    let selection: SelectionVector
    private let memory: UnsafeMutablePointer<UInt16>

    init(_ rows: [Int]?, rowCount: Int) {
        unsafe memory = .allocate(capacity: VectorBatch.capacity + 64)
        guard let rows else {
            selection = SelectionVector(all: rowCount)
            return
        }
        for (position, row) in rows.enumerated() { unsafe memory[position] = UInt16(row) }
        selection = unsafe SelectionVector(memory, count: rows.count, rowCount: rowCount)
    }

    deinit { unsafe memory.deallocate() }
}
