package import RheiArrow
import RheiCore
package import RheiCompute
package import RheiPlan

/// Which slot of a batch holds which column, and in what form.
package struct ColumnLayout: Sendable {
    package let columns: [PlanColumn]
    /// The form of each slot's vectors.
    package let types: [VectorType]
    /// Of many columns alone: few are found as fast without, and most layouts are asked for two or three.
    private let slots: [ColumnID: Int]?

    private static let searchedCount = 32

    /// Throws `unsupported` for a type that has no vector form yet.
    package init(_ columns: [PlanColumn]) throws {
        self.columns = columns
        types = try columns.map { try vectorType(of: $0.type) }
        slots = columns.count <= Self.searchedCount ? nil : Self.slots(columns)
    }

    /// The first slot of each column.
    private static func slots(_ columns: [PlanColumn]) -> [ColumnID: Int] {
        var slots: [ColumnID: Int] = [:]
        for (slot, column) in columns.enumerated() where slots[column.id] == nil { slots[column.id] = slot }
        return slots
    }

    package var count: Int { columns.count }

    package func slot(of column: ColumnID) throws -> Int {
        guard let slot = slots.map({ $0[column] }) ?? columns.firstIndex(where: { $0.id == column }) else {
            throw EngineError(.invariant, "an expression names column \(column), which its input does not have")
        }
        return slot
    }

    /// The layout of both sides' columns one after the other.
    package func appending(_ other: ColumnLayout) throws -> ColumnLayout {
        try ColumnLayout(columns + other.columns)
    }
}

/// Returns the form that vectors of a logical type have; throws `unsupported` where there is none.
package func vectorType(of type: DataType) throws -> VectorType {
    guard let result = VectorType(type) else { throw EngineError.unsupported("values of type \(type)") }
    return result
}
