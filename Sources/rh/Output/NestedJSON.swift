import Rhei

/// Lists as JSON arrays, structs as objects, rows without names as arrays.
enum NestedJSON {
    /// Appends the value of a row.
    static func append(_ values: ArrowArray, _ row: Int, to line: inout [UInt8]) {
        guard values.isValid(row) else {
            line += "null".utf8
            return
        }
        if let lists = try? ListArray(values), let items = lists.value(at: row) {
            line.append(UInt8(ascii: "["))
            for item in 0..<items.count {
                if item > 0 { line.append(UInt8(ascii: ",")) }
                append(items, item, to: &line)
            }
            line.append(UInt8(ascii: "]"))
        } else if case .struct(let fields) = values.type, let structs = try? StructArray(values) {
            appendFields(structs, fields, row, to: &line)
        } else {
            CellText.appendJSON(leaf(values, row), to: &line)
        }
    }

    private static func appendFields(_ structs: StructArray, _ fields: [Field], _ row: Int, to line: inout [UInt8]) {
        let isRow = fields.allSatisfy { $0.name.isEmpty }
        line.append(UInt8(ascii: isRow ? "[" : "{"))
        for (index, field) in fields.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            if !isRow {
                CellText.appendJSONString(field.name.utf8, to: &line)
                line.append(UInt8(ascii: ":"))
            }
            append(structs.field(index), row, to: &line)
        }
        line.append(UInt8(ascii: isRow ? "]" : "}"))
    }

    private static func leaf(_ values: ArrowArray, _ row: Int) -> Cell {
        switch (try? values.value(at: row)) ?? .null {
        case .null: .null
        case .integer(let value): .integer(value)
        case .real(let value): .real(value)
        case .text(let value): .text(Array(value.utf8))
        case .blob(let value): .blob(value)
        }
    }
}
