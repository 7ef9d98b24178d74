import RheiCore

/// A field as a schema message describes it: with the ids of its dictionaries.
struct IPCField: Sendable {
    var field: Field
    /// Names the dictionary of a dictionary-encoded field.
    var dictionaryID: Int64?
    /// The children of the type; of the value type when there is a dictionary.
    var children: [IPCField]
}

/// Names in Arrow's format that schema encoder and decoder share.
enum IPCFormat {
    static let continuation: UInt32 = 0xFFFF_FFFF
    static let magic = Array("ARROW1".utf8)
    static let metadataV4: Int16 = 3
    static let metadataV5: Int16 = 4
    /// Depth of nested fields that is read.
    static let depthLimit = 32

    static let extensionNameKey = "ARROW:extension:name"
    /// The extension type that marks a column of type `any`.
    static let anyExtensionName = "rhei.any"
    /// The fields of the dense union that carries a column of type `any`; type ids are the raw values of
    /// `StorageClass`.
    static let anyFields = [
        Field("null", .null), Field("integer", .int64), Field("real", .float64), Field("text", .utf8),
        Field("blob", .binary),
    ]
    static let anyUnion = DataType.union(fields: anyFields, typeIDs: [0, 1, 2, 3, 4], mode: .dense)
}

/// What a message's header is; raw values of `MessageHeader` in Arrow's `Message.fbs`.
enum IPCHeaderType: UInt8 {
    case schema = 1
    case dictionaryBatch = 2
    case recordBatch = 3
}
