/// The columns of a batch by name, shared by the decoders of its rows.
final class DecodableColumns {
    let batch: RecordBatch
    private let indices: [String: Int]

    init(_ batch: RecordBatch) {
        self.batch = batch
        indices = Dictionary(
            batch.schema.fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func index(of name: String) -> Int? { indices[name] }
    var names: [String] { batch.schema.fields.map(\.name) }
}

/// Decodes one row: a keyed container of columns, or a single value when there is one column.
struct RowDecoder: Decoder {
    let columns: DecodableColumns
    let row: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer<Key>(columns: columns, row: row))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw DecodingError.typeMismatch(
            [Any].self, .init(codingPath: [], debugDescription: "row \(row) decodes by column name, not as a list"))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard columns.batch.columns.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "a single value needs a result of one column"))
        }
        return try ValueContainer(columns: columns, row: row, column: 0)
    }
}

/// A value of the row as a coding path element.
private struct ColumnKey: CodingKey {
    var stringValue: String
    var intValue: Int?
    init(row: Int, name: String) {
        stringValue = name
        intValue = nil
    }
    init?(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }
    init?(intValue: Int) { nil }
}

private struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let columns: DecodableColumns
    let row: Int
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { columns.names.compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { columns.index(of: key.stringValue) != nil }

    private func value(_ key: Key) throws -> ValueContainer {
        guard let column = columns.index(of: key.stringValue) else {
            throw DecodingError.keyNotFound(
                key,
                .init(
                    codingPath: [],
                    debugDescription: "no column '\(key.stringValue)' among \(columns.names.joined(separator: ", "))"))
        }
        return try ValueContainer(columns: columns, row: row, column: column)
    }

    func decodeNil(forKey key: Key) throws -> Bool { try value(key).decodeNil() }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key).decode(type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(key).decode(type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(key).decode(type) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try value(key).decode(type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key).decode(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try value(key).decode(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try value(key).decode(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try value(key).decode(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try value(key).decode(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try value(key).decode(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try value(key).decode(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try value(key).decode(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try value(key).decode(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try value(key).decode(type) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try value(key).decode(type) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        throw try value(key).mismatch("a nested object")
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw try value(key).mismatch("a list")
    }

    func superDecoder() throws -> any Decoder { RowDecoder(columns: columns, row: row) }
    func superDecoder(forKey key: Key) throws -> any Decoder { RowDecoder(columns: columns, row: row) }
}

/// One value of a row.
private struct ValueContainer: SingleValueDecodingContainer, Decoder {
    let name: String
    let row: Int
    let value: SQLValue

    init(columns: DecodableColumns, row: Int, column: Int) throws {
        name = columns.names[column]
        self.row = row
        value = try columns.batch.value(row: row, column: column)
    }

    var codingPath: [any CodingKey] { [ColumnKey(row: row, name: name)] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func mismatch(_ wanted: String) -> DecodingError {
        let context = DecodingError.Context(
            codingPath: codingPath, debugDescription: "row \(row), column '\(name)' holds \(value), not \(wanted)")
        return value == .null ? .valueNotFound(Any.self, context) : .typeMismatch(Any.self, context)
    }

    func decodeNil() -> Bool { value == .null }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard case .integer(let integer) = value else { throw mismatch("a Bool") }
        return integer != 0
    }

    func decode(_ type: String.Type) throws -> String {
        guard case .text(let text) = value else { throw mismatch("a String") }
        return text
    }

    func decode(_ type: Double.Type) throws -> Double {
        switch value {
        case .real(let real): return real
        case .integer(let integer): return Double(integer)
        default: throw mismatch("a Double")
        }
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }

    private func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        guard case .integer(let integer) = value, let exact = Value(exactly: integer) else {
            throw mismatch("a \(Value.self)")
        }
        return exact
    }

    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if type == [UInt8].self, case .blob(let bytes) = value, let result = bytes as? T { return result }
        return try T(from: self)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw mismatch("an object")
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw mismatch("a list") }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }
}
