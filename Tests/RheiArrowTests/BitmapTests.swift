import RheiTestSupport
import RheiArrow
import Testing

@Suite struct BitmapTests {
    private func bits(_ count: Int, seed: UInt64) -> [Bool] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Bool.random(using: &random) }
    }

    private func array(_ bitmap: Bitmap) -> [Bool] { (0..<bitmap.count).map { bitmap[$0] } }

    @Test(arguments: 0...9)
    func `slices of every length hold the bits they should`(offset: Int) {
        for count in 0...140 {
            let all = bits(offset + count + 3, seed: UInt64(count))
            let slice = Bitmap(all).slice(offset: offset, count: count)
            let expected = Array(all[offset..<offset + count])
            #expect(array(slice) == expected)
            #expect(slice.countOnes() == expected.count { $0 })
            var set: [Int] = []
            slice.forEachSetBit { set.append($0) }
            #expect(set == expected.indices.filter { expected[$0] })
            #expect(slice == Bitmap(expected))
            #expect(array(~slice) == expected.map { !$0 })
        }
    }

    @Test(arguments: 0...8, 0...8)
    func `and and or take each bit of both, at any offsets`(left: Int, right: Int) {
        for count in [0, 1, 7, 63, 64, 65, 130] {
            let a = bits(left + count, seed: 1)
            let b = bits(right + count, seed: 2)
            let x = Bitmap(a).slice(offset: left, count: count)
            let y = Bitmap(b).slice(offset: right, count: count)
            #expect(array(x & y) == (0..<count).map { a[left + $0] && b[right + $0] })
            #expect(array(x | y) == (0..<count).map { a[left + $0] || b[right + $0] })
        }
    }

    @Test(arguments: 0...9, 0...9)
    func `a builder joins bits, runs and bitmaps at any offsets`(start: Int, offset: Int) {
        for count in [0, 1, 5, 8, 60, 64, 71, 200] {
            let source = bits(offset + count, seed: UInt64(count))
            var builder = BitmapBuilder()
            builder.append(repeating: true, count: start)
            builder.append(contentsOf: Bitmap(source).slice(offset: offset, count: count))
            builder.append(false)
            builder.append(repeating: count % 2 == 0, count: count)
            let expected =
                Array(repeating: true, count: start) + source[offset...] + [false]
                + Array(repeating: count % 2 == 0, count: count)
            let bitmap = builder.finish()
            #expect(array(bitmap) == expected)
            #expect(builder.count == 0)
        }
    }

    @Test func `bits past the end of the last byte are zero`() {
        let bitmap = ~Bitmap(repeating: false, count: 3)
        bitmap.buffer.withBytes { #expect(unsafe $0.unsafeLoad(fromByteOffset: 0, as: UInt8.self) == 7) }
    }

    @Test func `bitmaps that differ in one bit or in length are not equal`() {
        let bitmap = Bitmap(repeating: true, count: 70)
        #expect(bitmap != Bitmap(repeating: true, count: 69))
        #expect(bitmap != Bitmap((0..<70).map { $0 != 69 }))
    }
}
