import Rhei

/// Prints one line per row: `csv`, `list` and `quote`.
final class DelimitedWriter: ResultWriter {
    enum Style {
        /// Commas, RFC 4180 quoting, lines end in CR LF.
        case csv
        /// `|` between plain values.
        case list
        /// SQL literals between commas.
        case quote
    }

    private let style: Style
    private let nullText: String
    private let showsHeaders: Bool
    private let output: OutputStream
    private var line: [UInt8] = []

    init(_ style: Style, _ options: OutputOptions, _ output: OutputStream) {
        self.style = style
        self.output = output
        showsHeaders = options.showsHeaders
        nullText = options.nullText ?? (style == .quote ? "NULL" : "")
    }

    func begin(_ schema: Schema) {
        let columns = schema.fields.map(\.name)
        guard showsHeaders else { return }
        for (index, name) in columns.enumerated() {
            if index > 0 { appendSeparator() }
            switch style {
            case .csv: CellText.appendCSVText(Array(name.utf8), to: &line)
            case .list: line.append(contentsOf: name.utf8)
            case .quote: CellText.appendQuoted(name.utf8, to: &line)
            }
        }
        endLine()
    }

    func write(_ batch: RecordBatch) throws {
        let rows = try RowCursor(batch)
        for row in 0..<rows.rowCount {
            for column in 0..<rows.columnCount {
                if column > 0 { appendSeparator() }
                append(rows.cell(row: row, column: column))
            }
            endLine()
        }
    }

    func end() {}

    private func append(_ cell: Cell) {
        switch style {
        case .csv: CellText.appendCSV(cell, null: nullText, to: &line)
        case .list: CellText.appendPlain(cell, null: nullText, to: &line)
        case .quote: CellText.appendLiteral(cell, null: nullText, to: &line)
        }
    }

    private func appendSeparator() { line.append(UInt8(ascii: style == .list ? "|" : ",")) }

    private func endLine() {
        if style == .csv { line.append(13) }
        line.append(10)
        output.write(line)
        line.removeAll(keepingCapacity: true)
    }
}
