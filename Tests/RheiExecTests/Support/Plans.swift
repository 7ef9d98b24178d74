import RheiArrow
import RheiCore
import RheiPlan

/// Plans and expressions by hand. Columns get numbers that are unique within one test.
final class PlanMaker {
    private var nextID = 0

    func columns(_ types: [DataType]) -> [PlanColumn] {
        types.map { type in
            nextID += 1
            return PlanColumn(id: ColumnID(nextID), type: type)
        }
    }

    func plan(_ node: PhysicalNode, _ columns: [PlanColumn]) -> PhysicalPlan {
        PhysicalPlan(node: node, columns: columns, estimatedRowCount: 1)
    }

    /// Scans all columns of a table; the filters are made from the output's columns.
    func scan(_ table: some TableProvider, filters: ([Expression]) -> [Expression] = { _ in [] }) -> PhysicalPlan {
        let output = columns(table.table.columns.map(\.type))
        let scan = PhysicalScan(
            provider: table, tableColumns: Array(output.indices), filters: filters(output.map(\.expression)),
            zoneFilters: [])
        return plan(.scan(scan), output)
    }

    func values(_ rows: [[Expression]], types: [DataType]) -> PhysicalPlan {
        plan(.values(rows), columns(types))
    }

    func filter(_ input: PhysicalPlan, _ conjuncts: ([Expression]) -> [Expression]) -> PhysicalPlan {
        plan(.filter(input, conjuncts(input.expressions)), input.columns)
    }

    func project(_ input: PhysicalPlan, _ expressions: ([Expression]) -> [Expression]) -> PhysicalPlan {
        let list = expressions(input.expressions)
        return plan(.project(input, list), columns(list.map(\.type)))
    }

    func limit(_ input: PhysicalPlan, _ limit: Int?, offset: Int = 0) -> PhysicalPlan {
        plan(.limit(input, limit: limit, offset: offset), input.columns)
    }

    func union(_ inputs: [PhysicalPlan]) -> PhysicalPlan {
        plan(.unionAll(inputs), columns(inputs[0].columns.map(\.type)))
    }

    func shared(_ id: Int, _ input: PhysicalPlan) -> PhysicalPlan {
        plan(.shared(id, input), columns(input.columns.map(\.type)))
    }
}

extension PlanColumn {
    var expression: Expression { .column(id, type) }
}

extension PhysicalPlan {
    var expressions: [Expression] { columns.map(\.expression) }
}

extension Expression {
    static func integer(_ value: Int64) -> Expression { .literal(.integer(value), .int64) }
    static func real(_ value: Double) -> Expression { .literal(.real(value), .float64) }
    static func text(_ value: String) -> Expression { .literal(.text(value), .utf8View) }
    static var null: Expression { .literal(.null, .null) }

    static func compare(_ left: Expression, _ operation: ComparisonOperator, _ right: Expression) -> Expression {
        .comparison(operation, left, right, .binary)
    }

    static func add(_ left: Expression, _ right: Expression) -> Expression { .binary(.add, left, right, left.type) }
    static func multiply(_ left: Expression, _ right: Expression) -> Expression {
        .binary(.multiply, left, right, left.type)
    }

    static func when(_ condition: Expression, _ result: Expression, else otherwise: Expression?) -> Expression {
        .conditional(
            [ConditionalBranch(condition: condition, result: result)], otherwise: otherwise, result.type)
    }
}
