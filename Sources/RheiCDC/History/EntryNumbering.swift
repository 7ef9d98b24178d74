import RheiArrow
import RheiSQLite
import RheiStore

/// Numbers the entries of rows in unique indexes: equal entries, as the index compares, have equal numbers.
struct EntryNumbering {
    /// Per index and row; nil where a value is null, and the row conflicts with no other.
    private(set) var entries: [[Int?]]
    private var encoders: [KeyEncoder]
    private var positions: [[Int]] = []
    private var known: [[[UInt8]: Int]]

    /// - Parameter firstColumn: where the values of the first index begin in the statement's row; those of the others
    ///   follow.
    init(_ indexes: [ImageLog.Index], firstColumn: Int) {
        var next = firstColumn
        for index in indexes {
            positions.append(Array(next..<next + index.collations.count))
            next += index.collations.count
        }
        encoders = indexes.map { KeyEncoder($0.collations) }
        entries = Array(repeating: [], count: indexes.count)
        known = Array(repeating: [:], count: indexes.count)
    }

    mutating func append(_ statement: Statement) {
        for index in positions.indices {
            if positions[index].contains(where: { statement.columnType($0) == .null }) {
                entries[index].append(nil)
            } else {
                let entry = encoders[index].encoded(positions[index], of: statement)
                let number = known[index][entry] ?? known[index].count
                known[index][entry] = number
                entries[index].append(number)
            }
        }
    }
}
