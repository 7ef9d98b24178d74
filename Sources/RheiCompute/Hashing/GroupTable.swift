import RheiArrow

/// Gives every distinct combination of keys a number from 0, later batches higher ones; within a batch in any order.
///
/// Nulls are one key value; in `any` columns 1 and 1.0 are one key. The keys of the groups are kept as columns. How
/// groups are found is chosen from the keys seen and may change between batches, best first:
/// 1. the row before, as long as a single integer key ascends, where that is looked for;
/// 2. an array over all codes, when the keys pack into few bits;
/// 3. slots of one-word codes, when they pack into 64 bits, or raw values of a single integer key;
/// 4. salted slots and column-wise comparison, for anything else.
package final class GroupTable {
    enum Tier { case undecided, ascending, packed, raw, hashed }

    private let types: [VectorType]
    let store: RowStore
    private(set) var tier = Tier.undecided
    let packer: KeyPacker
    private(set) var codeIndex: CodeGroupIndex?
    private(set) var hashedIndex: HashedGroupIndex?
    /// Set as long as the keys may ascend.
    private(set) var ascendingIndex: AscendingGroupIndex?
    /// The group of the null key in the raw tier.
    private(set) var nullGroup: UInt32?
    private let scratch = ProbeScratch()
    private var expectedGroupCount = 0

    /// - Parameter looksForOrder: whether groups are found by the row before as long as keys ascend.
    package init(keyTypes: [VectorType], looksForOrder: Bool = false) {
        types = keyTypes
        ascendingIndex = looksForOrder && AscendingGroupIndex.supports(keyTypes) ? AscendingGroupIndex() : nil
        store = RowStore(types: keyTypes)
        packer = KeyPacker(columnCount: keyTypes.count)
    }

    package var groupCount: Int { store.rowCount }

    /// Whether the groups' keys ascend with their numbers; other keys to come end that.
    var isAscending: Bool { tier == .ascending }

    /// Makes room for about so many groups, before the first row.
    func expect(groupCount: Int) {
        expectedGroupCount = groupCount
        for column in store.columns { column.reserve(groupCount) }
    }

    /// Learns of keys to come, before the first row: an index is then made for all of them and not for the first.
    ///
    /// - Returns: whether further keys are of use.
    func expect(keys: [ColumnVector], count: Int) -> Bool {
        unsafe KeyPacker.supports(types) && packer.widen(keys, selection: nil, count: count)
    }

    /// Bytes held by the keys and the index.
    package var byteCount: Int { byteCount(adding: 0) }

    /// Bytes that are held while up to `count` groups are added; the bytes of their strings come on top.
    package func byteCount(adding count: Int) -> Int {
        let keys = store.byteCount(adding: count)
        // An index that gives way to another kind is held until that is filled.
        let index = codeIndex?.byteCount(groupCount: groupCount, adding: count) ?? 0
        // Who has more groups in order than this begins another table before one is made of them.
        let later = isAscending ? min(groupCount + count, Self.smallGroupCount) * 64 : 0
        return later + keys + index + (hashedIndex?.byteCount(groupCount: groupCount, adding: count) ?? 0)
    }

    /// So many groups are few enough to be entered in an index late.
    private static let smallGroupCount = 65_536

    /// Returns views of the keys of `count` groups from `first`, a multiple of 64; valid until groups are added.
    package func keys(from first: Int, count: Int) -> [ColumnVector] { store.vectors(from: first, count: count) }

    /// The stored keys, one row per group.
    package var keyColumns: [ColumnStore] { store.columns }

    /// The hashes of the groups' keys, see ``VectorHasher``, where they are kept; valid until groups are added.
    var keyHashes: UnsafePointer<UInt64>? { unsafe tier == .hashed ? hashedIndex?.storedHashes : nil }

    /// Writes the group of every selected row to `groups[row]`, making new ones as needed.
    ///
    /// - Parameter hashes: those of the rows by position, where they are known.
    package func findOrCreate(
        _ keys: [ColumnVector], _ rows: SelectionVector, groups: UnsafeMutablePointer<UInt32>,
        hashes: UnsafePointer<UInt64>? = nil
    ) {
        if unsafe rows.count == 0 || findOrCreateAscending(keys, rows, groups: groups) { return }
        let flat = scratch.flattener.flatten(keys, rowCount: rows.rowCount)
        let selection = unsafe rows.indices.map { unsafe UnsafePointer($0) }
        let count = rows.count
        if unsafe tier == .undecided || tier == .ascending || (tier == .packed && !pack(flat, selection, count)) {
            unsafe chooseTier(flat, selection, count)
            if tier == .packed { _ = unsafe pack(flat, selection, count) }
        }
        switch tier {
        case .packed: unsafe findCodes(scratch.codes, flat, selection, count, groups)
        case .raw: unsafe findRaw(flat, selection, count, groups)
        case .undecided, .ascending, .hashed:
            unsafe hashedIndex?.findOrCreate(
                flat, store, selection: selection, count: count, groups: groups, scratch, known: hashes)
        }
    }

    /// Does what `findOrCreate` does when the keys go on ascending.
    ///
    /// - Returns: whether they do; nothing has changed otherwise.
    func findOrCreateAscending(
        _ keys: [ColumnVector], _ rows: SelectionVector, groups: UnsafeMutablePointer<UInt32>
    ) -> Bool {
        guard tier == .ascending || tier == .undecided, let ascendingIndex else { return false }
        guard rows.count > 0 else { return true }
        let flat = scratch.flattener.flatten(keys, rowCount: rows.rowCount)
        let selection = unsafe rows.indices.map { unsafe UnsafePointer($0) }
        let created = unsafe ascendingIndex.findOrCreate(
            flat[0], store.columns[0], selection: selection, count: rows.count, groups: groups)
        guard let created else { return false }
        tier = .ascending
        if created > 0 { unsafe store.append(flat, selection: ascendingIndex.createdRows, count: created) }
        return true
    }

    private func pack(_ keys: [ColumnVector], _ selection: UnsafePointer<UInt16>?, _ count: Int) -> Bool {
        unsafe packer.pack(keys, selection: selection, count: count, into: scratch.codes)
    }

    /// Chooses how to find groups so that the given rows fit as well, and enters the groups that exist.
    private func chooseTier(_ keys: [ColumnVector], _ selection: UnsafePointer<UInt16>?, _ count: Int) {
        ascendingIndex = nil
        // Groups that were found in order have not gone through the packer.
        let storedFit = tier != .ascending || widenForStoredKeys()
        let fits =
            unsafe KeyPacker.supports(types) && storedFit && packer.widen(keys, selection: selection, count: count)
        let isRawCandidate = types.count == 1 && [.int64, .int32, .int16].contains(types[0])
        if isRawCandidate && !(fits && packer.totalBits <= CodeGroupIndex.directBits) {
            rebuildRaw()
        } else if fits {
            rebuildPacked()
        } else {
            tier = .hashed
            codeIndex = nil
            let index = HashedGroupIndex()
            index.reserve(groupCount: expectedGroupCount)
            index.insertAll(of: store)
            hashedIndex = index
        }
    }

    private func widenForStoredKeys() -> Bool {
        stride(from: 0, to: groupCount, by: VectorBatch.capacity).allSatisfy { first in
            let count = min(VectorBatch.capacity, groupCount - first)
            return unsafe packer.widen(store.vectors(from: first, count: count), selection: nil, count: count)
        }
    }

    private func rebuildPacked() {
        tier = .packed
        let index = CodeGroupIndex(codeBits: packer.totalBits)
        index.reserve(groupCount: expectedGroupCount)
        for first in stride(from: 0, to: groupCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, groupCount - first)
            let fits = unsafe pack(store.vectors(from: first, count: count), nil, count)
            precondition(fits, "widened fields hold the keys of all groups")
            unsafe index.insert(scratch.codes, firstGroup: first, count: count)
        }
        codeIndex = index
    }

    private func rebuildRaw() {
        tier = .raw
        let index = CodeGroupIndex(codeBits: 64)
        index.reserve(groupCount: expectedGroupCount)
        let codes = unsafe scratch.codes
        for group in 0..<groupCount {
            guard store.columns[0].isValid(group) else {
                nullGroup = UInt32(truncatingIfNeeded: group)
                continue
            }
            unsafe widenToWords(store.columns[0].vector(from: 0, count: groupCount), row: group, into: codes)
            unsafe index.insert(codes, firstGroup: group, count: 1)
        }
        codeIndex = index
    }

    private func widenToWords(_ vector: ColumnVector, row: Int, into codes: UnsafeMutablePointer<UInt64>) {
        switch vector.type {
        case .int16: unsafe codes[0] = unsafe UInt64(truncatingIfNeeded: vector.pointer(Int16.self)[row])
        case .int32: unsafe codes[0] = unsafe UInt64(truncatingIfNeeded: vector.pointer(Int32.self)[row])
        default: unsafe codes[0] = unsafe UInt64(bitPattern: vector.pointer(Int64.self)[row])
        }
    }

    private func findCodes(
        _ codes: UnsafePointer<UInt64>, _ keys: [ColumnVector], _ selection: UnsafePointer<UInt16>?, _ count: Int,
        _ groups: UnsafeMutablePointer<UInt32>
    ) {
        guard let codeIndex else { return }
        let created = unsafe codeIndex.findOrCreate(
            codes, selection: selection, count: count, groupCount: groupCount, groups: groups)
        if created > 0 { unsafe store.append(keys, selection: codeIndex.createdRows, count: created) }
    }

    private func findRaw(
        _ keys: [ColumnVector], _ selection: UnsafePointer<UInt16>?, _ count: Int,
        _ groups: UnsafeMutablePointer<UInt32>
    ) {
        let key = keys[0]
        guard unsafe key.validity != nil else { return unsafe findRawWords(key, keys, selection, count, groups) }
        let valid = unsafe scratch.validRows
        var validCount = 0
        unsafe forEachRow(selection, count) { row in
            unsafe valid[validCount] = UInt16(truncatingIfNeeded: row)
            validCount &+= asInt(key.isValid(row))
        }
        unsafe findRawWords(key, keys, valid, validCount, groups)
        if validCount < count { unsafe assignNullGroup(keys, selection, count, groups) }
    }

    private func findRawWords(
        _ key: ColumnVector, _ keys: [ColumnVector], _ selection: UnsafePointer<UInt16>?, _ count: Int,
        _ groups: UnsafeMutablePointer<UInt32>
    ) {
        unsafe findCodes(rawCodes(key, selection, count, scratch), keys, selection, count, groups)
    }

    /// Returns the values of a single integer key as words by row position.
    func rawCodes(
        _ key: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int, _ scratch: ProbeScratch
    ) -> UnsafePointer<UInt64> {
        if key.type == .int64 { return unsafe UnsafePointer(key.pointer(UInt64.self)) }
        let codes = unsafe scratch.codes
        if key.type == .int32 {
            let values = unsafe key.pointer(Int32.self)
            unsafe forEachRow(selection, count) { unsafe codes[$0] = unsafe UInt64(truncatingIfNeeded: values[$0]) }
        } else {
            let values = unsafe key.pointer(Int16.self)
            unsafe forEachRow(selection, count) { unsafe codes[$0] = unsafe UInt64(truncatingIfNeeded: values[$0]) }
        }
        return unsafe UnsafePointer(codes)
    }

    private func assignNullGroup(
        _ keys: [ColumnVector], _ selection: UnsafePointer<UInt16>?, _ count: Int,
        _ groups: UnsafeMutablePointer<UInt32>
    ) {
        let key = keys[0]
        unsafe forEachRow(selection, count) { row in
            guard !key.isValid(row) else { return }
            if nullGroup == nil {
                nullGroup = UInt32(truncatingIfNeeded: groupCount)
                var only = UInt16(truncatingIfNeeded: row)
                unsafe store.append(keys, selection: &only, count: 1)
            }
            unsafe groups[row] = nullGroup ?? 0
        }
    }
}
