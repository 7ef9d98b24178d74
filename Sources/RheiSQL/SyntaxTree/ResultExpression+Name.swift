import RheiCore

extension ResultExpression {
    /// The name of the result column by the text alone: its alias, else the column's own name, else its source text.
    ///
    /// For a plain column SQLite takes the spelling of the table's definition, which only the binder knows.
    ///
    /// - Parameter sql: the text that was parsed.
    package func columnName(in sql: String) -> String {
        if let alias { return alias.name }
        if case .column(let reference) = expression.kind { return reference.column.name }
        let bytes = sql.utf8
        guard textRange.lowerBound <= textRange.upperBound, textRange.upperBound <= bytes.count else { return "" }
        let start = bytes.index(bytes.startIndex, offsetBy: textRange.lowerBound)
        let end = bytes.index(start, offsetBy: textRange.upperBound - textRange.lowerBound)
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
