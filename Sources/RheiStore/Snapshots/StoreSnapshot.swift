/// All tables at one position of the source's changes, immutable. Holding it keeps its memory; releasing it frees what no
/// newer version shares.
package final class StoreSnapshot: Sendable {
    /// Every change up to here is in the tables, and none after it.
    package let position: ChangePosition
    /// What the source wants to find again after a restart, such as where its log stood. Durable with the tables.
    package let notes: [String: String]
    private let tablesByName: [String: TableSnapshot]

    /// - Parameter tables: by folded name, see `foldedName`.
    package init(position: ChangePosition, tables: [String: TableSnapshot], notes: [String: String] = [:]) {
        self.position = position
        self.notes = notes
        tablesByName = tables
    }

    /// Finds a table without regard to ASCII case.
    package func table(named name: String) -> TableSnapshot? { tablesByName[foldedName(name)] }

    /// Whether there are no tables.
    package var isEmpty: Bool { tablesByName.isEmpty }

    /// All tables, ordered by folded name.
    package var tables: [TableSnapshot] { tablesByName.sorted { $0.key < $1.key }.map(\.value) }
}
