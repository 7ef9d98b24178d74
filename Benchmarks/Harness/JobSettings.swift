/// What `analytics-job` is told when it starts: its one argument, as JSON.
public struct JobSettings: Codable, Sendable {
    /// The folder of `<table>.arrow`.
    public var folder: String
    public var threadCount: Int
    public var vectorSize = 2_048
    public var optimizes = true
    /// In bytes; nil for the engine's own.
    public var memoryLimit: Int?
    /// The folder of temporary files; nil for the system's.
    public var temporaryDirectory: String?
    /// Seconds after which a query is cancelled; nil for none.
    public var timeout: Double?
    /// A SQLite database with the same tables, which are then mirrored to segment files; nil for columnar tables in
    /// memory.
    public var mirroredDatabase: String?
    /// The tables of that database, where no Arrow files tell them.
    public var mirroredTables: [String]?
    /// The folder that keeps columnar tables in files; nil for memory. Rhei and DuckDB know it.
    public var store: String?
    /// Whether the tables are in `store` already; otherwise they are loaded into it.
    public var opensStore = false

    public init(folder: String, threadCount: Int) {
        self.folder = folder
        self.threadCount = threadCount
    }
}
