import RheiArrow

/// Which family of encodings a type's values have.
enum ValueKind {
    case words, wide, bytes, mixed

    /// Nil for types that segment files do not hold.
    init?(_ type: DataType) {
        switch type.physicalType {
        case .bit, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32, .float64,
            .none:
            self = .words
        case .int128: self = .wide
        case .view, .offsets32, .offsets64, .fixedBytes, .int256: self = .bytes
        case .any: self = .mixed
        case .nested: return nil
        }
    }

    var encodings: [Encoding] {
        switch self {
        case .words: [.empty, .constant, .packed, .delta, .runs, .dictionary, .decimalReals]
        case .wide: [.empty, .constant, .packed, .delta, .runs, .dictionary, .wide]
        case .bytes: [.empty, .constant, .plainBytes, .byteDictionary, .symbolBytes]
        case .mixed: [.empty, .mixed]
        }
    }
}
