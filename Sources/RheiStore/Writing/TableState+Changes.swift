import RheiArrow
import RheiCore

extension TableState {
    /// What to do with a key that is there already.
    enum DuplicateKeys { case replace, reject }

    /// Appends rows as new segments and puts their keys into the index.
    ///
    /// - Throws: before anything has changed, when the rows do not fit; `constraint` for a key that exists when
    ///   duplicates are rejected, and the caller then restores an earlier state.
    mutating func append(
        _ columns: [ArrowArray], keys: RowKeys?, duplicates: DuplicateKeys, owner: UInt64
    ) throws {
        for segment in try appendSegments(columns, keys: keys) {
            guard index != nil else { continue }
            let replaced = try indexLiveRows(of: SegmentVersion(segment))
            noteInsertions(segment.rowNumbers, replaced)
            if duplicates == .reject, let first = replaced.first { throw duplicateKey(first.new, in: segment) }
            for row in replaced { markDeleted(row.old, owner: owner) }
        }
    }

    /// Appends rows as new segments of at most `Segment.maximumRowCount` rows and leaves the index alone.
    ///
    /// - Throws: before anything has changed, when the rows do not fit.
    mutating func appendSegments(_ columns: [ArrowArray], keys: RowKeys?) throws -> [Segment] {
        let rows = try check(columns, keys)
        var new: [Segment] = []
        var firstRowNumber = nextRowNumber
        for start in stride(from: 0, to: rows.count, by: Segment.maximumRowCount) {
            let count = min(Segment.maximumRowCount, rows.count - start)
            let parts = try columns.map { try $0.slice(offset: start, count: count).aligned() }
            let keyPart = try keyColumn == nil ? rows.keys?.slice(offset: start, count: count).aligned() : nil
            new.append(
                Segment(
                    columns: parts, keys: keyPart, keyColumn: keyColumn, rowCount: count,
                    firstRowNumber: firstRowNumber, cache: cache))
            firstRowNumber += Int64(count)
        }
        if rows.fields != schema.fields {
            schema.fields = rows.fields
            schemaVersion += 1
        }
        hasValues = rows.hasValues
        segments += new.map { SegmentVersion($0) }
        nextRowNumber = firstRowNumber
        liveRowCount += rows.count
        metrics.appendedRowCount += rows.count
        return new
    }

    /// Takes over segments whose rows follow those of the table, of a table without keys and columns of mixed types.
    mutating func adopt(_ new: [Segment]) {
        for segment in new {
            precondition(segment.firstRowNumber == nextRowNumber)
            for (column, zone) in segment.zones.enumerated() where zone.nullCount < segment.rowCount {
                hasValues[column] = true
            }
            segments.append(SegmentVersion(segment))
            nextRowNumber += Int64(segment.rowCount)
            liveRowCount += segment.rowCount
            metrics.appendedRowCount += segment.rowCount
        }
    }

    /// Puts the keys of all live rows into the empty index.
    ///
    /// - Throws: `constraint` when a key is there twice, `corrupt` when the keys of a file are damaged.
    mutating func buildIndex() throws {
        guard let index else { return }
        index.removeAll()
        index.reserve(liveRowCount, try segments.compactMap { try $0.segment.keys() })
        for part in segments {
            if let first = try indexLiveRows(of: part).first { throw duplicateKey(first.new, in: part.segment) }
        }
        index.isComplete = true
    }

    func duplicateKey(_ row: Int64, in segment: Segment) -> EngineError {
        let position = row - segment.firstRowNumber
        return EngineError(
            .constraint, "the key of row \(position) of \(segment.rowCount) is in table '\(definition.name)' already")
    }

    /// Marks the rows of these keys as deleted; unknown keys are passed over.
    mutating func delete(_ keys: RowKeys, owner: UInt64) throws {
        guard let index, keys.isInteger == (definition.key != .encoded) else {
            throw EngineError(
                .typeMismatch, "rows of table '\(definition.name)' cannot be deleted by keys of \(keys.array.type)")
        }
        if let integers = try? PrimitiveArray<Int64>(keys.array) {
            for position in 0..<integers.count {
                if let row = try removeRow(of: integers[position], index) { noteRemoval(row, owner) }
            }
        } else if let bytes = ByteArrayView(keys.array) {
            for position in 0..<keys.count {
                if let row = unsafe index.remove(bytes.bytes(position)) { noteRemoval(row, owner) }
            }
        }
        withExtendedLifetime(keys) {}
    }

    /// Undoes index changes down to a length of the journal, and the runs of rows from `rowNumber` on.
    func revertIndex(to journalCount: Int, nextRowNumber rowNumber: Int64) {
        guard let index else { return }
        for change in journal[journalCount...].reversed() {
            switch (change.old, change.new) {
            case (let old?, let new?) where index.runs.contains(old): index.move(new, to: old, keyRow: new)
            case (_?, let new?): index.removeKey(of: new)
            case (nil, let new?): index.removeKey(of: new)
            case (let old?, nil) where index.runs.contains(old): index.restoreKey(of: old)
            // Rows of sorted segments are found there again.
            case (_, nil): break
            }
        }
        index.runs.replace(rowNumber..<Int64.max, with: nil)
    }

    private mutating func noteRemoval(_ row: Int64, _ owner: UInt64) {
        journal.append(IndexChange(old: row, new: nil))
        markDeleted(row, owner: owner)
    }

    /// Maps the keys of a segment's live rows to these.
    ///
    /// - Returns: the rows that had these keys before, with the new ones, ascending by these.
    mutating func indexLiveRows(of part: SegmentVersion) throws -> [(old: Int64, new: Int64)] {
        guard let index, let keys = try part.segment.keys() else { return [] }
        let firstRow = part.segment.firstRowNumber
        // Not always behind all others: of a table from files, a search may have brought later segments into the index.
        index.runs.insert(keys, firstRow: firstRow)
        var replaced: [(old: Int64, new: Int64)] = []
        if sorted.isEmpty {
            part.forEachLiveRange { rows in
                setRows(index, keys, rows, firstRow: firstRow + Int64(rows.lowerBound)) { replaced.append(($0, $1)) }
            }
        } else if let integers = try? PrimitiveArray<Int64>(keys) {
            try part.forEachLiveRange { rows in
                for row in rows {
                    let new = firstRow + Int64(row)
                    if let old = try setRow(new, for: integers[row], index) { replaced.append((old, new)) }
                }
            }
        }
        return replaced
    }

    /// Maps the keys of `rows` to row numbers from `firstRow` on.
    private func setRows(
        _ index: KeyIndex, _ keys: ArrowArray, _ rows: Range<Int>, firstRow: Int64, _ replaced: (Int64, Int64) -> Void
    ) {
        if let integers = try? PrimitiveArray<Int64>(keys) {
            unsafe index.setRows(
                from: firstRow, for: integers.values + rows.lowerBound, count: rows.count, replaced: replaced)
        } else if let bytes = ByteArrayView(keys) {
            for position in rows {
                let row = firstRow + Int64(position - rows.lowerBound)
                if let old = unsafe index.set(row, for: bytes.bytes(position)) { replaced(old, row) }
            }
        }
        withExtendedLifetime(keys) {}
    }

    private mutating func noteInsertions(_ rows: Range<Int64>, _ replaced: [(old: Int64, new: Int64)]) {
        var next = 0
        for row in rows {
            var old: Int64?
            if next < replaced.count, replaced[next].new == row {
                old = replaced[next].old
                next += 1
            }
            journal.append(IndexChange(old: old, new: row))
        }
    }

    private mutating func markDeleted(_ row: Int64, owner: UInt64) {
        let position = segmentIndex(of: row)
        let segment = segments[position].segment
        let vector = segments[position].deletes ?? DeleteVector(rowCount: segment.rowCount, owner: owner)
        segments[position].deletes = vector.marking(
            Int(row - segment.firstRowNumber), owner: owner, metrics: &metrics)
        liveRowCount -= 1
        metrics.deletedRowCount += 1
    }

    func segmentIndex(of row: Int64) -> Int {
        var low = 0
        var high = segments.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if segments[middle].segment.firstRowNumber <= row { low = middle } else { high = middle }
        }
        return low
    }

    /// The column that is the key; its memory serves the index as well.
    var keyColumn: Int? {
        if case .integerColumn(let column) = definition.key { column } else { nil }
    }
}

extension ArrowArray {
    /// Returns the same rows at an offset that is a multiple of 64, so that validity can be read in whole words.
    func aligned() throws -> ArrowArray {
        if offset & 63 == 0 { return self }
        return type.physicalType == .nested ? try take(Array(0..<count)) : try ArrowArray.joined([self], as: type)
    }

    /// Puts the rows of arrays of a column together, in the type that holds those of all.
    static func stacked(_ arrays: [ArrowArray]) throws -> ArrowArray {
        let type = ArrayAssembler.commonType(arrays) ?? .null
        return type.physicalType == .nested ? try concatenated(arrays) : try joined(arrays, as: type)
    }
}
