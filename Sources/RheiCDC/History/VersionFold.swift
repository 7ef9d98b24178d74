/// Turns the states of keys, in their order, into versions that end, begin and go.
///
/// A row in doubt is settled by what its key is next: had it stayed, nothing could arrive under its key. Without a next state the
/// table itself is asked.
struct VersionFold {
    /// Where the version that a key has comes from.
    enum Source: Equatable {
        case none
        /// The store, by the place of the key.
        case stored(Int)
        /// An image, by its row.
        case image(Int)
    }

    /// A version that ended.
    struct Ending: Equatable {
        var source: Source
        /// The image that ended it.
        var row: Int
    }

    /// In the order of their ends.
    private(set) var endings: [Ending] = []
    /// Images that began a version of a key that had one.
    private(set) var updates: Set<Int> = []
    /// Per key what it has in the end.
    private(set) var current: [Source]

    /// - Parameters:
    ///   - kinds: one per image.
    ///   - keys: per image the number of its key.
    ///   - isStored: per key, whether the store has a valid version.
    ///   - staysThere: whether the row of an image in doubt, that has no successor, is there in the end.
    init(
        kinds: [ImageKind], keys: [Int], isStored: [Bool], staysThere: (Int) throws -> Bool
    ) rethrows {
        current = isStored.indices.map { isStored[$0] ? .stored($0) : .none }
        let next = Self.successors(keys, keyCount: isStored.count)
        for row in kinds.indices {
            let key = keys[row]
            switch kinds[row] {
            case .gone: end(key, at: row)
            case .arrived, .updated:
                if current[key] != .none { updates.insert(row) }
                end(key, at: row)
                current[key] = .image(row)
            case .inDoubt:
                let stays = try next[row].map { kinds[$0] != .arrived } ?? staysThere(row)
                if !stays { end(key, at: row) }
            }
        }
    }

    private mutating func end(_ key: Int, at row: Int) {
        guard current[key] != .none else { return }
        endings.append(Ending(source: current[key], row: row))
        current[key] = .none
    }

    /// Per image the next one of its key.
    private static func successors(_ keys: [Int], keyCount: Int) -> [Int?] {
        var last = [Int?](repeating: nil, count: keyCount)
        var next = [Int?](repeating: nil, count: keys.count)
        for row in keys.indices.reversed() {
            next[row] = last[keys[row]]
            last[keys[row]] = row
        }
        return next
    }
}
