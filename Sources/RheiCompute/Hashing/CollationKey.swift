/// Returns a text whose bytes equal those of another's key exactly when the collation calls the texts equal; bytes that
/// differ from the text's own go to the arena.
func collationKey(_ value: StringValue, _ collation: TextCollation, in arena: StringArena) -> StringValue {
    switch collation {
    case .binary: value
    case .rightTrim:
        value.withRun { bytes in
            let kept = trimmingSpaces(bytes)
            return kept.count == bytes.count ? value : arena.store(kept)
        }
    case .noCase: value.withRun { bytes in foldedKey(value, bytes, in: arena) }
    }
}

/// Folds letters; what follows a NUL counts by its length alone, as in SQLite's NOCASE.
private func foldedKey(_ value: StringValue, _ bytes: ByteRun, in arena: StringArena) -> StringValue {
    guard (0..<bytes.count).contains(where: { foldCase(bytes[$0]) != bytes[$0] || bytes[$0] == 0 }) else {
        return value
    }
    return unsafe withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 8) { folded in
        var isPastNUL = false
        for index in 0..<bytes.count {
            isPastNUL = isPastNUL || bytes[index] == 0
            unsafe folded[index] = isPastNUL ? 0 : foldCase(bytes[index])
        }
        return unsafe arena.store(UnsafeRawBufferPointer(folded))
    }
}
