import RheiArrow

/// One argument of a window aggregate: its values by position, and which rows count.
final class WindowInput {
    let rowCount: Int
    /// The values of the run's rows; nil where only rows are counted.
    let values: ColumnVector?
    private let buffer: VectorBuffer?
    private let taken: PositionColumn<UInt8>
    private let counts: PositionColumn<UInt32>

    /// - Parameters:
    ///   - rows: the stored rows by position.
    ///   - argument: a column whose nulls do not count.
    ///   - filter: a `bool` column; rows for which it is not true do not count.
    init(_ rows: PositionColumn<UInt32>, argument: ColumnStore?, filter: ColumnStore?) {
        rowCount = rows.count
        if let argument {
            let target = VectorBuffer(type: argument.type, capacity: max(rows.count, 64))
            values = unsafe argument.gather(
                rows.block.pointer(UInt32.self), positions: nil, count: rows.count, mayMiss: false, into: target)
            buffer = target
        } else {
            values = nil
            buffer = nil
        }
        taken = PositionColumn(count: rows.count)
        counts = PositionColumn(count: rows.count + 1)
        let passes = filter.map { $0.vector(from: 0, count: $0.rowCount) }
        var count: UInt32 = 0
        for position in 0..<rows.count {
            var isTaken = values?.isValid(position) ?? true
            if isTaken, let passes {
                let row = Int(rows[position])
                isTaken = passes.isValid(row) && passes.elements(UInt8.self)[row] != 0
            }
            taken[position] = asByte(isTaken)
            count &+= UInt32(asByte(isTaken))
            counts[position + 1] = count
        }
    }

    /// Whether the row has a value and passes the filter.
    @inline(__always) func counts(_ position: Int) -> Bool { taken[position] != 0 }

    /// How many rows before this position count.
    @inline(__always) func count(before position: Int) -> Int { Int(counts[position]) }

    /// How many rows of a part of a frame count.
    @inline(__always) func count(in part: Range<Int>) -> Int {
        count(before: part.upperBound) &- count(before: part.lowerBound)
    }

    /// How many rows of a frame count.
    @inline(__always) func count(_ frames: FrameTable, _ position: Int) -> Int {
        var total = 0
        frames.forEachPart(of: position) { total &+= count(in: $0) }
        return total
    }

    /// Calls `body` with every position that counts.
    @inline(__always) func forEach(_ body: (Int) -> Void) {
        for position in 0..<rowCount where counts(position) { body(position) }
    }
}
