import Rhei

/// Prints columns of equal width: `table` and `markdown`. Sees all rows twice, since widths depend on them.
final class AlignedWriter: ResultWriter {
    enum Style { case table, markdown }

    private let style: Style
    private let nullText: String
    private let showsHeaders: Bool
    private let output: OutputStream
    private var names: [String] = []
    private var widths: [Int] = []
    private var hasHeading = false
    /// Columns that hold nothing but numbers and nulls stand at the right.
    private var isNumeric: [Bool] = []

    init(_ style: Style, _ options: OutputOptions, _ output: OutputStream) {
        self.style = style
        self.output = output
        showsHeaders = options.showsHeaders
        nullText = options.nullText ?? "NULL"
    }

    func begin(_ schema: Schema) {
        let columns = schema.fields.map(\.name)
        names = columns.map(Self.visible)
        widths = names.map { showsHeaders || style == .markdown ? displayWidth($0) : 0 }
        isNumeric = columns.map { _ in true }
    }

    func measure(_ batch: RecordBatch) throws {
        let cursor = try RowCursor(batch)
        for row in 0..<cursor.rowCount {
            for column in 0..<cursor.columnCount {
                let cell = cursor.cell(row: row, column: column)
                switch cell {
                case .text, .blob, .nested: isNumeric[column] = false
                default: break
                }
                widths[column] = max(widths[column], displayWidth(text(cell)))
            }
        }
    }

    func write(_ batch: RecordBatch) throws {
        writeHeading()
        let cursor = try RowCursor(batch)
        for row in 0..<cursor.rowCount {
            writeLine((0..<cursor.columnCount).map { text(cursor.cell(row: row, column: $0)) })
        }
    }

    func end() {
        guard !names.isEmpty else { return }
        writeHeading()
        if style == .table { writeRule() }
    }

    private func text(_ cell: Cell) -> String {
        var bytes: [UInt8] = []
        CellText.appendPlain(cell, null: nullText, to: &bytes)
        return Self.visible(String(decoding: bytes, as: UTF8.self))
    }

    /// Writes what stands above the rows, once.
    private func writeHeading() {
        guard !hasHeading else { return }
        hasHeading = true
        if style == .table { writeRule() }
        if showsHeaders || style == .markdown {
            writeLine(names)
            writeRule()
        }
    }

    private func writeLine(_ texts: [String]) {
        for (column, text) in texts.enumerated() {
            let padding = String(repeating: " ", count: widths[column] - displayWidth(text))
            output.write("| ")
            output.write(isNumeric[column] ? padding + text : text + padding)
            output.write(" ")
        }
        output.write("|\n")
    }

    private func writeRule() {
        for (column, width) in widths.enumerated() {
            let dashes = String(repeating: "-", count: style == .markdown && isNumeric[column] ? width + 1 : width + 2)
            output.write(style == .table ? "+" : "|")
            output.write(dashes)
            if style == .markdown, isNumeric[column] { output.write(":") }
        }
        output.write(style == .table ? "+\n" : "|\n")
    }

    /// Returns the text with control characters as escapes, so that a row stays one line.
    private static func visible(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 32 || $0 == 127 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 32 || scalar.value == 127:
                let hex = String(scalar.value, radix: 16)
                result += "\\x" + (hex.count == 1 ? "0" + hex : hex)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Returns how many terminal columns the text takes: wide and emoji characters take two, combining marks none.
func displayWidth(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 128 }) { return text.utf8.count }
    return text.reduce(0) { width, character in
        guard let scalar = character.unicodeScalars.first else { return width }
        return width + (isWide(scalar) ? 2 : 1)
    }
}

private func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
        0x20000...0x3FFFD:
        true
    default: false
    }
}
