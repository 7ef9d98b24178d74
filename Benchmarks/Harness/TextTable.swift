/// Rows of texts under a heading, aligned for people or written as Markdown. The first column is a name, the others are
/// figures.
public struct TextTable: Sendable {
    private var rows: [[String]]

    public init(heading: [String]) { rows = [heading] }

    /// - Parameter row: as many texts as the heading has.
    public mutating func add(_ row: [String]) { rows.append(row) }

    /// The table with names to the left and figures to the right.
    public var aligned: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + padding : padding + text
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// The table in Markdown.
    public var markdown: String {
        var lines = rows.map { "| " + $0.joined(separator: " | ") + " |" }
        lines.insert("| " + rows[0].map { _ in "---" }.joined(separator: " | ") + " |", at: 1)
        return lines.joined(separator: "\n")
    }
}
