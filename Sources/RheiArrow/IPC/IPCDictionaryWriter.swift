import RheiCore

/// Decides which dictionaries go out before a batch.
///
/// Ids count from zero in the order of the fields, parents first, as `IPCSchemaEncoder` gives them; the dictionaries
/// within a dictionary's values go out before it.
struct IPCDictionaryWriter {
    /// What goes out as one dictionary batch.
    struct Item {
        var id: Int64
        var values: ArrowArray
        var isDelta: Bool
    }

    private let writesDeltas: Bool
    private let replacesDictionaries: Bool
    /// The values that a reader has now, by id.
    private var written: [Int64: ArrowArray] = [:]
    private var nextID: Int64 = 0
    private var items: [Item] = []

    /// - Parameters:
    ///   - writesDeltas: whether a dictionary that has grown goes out as what it adds.
    ///   - replacesDictionaries: whether a dictionary may go out again.
    init(writesDeltas: Bool, replacesDictionaries: Bool) {
        self.writesDeltas = writesDeltas
        self.replacesDictionaries = replacesDictionaries
    }

    /// Returns the dictionaries of `columns` that a reader does not have yet, in the order in which they go out.
    ///
    /// - Throws: `unsupported` for a changed dictionary where none may be replaced.
    mutating func take(_ columns: [ArrowArray]) throws -> [Item] {
        (nextID, items) = (0, [])
        for column in columns { _ = try visit(column) }
        return items
    }

    /// - Returns: whether a dictionary at or below `array` goes out.
    private mutating func visit(_ array: ArrowArray) throws -> Bool {
        guard case .dictionary = array.type else { return try visitChildren(array) }
        let id = nextID
        nextID += 1
        let values = array.children[0]
        let innerChanged = try visitChildren(values)
        guard let item = try item(id, values, innerChanged: innerChanged) else { return false }
        items.append(item)
        written[id] = values
        return true
    }

    private mutating func visitChildren(_ array: ArrowArray) throws -> Bool {
        var isChanged = false
        for child in array.children where try visit(child) { isChanged = true }
        return isChanged
    }

    /// Returns what goes out for the values of dictionary `id`, nil when a reader has them.
    private func item(_ id: Int64, _ values: ArrowArray, innerChanged: Bool) throws -> Item? {
        let whole = Item(id: id, values: values, isDelta: false)
        guard let before = written[id] else { return whole }
        if !innerChanged {
            if before.isSame(as: values) || before == values { return nil }
            let added = values.count - before.count
            if writesDeltas, added > 0, values.slice(offset: 0, count: before.count) == before {
                return Item(id: id, values: values.slice(offset: before.count, count: added), isDelta: true)
            }
        }
        guard replacesDictionaries else {
            throw EngineError.unsupported("a dictionary that changes between the batches of an Arrow file")
        }
        return whole
    }
}

extension ArrowArray {
    /// Whether two arrays are slices of the same rows of the same memory, which is quick to tell.
    func isSame(as other: ArrowArray) -> Bool {
        count == other.count && offset == other.offset && validity === other.validity && type == other.type
            && buffers.count == other.buffers.count && zip(buffers, other.buffers).allSatisfy { $0 === $1 }
            && children.count == other.children.count && zip(children, other.children).allSatisfy { $0.isSame(as: $1) }
    }
}
