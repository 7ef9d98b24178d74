import RheiCore
package import RheiSQL

/// The tables and views that a query may name, at one version.
package protocol Catalog: Sendable {
    /// Returns the object of that name, compared without case; `schema` is nil, "main" or "temp" as written.
    ///
    /// Throws when the object exists but cannot be read from columns (not mirrored, virtual, damaged), saying why.
    func object(named name: String, schema: String?) throws -> CatalogObject?
    /// Returns a table as it was at a moment; nil when there never was one of that name.
    ///
    /// Throws `unsupported` for a table without a history, `invalidArgument` for a moment that its history does not
    /// tell of.
    func object(named name: String, schema: String?, asOf point: HistoryPoint) throws -> CatalogObject?
    /// All names, for hints.
    var objectNames: [String] { get }
    /// Returns the table function of that name, compared without case, beside those of the language
    /// (``TableFunction/builtIn``).
    func tableFunction(named name: String) throws -> TableFunction?
}

extension Catalog {
    package func tableFunction(named name: String) throws -> TableFunction? { nil }

    package func object(named name: String, schema: String?, asOf point: HistoryPoint) throws -> CatalogObject? {
        throw EngineError.unsupported("AS OF")
    }
}

package enum CatalogObject: Sendable {
    case table(any TableProvider)
    /// A view: its column names where declared, and its query.
    case view(name: String, columnNames: [String], query: SelectStatement)
}
