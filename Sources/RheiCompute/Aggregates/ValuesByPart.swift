/// Values of a DISTINCT aggregate in the order of the parts of their groups.
///
/// Unchecked because the stores are only read.
struct ValuesByPart: @unchecked Sendable {
    private let groups: ColumnStore
    private let values: ColumnStore
    /// Keeps the bytes of strings.
    private let owner: AnyObject
    /// Rows of the stores, those of part 0 first.
    private let rows: [UInt32]
    private let starts: [Int]

    /// - Parameters:
    ///   - groups: the group of each value, numbers of 32 bits.
    ///   - parts: the part of each group.
    init(groups: ColumnStore, values: ColumnStore, owner: AnyObject, by parts: [UInt8], partCount: Int) {
        (self.groups, self.values, self.owner) = (groups, values, owner)
        let count = values.rowCount
        let groupOfRow = unsafe groups.vector(from: 0, count: count).pointer(UInt32.self)
        var starts = Array(repeating: 0, count: partCount + 1)
        for row in 0..<count { starts[unsafe Int(parts[Int(groupOfRow[row])]) + 1] += 1 }
        for part in 0..<partCount { starts[part + 1] += starts[part] }
        self.starts = starts
        var cursors = starts
        rows = unsafe Array(unsafeUninitializedCapacity: count) { rows, filled in
            for row in 0..<count {
                let part = unsafe Int(parts[Int(groupOfRow[row])])
                unsafe rows[cursors[part]] = UInt32(truncatingIfNeeded: row)
                cursors[part] += 1
            }
            filled = count
        }
    }

    func count(ofPart part: Int) -> Int { starts[part + 1] - starts[part] }

    /// Calls `body` with runs of the values of one part.
    ///
    /// - Parameter places: takes a group's number to its place.
    func forEachRun(
        ofPart part: Int, places: UnsafePointer<UInt32>,
        _ body: (ColumnVector, UnsafeMutablePointer<UInt32>, SelectionVector) -> Void
    ) {
        let (groupBuffer, valueBuffer) = (VectorBuffer(type: .int32), VectorBuffer(type: values.type))
        defer { withExtendedLifetime((groupBuffer, valueBuffer, owner)) {} }
        unsafe rows.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            for first in stride(from: starts[part], to: starts[part + 1], by: VectorBatch.capacity) {
                let count = min(VectorBatch.capacity, starts[part + 1] - first)
                let group = unsafe groups.gather(
                    base + first, positions: nil, count: count, mayMiss: false, into: groupBuffer)
                let value = unsafe values.gather(
                    base + first, positions: nil, count: count, mayMiss: false, into: valueBuffer)
                let list = unsafe group.pointer(UInt32.self)
                for row in 0..<count { unsafe list[row] = unsafe places[Int(list[row])] }
                unsafe body(value, list, SelectionVector(all: count))
            }
        }
    }
}
