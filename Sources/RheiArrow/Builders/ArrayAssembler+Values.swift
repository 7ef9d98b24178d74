import RheiCore

/// Single values, converted to the layout of the result.
extension ArrayAssembler {
    /// Makes room for rows to come.
    func reserve(_ additionalCount: Int) {
        let rows = count + additionalCount
        switch physical {
        case .bit: values.reserve(Bits.byteCount(rows))
        case .offsets32, .offsets64: values.reserve((rows + 1) * width)
        default: values.reserve(rows * width)
        }
        if physical == .any { tags.reserve(rows) }
    }

    /// Appends a truth value.
    ///
    /// - Throws: `typeMismatch` when the result is not of type `bool`.
    func append(_ value: Bool) throws {
        guard physical == .bit else { throw mismatch("truth values") }
        values.appendZeros(Bits.byteCount(count + 1) - values.byteCount)
        if value { unsafe Bits.set(values.pointer, count) }
        endValidRow()
    }

    /// Appends an integer, or the count of days, of a time unit or of the last decimal digit.
    ///
    /// - Throws: `typeMismatch` when the result does not hold integers, `overflow` when it is too narrow.
    func append(integer value: Int64) throws {
        switch physical {
        case .int8: try append(exactly: Int8(exactly: value), value)
        case .int16: try append(exactly: Int16(exactly: value), value)
        case .int32: try append(exactly: Int32(exactly: value), value)
        case .int64: try append(exactly: value, value)
        case .uint8: try append(exactly: UInt8(exactly: value), value)
        case .uint16: try append(exactly: UInt16(exactly: value), value)
        case .uint32: try append(exactly: UInt32(exactly: value), value)
        case .uint64: try append(exactly: UInt64(exactly: value), value)
        case .int128, .int256: try append(decimal: Decimal256(Int128(value)))
        case .any: appendSlot(ByteView(low: UInt64(bitPattern: value), high: 0), .integer)
        default: throw mismatch("integers")
        }
    }

    /// Appends the unscaled number of a decimal, or an integer.
    ///
    /// - Throws: as `append(integer:)` does.
    func append(decimal value: Decimal256) throws {
        switch physical {
        case .int256: try append(exactly: value, value)
        case .int128: try append(exactly: value.int128, value)
        case .uint64: try append(exactly: value.int128.flatMap { UInt64(exactly: $0) }, value)
        default:
            guard let narrow = value.int128.flatMap({ Int64(exactly: $0) }) else { throw overflow(value) }
            try append(integer: narrow)
        }
    }

    /// Appends a real, rounded to the layout of the result.
    ///
    /// - Throws: `typeMismatch` when the result does not hold reals.
    func append(real value: Double) throws {
        switch physical {
        #if !(os(macOS) && arch(x86_64))
        case .float16: try append(exactly: Float16(value), value)
        #endif
        case .float32: try append(exactly: Float(value), value)
        case .float64: try append(exactly: value, value)
        case .any: appendSlot(ByteView(low: value.bitPattern, high: 0), .real)
        default: throw mismatch("reals")
        }
    }

    /// Appends bytes: as text, as bytes of variable length, or as the memory of a value of fixed width. In an array of
    /// type `any` they are text or a blob, as `isText` says.
    ///
    /// - Throws: `typeMismatch` when the result holds no bytes or bytes of another length, `overflow` beyond 2 GB.
    func append(bytes: UnsafeRawBufferPointer, isText: Bool) throws {
        guard bytes.count <= Int(Int32.max) else { throw EngineError(.overflow, "more than 2 GB in one row") }
        switch physical {
        case .view:
            let view = unsafe heap.view(of: bytes)
            unsafe values.extend(by: 16).storeBytes(of: view, as: ByteView.self)
            endValidRow()
        case .offsets32, .offsets64:
            guard width == 8 || data.byteCount + bytes.count <= Int(Int32.max) else {
                throw EngineError(.overflow, "more than 2 GB in an array of \(type)")
            }
            unsafe data.append(bytes)
            values.append(integer: data.byteCount, byteCount: width)
            endValidRow()
        case .any: unsafe appendSlot(heap.view(of: bytes), isText ? .text : .blob)
        case .fixedBytes where bytes.count == width:
            unsafe values.append(bytes)
            endValidRow()
        default: throw mismatch("\(bytes.count) bytes")
        }
    }

    private func append<Value: BitwiseCopyable>(exactly value: Value?, _ wanted: some Any) throws {
        guard let value else { throw overflow(wanted) }
        unsafe values.extend(by: width).storeBytes(of: value, as: Value.self)
        endValidRow()
    }

    private func appendSlot(_ slot: ByteView, _ tag: StorageClass) {
        unsafe values.extend(by: 16).storeBytes(of: slot, as: ByteView.self)
        tags.append(integer: Int(tag.rawValue), byteCount: 1)
        endValidRow()
    }

    private func endValidRow() {
        if nullCount > 0 { validity.append(true) }
        count += 1
    }

    private func mismatch(_ what: String) -> EngineError {
        EngineError(.typeMismatch, "\(what) in an array of \(type)")
    }

    private func overflow(_ value: some Any) -> EngineError {
        EngineError(.overflow, "a number that does not fit type \(type): \(value)")
    }
}
