import RheiArrow
import RheiCore
import RheiStore
import Testing

/// What a table must hold: its rows by key.
typealias ModelRows = [Int64: [SQLValue]]

/// Makes columns of the given rows, each as narrow as its values allow.
func makeColumns(_ rows: [[SQLValue]], count: Int, defaultType: DataType = .int64) -> [ArrowArray] {
    (0..<count).map { column in
        let builder = ColumnBuilder(defaultType: defaultType)
        for row in rows {
            switch row[column] {
            case .null: builder.appendNull()
            case .integer(let value): builder.append(integer: value)
            case .real(let value): builder.append(real: value)
            case .text(var value): value.withUTF8 { unsafe builder.append(text: UnsafeRawBufferPointer($0)) }
            case .blob(let value): unsafe value.withUnsafeBytes { unsafe builder.append(blob: $0) }
            }
        }
        return builder.finish()
    }
}

/// Reads all live rows of a snapshot whose first column is its integer key, checking the invariants of its shape.
func readRows(_ table: TableSnapshot) throws -> ModelRows {
    var result: ModelRows = [:]
    var nextNumber: Int64 = 0
    for (index, version) in table.segments.enumerated() {
        let segment = version.segment
        #expect(segment.firstRowNumber >= nextNumber && segment.rowCount > 0)
        #expect(segment.rowCount <= Segment.maximumRowCount)
        nextNumber = segment.rowNumbers.upperBound
        let columns = try table.schema.fields.indices.map { try table.column($0, ofSegment: index) }
        for (column, field) in zip(columns, table.schema.fields) { #expect(column.type == field.type) }
        for row in 0..<segment.rowCount where version.deletes?.isDeleted(row) != true {
            let values = try columns.map { try $0.value(at: row) }
            guard case .integer(let key) = values[0] else {
                Issue.record("the key \(values[0]) is no integer")
                continue
            }
            #expect(result.updateValue(values, forKey: key) == nil, "key \(key) is there twice")
        }
    }
    #expect(result.count == table.rowCount)
    return result
}
