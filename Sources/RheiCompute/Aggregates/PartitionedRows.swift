/// Rows of a grouping that are not grouped yet: keys and arguments, split by the hash of the keys, so that each part is
/// grouped in a table that the caches hold.
///
/// Unchecked because one worker appends, and afterwards threads only read.
package final class PartitionedRows: @unchecked Sendable {
    let bits: Int
    let skippedBits: Int
    private let types: [VectorType]
    private let keyCount: Int
    /// Per part its rows, in runs of up to `runCapacity`.
    private var parts: [[RowStore]]
    private let hashes = MemoryBlock(byteCount: VectorBatch.capacity * 8)
    private let rows = MemoryBlock(byteCount: VectorBatch.capacity * 2 + 64)
    private let flattener = VectorFlattener()
    private var starts: [Int]
    package private(set) var rowCount = 0

    private static let runCapacity = 4096

    /// - Parameters:
    ///   - types: of the keys and the arguments; none of them strings or `any`.
    ///   - bits: the number of parts is two to this power.
    ///   - skippedBits: how many of the topmost bits of the hash all keys agree on.
    package init(types: [VectorType], keyCount: Int, bits: Int, skippedBits: Int) {
        self.types = types
        self.keyCount = keyCount
        self.bits = bits
        self.skippedBits = skippedBits
        parts = Array(repeating: [], count: 1 << bits)
        starts = Array(repeating: 0, count: (1 << bits) + 1)
    }

    /// Whether columns of the type can be kept this way: those whose values need no memory of their own.
    package static func supports(_ type: VectorType) -> Bool { ![.text, .blob, .any].contains(type) }

    private var rowByteCount: Int { types.reduce(0) { $0 + $1.byteWidth } + types.count / 8 + 1 }

    /// Bytes that are held, roughly, while up to `count` rows are appended.
    package func byteCount(adding count: Int) -> Int {
        let runs = parts.reduce(0) { $0 + max($1.count, 1) }
        return (runs * Self.runCapacity + count) * rowByteCount
    }

    /// Appends the selected rows of the keys and arguments.
    package func append(_ vectors: [ColumnVector], _ selection: SelectionVector) {
        split(vectors, selection)
        let list = unsafe rows.pointer(UInt16.self)
        for part in parts.indices where starts[part + 1] > starts[part] {
            let count = starts[part + 1] - starts[part]
            unsafe run(of: part, adding: count).append(vectors, selection: list + starts[part], count: count)
        }
        rowCount += selection.count
    }

    private func run(of part: Int, adding count: Int) -> RowStore {
        if let last = parts[part].last, last.rowCount + count <= Self.runCapacity { return last }
        let run = RowStore(types: types)
        for column in run.columns { column.reserve(Self.runCapacity) }
        parts[part].append(run)
        return run
    }

    /// Lists the selected rows part by part.
    private func split(_ vectors: [ColumnVector], _ selection: SelectionVector) {
        let keys = flattener.flatten(Array(vectors[..<keyCount]), rowCount: selection.rowCount)
        let words = unsafe hashes.pointer(UInt64.self)
        unsafe VectorHasher.hash(
            keys, selection: selection.indices.map { unsafe UnsafePointer($0) }, count: selection.count, into: words)
        let (skip, shift) = (UInt64(skippedBits), UInt64(64 - bits))
        let list = unsafe rows.pointer(UInt16.self)
        unsafe starts.withUnsafeMutableBufferPointer { starts in
            unsafe starts.update(repeating: 0)
            selection.forEach { row in unsafe starts[Int((words[row] &<< skip) &>> shift) &+ 1] &+= 1 }
            for part in 1..<starts.count { unsafe starts[part] += starts[part - 1] }
            selection.forEach { row in
                let part = unsafe Int((words[row] &<< skip) &>> shift)
                unsafe list[starts[part]] = UInt16(truncatingIfNeeded: row)
                unsafe starts[part] &+= 1
            }
            // Every part now begins where the next one shall.
            for part in (1..<starts.count).reversed() { unsafe starts[part] = starts[part - 1] }
            unsafe starts[0] = 0
        }
    }

    /// Number of rows of the parts `range`.
    func rowCount(_ range: Range<Int>) -> Int {
        parts[range].reduce(0) { sum, runs in runs.reduce(sum) { $0 + $1.rowCount } }
    }

    /// Calls `body` with batches of the rows of the parts `range`.
    func forEachBatch(_ range: Range<Int>, _ body: ([ColumnVector], _ count: Int) -> Void) {
        for run in parts[range].joined() {
            for first in stride(from: 0, to: run.rowCount, by: VectorBatch.capacity) {
                let count = min(VectorBatch.capacity, run.rowCount - first)
                body(run.vectors(from: first, count: count), count)
            }
        }
    }
}
