/// Rows of a grouping that are not grouped yet: keys and arguments, split by the hash of the keys, so that each part is
/// grouped in a table that the caches hold.
///
/// A part is a list of runs, each of them one block of memory: per column `runCapacity` values, then `runCapacity`
/// validity bits. The bits of a column are written from its first null in the run on.
///
/// Unchecked because one worker appends, and afterwards threads only read.
package final class PartitionedRows: @unchecked Sendable {
    let bits: Int
    let skippedBits: Int
    private let types: [VectorType]
    private let keyCount: Int
    /// Rows of a run, a multiple of 64 that holds a whole batch.
    private let runCapacity: Int
    /// Per column where its values begin in a run, and where its validity does.
    private let valueOffsets: [Int]
    private let validityOffsets: [Int]
    private let runByteCount: Int
    /// Per part its runs; the last is being filled.
    private var runs: [[Run]]
    /// The runs that are being filled, one per part.
    private let open: MemoryBlock
    private let hashes = MemoryBlock(byteCount: VectorBatch.capacity * 8)
    private let rows = MemoryBlock(byteCount: VectorBatch.capacity * 2 + 64)
    private let flattener = VectorFlattener()
    private var starts: [Int]
    private var runCount = 0
    package private(set) var rowCount = 0

    private struct Run {
        var block: MemoryBlock
        var rowCount = 0
        var nulls: UInt64 = 0
    }

    /// A run as kernels see it. All zero for a part without rows.
    @safe private struct OpenRun {
        var base: UnsafeMutableRawPointer?
        var rowCount: Int
        /// A bit per column that has validity.
        var nulls: UInt64
    }

    private static let wantedRunByteCount = 256 << 10

    /// - Parameters:
    ///   - types: of the keys and the arguments, at most 64; see `supports(_:)`.
    ///   - bits: the number of parts is two to this power.
    ///   - skippedBits: how many of the topmost bits of the hash all keys agree on.
    package init(types: [VectorType], keyCount: Int, bits: Int, skippedBits: Int) {
        precondition(Self.supports(types), "columns that cannot be kept as rows")
        self.types = types
        self.keyCount = keyCount
        self.bits = bits
        self.skippedBits = skippedBits
        let rowByteCount = types.reduce(0) { $0 + $1.byteWidth } + types.count / 8 + 1
        let capacity = max(VectorBatch.capacity, Self.wantedRunByteCount / rowByteCount & ~63)
        var offset = 0
        valueOffsets = types.map { type in
            defer { offset += capacity * type.byteWidth }
            return offset
        }
        validityOffsets = types.map { _ in
            defer { offset += capacity / 8 }
            return offset
        }
        runCapacity = capacity
        runByteCount = offset
        runs = Array(repeating: [], count: 1 << bits)
        starts = Array(repeating: 0, count: (1 << bits) + 1)
        open = MemoryBlock(byteCount: MemoryLayout<OpenRun>.stride << bits, zeroed: true)
    }

    /// Whether columns of the types can be kept this way: up to 64 of values that need no memory of their own.
    package static func supports(_ types: [VectorType]) -> Bool {
        types.count <= 64 && !types.contains { [.text, .blob, .any].contains($0) }
    }

    /// Bytes that are held, roughly, while up to `count` rows are appended.
    package func byteCount(adding count: Int) -> Int {
        (max(runCount, runs.count) + count / runCapacity + 1) * runByteCount
    }

    /// Appends the selected rows of the keys and arguments.
    package func append(_ vectors: [ColumnVector], _ selection: SelectionVector) {
        let vectors = flattener.flatten(vectors, rowCount: selection.rowCount)
        split(Array(vectors[..<keyCount]), selection)
        let open = unsafe open.pointer(OpenRun.self)
        for part in runs.indices { unsafe makeRoom(open + part, part, starts[part + 1] - starts[part]) }
        unsafe starts.withUnsafeBufferPointer { starts in
            guard let starts = starts.baseAddress else { return }
            for (column, vector) in vectors.enumerated() {
                unsafe appendValues(column, vector, open, starts)
                unsafe appendValidity(column, vector, open, starts)
            }
        }
        for part in runs.indices { unsafe open[part].rowCount += starts[part + 1] - starts[part] }
        rowCount += selection.count
    }

    /// Begins a new run where the rows do not fit the last.
    private func makeRoom(_ run: UnsafeMutablePointer<OpenRun>, _ part: Int, _ count: Int) {
        guard count > 0, unsafe run.pointee.base == nil || run.pointee.rowCount + count > runCapacity else { return }
        close(part)
        let block = MemoryBlock(byteCount: runByteCount)
        runs[part].append(Run(block: block))
        runCount += 1
        unsafe run.pointee = OpenRun(base: block.base, rowCount: 0, nulls: 0)
    }

    /// Notes in the last run of a part how far it is filled.
    private func close(_ part: Int) {
        guard let last = runs[part].indices.last else { return }
        let run = unsafe open.pointer(OpenRun.self)[part]
        (runs[part][last].rowCount, runs[part][last].nulls) = (run.rowCount, run.nulls)
    }

    private func appendValues(
        _ column: Int, _ vector: ColumnVector, _ open: UnsafePointer<OpenRun>, _ starts: UnsafePointer<Int>
    ) {
        @inline(__always) func copy<Element: BitwiseCopyable>(_: Element.Type) {
            let source = unsafe vector.pointer(Element.self)
            let list = unsafe rows.pointer(UInt16.self)
            let offset = valueOffsets[column]
            for part in 0..<1 << bits {
                guard let base = unsafe open[part].base else { continue }
                let target = unsafe (base + offset).assumingMemoryBound(to: Element.self) + open[part].rowCount
                let (first, end) = unsafe (starts[part], starts[part &+ 1])
                var index = first
                while index < end {
                    unsafe target[index &- first] = unsafe source[Int(list[index])]
                    index &+= 1
                }
            }
        }
        switch vector.type.byteWidth {
        case 1: copy(UInt8.self)
        case 2: copy(UInt16.self)
        case 4: copy(UInt32.self)
        case 8: copy(UInt64.self)
        default: copy(StringValue.self)
        }
    }

    private func appendValidity(
        _ column: Int, _ vector: ColumnVector, _ open: UnsafeMutablePointer<OpenRun>, _ starts: UnsafePointer<Int>
    ) {
        let bit = UInt64(1) &<< UInt64(column)
        let list = unsafe rows.pointer(UInt16.self)
        for part in 0..<1 << bits {
            guard let base = unsafe open[part].base else { continue }
            let hasNulls = unsafe open[part].nulls & bit != 0
            if unsafe vector.validity == nil && !hasNulls { continue }
            let words = unsafe (base + validityOffsets[column]).assumingMemoryBound(to: UInt64.self)
            if !hasNulls {
                unsafe words.update(repeating: ~0, count: runCapacity / 64)
                unsafe open[part].nulls |= bit
            }
            let first = unsafe starts[part]
            for index in unsafe first..<starts[part + 1] {
                let row = unsafe open[part].rowCount + index - first
                let isValid = unsafe vector.isValid(Int(list[index]))
                let mask = UInt64(1) &<< UInt64(row & 63)
                unsafe words[row >> 6] = unsafe isValid ? words[row >> 6] | mask : words[row >> 6] & ~mask
            }
        }
    }

    /// Lists the selected rows part by part.
    private func split(_ keys: [ColumnVector], _ selection: SelectionVector) {
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

    /// Ends the appending; to be called before the rows are read.
    package func finish() { for part in runs.indices { close(part) } }

    /// Number of rows of the parts `range`.
    func rowCount(_ range: Range<Int>) -> Int {
        runs[range].reduce(0) { sum, runs in runs.reduce(sum) { $0 + $1.rowCount } }
    }

    /// Calls `body` with batches of the rows of the parts `range`.
    func forEachBatch(_ range: Range<Int>, _ body: ([ColumnVector], _ count: Int) -> Void) {
        for run in runs[range].joined() {
            for first in stride(from: 0, to: run.rowCount, by: VectorBatch.capacity) {
                let vectors = types.indices.map { vector($0, of: run, from: first) }
                body(vectors, min(VectorBatch.capacity, run.rowCount - first))
            }
        }
    }

    private func vector(_ column: Int, of run: Run, from first: Int) -> ColumnVector {
        let type = types[column]
        var result = unsafe ColumnVector(
            type: type, values: run.block.base + valueOffsets[column] + first * type.byteWidth)
        if run.nulls & (1 &<< UInt64(column)) != 0 {
            unsafe result.validity = unsafe (run.block.base + validityOffsets[column] + first / 8)
                .assumingMemoryBound(to: UInt64.self)
        }
        return result
    }
}
