import RheiTestSupport
import RheiArrow
@testable import RheiStore
import Testing

@Suite struct DeleteVectorTests {
    @Test(arguments: [1, 63, 64, 2048, 2049, 6000])
    func `marks what a set of rows holds, and older versions stay`(rowCount: Int) {
        var random = SeededGenerator(seed: UInt64(rowCount))
        var metrics = StoreMetrics()
        var vector = DeleteVector(rowCount: rowCount, owner: 1)
        var model: Set<Int> = []
        var history: [(DeleteVector, Set<Int>)] = []
        for owner in 2...20 as ClosedRange<UInt64> {
            for _ in 0..<10 {
                let row = Int.random(in: 0..<rowCount, using: &random)
                guard model.insert(row).inserted else { continue }
                vector = vector.marking(row, owner: owner, metrics: &metrics)
            }
            history.append((vector, model))
        }
        for (vector, model) in history {
            #expect(vector.count == model.count)
            let bitmap = vector.bitmap()
            #expect(bitmap.count == rowCount)
            var live: [Int] = []
            vector.forEachLiveRange { range in
                #expect(!range.isEmpty)
                live += range
            }
            #expect(live == (0..<rowCount).filter { !model.contains($0) })
            for row in 0..<rowCount {
                #expect(vector.isDeleted(row) == model.contains(row) && bitmap[row] == model.contains(row))
            }
        }
    }

    @Test func `a new version copies its page table and one page, and further marks in that page nothing`() {
        var metrics = StoreMetrics()
        let first = DeleteVector(rowCount: Segment.maximumRowCount, owner: 1)
        let second = first.marking(5000, owner: 2, metrics: &metrics)
        #expect(metrics.copiedDeleteByteCount == 60 * 8 + 256)
        let third = second.marking(5001, owner: 2, metrics: &metrics)
        #expect(third === second && metrics.copiedDeleteByteCount == 60 * 8 + 256)
        #expect(first.count == 0 && first.page(2) == nil)
        let fourth = third.marking(9000, owner: 3, metrics: &metrics)
        #expect(fourth.page(2) === third.page(2))
        #expect(third.count == 2 && fourth.count == 3)
    }
}
