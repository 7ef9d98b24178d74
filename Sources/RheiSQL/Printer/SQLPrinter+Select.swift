extension SQLPrinter {
    mutating func write(_ select: SelectStatement) {
        if let with = select.with { write(with) }
        write(select.body)
        if !select.orderBy.isEmpty { write(" ") }
        writeOrderBy(select.orderBy)
        if let limit = select.limit {
            write(" LIMIT ")
            write(limit)
        }
        if let offset = select.offset {
            write(" OFFSET ")
            write(offset)
        }
    }

    private mutating func write(_ with: WithClause) {
        write(with.isRecursive ? "WITH RECURSIVE " : "WITH ")
        for (index, table) in with.tables.enumerated() {
            if index > 0 { write(", ") }
            write(table.name)
            writeColumnList(table.columns)
            switch table.materialization {
            case .automatic: write(" AS (")
            case .materialized: write(" AS MATERIALIZED (")
            case .notMaterialized: write(" AS NOT MATERIALIZED (")
            }
            write(table.select)
            write(")")
        }
        write(" ")
    }

    /// Writes names in parentheses, or nothing for no names.
    mutating func writeColumnList(_ columns: [Identifier]) {
        guard !columns.isEmpty else { return }
        write("(")
        write(columns)
        write(")")
    }

    private mutating func write(_ body: SelectBody) {
        switch body {
        case .core(let core): write(core)
        case .values(let rows):
            for (index, row) in rows.enumerated() {
                write(index == 0 ? "VALUES (" : ", (")
                write(row)
                write(")")
            }
        case .compound(let operation, let left, let right):
            write(left)
            write(" \(operation.rawValue) ")
            write(right)
        }
    }

    private mutating func write(_ core: SelectCore) {
        write(core.isDistinct ? "SELECT DISTINCT " : "SELECT ")
        if !core.distinctOn.isEmpty {
            write("ON (")
            write(core.distinctOn)
            write(") ")
        }
        for (index, column) in core.columns.enumerated() {
            if index > 0 { write(", ") }
            write(column)
        }
        if let from = core.from {
            write(" FROM ")
            write(from)
        }
        writeClause(" WHERE ", core.filter)
        for (index, element) in core.groupBy.enumerated() {
            write(index == 0 ? " GROUP BY " : ", ")
            write(element)
        }
        writeClause(" HAVING ", core.having)
        for (index, window) in core.windows.enumerated() {
            write(index == 0 ? " WINDOW " : ", ")
            write(window.name)
            write(" AS ")
            write(window.specification)
        }
        writeClause(" QUALIFY ", core.qualify)
    }

    private mutating func writeClause(_ keyword: String, _ expression: SyntaxExpression?) {
        guard let expression else { return }
        write(keyword)
        write(expression)
    }

    // MARK: Result columns

    private mutating func write(_ column: ResultColumn) {
        switch column {
        case .expression(let result): write(result)
        case .star(let star): write(star)
        }
    }

    private mutating func write(_ result: ResultExpression) {
        write(result.expression)
        if let alias = result.alias {
            write(" AS ")
            write(alias)
        }
    }

    private mutating func write(_ star: StarColumn) {
        if let table = star.table {
            write(table)
            write(".")
        }
        write("*")
        if !star.excluded.isEmpty {
            write(" EXCLUDE ")
            writeColumnList(star.excluded)
        }
        for (index, replacement) in star.replaced.enumerated() {
            write(index == 0 ? " REPLACE (" : ", ")
            write(replacement)
        }
        if !star.replaced.isEmpty { write(")") }
    }

    // MARK: Grouping

    private mutating func write(_ element: GroupingElement) {
        switch element {
        case .expression(let expression): write(expression)
        case .set(let expressions):
            write("(")
            write(expressions)
            write(")")
        case .rollup(let elements): write("ROLLUP", elements)
        case .cube(let elements): write("CUBE", elements)
        case .groupingSets(let elements): write("GROUPING SETS", elements)
        case .all: write("ALL")
        }
    }

    private mutating func write(_ keyword: String, _ elements: [GroupingElement]) {
        write(keyword + " (")
        for (index, element) in elements.enumerated() {
            if index > 0 { write(", ") }
            write(element)
        }
        write(")")
    }
}
