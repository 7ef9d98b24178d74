import RheiArrow

/// A planned query: the operators, and how the result's columns are called.
package struct QueryPlan: Sendable {
    package var root: PhysicalPlan
    /// One name per column of `root`, as SQLite names them.
    package var columnNames: [String]
    /// The declared type of the table column a result column comes from, where it is one.
    package var declaredTypes: [String?]

    package init(root: PhysicalPlan, columnNames: [String], declaredTypes: [String?]) {
        self.root = root
        self.columnNames = columnNames
        self.declaredTypes = declaredTypes
    }
}
