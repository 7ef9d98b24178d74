import RheiArrow

/// Keeps the least or greatest value per group in SQLite's order of storage classes; of equal ones the first.
final class AnyExtremeState: AggregateState {
    private let isMaximum: Bool
    private let collation: TextCollation
    private let best = KeptStrings()
    private var tags = ZeroedColumn<UInt8>()

    init(isMaximum: Bool, collation: TextCollation) {
        self.isMaximum = isMaximum
        self.collation = collation
    }

    override func extend(to groupCount: Int) {
        best.extend(to: groupCount)
        tags.extend(to: groupCount)
    }

    private func take(_ value: Datum, _ group: Int) {
        if unsafe tags.pointer[group] != 0 {
            let order = unsafe Datum.compare(value, datum(tags.pointer, best.pointer, group), collation)
            if isMaximum ? order <= 0 : order >= 0 { return }
        }
        unsafe tags.pointer[group] = value.storageClass.rawValue
        if value.isBytes { best.set(value.slot, group: group) } else { best.setNumber(value.slot, group: group) }
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        guard let argument = arguments.first, let argumentTags = unsafe argument.tags else { return }
        let slots = unsafe argument.pointer(StringValue.self)
        rows.forEach { row, group in unsafe take(datum(argumentTags, slots, row), group) }
        best.keepChanged { unsafe self.tags.pointer[$0] >= StorageClass.text.rawValue }
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? AnyExtremeState else { return }
        pairs.forEach { source, target in
            if unsafe other.tags.pointer[source] != 0 {
                unsafe take(datum(other.tags.pointer, other.best.pointer, source), target)
            }
        }
        best.keepChanged { unsafe self.tags.pointer[$0] >= StorageClass.text.rawValue }
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let result = target.vector()
        unsafe result.pointer(StringValue.self).update(from: best.pointer + first, count: count)
        unsafe result.tags?.update(from: tags.pointer + first, count: count)
        let tags = unsafe tags.pointer + first
        return attachValidity(result, target, count: count) { unsafe tags[$0] != 0 }
    }

    override var byteCount: Int { best.byteCount + tags.count }
}
