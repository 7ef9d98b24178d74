/// One string per group whose bytes live in an arena of their own; replaced ones leave garbage that is swept once it
/// outweighs what is in use.
///
/// Within a batch a group's string may point into the batch; `keepChanged` then copies what changed. Slots may also
/// hold numbers, which `isString` tells apart.
final class KeptStrings {
    private var values = ZeroedColumn<StringValue>()
    private var isChanged = ZeroedColumn<UInt8>()
    private var changed: [UInt32] = []
    private var arena = StringArena()
    private var sweepAt = 1 << 20

    var pointer: UnsafeMutablePointer<StringValue> { unsafe values.pointer }
    var byteCount: Int { values.count * 17 + arena.reservedByteCount }

    func extend(to groupCount: Int) {
        values.extend(to: groupCount)
        isChanged.extend(to: groupCount)
    }

    /// Sets a group's string, not copying its bytes yet.
    @inline(__always)
    func set(_ value: StringValue, group: Int) {
        unsafe values.pointer[group] = value
        if unsafe value.isInline || isChanged.pointer[group] != 0 { return }
        unsafe isChanged.pointer[group] = 1
        changed.append(UInt32(truncatingIfNeeded: group))
    }

    /// Sets a group's slot to a number.
    func setNumber(_ slot: StringValue, group: Int) { unsafe values.pointer[group] = slot }

    /// Copies the bytes of the strings set since the last call.
    func keepChanged(isString: (Int) -> Bool) {
        for group in changed {
            let group = Int(group)
            unsafe isChanged.pointer[group] = 0
            if isString(group) { unsafe values.pointer[group] = unsafe arena.keep(values.pointer[group]) }
        }
        changed.removeAll(keepingCapacity: true)
        if arena.reservedByteCount > sweepAt { sweep(isString) }
    }

    private func sweep(_ isString: (Int) -> Bool) {
        let fresh = StringArena()
        for group in 0..<values.count where isString(group) {
            unsafe values.pointer[group] = unsafe fresh.keep(values.pointer[group])
        }
        arena = fresh
        sweepAt = max(1 << 20, fresh.reservedByteCount * 3)
    }
}
