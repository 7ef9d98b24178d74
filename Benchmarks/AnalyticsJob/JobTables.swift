import Foundation
import Harness
import Rhei

/// The tables of a job: columnar ones made of Arrow files, in memory or in segment files, or mirrored from SQLite to
/// segment files.
struct JobTables {
    private let settings: JobSettings
    /// Holds what is made for the job, and is removed with it.
    private let scratch: URL

    init(_ settings: JobSettings) throws {
        self.settings = settings
        scratch = FileManager.default.temporaryDirectory.appending(path: "rhei-bench-\(getpid())")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: scratch) }

    private var database: URL {
        settings.store.map { URL(filePath: $0).appending(path: "rhei.db") } ?? scratch.appending(path: "job.db")
    }

    /// Bytes of the segment files and their manifests; 0 of tables in memory.
    func fileByteCount() throws -> Int {
        guard settings.store != nil else { return 0 }
        let folder = database.path + "-rhei"
        return try FileManager.default.subpathsOfDirectory(atPath: folder).reduce(0) { sum, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            let isFile = attributes[.type] as? FileAttributeType == .typeRegular
            return sum + (isFile ? attributes[.size] as? Int ?? 0 : 0)
        }
    }

    /// Opens an engine with all tables.
    func load() async throws -> HtapEngine {
        let database = self.database
        if let path = settings.mirroredDatabase {
            try FileManager.default.copyItem(at: URL(filePath: path), to: database)
        }
        var config = HtapConfig(databasePath: database.path)
        config.threadCount = settings.threadCount
        config.vectorSize = settings.vectorSize
        config.optimizes = settings.optimizes
        config.memoryLimit = settings.memoryLimit
        config.temporaryDirectory = settings.temporaryDirectory
        config.queryTimeout = settings.timeout.map { .seconds($0) }
        if settings.mirroredDatabase != nil {
            config.storageMode = .segments(path: scratch.appending(path: "segments").path)
        }
        if settings.store != nil { config.storageMode = .beside(database: database.path) }
        if settings.opensStore { config.access = .readOnly }
        let engine = try await HtapEngine(config)
        if settings.opensStore { return engine }
        for name in settings.mirroredTables ?? [] { try await engine.registerTable(name) }
        for file in try settings.mirroredTables == nil ? files() : [] {
            let name = file.deletingPathExtension().lastPathComponent
            if settings.mirroredDatabase == nil {
                _ = try await engine.query(
                    "CREATE TABLE \"\(name)\" USING columnar AS SELECT * FROM read_arrow('\(file.path)')")
            } else {
                try await engine.registerTable(name, schema: try await schema(of: file, engine))
            }
        }
        try await engine.flush()
        return engine
    }

    private func files() throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: URL(filePath: settings.folder), includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "arrow" }.sorted { $0.path < $1.path }
    }

    /// The types of a file's columns that SQLite has no words for.
    private func schema(of file: URL, _ engine: HtapEngine) async throws -> TableSchema {
        let result = try await engine.query("SELECT * FROM read_arrow('\(file.path)') LIMIT 0", hint: .forceOlap)
        var types: [String: DataType] = [:]
        for field in result.schema.fields {
            switch field.type {
            case .date32, .time64, .decimal128: types[field.name] = field.type
            case .timestamp: types[field.name] = .timestamp(.microsecond, timeZone: nil)
            default: break
            }
        }
        return TableSchema(types)
    }
}
