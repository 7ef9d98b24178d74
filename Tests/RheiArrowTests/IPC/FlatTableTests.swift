import RheiCore
import Testing

@testable import RheiArrow

@Suite struct FlatTableTests {
    @Test func `what is written is read back`() throws {
        let inner: FlatFields = [.string("näme"), nil, .int16(-7)]
        let bytes = FlatWriter.encode([
            .uint8(200), .int64(.min), .bool(true), nil, .string(""), .table(inner), .tables([inner, []]),
            .words([1, -2, 3, 4], perElement: 2), .int32s([5, -6]), .int32(-9),
        ])
        #expect(bytes.count % 8 == 0)
        let table = try FlatTable(root: bytes)
        #expect(try table.uint8(0) == 200)
        #expect(try table.int64(1) == .min)
        #expect(try table.bool(2))
        #expect(try table.int32(3, default: 12) == 12)
        #expect(try table.string(4) == "")
        #expect(try table.table(5)?.string(0) == "näme")
        #expect(try table.table(5)?.int16(2) == -7)
        #expect(try table.tables(6).map { try $0.string(0) } == ["näme", nil])
        let words = try #require(try table.vector(7, elementByteCount: 16))
        #expect(words.count == 2)
        #expect(try words.int64(1, at: 8) == 4)
        #expect(try table.vector(8, elementByteCount: 4)?.int32(1) == -6)
        #expect(try table.int32(9) == -9)
        #expect(try table.string(10) == nil)
    }

    @Test func `numbers lie at multiples of their size`() throws {
        let bytes = FlatWriter.encode([.uint8(1), .int64(0x1122_3344_5566_7788), .int16(2), .int64(-1)])
        let pattern: [UInt8] = [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11]
        let place = try #require((0...bytes.count - 8).first { Array(bytes[$0..<$0 + 8]) == pattern })
        #expect(place % 8 == 0)
    }

    @Test func `many references to one string exhaust the budget`() throws {
        let name = String(repeating: "x", count: 3000)
        let again = try FlatTable(root: FlatWriter.encode([.string(name)]))
        #expect(throws: EngineError.self) {
            for _ in 0..<5 { _ = try again.string(0) }
        }
    }
}
