import RheiArrow
import RheiCore

extension Expression: CustomStringConvertible {
    package var description: String { text { $0.description } }

    /// Writes the expression for plans and tests; `name` gives a column's name.
    package func text(_ name: (ColumnID) -> String) -> String {
        switch self {
        case .literal(let value, let type): literalText(value, type)
        case .column(let id, _): name(id)
        case .unary(let op, let operand, _): (op == .negate ? "-" : "~") + operand.operandText(name)
        case .binary(let op, let left, let right, _):
            "\(left.operandText(name)) \(op.symbol) \(right.operandText(name))"
        case .comparison(let op, let left, let right, let collation):
            "\(left.operandText(name)) \(op.symbol) \(right.operandText(name))"
                + (collation == .binary ? "" : " COLLATE \(collation.rawValue)")
        case .and(let operands): operands.map { $0.operandText(name) }.joined(separator: " AND ")
        case .or(let operands): operands.map { $0.operandText(name) }.joined(separator: " OR ")
        case .not(let operand): "NOT \(operand.operandText(name))"
        case .isNull(let operand): "\(operand.operandText(name)) IS NULL"
        case .conditional(let branches, let otherwise, _): conditionalText(branches, otherwise, name)
        case .inList(let operand, let values, let collation):
            "\(operand.operandText(name)) IN (\(values.map { $0.text(name) }.joined(separator: ", ")))"
                + (collation == .binary ? "" : " COLLATE \(collation.rawValue)")
        case .call(let function, let arguments, _):
            "\(function)(\(arguments.map { $0.text(name) }.joined(separator: ", ")))"
        case .cast(let operand, let kind, let type): castText(operand.text(name), kind, type)
        }
    }

    private func operandText(_ name: (ColumnID) -> String) -> String {
        switch self {
        case .binary, .comparison, .and, .or, .not, .isNull, .inList: "(\(text(name)))"
        default: text(name)
        }
    }

    private func conditionalText(
        _ branches: [ConditionalBranch], _ otherwise: Expression?, _ name: (ColumnID) -> String
    ) -> String {
        let parts = branches.map { "WHEN \($0.condition.text(name)) THEN \($0.result.text(name))" }
        return "CASE " + parts.joined(separator: " ") + (otherwise.map { " ELSE \($0.text(name))" } ?? "") + " END"
    }

    private func castText(_ operand: String, _ kind: CastKind, _ type: DataType) -> String {
        switch kind {
        case .represent: "\(type)(\(operand))"
        case .explicit: "CAST(\(operand) AS \(type))"
        case .affinity(let affinity): "affinity_\(affinity)(\(operand))"
        case .arithmetic: "number(\(operand))"
        case .truth: "truth(\(operand))"
        }
    }

    private func literalText(_ value: SQLValue, _ type: DataType) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let integer): type == .bool ? (integer == 0 ? "FALSE" : "TRUE") : String(integer)
        case .real(let real): "\(real)"
        case .text(let text):
            "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        case .blob(let bytes):
            "x'" + bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "'"
        }
    }
}

extension BinaryOperator {
    var symbol: String {
        switch self {
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        case .bitwiseAnd: "&"
        case .bitwiseOr: "|"
        case .shiftLeft: "<<"
        case .shiftRight: ">>"
        case .concatenate: "||"
        }
    }
}

extension ComparisonOperator {
    var symbol: String {
        switch self {
        case .equal: "="
        case .notEqual: "<>"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .isNotDistinct: "IS"
        case .isDistinct: "IS NOT"
        }
    }

    /// The operator that says the same of swapped operands.
    var mirrored: ComparisonOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .equal, .notEqual, .isNotDistinct, .isDistinct: self
        }
    }

    /// The operator of the negation, where both are unknown for the same operands.
    package var negated: ComparisonOperator {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        case .isNotDistinct: .isDistinct
        case .isDistinct: .isNotDistinct
        }
    }
}
