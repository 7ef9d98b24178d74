package import RheiArrow
import RheiCore

/// Rows of a table that were asked for by their keys.
package struct KeyedRows: Sendable {
    /// Per key the place of its row in `columns`; nil where no row has the key.
    package var places: [Int?] = []
    /// The rows that were found, one array per column, in the types in which the segments keep them.
    package var columns: [ArrowArray] = []
    /// How many rows were found.
    package var count = 0
}

extension StoreTransaction {
    /// Reads rows by key, as this transaction sees them. Costs O(keys), and the columns of the segments that have them.
    ///
    /// - Throws: `unknownName` for a table that is not there, `typeMismatch` for keys of another kind, `corrupt` for
    ///   damaged files.
    package func rows(withKeys keys: RowKeys, of id: TableID) throws -> KeyedRows {
        var result = KeyedRows()
        try change(id) { result = try $0.rows(withKeys: keys) }
        return result
    }
}

extension StoreTransaction {
    /// Whether a table with integer keys has a row of this key, as this transaction sees it.
    ///
    /// - Throws: `unknownName` for a table that is not there, `corrupt` for damaged files.
    package func contains(_ key: Int64, in id: TableID) throws -> Bool {
        var isFound = false
        try change(id) { table in
            guard let index = table.index else { return }
            isFound = try table.row(of: key, index) != nil
        }
        return isFound
    }

    /// The definition of a table, as this transaction sees it.
    package func definition(ofTableNamed name: String) -> TableDefinition? { state(named: name)?.definition }

    /// A table as this transaction sees it.
    package func snapshot(ofTableNamed name: String) -> TableSnapshot? { state(named: name)?.snapshot() }

    /// The folded names of all tables.
    package var tableNames: [String] { allNames.sorted() }
}

extension TableState {
    /// Finds the live rows of keys and reads them.
    mutating func rows(withKeys keys: RowKeys) throws -> KeyedRows {
        let found = try rowNumbers(of: keys)
        var result = KeyedRows(places: Array(repeating: nil, count: keys.count))
        // Segment by segment, so that each column of a segment is gathered once.
        let wanted = found.indices.filter { found[$0] != nil }.sorted { (found[$0] ?? 0) < (found[$1] ?? 0) }
        var parts: [(segment: Segment, rows: [Int])] = []
        for (place, position) in wanted.enumerated() {
            guard let row = found[position] else { continue }
            let segment = segments[segmentIndex(of: row)].segment
            if parts.last?.segment !== segment { parts.append((segment, [])) }
            parts[parts.count - 1].rows.append(Int(row - segment.firstRowNumber))
            result.places[position] = place
        }
        result.count = wanted.count
        result.columns = try definition.columns.indices.map { column in
            let arrays = try parts.map { try $0.segment.column(column).take($0.rows) }
            guard let type = ArrayAssembler.commonType(arrays) else {
                return try ArrowArray.nulls(schema.fields[column].type, count: 0)
            }
            return try ArrowArray.joined(arrays, as: type)
        }
        return result
    }

    private mutating func rowNumbers(of keys: RowKeys) throws -> [Int64?] {
        guard let index, keys.isInteger == (definition.key != .encoded) else {
            throw EngineError(
                .typeMismatch, "rows of table '\(definition.name)' cannot be found by keys of \(keys.array.type)")
        }
        defer { withExtendedLifetime(keys) {} }
        if let integers = try? PrimitiveArray<Int64>(keys.array) {
            return try (0..<integers.count).map { try row(of: integers[$0], index) }
        }
        guard let bytes = ByteArrayView(keys.array) else { return Array(repeating: nil, count: keys.count) }
        return (0..<keys.count).map { unsafe index.row(of: bytes.bytes($0)) }
    }
}
