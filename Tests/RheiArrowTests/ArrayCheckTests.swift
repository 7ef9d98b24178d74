import RheiArrow
import RheiCore
import Testing

@Suite struct ArrayCheckTests {
    private func words(_ words: [UInt64]) -> Buffer {
        Buffer(copying: words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } })
    }

    private func offsets(_ offsets: [Int32]) -> Buffer {
        Buffer(copying: offsets.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } })
    }

    private func isCorrupt(_ body: () throws -> ArrowArray) -> Bool {
        do {
            _ = try body()
            return false
        } catch {
            return (error as? EngineError)?.code == .corrupt
        }
    }

    @Test(arguments: 0...2)
    func `sound arrays of every type pass`(nulls: Int) throws {
        for array in try SampleArrays.all(nulls: nulls, count: 20) {
            let again = try ArrowArray(
                checking: array.type, count: 11, offset: 7, validity: array.validity, buffers: array.buffers)
            #expect(again == array.slice(offset: 7, count: 11), "\(array.type)")
        }
    }

    @Test func `short buffers are refused`() {
        let short = Buffer(copying: Array(repeating: 0, count: 15))
        for type in [DataType.int64, .decimal128(precision: 3, scale: 0), .utf8View] {
            #expect(isCorrupt { try ArrowArray(checking: type, count: 2, buffers: [short]) })
        }
        #expect(isCorrupt { try ArrowArray(checking: .bool, count: 121, buffers: [short]) })
        #expect(
            isCorrupt { try ArrowArray(checking: .int8, count: 9, validity: Buffer(copying: [0]), buffers: [short]) })
        #expect(isCorrupt { try ArrowArray(checking: .int8, count: -1, buffers: [short]) })
        #expect(isCorrupt { try ArrowArray(checking: .int8, count: .max, offset: .max, buffers: [short]) })
        #expect(isCorrupt { try ArrowArray(checking: .int8, count: 1, buffers: []) })
    }

    @Test func `offsets must ascend and stay within the bytes`() throws {
        let data = Buffer(copying: [1, 2, 3])
        for bad: [Int32] in [[0, 2, 1], [0, 1, 4], [-1, 0, 1], [0, .min, 1]] {
            #expect(isCorrupt { try ArrowArray(checking: .binary, count: 2, buffers: [offsets(bad), data]) })
        }
        let good = try ArrowArray(checking: .binary, count: 2, buffers: [offsets([1, 1, 3]), data])
        #expect(try good.value(at: 1) == .blob([2, 3]))
        #expect(try ArrowArray(checking: .utf8, count: 0, buffers: [.empty, .empty]).count == 0)
    }

    @Test func `views must stay within their buffers and repeat their prefix`() throws {
        let data = Buffer(copying: Array(0..<20))
        let prefix: UInt64 = 0x0403_0201
        func array(_ low: UInt64, _ high: UInt64, validity: Buffer? = nil) throws -> ArrowArray {
            try ArrowArray(
                checking: .binaryView, count: 1, validity: validity, buffers: [words([low, high]), data])
        }
        #expect(try array(13 | prefix << 32, 1 << 32).value(at: 0) == .blob(Array(1...13)))
        #expect(isCorrupt { try array(20 | prefix << 32, 1 << 32) })
        #expect(isCorrupt { try array(13 | prefix << 32, 1 | 1 << 32) })
        #expect(isCorrupt { try array(13 | prefix << 32, 0xFFFF_FFFF << 32) })
        #expect(isCorrupt { try array(0xFFFF_FFFF, 0) })
        #expect(isCorrupt { try array(13, 1 << 32) })
        let null = try array(20, 1 << 32, validity: Buffer(copying: [0]))
        #expect(try null.value(at: 0) == .null)
        #expect(try ArrowArray.concatenated([null, null]).count == 2)
    }

    @Test func `bytes after the end of an inline view are cleaned`() throws {
        let dirty = try ArrowArray(
            checking: .utf8View, count: 1, buffers: [words([1 | 0x4141_4141 << 32, 0x4141])])
        var builder = try BytesBuilder(.utf8View)
        try builder.append("A")
        #expect(dirty.buffers[0] == builder.finish().buffers[0])
    }

    @Test func `tags must be known and agree with validity`() {
        let slots = words([1, 0, 2, 0])
        for (tags, validity) in [([1, 5], [3]), ([1, 0], [3]), ([1, 1], [1])] as [([UInt8], [UInt8])] {
            #expect(
                isCorrupt {
                    try ArrowArray(
                        checking: .any, count: 2, validity: Buffer(copying: validity),
                        buffers: [Buffer(copying: tags), slots])
                })
        }
    }
}
