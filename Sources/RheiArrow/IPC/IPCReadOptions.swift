/// How thoroughly arrays from outside are checked before they are handed out.
public enum ValidationDepth: Hashable, Sendable {
    /// Everything that keeps reads of rows within memory: sizes, offsets, views.
    case layout
    /// Also the contents: text must be UTF-8.
    case full
}

/// What a reader of Arrow IPC may be told.
public struct IPCReadOptions: Hashable, Sendable {
    public var validation: ValidationDepth

    public init(validation: ValidationDepth = .layout) {
        self.validation = validation
    }
}
