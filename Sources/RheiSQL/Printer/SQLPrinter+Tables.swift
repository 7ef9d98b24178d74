extension SQLPrinter {
    mutating func write(_ table: TableExpression) {
        switch table {
        case .table(let reference): write(reference)
        case .function(let function):
            if function.isLateral { write("LATERAL ") }
            write(function.name)
            write("(")
            write(function.arguments)
            write(")")
            write(function.alias)
        case .subquery(let subquery):
            write(subquery.isLateral ? "LATERAL (" : "(")
            write(subquery.select)
            write(")")
            write(subquery.alias)
        case .parenthesized(let inner):
            write("(")
            write(inner.table)
            write(")")
            write(inner.alias)
        case .join(let join): write(join)
        case .reshaped(let reshaped): write(reshaped)
        }
    }

    private mutating func write(_ reference: TableReference) {
        write(reference.name)
        if let asOf = reference.asOf {
            write(" AS OF ")
            write(asOf, atLeast: Parser.Precedence.equality)
        }
        write(reference.alias)
        switch reference.indexHint {
        case .indexedBy(let index)?:
            write(" INDEXED BY ")
            write(index)
        case .notIndexed?: write(" NOT INDEXED")
        case nil: break
        }
    }

    mutating func write(_ alias: TableAlias?) {
        guard let alias else { return }
        write(" AS ")
        write(alias.name)
        writeColumnList(alias.columns)
    }

    private mutating func write(_ join: TableJoin) {
        write(join.left)
        write(Self.words(of: join))
        if case .join = join.right {
            write("(")
            write(join.right)
            write(")")
        } else {
            write(join.right)
        }
        switch join.constraint {
        case .on(let condition)?:
            write(" ON ")
            write(condition)
        case .using(let columns)?:
            write(" USING ")
            writeColumnList(columns)
        case nil: break
        }
    }

    private static func words(of join: TableJoin) -> String {
        let prefix = join.isAsOf ? " ASOF" : join.isNatural ? " NATURAL" : ""
        switch join.kind {
        case .comma: return ", "
        case .inner: return prefix + " JOIN "
        case .cross: return prefix + " CROSS JOIN "
        case .left: return prefix + " LEFT JOIN "
        case .right: return prefix + " RIGHT JOIN "
        case .full: return prefix + " FULL JOIN "
        }
    }
}
