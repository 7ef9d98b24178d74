import RheiArrow
package import RheiCore

/// A function that stands in FROM and yields rows: `json_each(t.j)`, `generate_series(1, 10)`, `read_arrow('f.arrow')`.
///
/// The functions of the language itself are in ``builtIn``; a ``Catalog`` may know more, such as readers of files.
package struct TableFunction: Sendable {
    /// In lower case.
    package var name: String
    package var argumentCount: ClosedRange<Int>
    package var source: Source

    package enum Source: Sendable {
        /// Yields rows for each row of what stands to its left, whose columns the arguments may read.
        case rows(RowFunction)
        /// Opens a table whose columns follow from the arguments, which must be constants; the table's description
        /// names and types them. Throws when the arguments are wrong or the source cannot be read.
        case table(@Sendable ([SQLValue]) throws -> any TableProvider)
    }

    package init(name: String, argumentCount: ClosedRange<Int>, source: Source) {
        self.name = name
        self.argumentCount = argumentCount
        self.source = source
    }

    /// The table functions of the language, by lower-case name.
    package static let builtIn: [String: TableFunction] = [
        "generate_series": TableFunction(
            name: "generate_series", argumentCount: 1...3, source: .rows(.generateSeries)),
        "json_each": TableFunction(name: "json_each", argumentCount: 1...2, source: .rows(.jsonEach)),
        "json_tree": TableFunction(name: "json_tree", argumentCount: 1...2, source: .rows(.jsonTree)),
        "range": TableFunction(name: "range", argumentCount: 1...3, source: .rows(.range)),
        "unnest": TableFunction(name: "unnest", argumentCount: 1...100, source: .rows(.unnest)),
    ]
}

/// A table function that yields rows for the arguments of one input row.
package enum RowFunction: String, Hashable, Sendable {
    case generateSeries = "generate_series"
    case jsonEach = "json_each"
    case jsonTree = "json_tree"
    case range
    /// A series of timestamps: start, stop, interval, whether the stop counts.
    case timestampSeries = "timestamp_series"
    /// Lists, each after the code of its elements' type; a column per list, whose types follow from the call.
    case unnest

    /// The columns that it yields, in order.
    package var columns: [TableColumn] {
        switch self {
        case .generateSeries:
            [
                Self.column("value", .int64), Self.column("start", .int64, isHidden: true),
                Self.column("stop", .int64, isHidden: true), Self.column("step", .int64, isHidden: true),
            ]
        case .range: [Self.column("range", .int64)]
        case .timestampSeries: [Self.column("value", .timestamp)]
        case .unnest: []
        case .jsonEach, .jsonTree:
            [
                Self.column("key", .any), Self.column("value", .any), Self.column("type", .utf8View),
                Self.column("atom", .any), Self.column("id", .int64), Self.column("parent", .int64),
                Self.column("fullkey", .utf8View), Self.column("path", .utf8View),
                Self.column("json", .utf8View, isHidden: true), Self.column("root", .utf8View, isHidden: true),
            ]
        }
    }

    private static func column(_ name: String, _ type: DataType, isHidden: Bool = false) -> TableColumn {
        TableColumn(name: name, type: type, affinity: .none, isHidden: isHidden)
    }
}
