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
/// Every task looks at all rows, and counts those of other tasks' keys in a spare place: to tell them apart by a branch
/// costs more, for none foresees it.
///
/// Unchecked because each task writes what belongs to its keys, or to its rows; the rest changes between passes.
@safe final class KeyRowLister: ParallelPasses, @unchecked Sendable {
    private let numbers: MemoryBlock
    private let rowCount: Int
    private let keyCount: Int
    private let taskCount: Int
    private enum Step { case start, count, fill, place, done }
    private var step = Step.start
    /// The lists, when all passes are done.
    private(set) var lists = KeyRowLists()
    /// Entry `k + 1` is the number of rows of key `k`, then where the next of them goes; spare entries follow.
    private let starts: MemoryBlock
    private let list: MemoryBlock
    private let totals: MemoryBlock
    /// The most rows that one key has, by task.
    private let most: MemoryBlock

    /// As many as share a cache line, so that neither tasks nor following rows wait for each other.
    private static let spareCount = 16
    private static let rowsPerTask = 1 << 15

    /// - Parameter numbers: the key number of every row, ``noStoredRow`` for rows in no list.
    init(numbers: MemoryBlock, rowCount: Int, keyCount: Int) {
        self.numbers = numbers
        self.rowCount = rowCount
        self.keyCount = keyCount
        taskCount = min(max(rowCount >> 19, 1), 4)
        let spareCount = taskCount * Self.spareCount
        starts = MemoryBlock(byteCount: (keyCount + 1 + spareCount) * 4, zeroed: true)
        list = MemoryBlock(byteCount: (rowCount + spareCount) * 4)
        totals = MemoryBlock(byteCount: taskCount * 4, zeroed: true)
        most = MemoryBlock(byteCount: taskCount * 4, zeroed: true)
    }

    func nextPass() -> Int? {
        switch step {
        case .start:
            step = .count
            return taskCount
        case .count where isUnique:
            let only = MemoryBlock(byteCount: max(keyCount, 1) * 4)
            unsafe only.pointer(UInt32.self).update(repeating: noStoredRow, count: keyCount)
            lists = KeyRowLists(starts: nil, list: only)
            step = .place
            return (rowCount + Self.rowsPerTask - 1) / Self.rowsPerTask
        case .count:
            lists = KeyRowLists(starts: starts, list: list)
            step = .fill
            return taskCount
        case .fill, .place, .done:
            step = .done
            return nil
        }
    }

    func run(task: Int) {
        switch step {
        case .count: count(task: task)
        case .fill: fill(task: task)
        case .place: place(task * Self.rowsPerTask..<min((task + 1) * Self.rowsPerTask, rowCount))
        case .start, .done: return
        }
    }

    /// Passes every row with the place of its key in `starts`, less one, or a spare one, and whether it is the key's.
    @inline(__always)
    private func forEachRow(ofTask task: Int, _ keys: Range<Int>, _ body: (Int, Int, UInt32) -> Void) {
        let numbers = unsafe numbers.pointer(UInt32.self)
        let (first, width) = (UInt32(truncatingIfNeeded: keys.lowerBound), UInt32(truncatingIfNeeded: keys.count))
        let spare = keyCount + task * Self.spareCount
        for row in 0..<rowCount {
            let number = unsafe numbers[row]
            let isOwn = number &- first < width
            let place = isOwn ? Int(truncatingIfNeeded: number) : spare &+ row & (Self.spareCount &- 1)
            body(row, place, UInt32(asByte(isOwn)))
        }
    }

    /// Counts the rows of a task's keys.
    private func count(task: Int) {
        let keys = part(task, of: taskCount, 0..<keyCount)
        let ends = unsafe starts.pointer(UInt32.self) + 1
        forEachRow(ofTask: task, keys) { _, place, _ in unsafe ends[place] &+= 1 }
        // Several at a time, since nothing depends on a jump.
        var (total, greatest): (UInt32, UInt32) = (0, 0)
        for key in keys {
            let count = unsafe ends[key]
            total &+= count
            greatest = count > greatest ? count : greatest
        }
        unsafe totals.pointer(UInt32.self)[task] = total
        unsafe most.pointer(UInt32.self)[task] = greatest
    }

    /// Whether no key has more than one row; known after all counts.
    private var isUnique: Bool {
        let most = unsafe most.pointer(UInt32.self)
        return (0..<taskCount).allSatisfy { unsafe most[$0] <= 1 }
    }

    /// Lists the rows of a task's keys, after all counts.
    private func fill(task: Int) {
        let keys = part(task, of: taskCount, 0..<keyCount)
        let ends = unsafe starts.pointer(UInt32.self) + 1
        let (list, totals) = unsafe (list.pointer(UInt32.self), totals.pointer(UInt32.self))
        var next: UInt32 = 0
        for earlier in 0..<task { unsafe next &+= totals[earlier] }
        for key in keys {
            let count = unsafe ends[key]
            unsafe ends[key] = next
            next &+= count
        }
        // What is not the task's goes behind the list.
        let behind = UInt32(truncatingIfNeeded: rowCount + task * Self.spareCount)
        for spare in 0..<Self.spareCount {
            unsafe ends[keyCount + task * Self.spareCount + spare] = behind &+ UInt32(truncatingIfNeeded: spare)
        }
        forEachRow(ofTask: task, keys) { row, place, isOwn in
            let end = unsafe ends[place]
            unsafe list[Int(end)] = UInt32(truncatingIfNeeded: row)
            unsafe ends[place] = end &+ isOwn
        }
    }

    /// Lists the only row of every key.
    private func place(_ rows: Range<Int>) {
        guard let list = unsafe lists.list?.pointer(UInt32.self) else { return }
        let numbers = unsafe numbers.pointer(UInt32.self)
        for row in rows where unsafe numbers[row] != noStoredRow {
            unsafe list[Int(numbers[row])] = UInt32(truncatingIfNeeded: row)
        }
    }
}
