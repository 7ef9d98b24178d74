/// Keeps the rows of every key of a ``JoinTable`` in the order of a build column, so that those between two bounds are
/// found by halving.
///
/// Unchecked because nothing changes after `init`.
package final class RowOrder: @unchecked Sendable {
    private let column: SortColumn
    /// Own what `column` and `reach` view; strings belong to the rows' store.
    private let stores: [ColumnStore]
    /// The rows of the keys, one key after the other, as the table lists them.
    private let list: MemoryBlock
    /// By place in the list, the word of the row's value; see ``SortPrefix``.
    private let words: MemoryBlock
    private let isExact: Bool
    /// How far up a second column of the rows goes.
    let reach: RowReach?

    /// - Parameters:
    ///   - list: rows with a value of `column`, those of a key together and in order.
    ///   - count: the number of places in the list.
    init(_ column: ColumnStore, _ collation: TextCollation, reach: ColumnStore?, list: MemoryBlock, count: Int) {
        self.column = SortColumn(column, SortOrder(collation: collation))
        stores = [column] + (reach.map { [$0] } ?? [])
        self.list = list
        isExact = SortPrefix.isExact(column.type)
        words = Self.words(of: self.column.vector, collation, list, count)
        self.reach = reach.map {
            let vector = $0.vector(from: 0, count: $0.rowCount)
            return RowReach(words: Self.words(of: vector, .binary, list, count), count: count)
        }
    }

    /// The words of the listed rows, 0 for nulls.
    private static func words(
        of vector: ColumnVector, _ collation: TextCollation, _ list: MemoryBlock, _ count: Int
    ) -> MemoryBlock {
        let result = MemoryBlock(byteCount: max(count, 1) * 8)
        let (words, rows) = unsafe (result.pointer(UInt64.self), list.pointer(UInt32.self))
        SortPrefix.encodeValid(vector, collation, count: count, row: { unsafe Int(rows[$0]) }, null: 0) {
            unsafe words[$0] = $1
        }
        return result
    }

    /// Returns the first place from `first` on, before `end`, whose value is not below that of the bound, or, where
    /// `isBeyond`, is above it.
    @inline(__always)
    func place(
        _ bound: SortColumn, row: Int, word: UInt64, isBeyond: Bool, from first: Int, to end: Int
    ) -> Int {
        let words = unsafe words.pointer(UInt64.self)
        var (low, high) = (first, end)
        while low < high {
            let middle = (low &+ high) &>> 1
            let value = unsafe words[middle]
            let isBefore = value == word ? isBefore(bound, row, middle, isBeyond) : value < word
            low = isBefore ? middle &+ 1 : low
            high = isBefore ? high : middle
        }
        return low
    }

    @inline(__always)
    private func isBefore(_ bound: SortColumn, _ row: Int, _ place: Int, _ isBeyond: Bool) -> Bool {
        if isExact { return isBeyond }
        let stored = unsafe Int(list.pointer(UInt32.self)[place])
        let order = column.compare(stored, bound, row)
        return order < 0 || (isBeyond && order == 0)
    }

    /// A bound's values as this order compares them.
    func comparable(_ bound: ColumnVector) -> SortColumn { SortColumn(bound, column.order) }
}

/// Leads from row to row of a list over those whose value of a further column is too small: the greatest of every 64
/// and of every 4 096 rows.
///
/// Unchecked because nothing changes after `init`.
final class RowReach: @unchecked Sendable {
    private static let shift = 6
    private let words: MemoryBlock
    private let blocks: MemoryBlock
    private let wideBlocks: MemoryBlock

    init(words: MemoryBlock, count: Int) {
        self.words = words
        blocks = Self.greatest(of: words, count)
        wideBlocks = Self.greatest(of: blocks, (count + 63) >> Self.shift)
    }

    private static func greatest(of words: MemoryBlock, _ count: Int) -> MemoryBlock {
        let result = MemoryBlock(byteCount: ((count >> shift) + 1) * 8, zeroed: true)
        let (source, target) = unsafe (words.pointer(UInt64.self), result.pointer(UInt64.self))
        for index in 0..<count { unsafe target[index >> shift] = unsafe max(target[index >> shift], source[index]) }
        return result
    }

    /// Returns the first place from `place` on whose word is at least `word`; `end` where none before it is.
    func next(from place: Int, before end: Int, _ word: UInt64) -> Int {
        let (words, blocks) = unsafe (words.pointer(UInt64.self), blocks.pointer(UInt64.self))
        let wide = unsafe wideBlocks.pointer(UInt64.self)
        var place = place
        while place < end {
            if place & 4095 == 0, unsafe wide[place &>> 12] < word {
                place &+= 4096
            } else if place & 63 == 0, unsafe blocks[place &>> 6] < word {
                place &+= 64
            } else if unsafe words[place] < word {
                place &+= 1
            } else {
                return place
            }
        }
        return end
    }
}

extension SortPrefix {
    /// As ``encode``, for rows that may be null, which have a word of their own.
    @inline(__always)
    static func encodeValid(
        _ vector: ColumnVector, _ collation: TextCollation, count: Int, row: (Int) -> Int, null: UInt64,
        store: (Int, UInt64) -> Void
    ) {
        if vector.hasNoNulls { return encode(vector, collation, count: count, row: row, store: store) }
        for index in 0..<count {
            let place = row(index)
            guard vector.isValid(place) else {
                store(index, null)
                continue
            }
            encode(vector, collation, count: 1, row: { _ in place }) { store(index, $1) }
        }
    }
}
