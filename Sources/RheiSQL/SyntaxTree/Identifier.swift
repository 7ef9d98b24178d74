package import RheiCore

/// A name as it stands in the text, without its quotes.
///
/// SQLite compares names by ASCII case folding, quoted or not; the tree keeps the spelling. Equality is exact.
package struct Identifier: Sendable, Equatable {
    /// The quotes around a name.
    package enum QuoteStyle: Sendable, Equatable {
        /// `"x"`: in an expression a string, if no column has that name.
        case double
        /// `[x]`
        case bracket
        /// `` `x` ``
        case backtick
        /// `'x'`, which SQLite accepts as a table, column or alias name.
        case single
    }

    /// The name without quotes and with doubled quotes undone.
    package var name: String
    /// How the name is quoted; nil for a bare name.
    package var quoteStyle: QuoteStyle?
    @IgnoredByEquality package var range: SourceRange

    package init(_ name: String, quoteStyle: QuoteStyle? = nil, range: SourceRange) {
        self.name = name
        self.quoteStyle = quoteStyle
        self.range = range
    }

    package var isQuoted: Bool { quoteStyle != nil }
}

/// The name of a table, view, index or trigger with an optional schema before it.
package struct QualifiedName: Sendable, Equatable {
    package var schema: Identifier?
    package var name: Identifier

    package init(schema: Identifier? = nil, name: Identifier) {
        self.schema = schema
        self.name = name
    }

    package var range: SourceRange {
        schema.map { $0.range.union(name.range) } ?? name.range
    }
}

/// A column's name with the table and schema that may stand before it.
package struct ColumnReference: Sendable, Equatable {
    /// Present only together with `table`.
    package var schema: Identifier?
    package var table: Identifier?
    package var column: Identifier

    package init(schema: Identifier? = nil, table: Identifier? = nil, column: Identifier) {
        self.schema = schema
        self.table = table
        self.column = column
    }

    /// Whether SQLite reads the reference as a string when no column has the name: a lone double-quoted name.
    package var mayBeString: Bool { table == nil && column.quoteStyle == .double }
}
