import RheiArrow
import RheiSQLite

/// How the rows of one table in columns compare with those in SQLite.
public struct TableVerification: Sendable {
    public var name: String
    /// Rows in SQLite.
    public var rowCount: Int
    /// Rows in columns.
    public var columnarRowCount: Int
    /// Of 256 buckets of rows, how many differ; rows fall into buckets by their hash.
    public var differingBucketCount: Int
    /// Why the table could not be compared; nil when it was.
    public var problem: EngineError?

    public var isEqual: Bool { problem == nil && differingBucketCount == 0 && rowCount == columnarRowCount }
}

extension HtapEngine {
    /// Compares all rows of a registered table in both engines, bit by bit, by sums of row hashes.
    ///
    /// Reads the whole table twice. Rows that are written between the two reads would count as differences, so a
    /// comparison that fails is repeated, up to three times.
    public func verifyTable(_ name: String) async -> TableVerification {
        var result = TableVerification(name: name, rowCount: 0, columnarRowCount: 0, differingBucketCount: 0)
        for _ in 0..<3 {
            do {
                let sql = "SELECT * FROM \(quotedIdentifier(name))"
                let columnar = try await RowBuckets(stream(sql, hint: .forceOlap))
                let rows = try await RowBuckets(stream(sql, hint: .forceOltp))
                result.rowCount = rows.rowCount
                result.columnarRowCount = columnar.rowCount
                result.differingBucketCount = zip(rows.sums, columnar.sums).count { $0 != $1 }
                result.problem = nil
            } catch {
                result.problem = error as? EngineError ?? EngineError(.sqlite, "verification failed", cause: error)
            }
            if result.isEqual { break }
        }
        return result
    }
}

/// Sums of row hashes by bucket: equal for equal rows in any order.
private struct RowBuckets {
    private(set) var rowCount = 0
    private(set) var sums = [UInt64](repeating: 0, count: 256)

    init(_ stream: RecordBatchStream) async throws {
        for try await batch in stream {
            for row in 0..<batch.rowCount {
                var hash: UInt64 = 0xCBF2_9CE4_8422_2325
                for column in batch.columns.indices { Self.mix(try batch.value(row: row, column: column), &hash) }
                hash ^= hash >> 29
                sums[Int(truncatingIfNeeded: hash & 255)] &+= hash
                rowCount += 1
            }
        }
    }

    private static func mix(_ value: SQLValue, _ hash: inout UInt64) {
        func word(_ word: UInt64) { hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15 ^ (hash >> 31) }
        switch value {
        case .null: word(0)
        case .integer(let number):
            word(1)
            word(UInt64(bitPattern: number))
        case .real(let number):
            word(2)
            word(number.bitPattern)
        case .text(let text):
            word(3 | UInt64(text.utf8.count) << 8)
            for byte in text.utf8 { word(UInt64(byte)) }
        case .blob(let bytes):
            word(4 | UInt64(bytes.count) << 8)
            for byte in bytes { word(UInt64(byte)) }
        }
    }
}
