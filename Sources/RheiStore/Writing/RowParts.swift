package import RheiArrow

/// Rows that lie in parts, each of which any thread may read: what a table is loaded from without passing through a
/// query.
package protocol RowParts: Sendable {
    /// Rows of each part.
    var rowCounts: [Int] { get }
    /// Reads the columns of a part: in the types of the table, text and bytes in any layout, integers in as few bytes
    /// as all parts have them in.
    func columns(ofPart index: Int) throws -> [ArrowArray]
}

extension RowParts {
    /// Reads consecutive rows, across parts.
    func columns(of pieces: [RowPiece]) throws -> [ArrowArray] {
        let parts = try pieces.map { piece in
            try columns(ofPart: piece.part).map {
                try $0.slice(offset: piece.rows.lowerBound, count: piece.rows.count).aligned()
            }
        }
        guard parts.count != 1 else { return parts[0] }
        return try (parts.first ?? []).indices.map { column in
            var arrays = parts.map { $0[column] }
            if let type = arrays.first?.type, arrays.contains(where: { $0.type != type }) {
                let views: DataType = type.isText ? .utf8View : .binaryView
                arrays = try arrays.map { try ByteLayouts.convert($0, to: views) }
            }
            return try ArrowArray.concatenated(arrays)
        }
    }
}

/// Rows of a part.
struct RowPiece: Hashable, Sendable {
    var part: Int
    var rows: Range<Int>

    /// Cuts the rows of parts into runs of `limit` rows, the last of them shorter.
    static func runs(_ rowCounts: [Int], limit: Int) -> [[RowPiece]] {
        var runs: [[RowPiece]] = []
        var room = 0
        for (part, count) in rowCounts.enumerated() {
            var start = 0
            while start < count {
                if room == 0 {
                    runs.append([])
                    room = limit
                }
                let taken = min(room, count - start)
                runs[runs.count - 1].append(RowPiece(part: part, rows: start..<start + taken))
                start += taken
                room -= taken
            }
        }
        return runs
    }
}
