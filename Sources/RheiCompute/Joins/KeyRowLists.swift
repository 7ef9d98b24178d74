/// The stored rows of every key number, ascending.
///
/// The rows of key `k` stand at places `starts[k]..<starts[k + 1]` of the list; without starts, at place `k` alone.
/// Without a list, place and row are one: the rows lie in the order of their keys.
struct KeyRowLists {
    var starts: MemoryBlock?
    var list: MemoryBlock?

    var isUnique: Bool { starts == nil }
}

/// Lists rows by key number, by counting, in two passes of tasks over ranges of keys.
///
/// Unchecked because each task writes what belongs to its keys.
@safe final class KeyRowLister: @unchecked Sendable {
    private let numbers: MemoryBlock
    private let rowCount: Int
    private let keyCount: Int
    let taskCount: Int
    /// Entry `k + 1` is where the next row of key `k` goes.
    private let starts: MemoryBlock
    private let list: MemoryBlock
    private let totals: MemoryBlock
    /// The most rows that one key has, by task.
    private let most: MemoryBlock

    /// - Parameter numbers: the key number of every row, ``noStoredRow`` for rows in no list.
    init(numbers: MemoryBlock, rowCount: Int, keyCount: Int) {
        self.numbers = numbers
        self.rowCount = rowCount
        self.keyCount = keyCount
        taskCount = min(max(rowCount >> 19, 1), 4)
        starts = MemoryBlock(byteCount: (keyCount + 1) * 4, zeroed: true)
        list = MemoryBlock(byteCount: max(rowCount, 1) * 4)
        totals = MemoryBlock(byteCount: taskCount * 4, zeroed: true)
        most = MemoryBlock(byteCount: taskCount * 4, zeroed: true)
    }

    /// Counts the rows of a task's keys.
    func count(task: Int) {
        let keys = part(task, of: taskCount, 0..<keyCount)
        let (numbers, ends) = unsafe (numbers.pointer(UInt32.self), starts.pointer(UInt32.self) + 1)
        let (first, width) = (UInt32(truncatingIfNeeded: keys.lowerBound), UInt32(truncatingIfNeeded: keys.count))
        for row in 0..<rowCount {
            let number = unsafe numbers[row]
            if number &- first < width { unsafe ends[Int(number)] &+= 1 }
        }
        var (total, greatest): (UInt32, UInt32) = (0, 0)
        for key in keys {
            let count = unsafe ends[key]
            unsafe ends[key] = total
            total &+= count
            greatest = max(greatest, count)
        }
        unsafe totals.pointer(UInt32.self)[task] = total
        unsafe most.pointer(UInt32.self)[task] = greatest
    }

    /// Whether no key has more than one row; known after all counts.
    var isUnique: Bool {
        let most = unsafe most.pointer(UInt32.self)
        return (0..<taskCount).allSatisfy { unsafe most[$0] <= 1 }
    }

    /// Lists the rows of a task's keys, after all counts.
    func fill(task: Int) {
        let keys = part(task, of: taskCount, 0..<keyCount)
        let (numbers, ends) = unsafe (numbers.pointer(UInt32.self), starts.pointer(UInt32.self) + 1)
        let (list, totals) = unsafe (list.pointer(UInt32.self), totals.pointer(UInt32.self))
        var base: UInt32 = 0
        for earlier in 0..<task { unsafe base &+= totals[earlier] }
        for key in keys { unsafe ends[key] &+= base }
        let (first, width) = (UInt32(truncatingIfNeeded: keys.lowerBound), UInt32(truncatingIfNeeded: keys.count))
        for row in 0..<rowCount {
            let number = unsafe numbers[row]
            guard number &- first < width else { continue }
            let place = unsafe ends[Int(number)]
            unsafe list[Int(place)] = UInt32(truncatingIfNeeded: row)
            unsafe ends[Int(number)] = place &+ 1
        }
    }

    /// The lists, once all are filled.
    var lists: KeyRowLists { KeyRowLists(starts: starts, list: list) }

    /// The only row of every key, ``noStoredRow`` for keys without one; for unique keys.
    func uniqueLists() -> KeyRowLists {
        let result = MemoryBlock(byteCount: max(keyCount, 1) * 4)
        let (numbers, list) = unsafe (numbers.pointer(UInt32.self), result.pointer(UInt32.self))
        unsafe list.update(repeating: noStoredRow, count: keyCount)
        for row in 0..<rowCount where unsafe numbers[row] != noStoredRow {
            unsafe list[Int(numbers[row])] = UInt32(truncatingIfNeeded: row)
        }
        return KeyRowLists(starts: nil, list: result)
    }
}
