extension SQLPrinter {
    /// Writes PIVOT, UNPIVOT and samples after their table.
    mutating func write(_ reshaped: ReshapedTable) {
        if case .join = reshaped.table {
            write("(")
            write(reshaped.table)
            write(")")
        } else {
            write(reshaped.table)
        }
        switch reshaped.change {
        case .pivot(let clause): write(clause)
        case .unpivot(let clause): write(clause)
        case .sample(let clause): write(clause)
        }
        write(reshaped.alias)
    }

    private mutating func write(_ clause: PivotClause) {
        write(" PIVOT (")
        write(clause.aggregates)
        write(" FOR")
        for key in clause.keys {
            write(" ")
            write(key.expression, atLeast: Parser.Precedence.equality + 1)
            write(" IN (")
            write(key.values ?? [])
            write(")")
        }
        if let groupBy = clause.groupBy {
            write(" GROUP BY ")
            write(groupBy)
        }
        write(")")
    }

    private mutating func write(_ list: [ResultExpression]) {
        for (index, item) in list.enumerated() {
            if index > 0 { write(", ") }
            write(item.expression)
            if let alias = item.alias {
                write(" AS ")
                write(alias)
            }
        }
    }

    private mutating func write(_ clause: UnpivotClause) {
        write(clause.includesNulls ? " UNPIVOT INCLUDE NULLS (" : " UNPIVOT (")
        writeNames(clause.values)
        write(" FOR ")
        write(clause.name)
        write(" IN (")
        for (index, group) in clause.groups.enumerated() {
            if index > 0 { write(", ") }
            writeNames(group.columns)
            if let alias = group.alias {
                write(" AS ")
                write(alias)
            }
        }
        write("))")
    }

    private mutating func writeNames(_ names: [Identifier]) {
        if names.count != 1 { write("(") }
        for (index, name) in names.enumerated() {
            if index > 0 { write(", ") }
            write(name)
        }
        if names.count != 1 { write(")") }
    }

    private mutating func write(_ clause: SampleClause) {
        write(" TABLESAMPLE \(clause.method.rawValue)(\(clause.amount) \(clause.isPercent ? "PERCENT" : "ROWS"))")
        if let seed = clause.seed { write(" REPEATABLE (\(seed))") }
    }
}
