import RheiFiles
import RheiPlan

/// Table functions that read files or tell of the store.
extension EngineCatalog {
    /// Table functions that SQLite does not have, in lower case.
    static let columnarFunctions: Set<String> = [
        "read_arrow", "generate_series", "range", "unnest", "storage_info", historyFunction,
    ]

    func tableFunction(named name: String) throws -> TableFunction? {
        if name == StorageInfoTable.name {
            // Flushes change what it tells, and not the data.
            reuse.forbid()
            return TableFunction(
                name: name, argumentCount: 1...1,
                source: .table { [snapshot] in try StorageInfoTable.provider($0, snapshot) })
        }
        if name == Self.historyFunction { return historyTableFunction }
        guard name == "read_arrow" else { return nil }
        reuse.forbid()
        guard allowsFileAccess else {
            throw EngineError(.readOnly, "\(name)() is not allowed: the engine was opened without access to files")
        }
        return TableFunction(name: name, argumentCount: 1...1, source: .table(Self.readArrow))
    }

    private static func readArrow(_ arguments: [SQLValue]) throws -> any TableProvider {
        guard case .text(let pattern)? = arguments.first else {
            throw EngineError(.typeMismatch, "read_arrow() takes the path of a file, or a pattern, as text")
        }
        return try ArrowFilesTable(PathPattern(pattern))
    }
}
