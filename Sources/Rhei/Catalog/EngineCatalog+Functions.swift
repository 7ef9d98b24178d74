import RheiFiles
import RheiPlan

/// Table functions that read files.
extension EngineCatalog {
    /// Table functions that SQLite does not have, in lower case.
    static let columnarFunctions: Set<String> = ["read_arrow", "generate_series", "unnest"]

    func tableFunction(named name: String) throws -> TableFunction? {
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
