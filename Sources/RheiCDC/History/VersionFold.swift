/// Turns the states of keys, in their order, into versions that end, begin and go.
///
/// A row that REPLACE removed over a unique index is told of by the index: whoever is known to have an entry when
/// another row has it, is gone or has changed. If it changed, an image of it follows in the same statement. If it is
/// gone, it was in doubt before in that statement, and that is where its version ends; or a trigger of the application
/// changed it in that statement, and this last version never was in a commit.
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
        /// The image that ended it. No two versions have the same.
        var row: Int
    }

    /// In the order of their ends.
    private(set) var endings: [Ending] = []
    /// Images that began a version of a key that had one.
    private(set) var updates: Set<Int> = []
    /// Per key what it has in the end.
    private(set) var current: [Source]
    /// Whether a row arrived where there was one: REPLACE over the key, or a row that went without a trace.
    private(set) var hasReplacedKeys = false

    private let kinds: [ImageKind]
    private let times: [Int64]
    private var holders: EntryHolders
    /// Per image the next one of its key, claims left out.
    private let next: [Int?]
    /// Per key the last image so far.
    private var lastImages: [Int?]

    /// - Parameters:
    ///   - kinds: one per image.
    ///   - keys: per image the number of its key.
    ///   - times: per image the time of the statement.
    ///   - entries: per unique index and image the number of the row's entry.
    ///   - isStored: per key, whether the store has a valid version.
    init(kinds: [ImageKind], keys: [Int], times: [Int64], entries: [[Int?]] = [], isStored: [Bool]) {
        self.kinds = kinds
        self.times = times
        current = isStored.indices.map { isStored[$0] ? .stored($0) : .none }
        holders = EntryHolders(indexCount: entries.count)
        next = entries.isEmpty ? [] : Self.successors(keys, kinds, keyCount: isStored.count)
        lastImages = Array(repeating: nil, count: isStored.count)
        for row in kinds.indices {
            let key = keys[row]
            for index in entries.indices {
                guard let loser = take(kinds[row], key, entries[index][row], index) else { continue }
                holders.forget(loser)
                lose(loser, at: row)
            }
            step(key, row)
            if kinds[row] != .claimed { lastImages[key] = row }
        }
        endings.sort { $0.row < $1.row }
    }

    private mutating func step(_ key: Int, _ row: Int) {
        switch kinds[row] {
        case .gone: end(key, at: row)
        case .arrived, .updated:
            if current[key] != .none {
                updates.insert(row)
                if kinds[row] == .arrived { hasReplacedKeys = true }
            }
            end(key, at: row)
            current[key] = .image(row)
        case .inDoubt, .claimed: break
        }
    }

    private mutating func end(_ key: Int, at row: Int) {
        guard current[key] != .none else { return }
        endings.append(Ending(source: current[key], row: row))
        current[key] = .none
    }

    // MARK: - Unique indexes

    /// Notes what an image tells of an index.
    ///
    /// - Returns: the key whose row has lost its entry.
    private mutating func take(_ kind: ImageKind, _ key: Int, _ entry: Int?, _ index: Int) -> Int? {
        switch kind {
        case .gone: holders.set(nil, of: key, index)
        // A claim tells of the key only that it need not go: what it has, its own images say.
        case .claimed: entry.flatMap { holders.holder(of: $0, index) }.flatMap { $0 == key ? nil : $0 }
        case .arrived, .updated, .inDoubt: holders.set(entry, of: key, index)
        }
    }

    /// Ends the version of a key whose entry another row has, unless its row has only changed.
    private mutating func lose(_ key: Int, at row: Int) {
        guard let last = lastImages[key], times[last] == times[row], !isThereLater(last, after: row) else { return }
        if kinds[last] == .inDoubt { end(key, at: last) } else { current[key] = .none }
    }

    /// Whether the images of a key after `row`, in the same statement, show that its row is there, or was when it was
    /// deleted.
    private func isThereLater(_ last: Int, after row: Int) -> Bool {
        var image = next[last]
        while let candidate = image, candidate <= row { image = next[candidate] }
        guard let first = image, times[first] == times[row] else { return false }
        guard kinds[first] == .updated, let second = next[first] else { return kinds[first] != .arrived }
        return kinds[second] != .arrived || times[second] != times[row]
    }

    private static func successors(_ keys: [Int], _ kinds: [ImageKind], keyCount: Int) -> [Int?] {
        var last = [Int?](repeating: nil, count: keyCount)
        var next = [Int?](repeating: nil, count: keys.count)
        for row in keys.indices.reversed() {
            next[row] = last[keys[row]]
            if kinds[row] != .claimed { last[keys[row]] = row }
        }
        return next
    }
}

/// Which keys are known to have which entries of unique indexes.
private struct EntryHolders {
    /// Per index: key by entry.
    private var keys: [[Int: Int]]
    /// Per index: entry by key.
    private var entries: [[Int: Int]]

    init(indexCount: Int) {
        keys = Array(repeating: [:], count: indexCount)
        entries = keys
    }

    func holder(of entry: Int, _ index: Int) -> Int? { keys[index][entry] }

    /// Notes the entry that the row of a key has, nil for none.
    ///
    /// - Returns: another key that had it.
    mutating func set(_ entry: Int?, of key: Int, _ index: Int) -> Int? {
        if let former = entries[index].removeValue(forKey: key) { keys[index][former] = nil }
        guard let entry else { return nil }
        let other = keys[index].updateValue(key, forKey: entry)
        entries[index][key] = entry
        if let other { entries[index][other] = nil }
        return other
    }

    /// Notes that the row of a key has no entries.
    mutating func forget(_ key: Int) {
        for index in keys.indices { _ = set(nil, of: key, index) }
    }
}
