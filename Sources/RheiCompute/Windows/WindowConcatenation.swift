import RheiCore

/// `group_concat` over frames.
///
/// All texts of the run are written once, each behind its separator; the text of a frame without exclusions is then a
/// slice of those bytes, whatever its length.
struct WindowConcatenation {
    let input: WindowInput
    let separator: WindowInput?
    let frames: FrameTable

    func result() throws -> WindowResult {
        guard let values = input.values, values.type == .text, separator?.values.map({ $0.type == .text }) ?? true
        else { throw EngineError.unsupported("group_concat of values that are not text") }
        if !frames.startsUnbounded, frames.exclusion == .none, hasEmptyText(values) {
            // SQLite takes such a text for the end of the frame when it moves the start along.
            throw EngineError.unsupported("an empty text in group_concat() over a frame whose start moves")
        }
        let pieces = Pieces(input, separator)
        let result = WindowValues<StringValue>(type: .text, rowCount: input.rowCount)
        let arena = StringArena()
        for position in 0..<input.rowCount {
            var parts: [Range<Int>] = []
            frames.forEachPart(of: position) { part in
                let taken = input.count(before: part.lowerBound)..<input.count(before: part.upperBound)
                if !taken.isEmpty { parts.append(taken) }
            }
            let text = parts.count == 1 ? pieces.slice(parts[0]) : pieces.join(parts, in: arena)
            // SQLite cannot tell an empty text from none where it moves a frame along.
            if parts.isEmpty || (frames.exclusion == .none && text.count == 0) {
                result.setNull(position)
            } else {
                result.set(position, text)
            }
        }
        return result.result(owners: [pieces.bytes, arena])
    }

    private func hasEmptyText(_ values: ColumnVector) -> Bool {
        let texts = values.elements(StringValue.self)
        var found = false
        input.forEach { found = found || texts[$0].count == 0 }
        return found
    }

    /// The texts that count, one after the other, each behind its separator.
    private struct Pieces {
        let bytes: MemoryBlock
        /// Where each text begins, its separator not counted, and where it ends.
        private let starts: PositionColumn<Int>
        private let ends: PositionColumn<Int>

        init(_ input: WindowInput, _ separator: WindowInput?) {
            let texts = input.values?.elements(StringValue.self)
            let separators = separator?.values
            @inline(__always) func separatorText(_ position: Int) -> StringValue {
                guard let separators else { return StringValue(head: 1 | 0x2C &<< 32, tail: 0) }
                return separators.isValid(position) ? separators.elements(StringValue.self)[position] : .empty
            }
            var byteCount = 0
            input.forEach { position in byteCount += (texts?[position].count ?? 0) + separatorText(position).count }
            bytes = MemoryBlock(byteCount: byteCount + 16)
            let count = input.count(before: input.rowCount)
            starts = PositionColumn(count: count)
            ends = PositionColumn(count: count)
            var offset = 0
            var index = 0
            input.forEach { position in
                copy(separatorText(position), &offset)
                starts[index] = offset
                if let texts { copy(texts[position], &offset) }
                ends[index] = offset
                index += 1
            }
        }

        private func copy(_ value: StringValue, _ offset: inout Int) {
            unsafe value.withBytes { source in
                if let base = source.baseAddress {
                    unsafe (bytes.base + offset).copyMemory(from: base, byteCount: source.count)
                }
            }
            offset += value.count
        }

        /// The texts of a range joined, without the separator before the first.
        func slice(_ pieces: Range<Int>) -> StringValue {
            let (start, end) = (starts[pieces.lowerBound], ends[pieces.upperBound - 1])
            return unsafe StringValue(bytes.base + start, count: end - start)
        }

        /// Joins the texts of several ranges, in order.
        func join(_ parts: [Range<Int>], in arena: StringArena) -> StringValue {
            guard let first = parts.first else { return .empty }
            // Beyond the first range the separator before each one is wanted.
            let ranges =
                [starts[first.lowerBound]..<ends[first.upperBound - 1]]
                + parts.dropFirst().map { part in
                    (part.lowerBound == 0 ? 0 : ends[part.lowerBound - 1])..<ends[part.upperBound - 1]
                }
            let byteCount = ranges.reduce(0) { $0 + $1.count }
            let target = unsafe arena.allocate(byteCount)
            var offset = 0
            for range in ranges {
                unsafe (target + offset).copyMemory(from: bytes.base + range.lowerBound, byteCount: range.count)
                offset += range.count
            }
            return unsafe StringValue(target, count: byteCount)
        }
    }
}
