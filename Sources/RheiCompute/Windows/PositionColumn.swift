/// Owns one value per position of a run of sorted rows.
struct PositionColumn<Element: BitwiseCopyable> {
    let block: MemoryBlock
    let count: Int

    /// Makes a column of `count` elements, all zero bytes.
    init(count: Int) {
        self.count = count
        block = MemoryBlock(byteCount: max(count, 1) * MemoryLayout<Element>.stride, zeroed: true)
    }

    @inline(__always) subscript(position: Int) -> Element {
        get { unsafe block.pointer(Element.self)[position] }
        nonmutating set { unsafe block.pointer(Element.self)[position] = newValue }
    }
}
