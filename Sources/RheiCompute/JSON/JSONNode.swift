/// The kinds of JSON values, in the order of their ids.
enum JSONKind: UInt8 {
    case null, `true`, `false`, integer, real, text, array, object

    /// What `json_type` calls it.
    var name: StringValue {
        switch self {
        case .null: Self.names[0]
        case .true: Self.names[1]
        case .false: Self.names[2]
        case .integer: Self.names[3]
        case .real: Self.names[4]
        case .text: Self.names[5]
        case .array: Self.names[6]
        case .object: Self.names[7]
        }
    }

    /// All are short enough to lie within the value.
    private static let names = ["null", "true", "false", "integer", "real", "text", "array", "object"].map { name in
        Array(name.utf8).withRun { unsafe StringValue(UnsafeRawPointer($0.base), count: $0.count) }
    }

    var isContainer: Bool { self == .array || self == .object }
}

/// One value, or one label of an object, of a parsed document.
///
/// Nodes lie in the order of the text: a container is followed by its elements, in objects each label by its value.
struct JSONNode {
    var kind: JSONKind
    /// Whether it is the label of an object's member.
    var isLabel = false
    /// Whether a text has escape sequences.
    var hasEscapes = false
    /// Whether a text lies in the document as it is, without quotes and escapes: a label that was added.
    var isPlain = false
    /// Of containers the number of nodes below, else the number of bytes.
    var count: Int
    /// Where the bytes begin in the document's text; of a text that is the opening quote.
    var start: Int
    /// The container around it; of the root the root itself.
    var parent: Int

    /// Number of nodes of the value, itself included.
    var size: Int { kind.isContainer ? count + 1 : 1 }
}
