import RheiCompute
import RheiPlan

/// The waiting rows of a recursion with ORDER BY: a binary heap over rows that stay where they are.
struct RecursionQueue {
    private struct Entry {
        var collection: Int
        var chunk: Int
        var row: Int
        /// Rows that compare as equal leave in the order in which they came.
        var number: Int
    }

    private let order: [RecursionTraits.Key]
    private var collections: [RowCollection] = []
    private var heap: [Entry] = []
    private var count = 0

    init(types: [VectorType], order: [RecursionTraits.Key]) { self.order = order }

    mutating func add(_ rows: RowCollection) {
        guard rows.rowCount > 0 else { return }
        collections.append(rows)
        for chunk in 0..<rows.chunkCount {
            for row in 0..<rows.rowCount(chunk: chunk) {
                heap.append(Entry(collection: collections.count - 1, chunk: chunk, row: row, number: count))
                count += 1
                siftUp(from: heap.count - 1)
            }
        }
    }

    /// Removes the row that comes first.
    mutating func removeFirst() -> (rows: RowCollection, chunk: Int, row: Int)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            siftDown()
        }
        return (collections[first.collection], first.chunk, first.row)
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(heap[child], heap[least])
            {
                least = child
            }
            if least == parent { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }

    private func precedes(_ left: Entry, _ right: Entry) -> Bool {
        for key in order {
            let first = collections[left.collection].columns(chunk: left.chunk)[key.column].datum(left.row)
            let second = collections[right.collection].columns(chunk: right.chunk)[key.column].datum(right.row)
            if first.isNull != second.isNull { return first.isNull == key.nullsFirst }
            let result = Datum.compare(first, second, key.collation.kernel)
            if result != 0 { return (result < 0) != key.isDescending }
        }
        return left.number < right.number
    }
}
