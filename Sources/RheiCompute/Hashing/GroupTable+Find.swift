extension GroupTable {
    /// Writes the group of every selected row to `groups[row]`, ``noStoredRow`` for keys that have none.
    ///
    /// Only reads the table, so threads may look up at once, each with its own scratch.
    package func find(
        _ keys: [ColumnVector], _ rows: SelectionVector, groups: UnsafeMutablePointer<UInt32>, _ scratch: ProbeScratch
    ) {
        guard rows.count > 0 else { return }
        let flat = scratch.flattener.flatten(keys, rowCount: rows.rowCount)
        let selection = unsafe rows.indices.map { unsafe UnsafePointer($0) }
        switch tier {
        case .undecided: rows.forEach { row in unsafe groups[row] = noStoredRow }
        case .ascending:
            unsafe ascendingIndex?.find(
                flat[0], store.columns[0], selection: selection, count: rows.count, groups: groups)
        case .packed: unsafe findPacked(flat, selection, rows.count, groups, scratch)
        case .raw: unsafe findRaw(flat[0], selection, rows.count, groups, scratch)
        case .hashed:
            unsafe hashedIndex?.find(flat, store, selection: selection, count: rows.count, groups: groups, scratch)
        }
    }

    private func findPacked(
        _ keys: [ColumnVector], _ selection: UnsafePointer<UInt16>?, _ count: Int,
        _ groups: UnsafeMutablePointer<UInt32>, _ scratch: ProbeScratch
    ) {
        if unsafe packer.pack(keys, selection: selection, count: count, into: scratch.codes) {
            unsafe codeIndex?.find(scratch.codes, selection: selection, count: count, groups: groups, scratch)
            return
        }
        unsafe forEachRow(selection, count) { row in unsafe groups[row] = noStoredRow }
        let fitting = unsafe packer.packFitting(keys, selection: selection, count: count, scratch)
        unsafe codeIndex?.find(scratch.codes, selection: scratch.validRows, count: fitting, groups: groups, scratch)
    }

    private func findRaw(
        _ key: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int,
        _ groups: UnsafeMutablePointer<UInt32>, _ scratch: ProbeScratch
    ) {
        let codes = unsafe rawCodes(key, selection, count, scratch)
        guard unsafe key.validity != nil else {
            unsafe codeIndex?.find(codes, selection: selection, count: count, groups: groups, scratch)
            return
        }
        let valid = unsafe scratch.validRows
        var validCount = 0
        unsafe forEachRow(selection, count) { row in
            unsafe groups[row] = nullGroup ?? noStoredRow
            unsafe valid[validCount] = UInt16(truncatingIfNeeded: row)
            validCount &+= asInt(key.isValid(row))
        }
        unsafe codeIndex?.find(codes, selection: valid, count: validCount, groups: groups, scratch)
    }
}
