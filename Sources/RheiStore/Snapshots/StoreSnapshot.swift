/// All tables at one position of the source's changes, immutable. Holding it keeps its memory; releasing it frees what
/// no newer version shares.
package final class StoreSnapshot: Sendable {
    /// Every change up to here is in the tables, and none after it.
    package let position: ChangePosition
    let makeNotes: @Sendable () -> [String: String]
    private let tablesByName: [String: TableSnapshot]

    /// - Parameters:
    ///   - tables: by folded name, see `foldedName`.
    ///   - notes: see `notes`; called whenever these are asked for, always with the same result.
    package init(
        position: ChangePosition, tables: [String: TableSnapshot],
        notes: @escaping @Sendable () -> [String: String] = { [:] }
    ) {
        self.position = position
        makeNotes = notes
        tablesByName = tables
    }

    /// What the source wants to find again after a restart, such as where its log stood. Durable with the tables.
    ///
    /// Made anew at each call: most snapshots are never flushed.
    package var notes: [String: String] { makeNotes() }

    /// Finds a table without regard to ASCII case.
    package func table(named name: String) -> TableSnapshot? { tablesByName[foldedName(name)] }

    /// Whether there are no tables.
    package var isEmpty: Bool { tablesByName.isEmpty }

    /// All tables, ordered by folded name.
    package var tables: [TableSnapshot] { tablesByName.sorted { $0.key < $1.key }.map(\.value) }
}
