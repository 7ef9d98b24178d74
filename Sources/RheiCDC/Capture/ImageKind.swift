/// What a row of an image log tells of its key. The number is the log's.
enum ImageKind: Int64, Sendable {
    /// No row has the key.
    case gone = 0
    /// A row has the key that was inserted, or came from another key.
    case arrived = 1
    /// A row has the key; whether it had before is not said.
    case updated = 2
    /// A row has the key and its entries in unique indexes, and the statement that is running may remove it without any
    /// other trace.
    case inDoubt = 3
    /// Another row than that of the key no longer has the entry in a unique index.
    case claimed = 4

    /// Whether the row was read with its columns.
    var hasRow: Bool { self == .arrived || self == .updated }
}
