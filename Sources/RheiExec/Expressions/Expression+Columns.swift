package import RheiPlan

extension Expression {
    /// The direct operands, in the order in which they are evaluated.
    package var operands: [Expression] {
        switch self {
        case .literal, .column: []
        case .unary(_, let operand, _), .not(let operand), .isNull(let operand), .cast(let operand, _, _): [operand]
        case .binary(_, let left, let right, _), .comparison(_, let left, let right, _): [left, right]
        case .and(let operands), .or(let operands): operands
        case .conditional(let branches, let otherwise, _):
            branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
        case .inList(let operand, let values, _): [operand] + values
        case .call(_, let arguments, _): arguments
        }
    }

    /// The columns that the expression names, each once, in order of appearance.
    package var referencedColumns: [ColumnID] {
        var seen: Set<ColumnID> = []
        var result: [ColumnID] = []
        func visit(_ expression: Expression) {
            if case .column(let id, _) = expression, seen.insert(id).inserted { result.append(id) }
            for operand in expression.operands { visit(operand) }
        }
        visit(self)
        return result
    }
}
