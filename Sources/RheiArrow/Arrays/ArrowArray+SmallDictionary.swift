extension ArrowArray {
    /// The type of text in one byte per row.
    package static let smallDictionaryType = DataType.dictionary(index: .uint8, value: .utf8View, isOrdered: false)

    /// The same text with each value kept once and one byte per row, from slot 0 on; the array itself when it has more
    /// than 255 different values, when they are more than a quarter of the rows, or when it is no `utf8View`.
    ///
    /// Costs one look into a small table per row, and little where values soon turn out to be many.
    package func encodingFewTexts() throws -> ArrowArray {
        guard type == .utf8View, nullCount < count else { return self }
        defer { withExtendedLifetime((buffers, heap)) {} }
        let views = unsafe buffers[0].pointer.assumingMemoryBound(to: ByteView.self) + offset
        var table = FewTexts(heap)
        var codes = MutableBuffer(capacity: count)
        let target = unsafe codes.extend(by: count).assumingMemoryBound(to: UInt8.self)
        for row in 0..<count {
            if validity != nil, !isValid(row) {
                unsafe target[row] = 0
                continue
            }
            guard let code = unsafe table.code(of: views[row], row: row) else { return self }
            unsafe target[row] = code
        }
        if table.rows.count * 4 > count { return self }
        let values = try ArrayAssembler(.utf8View, capacity: table.rows.count)
        for row in table.rows { try values.append(self, rows: row..<row + 1) }
        return ArrowArray(
            Self.smallDictionaryType, count: count, nullCount: nullCount, validity: validityFromFirstRow(),
            buffers: [codes.freeze()], children: [values.finish()])
    }

    /// The text of ``encodingFewTexts()`` as views again, from slot 0 on; the array itself when it is of another type.
    package func decodingFewTexts() -> ArrowArray {
        guard type == Self.smallDictionaryType, let values = children.first else { return self }
        defer { withExtendedLifetime((buffers, values)) {} }
        var target = MutableBuffer(capacity: count * 16)
        let views = unsafe target.extend(by: count * 16).assumingMemoryBound(to: ByteView.self)
        let codes = unsafe buffers[0].pointer.assumingMemoryBound(to: UInt8.self) + offset
        let known = unsafe values.buffers[0].pointer.assumingMemoryBound(to: ByteView.self) + values.offset
        for row in 0..<count { unsafe views[row] = unsafe known[Int(codes[row])] }
        if validity != nil {
            for row in 0..<count where !isValid(row) { unsafe views[row] = ByteView() }
        }
        return ArrowArray(
            .utf8View, count: count, nullCount: nullCount, validity: validityFromFirstRow(),
            buffers: [target.freeze()] + values.buffers.dropFirst())
    }
}

/// The different texts of an array, at most 255, found by hash.
private struct FewTexts {
    private static let slotCount = 1024
    private let heap: ViewHeap
    /// Code plus one; zero is empty. Linear probing.
    private var slots = [UInt8](repeating: 0, count: FewTexts.slotCount)
    private var views: [ByteView] = []
    /// The row in which each text came first.
    private(set) var rows: [Int] = []

    init(_ heap: ViewHeap) { self.heap = heap }

    /// Returns the code of a text; nil when there are too many.
    mutating func code(of view: ByteView, row: Int) -> UInt8? {
        var slot = hash(view) & (Self.slotCount - 1)
        while slots[slot] != 0 {
            let code = slots[slot] - 1
            if isEqual(views[Int(code)], view) { return code }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        guard views.count < 255 else { return nil }
        views.append(view)
        rows.append(row)
        slots[slot] = UInt8(views.count)
        return UInt8(views.count - 1)
    }

    /// Mixes length, first and last bytes.
    private func hash(_ view: ByteView) -> Int {
        var last = view.high
        if !view.isInline {
            last = unsafe (bytes(of: view) + (view.byteCount - 8)).loadUnaligned(as: UInt64.self)
        }
        let mixed = (view.low ^ (last &* 0x9E37_79B9_7F4A_7C15)) &* 0xBB67_AE85_84CA_A73B
        return Int(truncatingIfNeeded: mixed &>> 40)
    }

    private func isEqual(_ left: ByteView, _ right: ByteView) -> Bool {
        guard left.low == right.low else { return false }
        if left.isInline || left.high == right.high { return left.high == right.high }
        return unsafe memoryEqual(bytes(of: left), bytes(of: right), left.byteCount)
    }

    /// The bytes of a text that is not inline.
    private func bytes(of view: ByteView) -> UnsafeRawPointer {
        unsafe heap.pointers[view.bufferIndex] + view.byteOffset
    }
}
