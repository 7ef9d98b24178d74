import RheiCore

extension ArrowArray {
    /// Returns the named rows in the given order; -1 gives a null row. See `take(_:)`.
    ///
    /// - Precondition: all other rows exist.
    func gathered(_ rows: [Int]) throws -> ArrowArray {
        defer { withExtendedLifetime(self) {} }
        let validity = gatheredValidity(rows)
        func array(_ buffers: [Buffer], heap: ViewHeap? = nil) -> ArrowArray {
            ArrowArray(
                type, count: rows.count, nullCount: validity.nullCount, validity: validity.bits, buffers: buffers,
                heap: heap)
        }
        switch type.physicalType {
        case .none: return array([])
        case .bit: return array([gatheredBits(rows)])
        case .offsets32, .offsets64: return try array(gatheredBytes(rows))
        case .view: return array([gatheredWords(buffers[0], 16, rows)] + buffers[1...], heap: heap)
        case .any:
            let (tags, slots) = (gatheredWords(buffers[0], 1, rows), gatheredWords(buffers[1], 16, rows))
            return array([tags, slots] + buffers[2...], heap: heap)
        case .nested: return try gatheredNested(rows, validity)
        default: return array([gatheredWords(buffers[0], type.byteWidth ?? 0, rows)])
        }
    }

    private func gatheredValidity(_ rows: [Int]) -> (bits: Buffer?, nullCount: Int) {
        if type.hasNoValidity { return (nil, 0) }
        if nullCount == 0, rows.allSatisfy({ $0 >= 0 }) { return (nil, 0) }
        var result = MutableBuffer(zeroedByteCount: Bits.byteCount(rows.count))
        var validCount = 0
        for (index, row) in rows.enumerated() where row >= 0 && isValid(row) {
            unsafe Bits.set(result.pointer, index)
            validCount += 1
        }
        return (result.freeze(), rows.count - validCount)
    }

    private func gatheredBits(_ rows: [Int]) -> Buffer {
        var result = MutableBuffer(zeroedByteCount: Bits.byteCount(rows.count))
        for (index, row) in rows.enumerated() where unsafe row >= 0 && Bits.get(buffers[0].pointer, offset + row) {
            unsafe Bits.set(result.pointer, index)
        }
        return result.freeze()
    }

    /// Gathers values of `width` bytes; zeros for null rows.
    func gatheredWords(_ source: Buffer, _ width: Int, _ rows: [Int]) -> Buffer {
        defer { withExtendedLifetime(source) {} }
        let base = unsafe source.pointer + offset * width
        switch width {
        case 1: return unsafe gatherWords(base, rows, zero: 0 as UInt8)
        case 2: return unsafe gatherWords(base, rows, zero: 0 as UInt16)
        case 4: return unsafe gatherWords(base, rows, zero: 0 as UInt32)
        case 8: return unsafe gatherWords(base, rows, zero: 0 as UInt64)
        case 16: return unsafe gatherWords(base, rows, zero: ByteView())
        default:
            var result = MutableBuffer(zeroedByteCount: rows.count * width)
            for (index, row) in rows.enumerated() where row >= 0 {
                unsafe (result.pointer + index * width).copyMemory(from: base + row * width, byteCount: width)
            }
            return result.freeze()
        }
    }

    private func gatheredBytes(_ rows: [Int]) throws -> [Buffer] {
        guard let source = ByteArrayView(self) else { return buffers }
        let width = type.physicalType == .offsets32 ? 4 : 8
        var total = 0
        for row in rows where row >= 0 { total += unsafe source.bytes(row).count }
        guard width == 8 || total <= Int(Int32.max) else {
            throw EngineError(.overflow, "more than 2 GB in an array of \(type)")
        }
        var offsets = MutableBuffer(capacity: (rows.count + 1) * width)
        var data = MutableBuffer(capacity: total)
        offsets.append(integer: 0, byteCount: width)
        for row in rows {
            if row >= 0 { unsafe data.append(source.bytes(row)) }
            offsets.append(integer: data.byteCount, byteCount: width)
        }
        return [offsets.freeze(), data.freeze()]
    }
}

@unsafe @inline(__always)
private func gatherWords<Word: BitwiseCopyable>(_ base: UnsafeRawPointer, _ rows: [Int], zero: Word) -> Buffer {
    let width = MemoryLayout<Word>.stride
    var result = MutableBuffer(capacity: rows.count * width)
    let target = unsafe result.extend(by: rows.count * width)
    for index in rows.indices {
        let row = rows[index]
        let word = unsafe row < 0 ? zero : base.load(fromByteOffset: row &* width, as: Word.self)
        unsafe target.storeBytes(of: word, toByteOffset: index &* width, as: Word.self)
    }
    return result.freeze()
}

extension ArrowArray {
    private func gatheredNested(_ rows: [Int], _ validity: (bits: Buffer?, nullCount: Int)) throws -> ArrowArray {
        func array(_ buffers: [Buffer], _ children: [ArrowArray]) -> ArrowArray {
            ArrowArray(
                type, count: rows.count, nullCount: validity.nullCount, validity: validity.bits, buffers: buffers,
                children: children)
        }
        switch type {
        case .list, .largeList, .map:
            let (offsets, items) = try gatheredItems(rows)
            return array([offsets], [items])
        case .listView, .largeListView:
            let width = type.listOffsetType == .int32 ? 4 : 8
            return array(buffers.map { gatheredWords($0, width, rows) }, children)
        case .fixedSizeList(_, let length):
            let items = rows.flatMap { row in
                (0..<length).map { row < 0 ? -1 : (offset + row) * length + $0 }
            }
            return try array([], [children[0].gathered(items)])
        case .struct: return try array([], children.map { try $0.gathered(slots(rows)) })
        case .union(_, let typeIDs, let mode): return try gatheredUnion(rows, typeIDs, mode)
        case .dictionary(let index, _, _):
            return array([gatheredWords(buffers[0], index.byteWidth ?? 1, rows)], children)
        default: return try gatheredRuns(rows)
        }
    }

    /// The rows of children that lie at the slots of `rows`.
    private func slots(_ rows: [Int]) -> [Int] {
        offset == 0 ? rows : rows.map { $0 < 0 ? -1 : $0 + offset }
    }

    private func gatheredItems(_ rows: [Int]) throws -> (offsets: Buffer, items: ArrowArray) {
        let width = type.listOffsetType == .int32 ? 4 : 8
        let source = ListSlots(self)
        var offsets = MutableBuffer(capacity: (rows.count + 1) * width)
        var items: [Int] = []
        offsets.append(integer: 0, byteCount: width)
        for row in rows {
            // Items under null rows stay behind.
            if row >= 0, isValid(row) { items.append(contentsOf: source[offset + row]) }
            offsets.append(integer: items.count, byteCount: width)
        }
        guard items.count <= type.listOffsetType.largestInteger else {
            throw EngineError(.overflow, "more items than the offsets of \(type) count")
        }
        return try (offsets.freeze(), children[0].gathered(items))
    }

    private func gatheredUnion(_ rows: [Int], _ typeIDs: [Int8], _ mode: UnionMode) throws -> ArrowArray {
        let hasNulls = rows.contains(-1)
        guard let firstID = typeIDs.first ?? (hasNulls ? nil : 0) else {
            throw EngineError(.invalidArgument, "a null row in a union without fields")
        }
        var children = children
        var ids = MutableBuffer(capacity: rows.count)
        var places = MutableBuffer(capacity: rows.count * 4)
        let nullPlace = children.first?.count ?? 0
        let slots = UnionSlots(self)
        for row in rows {
            let place = row < 0 ? (child: 0, row: nullPlace) : slots[offset + row]
            ids.append(integer: Int(row < 0 ? firstID : typeIDs[place.child]), byteCount: 1)
            places.append(integer: place.row, byteCount: 4)
        }
        if mode == .sparse {
            children = try children.map { try $0.gathered(self.slots(rows)) }
            return ArrowArray(type, count: rows.count, buffers: [ids.freeze()], children: children)
        }
        if hasNulls {
            guard nullPlace < Int(Int32.max) else { throw EngineError(.overflow, "more rows than a union can name") }
            children[0] = try .concatenated([children[0], .nulls(children[0].type, count: 1)])
        }
        return ArrowArray(type, count: rows.count, buffers: [ids.freeze(), places.freeze()], children: children)
    }

    private func gatheredRuns(_ rows: [Int]) throws -> ArrowArray {
        guard case .runEndEncoded(let endField, _) = type, let width = endField.type.physicalType.integerByteWidth
        else {
            throw EngineError.unsupported("rows of an array of type \(type)")
        }
        guard rows.count <= endField.type.physicalType.largestInteger else {
            throw EngineError(.overflow, "more rows than run ends of type \(endField.type) count")
        }
        let slots = RunSlots(self)
        var (runs, ends): ([Int], [Int]) = ([], [])
        for (index, row) in rows.enumerated() {
            let run = row < 0 ? -1 : slots.run(of: row)
            if run == runs.last {
                ends[ends.count - 1] = index + 1
            } else {
                runs.append(run)
                ends.append(index + 1)
            }
        }
        var buffer = MutableBuffer(capacity: ends.count * width)
        for end in ends { buffer.append(integer: end, byteCount: width) }
        let endArray = ArrowArray(endField.type, count: ends.count, buffers: [buffer.freeze()])
        return try ArrowArray(
            type, count: rows.count, buffers: [], children: [endArray, children[1].gathered(runs)])
    }
}
