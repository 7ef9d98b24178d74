import RheiArrow
import RheiCore

/// How columns of files come into the engine: in types whose vectors it computes with, value by value the same.
enum EngineColumn {
    /// The type in which the engine sees a column of `type`; the type itself where there is none.
    static func type(of type: DataType) -> DataType {
        switch type {
        case .null: .any
        case .uint8: .int16
        case .uint16: .int32
        case .uint32, .uint64: .int64
        case .float16: .float32
        case .utf8, .largeUtf8: .utf8View
        case .binary, .largeBinary, .fixedSizeBinary: .binaryView
        case .date64: .date32
        case .decimal32(let precision, let scale), .decimal64(let precision, let scale):
            .decimal128(precision: precision, scale: scale)
        case .dictionary(_, let value, _): self.type(of: value)
        case .runEndEncoded(_, let values): self.type(of: values.type)
        default: type
        }
    }

    /// Returns the rows of `array` in a layout that vectors of `type` can be made of.
    ///
    /// - Throws: `overflow` for a number that has no place in `type`, naming `path` and the row.
    static func convert(_ array: ArrowArray, to type: DataType, path: String) throws -> ArrowArray {
        switch array.type {
        case .dictionary: try convert(DictionaryArray(array).decoded(), to: type, path: path)
        case .runEndEncoded: try convert(RunEndEncodedArray(array).decoded(), to: type, path: path)
        case .uint8: try numbers(array, UInt8.self, as: Int16.self, type)
        case .uint16: try numbers(array, UInt16.self, as: Int32.self, type)
        case .uint32: try numbers(array, UInt32.self, as: Int64.self, type)
        case .uint64: try unsignedLongs(array, type, path)
        case .float16: try halves(array, type)
        case .date64: try days(array, type)
        case .decimal32: try numbers(array, Int32.self, as: Int128.self, type)
        case .decimal64: try numbers(array, Int64.self, as: Int128.self, type)
        case .fixedSizeBinary(let width): try bytes(array, width: width)
        default: array
        }
    }

    /// Numbers whose every value has its place in the wider type.
    private static func numbers<Source: PrimitiveValue & FixedWidthInteger, Target: PrimitiveValue & FixedWidthInteger>(
        _ array: ArrowArray, _: Source.Type, as _: Target.Type, _ type: DataType
    ) throws -> ArrowArray {
        try mapped(array, Source.self, type) { value, _ in Target(truncatingIfNeeded: value) }
    }

    private static func unsignedLongs(_ array: ArrowArray, _ type: DataType, _ path: String) throws -> ArrowArray {
        try mapped(array, UInt64.self, type) { value, row in
            guard let signed = Int64(exactly: value) else {
                throw EngineError(
                    .overflow, "'\(path)': \(value) in row \(row) of a batch does not fit a 64-bit INTEGER")
            }
            return signed
        }
    }

    private static func halves(_ array: ArrowArray, _ type: DataType) throws -> ArrowArray {
        try mapped(array, Float16.self, type) { value, _ in Float(value) }
    }

    private static func days(_ array: ArrowArray, _ type: DataType) throws -> ArrowArray {
        try mapped(array, Int64.self, type) { value, _ in
            let day = value / 86_400_000 - (value % 86_400_000 < 0 ? 1 : 0)
            guard let narrow = Int32(exactly: day) else {
                throw EngineError(.overflow, "a date of \(value) ms is too far away")
            }
            return narrow
        }
    }

    /// Applies `transform` to the rows that are not null.
    private static func mapped<Source: PrimitiveValue, Target: PrimitiveValue>(
        _ array: ArrowArray, _: Source.Type, _ type: DataType, _ transform: (Source, Int) throws -> Target
    ) throws -> ArrowArray {
        let source = try PrimitiveArray<Source>(array)
        var builder = try PrimitiveBuilder<Target>(type, capacity: array.count)
        for row in 0..<array.count {
            if array.isValid(row) { builder.append(try transform(source[row], row)) } else { builder.appendNull() }
        }
        return builder.finish()
    }

    private static func bytes(_ array: ArrowArray, width: Int) throws -> ArrowArray {
        let builder = ColumnBuilder(defaultType: .binaryView)
        let values = array.buffers[0]
        try values.withBytes { bytes in
            for row in 0..<array.count {
                guard array.isValid(row) else {
                    builder.appendNull()
                    continue
                }
                let start = (array.offset + row) * width
                guard start + width <= bytes.byteCount else {
                    throw EngineError(.corrupt, "\(array.count) values of \(width) bytes in \(bytes.byteCount)")
                }
                unsafe bytes.withUnsafeBytes { unsafe builder.append(blob: .init(rebasing: $0[start..<start + width])) }
            }
        }
        return builder.finish()
    }
}
