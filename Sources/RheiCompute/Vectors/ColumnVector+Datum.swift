package import RheiArrow
package import RheiCore

extension VectorType {
    /// The storage class of the non-null values; nil for `any`. A bool counts as an integer.
    package var storageClass: StorageClass? {
        switch self {
        case .bool, .int8, .int16, .int32, .int64, .int128: .integer
        case .float32, .float64: .real
        case .text: .text
        case .blob: .blob
        case .any: nil
        }
    }

    /// Whether values are whole numbers of at most 64 bits.
    package var isInteger: Bool {
        switch self {
        case .bool, .int8, .int16, .int32, .int64: true
        default: false
        }
    }

    package var isFloat: Bool { self == .float32 || self == .float64 }
}

extension ColumnVector {
    /// Returns the value of a row as a ``Datum``; slow against a typed loop. An `int128` that does not fit 64 bits
    /// becomes the nearest real.
    package func datum(_ row: Int) -> Datum {
        guard isValid(row) else { return .null }
        let row = isConstant ? 0 : row
        switch type {
        case .bool, .int8, .int16, .int32, .int64: return .integer(integer(row))
        case .int128:
            let wide = elements(Int128.self)[row]
            return Int64(exactly: wide).map(Datum.integer) ?? .real(wide.nearestDouble)
        case .float32: return .real(Double(elements(Float.self)[row]))
        case .float64: return .real(elements(Double.self)[row])
        case .text: return .text(elements(StringValue.self)[row])
        case .blob: return .blob(elements(StringValue.self)[row])
        case .any:
            return Datum(
                storageClass: StorageClass(rawValue: tagValues[row]) ?? .null, slot: elements(StringValue.self)[row])
        }
    }

    /// Returns the integer in a row of an integer vector of at most 64 bits.
    @inline(__always) func integer(_ row: Int) -> Int64 {
        switch type {
        case .bool: Int64(elements(UInt8.self)[row])
        case .int8: Int64(elements(Int8.self)[row])
        case .int16: Int64(elements(Int16.self)[row])
        case .int32: Int64(elements(Int32.self)[row])
        default: elements(Int64.self)[row]
        }
    }
}

extension VectorBuffer {
    /// Makes a constant vector and the buffer that owns it. Bytes go into `arena`, which must live as long.
    ///
    /// - Throws: `typeMismatch` when the value is of another type and cannot be represented in `type` as it is.
    package static func constant(_ value: SQLValue, type: VectorType, arena: StringArena) throws -> VectorBuffer {
        let buffer = VectorBuffer(type: type, capacity: 1)
        try buffer.storeConstant(Datum(value, arena: arena))
        return buffer
    }

    /// The vector of a buffer made by ``constant(_:type:arena:)``.
    package func constantVector() -> ColumnVector {
        let result = vector(isConstant: true)
        return validity[0] ? result : nullable(isConstant: true)
    }

    private func storeConstant(_ datum: Datum) throws {
        let vector = vector(isConstant: true)
        validity.fill(!datum.isNull, rowCount: 1)
        guard datum.isNull || datum.canRepresent(vector.type) else {
            throw EngineError(.typeMismatch, "a constant of class \(datum.storageClass) is not of type \(vector.type)")
        }
        vector.store(datum, at: 0)
    }
}

extension Datum {
    /// Whether the value has a place in vectors of `type` without conversion of its class; integers fit float vectors.
    func canRepresent(_ type: VectorType) -> Bool {
        switch (type, storageClass) {
        case (.any, _): true
        case (.bool, .integer): integer == 0 || integer == 1
        case (.int8, .integer): Int8(exactly: integer) != nil
        case (.int16, .integer): Int16(exactly: integer) != nil
        case (.int32, .integer): Int32(exactly: integer) != nil
        case (.int64, .integer), (.int128, .integer), (.float64, .integer), (.float64, .real): true
        case (.float32, .integer), (.float32, .real): true
        case (.text, .text), (.blob, .blob): true
        default: false
        }
    }
}

extension ColumnVector {
    /// Writes a value into a row of a vector of matching type; validity is the caller's, the tag of `any` is written.
    func store(_ datum: Datum, at row: Int) {
        if type == .any {
            tagValues[row] = datum.storageClass.rawValue
            elements(StringValue.self)[row] = datum.slot
            return
        }
        if datum.isNull { return }
        switch type {
        case .bool: elements(UInt8.self)[row] = asByte(datum.integer != 0)
        case .int8: elements(Int8.self)[row] = Int8(truncatingIfNeeded: datum.integer)
        case .int16: elements(Int16.self)[row] = Int16(truncatingIfNeeded: datum.integer)
        case .int32: elements(Int32.self)[row] = Int32(truncatingIfNeeded: datum.integer)
        case .int64: elements(Int64.self)[row] = datum.integer
        case .int128: elements(Int128.self)[row] = Int128(datum.integer)
        case .float32: elements(Float.self)[row] = Float(datum.doubleValue)
        case .float64: elements(Double.self)[row] = datum.doubleValue
        case .text, .blob, .any: elements(StringValue.self)[row] = datum.slot
        }
    }
}

extension Datum {
    /// The number of an integer or a real.
    @inline(__always) var doubleValue: Double { storageClass == .integer ? Double(integer) : real }
}
