import RheiCore

/// Rowids in the order they came, neighbours joined to runs.
///
/// As bytes: the number of rowids, then per run the distance of its first rowid from the one after the run before
/// (from 0 for the first), and its length less one. All are LEB128 integers of at most ten bytes, the distance in
/// zigzag form and modulo 2^64.
struct RowIDRuns: Equatable {
    /// Consecutive rowids.
    struct Run: Equatable {
        var first: Int64
        var count: Int
    }

    /// All runs but the last.
    private var earlier: [Run] = []
    /// The last run; of no rowids while there is none. It lies apart from the others, since nearly every rowid goes on
    /// with it.
    private var last = Run(first: 0, count: 0)
    /// Number of rowids of the runs in `earlier`.
    private var earlierCount = 0

    /// Number of rowids.
    var count: Int { earlierCount + last.count }
    var runs: [Run] { last.count == 0 ? [] : earlier + [last] }

    /// Adds a rowid, unless it is the last one added.
    @inline(__always)
    mutating func append(_ rowID: Int64) {
        let distance = rowID &- last.first
        if distance == Int64(last.count), last.count > 0, rowID > last.first {
            last.count &+= 1
        } else {
            begin(rowID)
        }
    }

    /// Begins a run, unless the rowid is the last one added.
    private mutating func begin(_ rowID: Int64) {
        if last.count > 0 {
            if rowID &- last.first == Int64(last.count) - 1 { return }
            earlier.append(last)
            earlierCount += last.count
        }
        last = Run(first: rowID, count: 1)
    }

    mutating func removeAll() {
        earlier.removeAll(keepingCapacity: earlier.count < 4096)
        earlierCount = 0
        last = Run(first: 0, count: 0)
    }

    // MARK: - Bytes

    func encoded() -> [UInt8] {
        let runs = runs
        var bytes: [UInt8] = []
        bytes.reserveCapacity(10 + runs.count * 4)
        Self.append(UInt64(count), to: &bytes)
        var expected: Int64 = 0
        for run in runs {
            let distance = run.first &- expected
            Self.append(UInt64(bitPattern: distance << 1 ^ distance >> 63), to: &bytes)
            Self.append(UInt64(run.count - 1), to: &bytes)
            expected = run.first &+ Int64(run.count)
        }
        return bytes
    }

    /// The number of rowids that encoded runs say they hold.
    static func count(in bytes: UnsafeRawBufferPointer) throws -> Int {
        var position = 0
        return try unsafe Int(clamping: number(bytes, &position))
    }

    /// Appends the rowids of encoded runs to `rowIDs`.
    ///
    /// - Throws: `corrupt` where the bytes are none that `encoded` made.
    static func decode(_ bytes: UnsafeRawBufferPointer, appendingTo rowIDs: inout [Int64]) throws {
        var position = 0
        var left = try unsafe number(bytes, &position)
        guard left <= UInt64(Int32.max) else { throw damage("more rowids than a transaction can change") }
        var expected: Int64 = 0
        while position < bytes.count {
            let zigzag = try unsafe number(bytes, &position)
            let length = try unsafe number(bytes, &position)
            guard length < left else { throw damage("more rowids than the row says") }
            let first = expected &+ (Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1))
            guard let count = Int64(exactly: length), !first.addingReportingOverflow(count).overflow else {
                throw damage("a run of rowids that is too long")
            }
            rowIDs.append(contentsOf: first...(first + count))
            expected = first &+ count &+ 1
            left -= length + 1
        }
        guard left == 0 else { throw damage("fewer rowids than the row says") }
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            guard position < bytes.count else { throw damage("an integer that does not end") }
            let byte = unsafe bytes[position]
            position += 1
            let part = UInt64(byte & 0x7f)
            guard shift < 63 || part <= 1 else { throw damage("an integer of more than 64 bits") }
            value |= part << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw damage("an integer of more than 64 bits")
    }

    private static func damage(_ what: String) -> EngineError {
        EngineError(.corrupt, "a row of the change log holds \(what)")
    }
}
