import Foundation
import RheiTestSupport
@testable import RheiArrow
import Testing

@Suite struct BufferPoolTests {
    private static let megabyte = 1 << 20

    @Test func `block sizes hold the request and waste at most half`() {
        for request in [1, 64, 65, 1000, 131_072, 131_073, 262_144, 262_145, 983_104, 1 << 21, (1 << 21) + 1, 50 << 20]
        {
            let size = BufferPool.blockByteCount(for: request)
            #expect(size >= request)
            #expect(size <= max(request * 2, 64) + 4096)
            #expect(BufferPool.blockByteCount(for: size) == size)
        }
    }

    @Test func `round numbers of bytes and their slack take no more than a page over`() {
        for shift in 18...24 {
            let request = 1 << shift + Buffer.slackByteCount
            #expect(BufferPool.blockByteCount(for: request) == 1 << shift + 4096)
        }
    }

    @Test func `a container's limit is the memory there is`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rhei-limits-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func usable(_ texts: String...) throws -> Int {
            let files = texts.indices.map { folder.appending(path: "limit-\($0)") }
            for (file, text) in zip(files, texts) { try Data(text.utf8).write(to: file) }
            return usableMemoryByteCount(limitFiles: files.map(\.path) + [folder.appending(path: "none").path])
        }
        let physical = try usable()
        #expect(physical >= 64 * Self.megabyte)
        #expect(try usable("67108864\n") == 67_108_864)
        #expect(try usable("max\n", "33554432\n") == 33_554_432)
        for other in ["max\n", "", "0\n", "-5", "9223372036854771712\n", "99999999999999999999999999999999"] {
            #expect(try usable(other) == physical)
        }
    }

    @Test func `a large block is used again`() {
        let pool = BufferPool(keptByteLimit: 64 * Self.megabyte)
        let first = unsafe pool.allocate(byteCount: 5 * Self.megabyte)
        let address = unsafe UInt(bitPattern: first.pointer)
        unsafe pool.deallocate(first.pointer, byteCount: first.byteCount)
        let byteCount = unsafe first.byteCount
        #expect(pool.keptByteCount == byteCount)
        let second = unsafe pool.allocate(byteCount: 5 * Self.megabyte)
        let secondAddress = unsafe UInt(bitPattern: second.pointer)
        #expect(secondAddress == address)
        #expect(pool.keptByteCount == 0)
        #expect(pool.liveByteCount == byteCount)
        unsafe pool.deallocate(second.pointer, byteCount: second.byteCount)
        #expect(pool.liveByteCount == 0)
    }

    @Test func `blocks of one region do not overlap`() {
        let pool = BufferPool(keptByteLimit: 0)
        let blocks = (0..<17).map { _ in unsafe UInt(bitPattern: pool.allocate(byteCount: 200_000).pointer) }
        let sorted = blocks.sorted()
        for (left, right) in zip(sorted, sorted.dropFirst()) { #expect(right - left >= 262_144) }
        for block in blocks {
            guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: block) else { continue }
            unsafe pool.deallocate(pointer, byteCount: 262_144 + 4096)
        }
        #expect(pool.keptByteCount == 0)
    }

    @Test func `what is kept stays within the limit once regions are free`() {
        let limit = 8 * Self.megabyte
        let pool = BufferPool(keptByteLimit: limit)
        for size in [300_000, 1_000_000, 3_000_000, 10_000_000] {
            let blocks = (0..<20).map { _ in
                let block = unsafe pool.allocate(byteCount: size)
                return unsafe (UInt(bitPattern: block.pointer), block.byteCount)
            }
            for (address, byteCount) in blocks {
                guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else { continue }
                unsafe pool.deallocate(pointer, byteCount: byteCount)
            }
            #expect(pool.keptByteCount <= limit)
        }
    }

    @Test func `a block that was lent to the system is used again`() {
        let pool = BufferPool(keptByteLimit: 64 * Self.megabyte, ownByteLimit: 0)
        for value in 1...3 as ClosedRange<UInt8> {
            let block = unsafe pool.allocate(byteCount: 5 * Self.megabyte)
            let byteCount = unsafe block.byteCount
            unsafe block.pointer.initializeMemory(as: UInt8.self, repeating: value, count: byteCount)
            #expect(unsafe block.pointer.load(fromByteOffset: byteCount - 1, as: UInt8.self) == value)
            unsafe pool.deallocate(block.pointer, byteCount: byteCount)
            #expect(pool.keptByteCount == byteCount)
        }
        let zeroed = unsafe pool.allocateZeroed(byteCount: 5 * Self.megabyte)
        #expect(unsafe zeroed.pointer.load(fromByteOffset: 4 * Self.megabyte, as: UInt64.self) == 0)
        unsafe pool.deallocate(zeroed.pointer, byteCount: zeroed.byteCount)
    }

    @Test func `blocks that are used again are not lent while others are`() {
        let pool = BufferPool(keptByteLimit: 256 * Self.megabyte, ownByteLimit: 30 * Self.megabyte)
        func use(_ byteCounts: [Int]) {
            let blocks = byteCounts.map { byteCount in
                let block = unsafe pool.allocate(byteCount: byteCount)
                return unsafe (UInt(bitPattern: block.pointer), block.byteCount)
            }
            for (address, byteCount) in blocks {
                guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else { continue }
                unsafe pool.deallocate(pointer, byteCount: byteCount)
            }
        }
        let size = BufferPool.blockByteCount(for: 8 * Self.megabyte)
        let other = BufferPool.blockByteCount(for: 16 * Self.megabyte)
        use([size, size])
        #expect(pool.lentByteCount == 0)
        use([size, size, size, size, size])
        #expect(pool.lentByteCount == 2 * size)
        for _ in 0..<3 { use([size, size, size]) }
        #expect(pool.lentByteCount == 2 * size)
        // Another size gives way to no block but those of the size that was used before.
        for _ in 0..<3 { use([other]) }
        #expect(pool.lentByteCount == 4 * size)
        use([size, size])
        #expect(pool.lentByteCount == 3 * size + other)
        #expect(pool.keptByteCount == 5 * size + other)
        use([300_000, 300_000, 900_000])
        #expect(pool.lentByteCount == 3 * size + other)
        pool.releaseKept()
        #expect(pool.lentByteCount == 0)
        #expect(pool.keptByteCount == 0)
    }

    @Test func `what is kept while nothing runs is lent but for a part`() {
        let pool = BufferPool(keptByteLimit: 256 * Self.megabyte, idleByteLimit: 20 * Self.megabyte)
        let size = BufferPool.blockByteCount(for: 8 * Self.megabyte)
        let blocks = (0..<5).map { _ in unsafe UInt(bitPattern: pool.allocate(byteCount: size).pointer) }
        for block in blocks {
            guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: block) else { continue }
            unsafe pool.deallocate(pointer, byteCount: size)
        }
        #expect(pool.lentByteCount == 0)
        for lentCount in 1...3 {
            #expect(pool.lendOneIdle())
            #expect(pool.lentByteCount == lentCount * size)
        }
        #expect(!pool.lendOneIdle())
        #expect(pool.lentByteCount == 3 * size)
        #expect(pool.keptByteCount == 5 * size)
    }

    @Test func `threads get blocks of their own`() async {
        let pool = BufferPool(keptByteLimit: 16 * Self.megabyte)
        let failures = await withTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask { await Self.use(pool, as: task) }
            }
            return await group.reduce(0, +)
        }
        #expect(failures == 0)
        #expect(pool.liveByteCount == 0)
    }

    /// Writes to many blocks and counts those that another task wrote to meanwhile.
    private static func use(_ pool: BufferPool, as task: Int) async -> Int {
        var random = SeededGenerator(seed: UInt64(task))
        var failures = 0
        for _ in 0..<300 {
            let block = unsafe pool.allocate(byteCount: .random(in: 1...3_000_000, using: &random))
            unsafe block.pointer.storeBytes(of: task, as: Int.self)
            await Task.yield()
            if unsafe block.pointer.load(as: Int.self) != task { failures += 1 }
            unsafe pool.deallocate(block.pointer, byteCount: block.byteCount)
        }
        return failures
    }
}
