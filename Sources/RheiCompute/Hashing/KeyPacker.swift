import RheiArrow

/// Packs the key columns of a row into one word: a bit field per column, nulls as zero.
///
/// Works for integers within known ranges and for strings of at most 7 bytes. The ranges are learnt from the batches;
/// a batch that does not fit widens them, after which every code changes.
final class KeyPacker {
    /// How a column becomes a field. Integer codes are value - minimum + 1; string codes hold bytes and length. A
    /// column of nulls alone has no bits, so that its first value does not fit.
    enum Field {
        case integer(minimum: Int64, bits: Int)
        case string(maximumLength: Int)

        var bits: Int {
            switch self {
            case .integer(_, let bits): bits
            case .string(let length): length == 1 ? 9 : length == 3 ? 27 : 60
            }
        }
    }

    private(set) var fields: [Field?]

    init(columnCount: Int) { fields = Array(repeating: nil, count: columnCount) }

    /// Bits of a code.
    var totalBits: Int { fields.reduce(0) { $0 + ($1?.bits ?? 1) } }

    /// Returns whether columns of these types may ever be packed.
    static func supports(_ types: [VectorType]) -> Bool {
        !types.isEmpty && types.allSatisfy { ![.int128, .float32, .float64, .any].contains($0) }
    }

    /// Widens the fields so that the selected rows fit; false when some column cannot be packed at all.
    func widen(_ keys: [ColumnVector], selection: UnsafePointer<UInt16>?, count: Int) -> Bool {
        for (index, key) in keys.enumerated() {
            guard let field = unsafe widened(fields[index], key, selection, count) else { return false }
            fields[index] = field
        }
        return totalBits <= 64
    }

    private func widened(
        _ field: Field?, _ key: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int
    ) -> Field? {
        if key.type == .text || key.type == .blob {
            var known = 1
            if case .string(let maximum) = field { known = maximum }
            let needed = unsafe max(longest(key, selection, count), known)
            return needed > 7 ? nil : .string(maximumLength: needed <= 1 ? 1 : needed <= 3 ? 3 : 7)
        }
        guard let range = unsafe integerRange(key, selection, count) else {
            return field ?? .integer(minimum: 0, bits: 0)
        }
        guard case .integer(let minimum, let bits) = field, bits > 0 else {
            return integerField(range.minimum, range.maximum, slackBits: 0)
        }
        let span = Int64(truncatingIfNeeded: (UInt64(1) << UInt64(bits)) &- 3)
        let (maximum, overflows) = minimum.addingReportingOverflow(span)
        let oldMaximum = overflows || span < 0 ? Int64.max : maximum
        if range.minimum >= minimum && range.maximum <= oldMaximum { return field }
        let newMinimum = range.minimum < minimum ? extended(range.minimum, downFrom: minimum) : minimum
        return integerField(newMinimum, max(range.maximum, oldMaximum), slackBits: 1)
    }

    /// Moves a new minimum further down by as much as it fell, so that descending keys do not widen in every batch.
    private func extended(_ value: Int64, downFrom minimum: Int64) -> Int64 {
        let (fall, wraps) = minimum.subtractingReportingOverflow(value)
        if wraps { return .min }
        let (result, overflows) = value.subtractingReportingOverflow(fall)
        return overflows ? .min : result
    }

    private func integerField(_ minimum: Int64, _ maximum: Int64, slackBits: Int) -> Field? {
        let span = UInt64(bitPattern: maximum &- minimum)
        if span >= 1 << 61 { return nil }
        let bits = 64 - (span + 2).leadingZeroBitCount
        return .integer(minimum: minimum, bits: max(bits, 2) + slackBits)
    }

    /// Writes the codes of the selected rows; false when some row does not fit, then the codes are void.
    func pack(
        _ keys: [ColumnVector], selection: UnsafePointer<UInt16>?, count: Int, into codes: UnsafeMutablePointer<UInt64>
    ) -> Bool {
        var shift = 0
        var misfit: UInt64 = 0
        for (index, key) in keys.enumerated() {
            guard let field = fields[index] else { return false }
            unsafe misfit |= packColumn(key, field, UInt64(shift), index == 0, selection, count, codes)
            shift += field.bits
        }
        return misfit == 0
    }

    /// Writes the codes of the selected rows that fit and lists those rows in `fitting`; returns their number.
    func packFitting(
        _ keys: [ColumnVector], selection: UnsafePointer<UInt16>?, count: Int, _ scratch: ProbeScratch
    ) -> Int {
        let (misfits, fitting) = unsafe (scratch.misfits, scratch.validRows)
        unsafe forEachRow(selection, count) { row in unsafe misfits[row] = 0 }
        for (index, key) in keys.enumerated() {
            guard let field = fields[index] else { return 0 }
            unsafe markMisfits(key, field, selection, count, misfits)
        }
        var fittingCount = 0
        unsafe forEachRow(selection, count) { row in
            unsafe fitting[fittingCount] = UInt16(truncatingIfNeeded: row)
            unsafe fittingCount &+= Int(1 &- misfits[row])
        }
        _ = unsafe pack(keys, selection: fitting, count: fittingCount, into: scratch.codes)
        return fittingCount
    }

    private func markMisfits(
        _ key: ColumnVector, _ field: Field, _ selection: UnsafePointer<UInt16>?, _ count: Int,
        _ misfits: UnsafeMutablePointer<UInt8>
    ) {
        @inline(__always) func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
            _: Integer.Type, _ minimum: Int64, _ bits: Int
        ) {
            let values = unsafe key.pointer(Integer.self)
            unsafe forEachRow(selection, count) { row in
                let offset = unsafe UInt64(truncatingIfNeeded: values[row]) &- UInt64(bitPattern: minimum)
                let excess = (offset | (offset &+ 1)) &>> UInt64(bits)
                unsafe misfits[row] |= asByte(excess != 0) & asByte(key.isValid(row))
            }
        }
        switch (field, key.type) {
        case (.integer(let minimum, let bits), .bool), (.integer(let minimum, let bits), .int8):
            integers(Int8.self, minimum, bits)
        case (.integer(let minimum, let bits), .int16): integers(Int16.self, minimum, bits)
        case (.integer(let minimum, let bits), .int32): integers(Int32.self, minimum, bits)
        case (.integer(let minimum, let bits), .int64): integers(Int64.self, minimum, bits)
        case (.string(let length), _):
            let values = unsafe key.pointer(StringValue.self)
            unsafe forEachRow(selection, count) { row in
                unsafe misfits[row] |= asByte(values[row].count > length) & asByte(key.isValid(row))
            }
        default: unsafe forEachRow(selection, count) { row in unsafe misfits[row] = 1 }
        }
    }

    private func packColumn(
        _ key: ColumnVector, _ field: Field, _ shift: UInt64, _ isFirst: Bool, _ selection: UnsafePointer<UInt16>?,
        _ count: Int, _ codes: UnsafeMutablePointer<UInt64>
    ) -> UInt64 {
        switch (field, key.type) {
        case (.integer(let minimum, let bits), .bool), (.integer(let minimum, let bits), .int8):
            unsafe packIntegers(Int8.self, key, minimum, UInt64(bits), shift, isFirst, selection, count, codes)
        case (.integer(let minimum, let bits), .int16):
            unsafe packIntegers(Int16.self, key, minimum, UInt64(bits), shift, isFirst, selection, count, codes)
        case (.integer(let minimum, let bits), .int32):
            unsafe packIntegers(Int32.self, key, minimum, UInt64(bits), shift, isFirst, selection, count, codes)
        case (.integer(let minimum, let bits), .int64):
            unsafe packIntegers(Int64.self, key, minimum, UInt64(bits), shift, isFirst, selection, count, codes)
        case (.string(let length), .text), (.string(let length), .blob):
            unsafe packStrings(key, length, shift, isFirst, selection, count, codes)
        default: 1
        }
    }

    @inline(__always)
    private func packIntegers<Integer: FixedWidthInteger & BitwiseCopyable>(
        _: Integer.Type, _ key: ColumnVector, _ minimum: Int64, _ bits: UInt64, _ shift: UInt64, _ isFirst: Bool,
        _ selection: UnsafePointer<UInt16>?, _ count: Int, _ codes: UnsafeMutablePointer<UInt64>
    ) -> UInt64 {
        let values = unsafe key.pointer(Integer.self)
        let base = UInt64(bitPattern: minimum)
        var misfit: UInt64 = 0
        unsafe store(key, shift, isFirst, selection, count, codes) { row, mask in
            let offset = unsafe UInt64(truncatingIfNeeded: values[row]) &- base
            let code = offset &+ 1
            misfit |= ((offset | code) & mask) &>> bits
            return code
        }
        return misfit
    }

    private func packStrings(
        _ key: ColumnVector, _ maximumLength: Int, _ shift: UInt64, _ isFirst: Bool,
        _ selection: UnsafePointer<UInt16>?, _ count: Int, _ codes: UnsafeMutablePointer<UInt64>
    ) -> UInt64 {
        let values = unsafe key.pointer(StringValue.self)
        let limit = UInt64(maximumLength)
        let lengthShift = UInt64(maximumLength * 8)
        var misfit: UInt64 = 0
        unsafe store(key, shift, isFirst, selection, count, codes) { row, mask in
            let value = unsafe values[row]
            let length = value.head & 0xFFFF_FFFF
            misfit |= UInt64(asInt(length > limit)) & mask
            let bytes = (value.head &>> 32) | (value.tail &<< 32)
            return maximumLength == 1 ? (1 &+ length &+ bytes) & 511 : bytes | ((length &+ 1) &<< lengthShift)
        }
        return misfit
    }

    /// Puts each row's code into its field; `code` gets the row and a mask that is zero for nulls.
    @inline(__always)
    private func store(
        _ key: ColumnVector, _ shift: UInt64, _ isFirst: Bool, _ selection: UnsafePointer<UInt16>?, _ count: Int,
        _ codes: UnsafeMutablePointer<UInt64>, _ code: (Int, UInt64) -> UInt64
    ) {
        if let validity = unsafe key.validity {
            unsafe forEachRow(selection, count) { row in
                let mask = unsafe 0 &- ((validity[row &>> 6] &>> UInt64(row & 63)) & 1)
                let field = (code(row, mask) & mask) &<< shift
                unsafe codes[row] = unsafe isFirst ? field : codes[row] | field
            }
        } else if isFirst {
            unsafe forEachRow(selection, count) { row in unsafe codes[row] = code(row, ~0) &<< shift }
        } else {
            unsafe forEachRow(selection, count) { row in unsafe codes[row] |= code(row, ~0) &<< shift }
        }
    }
}
