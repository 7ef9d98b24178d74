import RheiArrow

extension CastKernel {
    /// Copies numbers into a wider type, or typed values into `any`; nil when there is no loop for the pair of types.
    static func widened(
        _ input: ColumnVector, _ rows: SelectionVector, _ output: VectorBuffer
    ) -> ColumnVector? {
        let isInteger = input.type.isInteger
        switch output.type {
        case .any: return toAny(input, rows, output)
        case .int64 where input.type == .int128:
            guard narrowed(input, rows, output.vector().elements(Int64.self)) else { return nil }
        case .int64 where isInteger: ComparisonKernel.widen(input, rows, output.vector().elements(Int64.self))
        case .int128 where isInteger: convert(input, rows, output.vector().elements(Int128.self)) { Int128($0) }
        case .float64 where isInteger: convert(input, rows, output.vector().elements(Double.self)) { Double($0) }
        case .float64 where input.type == .float32:
            let result = output.vector().elements(Double.self)
            let values = input.elements(Float.self)
            rows.forEachDense { result[$0] = Double(values[$0]) }
        case .float64 where input.type == .int128:
            let result = output.vector().elements(Double.self)
            let values = input.elements(Int128.self)
            rows.forEach { result[$0] = values[$0].nearestDouble }
        default: return nil
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    /// Copies 128-bit integers into 64 bits; false when one does not fit.
    private static func narrowed(_ input: ColumnVector, _ rows: SelectionVector, _ output: Values<Int64>) -> Bool {
        let values = input.elements(Int128.self)
        var misfits: UInt8 = 0
        rows.forEach { row in
            let value = values[row]
            output[row] = Int64(truncatingIfNeeded: value)
            misfits |= asByte(Int128(output[row]) != value && input.isValid(row))
        }
        return misfits == 0
    }

    @inline(__always)
    private static func convert<Result: BitwiseCopyable>(
        _ input: ColumnVector, _ rows: SelectionVector, _ output: Values<Result>, _ body: (Int64) -> Result
    ) {
        if input.type == .int64 {
            let values = input.elements(Int64.self)
            return rows.forEachDense { output[$0] = body(values[$0]) }
        }
        ComparisonKernel.withWidened(input, rows) { wide in
            let values = wide.elements(Int64.self)
            rows.forEachDense { output[$0] = body(values[$0]) }
        }
    }

    /// Adds a tag per row. An `int128` goes the slow way.
    private static func toAny(
        _ input: ColumnVector, _ rows: SelectionVector, _ output: VectorBuffer
    ) -> ColumnVector? {
        guard input.type != .int128, let storageClass = input.type.storageClass else { return nil }
        let result = output.vector()
        let slots = result.elements(StringValue.self)
        switch storageClass {
        case .text, .blob:
            let values = input.elements(StringValue.self)
            rows.forEach { slots[$0] = values[$0] }
        case .real:
            rows.forEach { slots[$0] = StringValue(head: input.double($0).bitPattern, tail: 0) }
        default:
            convert(input, rows, slots) { StringValue(head: UInt64(bitPattern: $0), tail: 0) }
        }
        let tags = result.tagValues
        let tag = storageClass.rawValue
        if let validity = ValidityWords(input) {
            rows.forEach { tags[$0] = asByte(validity[$0]) &* tag }
        } else {
            rows.forEach { tags[$0] = tag }
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    /// The casts between typed numbers.
    static func fastCast(
        _ input: ColumnVector, _ target: CastTarget, _ rows: SelectionVector, _ output: VectorBuffer
    ) -> ColumnVector? {
        switch (target, output.type) {
        case (.integer, .int64), (.numeric, .int64):
            if input.type.isInteger { return input.type == .int64 ? input : widened(input, rows, output) }
            guard target == .integer, input.type == .float64 else { return nil }
            let values = input.elements(Double.self)
            let result = output.vector().elements(Int64.self)
            rows.forEachDense { result[$0] = integerOfReal(values[$0]) }
            return output.propagatingNulls(input, rowCount: rows.rowCount)
        case (.real, .float64):
            if input.type == .float64 { return input }
            return input.type.storageClass == .text || input.type == .blob ? nil : widened(input, rows, output)
        case (.text, .text) where input.type == .text: return input
        case (.blob, .blob) where input.type == .blob: return input
        default: return nil
        }
    }
}
