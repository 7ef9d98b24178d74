import Rhei

/// Prints one object per row: as one array per result (`json`) or one object per line (`jsonl`).
final class JSONWriter: ResultWriter {
    private let linewise: Bool
    private let output: OutputStream
    private var keys: [[UInt8]] = []
    private var rowsWritten = 0
    private var line: [UInt8] = []

    init(linewise: Bool, _ output: OutputStream) {
        self.linewise = linewise
        self.output = output
    }

    func begin(_ schema: Schema) {
        let columns = schema.fields.map(\.name)
        keys = columns.map { name in
            var key: [UInt8] = []
            CellText.appendJSONString(name.utf8, to: &key)
            key.append(UInt8(ascii: ":"))
            return key
        }
        if !linewise { output.write("[") }
    }

    func write(_ batch: RecordBatch) throws {
        let rows = try RowCursor(batch)
        for row in 0..<rows.rowCount {
            if !linewise, rowsWritten > 0 { line.append(contentsOf: ",\n".utf8) }
            line.append(UInt8(ascii: "{"))
            for column in 0..<rows.columnCount {
                if column > 0 { line.append(UInt8(ascii: ",")) }
                line.append(contentsOf: keys[column])
                CellText.appendJSON(rows.cell(row: row, column: column), to: &line)
            }
            line.append(UInt8(ascii: "}"))
            if linewise { line.append(10) }
            rowsWritten += 1
            output.write(line)
            line.removeAll(keepingCapacity: true)
        }
    }

    func end() {
        if !linewise { output.write("]\n") }
    }
}
