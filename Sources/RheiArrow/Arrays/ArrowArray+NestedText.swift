import RheiCore

extension ArrowArray {
    /// The text of a list or struct: `[1, NULL, it]`, `{'a': 1, 'b': [x]}`, `(1, x)`.
    func nestedText(_ row: Int) throws -> String {
        if type.isList {
            let items = items(at: row)
            return "[" + (try (0..<items.count).map { try items.innerText($0) }.joined(separator: ", ")) + "]"
        }
        guard case .struct(let fields) = type else { throw EngineError.unsupported("the text of a \(type)") }
        let view = try StructArray(self)
        let isRow = fields.allSatisfy { $0.name.isEmpty }
        let parts = try fields.indices.map { index in
            let value = try view.field(index).innerText(row)
            return isRow ? value : Self.quoted(fields[index].name) + ": " + value
        }
        return (isRow ? "(" : "{") + parts.joined(separator: ", ") + (isRow ? ")" : "}")
    }

    /// The text of a value inside another.
    private func innerText(_ row: Int) throws -> String {
        switch try value(at: row) {
        case .null: return "NULL"
        case .integer(let number): return String(number)
        case .real(let number): return String(number)
        case .blob(let bytes): return Self.quoted(String(decoding: bytes, as: UTF8.self))
        case .text(let text):
            if type.isNumberOrNested || !NestedQuoting.needsQuotes(Array(text.utf8)) { return text }
            return Self.quoted(text)
        }
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        NestedQuoting.appendInQuotes(Array(text.utf8), to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension DataType {
    /// Whether the text of a value cannot be taken for another one.
    fileprivate var isNumberOrNested: Bool {
        switch self {
        case .decimal32, .decimal64, .decimal128, .decimal256, .uint64: true
        default: isList || childFields.count > 0
        }
    }
}
