@testable import RheiArrow
import Testing

@Suite struct BufferTests {
    private func contents(_ buffer: Buffer) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: buffer.pointer, count: buffer.byteCount))
    }

    private func slack(_ buffer: Buffer) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: buffer.pointer + buffer.byteCount, count: Buffer.slackByteCount))
    }

    @Test func `contents move to another block only when that is smaller`() {
        for (capacity, count, moves) in [(500 << 10, 300 << 10, false), (500 << 10, 200 << 10, true), (4000, 9, false)]
        {
            var builder = MutableBuffer(capacity: capacity)
            builder.append(contentsOf: Array(repeating: 7, count: count))
            let start = unsafe UnsafeRawPointer(builder.pointer)
            let buffer = builder.freeze()
            #expect(unsafe (buffer.pointer != start) == moves)
            #expect(contents(buffer) == Array(repeating: 7, count: count))
        }
    }

    @Test(arguments: [0, 1, 63, 64, 65, 4095, 5000, 131_072, 262_080, 300_000, 1_048_576, 2_500_000])
    func `every buffer is aligned and followed by zeroed slack`(byteCount: Int) {
        for _ in 0..<3 {
            var builder = MutableBuffer()
            builder.append(contentsOf: Array(repeating: 0xAB, count: byteCount))
            let buffer = builder.freeze()
            #expect(buffer.byteCount == byteCount)
            let address = unsafe Int(bitPattern: buffer.pointer)
            #expect(address % 64 == 0)
            #expect(contents(buffer).allSatisfy { $0 == 0xAB })
            #expect(slack(buffer).allSatisfy { $0 == 0 })
            #expect(buffer.hasSlack)
        }
    }

    @Test func `growth keeps the contents and freezing leaves the builder empty`() {
        var builder = MutableBuffer()
        var expected: [UInt8] = []
        for step in 0..<300 {
            let bytes = Array(repeating: UInt8(truncatingIfNeeded: step), count: step)
            builder.append(contentsOf: bytes)
            expected += bytes
        }
        #expect(contents(builder.freeze()) == expected)
        #expect(builder.byteCount == 0)
        builder.append(contentsOf: [1, 2])
        #expect(contents(builder.freeze()) == [1, 2])
    }

    @Test func `a zeroed buffer is zero although its block was used before`() {
        for byteCount in [100, 300_000, 3_000_000] {
            var dirty = MutableBuffer()
            dirty.append(contentsOf: Array(repeating: 0xFF, count: byteCount))
            _ = dirty.freeze()
            #expect(contents(.zeroed(byteCount)).allSatisfy { $0 == 0 })
        }
    }

    @Test func `a borrowed buffer keeps its owner alive`() {
        final class Owner {}
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 4, alignment: 8)
        defer { unsafe memory.deallocate() }
        unsafe memory.storeBytes(of: 0x0403_0201, as: UInt32.self)
        weak var owner: Owner?
        var buffer: Buffer?
        do {
            let strong = Owner()
            owner = strong
            buffer = unsafe Buffer(borrowing: memory, byteCount: 4, owner: strong)
        }
        #expect(owner != nil)
        #expect(buffer.map(contents) == [1, 2, 3, 4])
        #expect(buffer?.hasSlack == false)
        buffer = nil
        #expect(owner == nil)
    }
}
