/// When values of DISTINCT aggregates wait in lists.
package struct DistinctDeferral: Sendable {
    /// After so many values it is judged whether most are new.
    let judgedCount: Int
    /// So many values wait at most.
    let limit: Int

    /// - Parameter tableSize: up to this many values a table is small.
    package init(tableSize: Int) {
        judgedCount = max(tableSize / 16, 1)
        limit = tableSize * 16
    }
}

/// Values of a DISTINCT aggregate that have not been told apart yet, each with its group.
///
/// Where most values are new, workers that look each one up do so twice: in their own tables, and when those are
/// merged. Kept in a list, a value is looked up once, when the groups of all workers are known.
final class DeferredValues {
    private let store: RowStore

    init(type: VectorType) { store = RowStore(types: [.int32, type]) }

    /// Whether values of the type may be kept this way: those that need no memory of their own.
    static func supports(_ type: VectorType) -> Bool { ![.text, .blob, .any].contains(type) }

    var type: VectorType { store.columns[1].type }
    var count: Int { store.rowCount }

    /// Bytes that are held while up to `count` values are added.
    func byteCount(adding count: Int) -> Int { store.byteCount(adding: count) }

    /// - Parameter groups: the group of each row, by row position.
    func append(_ value: ColumnVector, groups: UnsafeMutablePointer<UInt32>, _ rows: SelectionVector) {
        let group = unsafe ColumnVector(type: .int32, values: UnsafeMutableRawPointer(groups))
        store.append([group, value], rows)
    }

    /// Calls `body` with runs of the values and their groups.
    func forEachRun(_ body: (ColumnVector, UnsafeMutablePointer<UInt32>, SelectionVector) -> Void) {
        for first in stride(from: 0, to: count, by: VectorBatch.capacity) {
            let rows = min(VectorBatch.capacity, count - first)
            let vectors = store.vectors(from: first, count: rows)
            unsafe body(vectors[1], vectors[0].pointer(UInt32.self), SelectionVector(all: rows))
        }
        withExtendedLifetime(store) {}
    }

    /// Lists the values by the part that their group belongs to.
    func split(by parts: [UInt8], partCount: Int) -> ValuesByPart {
        ValuesByPart(groups: store.columns[0], values: store.columns[1], owner: store, by: parts, partCount: partCount)
    }
}
