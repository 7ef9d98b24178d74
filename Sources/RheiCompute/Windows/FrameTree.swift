/// Combines the values of any range of positions in logarithmic time: a complete binary tree over them, in one array
/// whose node i has the children 2i and 2i + 1 ("Efficient Processing of Window Functions in Analytical SQL Queries",
/// Leis, Kundhikanjana, Kemper, Neumann, PVLDB 8(10), 2015, section 4.5).
struct FrameTree<Element: BitwiseCopyable> {
    private let nodes: PositionColumn<Element>
    private let leafCount: Int
    private let neutral: Element

    /// - Parameters:
    ///   - neutral: combined with another value it gives that value.
    ///   - combine: associative; called with values in the order of their positions.
    @inline(__always)
    init(count: Int, neutral: Element, leaf: (Int) -> Element, combine: (Element, Element) -> Element) {
        var leafCount = 1
        while leafCount < count { leafCount *= 2 }
        self.leafCount = leafCount
        self.neutral = neutral
        nodes = PositionColumn(count: 2 * leafCount)
        for index in 0..<leafCount { nodes[leafCount + index] = index < count ? leaf(index) : neutral }
        for index in stride(from: leafCount - 1, to: 0, by: -1) {
            nodes[index] = combine(nodes[2 * index], nodes[2 * index + 1])
        }
    }

    /// Returns the combination of the values of a range.
    @inline(__always)
    func value(of range: Range<Int>, combine: (Element, Element) -> Element) -> Element {
        var (left, right) = (neutral, neutral)
        var lower = range.lowerBound + leafCount
        var upper = range.upperBound + leafCount
        while lower < upper {
            if lower & 1 == 1 {
                left = combine(left, nodes[lower])
                lower += 1
            }
            if upper & 1 == 1 {
                upper -= 1
                right = combine(nodes[upper], right)
            }
            lower /= 2
            upper /= 2
        }
        return combine(left, right)
    }
}
