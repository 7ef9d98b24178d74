import RheiTestSupport
import Testing

@testable import RheiCompute

@Suite struct FrameTreeTests {
    /// The map x ↦ scale·x + shift modulo 2^32: composing such maps is associative, and their order matters.
    private struct Map: BitwiseCopyable, Equatable {
        var scale: UInt32 = 1
        var shift: UInt32 = 0

        func then(_ next: Map) -> Map {
            Map(scale: scale &* next.scale, shift: shift &* next.scale &+ next.shift)
        }
    }

    @Test(arguments: 0...33)
    func `every range combines its values in their order`(_ count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        let maps = (0..<count).map { _ in
            Map(scale: UInt32(truncatingIfNeeded: random.next()), shift: UInt32(truncatingIfNeeded: random.next()))
        }
        let tree = FrameTree(count: count, neutral: Map()) {
            maps[$0]
        } combine: {
            $0.then($1)
        }
        for lower in 0...count {
            for upper in lower...count {
                let expected = maps[lower..<upper].reduce(Map()) { $0.then($1) }
                #expect(tree.value(of: lower..<upper) { $0.then($1) } == expected, "\(lower)..<\(upper) of \(count)")
            }
        }
    }
}
