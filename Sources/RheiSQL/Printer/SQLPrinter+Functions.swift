extension SQLPrinter {
    mutating func write(_ call: FunctionCall) {
        write(call.name)
        write("(")
        if call.isStar { write("*") }
        if call.isDistinct { write("DISTINCT ") }
        if call.argumentNames.isEmpty { write(call.arguments) } else { writeNamed(call) }
        if !call.orderBy.isEmpty { write(" ") }
        writeOrderBy(call.orderBy)
        write(")")
        if !call.withinGroup.isEmpty {
            write(" WITHIN GROUP (")
            writeOrderBy(call.withinGroup)
            write(")")
        }
        if let treatment = call.nullTreatment { write(" " + treatment.rawValue) }
        if let filter = call.filter {
            write(" FILTER (WHERE ")
            write(filter)
            write(")")
        }
        switch call.over {
        case .named(let name)?:
            write(" OVER ")
            write(name)
        case .specification(let window)?:
            write(" OVER ")
            write(window)
        case nil: break
        }
    }

    private mutating func writeNamed(_ call: FunctionCall) {
        for (index, argument) in call.arguments.enumerated() {
            if index > 0 { write(", ") }
            if index < call.argumentNames.count, let name = call.argumentNames[index] {
                write(name)
                write(" := ")
            }
            write(argument)
        }
    }

    /// Writes `ORDER BY …`, or nothing for no terms.
    mutating func writeOrderBy(_ terms: [OrderingTerm]) {
        for (index, term) in terms.enumerated() {
            write(index == 0 ? "ORDER BY " : ", ")
            if term.isAll { write("ALL") } else { write(term.expression) }
            if term.isDescending { write(" DESC") }
            if let nulls = term.nulls { write(" " + nulls.rawValue) }
        }
    }

    mutating func write(_ window: WindowSpecification) {
        write("(")
        var separator = ""
        if let base = window.base {
            write(base)
            separator = " "
        }
        if !window.partitionBy.isEmpty {
            write(separator + "PARTITION BY ")
            write(window.partitionBy)
            separator = " "
        }
        if !window.orderBy.isEmpty {
            write(separator)
            writeOrderBy(window.orderBy)
            separator = " "
        }
        if let frame = window.frame {
            write(separator)
            write(frame)
        }
        write(")")
    }

    private mutating func write(_ frame: WindowFrame) {
        write("\(frame.unit.rawValue) BETWEEN ")
        write(frame.start)
        write(" AND ")
        write(frame.end)
        if let exclusion = frame.exclusion { write(" EXCLUDE \(exclusion.rawValue)") }
    }

    private mutating func write(_ bound: WindowFrame.Bound) {
        switch bound {
        case .unboundedPreceding: write("UNBOUNDED PRECEDING")
        case .preceding(let offset):
            write(offset)
            write(" PRECEDING")
        case .currentRow: write("CURRENT ROW")
        case .following(let offset):
            write(offset)
            write(" FOLLOWING")
        case .unboundedFollowing: write("UNBOUNDED FOLLOWING")
        }
    }
}
