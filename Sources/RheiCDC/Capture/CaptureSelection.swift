package import RheiSQLite

/// Which tables are mirrored.
package enum CaptureSelection: Sendable, Equatable {
    /// Every table, also those made later.
    case everything
    /// Tables of these names, letter case of ASCII ignored; a table that is made later is taken up then.
    case named(Set<String>)

    /// Selects tables by name.
    package static func tables(_ names: some Sequence<String>) -> CaptureSelection {
        .named(Set(names.map(asciiLowercased)))
    }

    /// The selected tables of a schema. Views are never among them, virtual tables and the storage behind them only by
    /// name, so that their refusal can be reported.
    package func tables(of schema: SchemaDescription) -> [TableDescription] {
        switch self {
        case .everything: schema.tables.filter { $0.kind == .table }
        case .named(let names): schema.tables.filter { names.contains(asciiLowercased($0.name)) }
        }
    }
}
