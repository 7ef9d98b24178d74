import RheiArrow
import RheiCore
import RheiSQL

/// Table functions whose columns follow from their arguments.
extension Binder {
    /// Makes the plan and the source of a table function from its bound arguments and columns.
    func expansion(
        _ function: RowFunction, _ bound: (arguments: [Expression], columns: [PlanColumn], values: [BoundExpression]),
        _ reference: TableFunctionReference, _ input: LogicalPlan, name: String
    ) -> (plan: LogicalExpansion, source: ScopeSource) {
        let columns = bound.values.enumerated().map { index, value in
            var value = value
            let columnName = index == 0 ? name : "\(name)\(index + 1)"
            value.columnName = columnName
            return ScopeColumn(name: columnName, value: value)
        }
        let plan = LogicalExpansion(
            input: input, function: function, arguments: bound.arguments,
            functionColumns: Array(bound.columns.indices), columns: bound.columns)
        return (plan, ScopeSource(name: reference.alias?.name.name ?? reference.name.name.name, columns: columns))
    }

    /// Binds `range` or `generate_series` of dates or timestamps; nil where the first argument is none.
    func bindTimestampSeries(
        _ function: RowFunction, _ reference: TableFunctionReference, _ context: ExpressionContext
    ) throws -> (arguments: [Expression], columns: [PlanColumn], values: [BoundExpression])? {
        guard function == .range || function == .generateSeries, reference.arguments.count == 3 else { return nil }
        let probe = ExpressionContext(context.scope)
        guard let first = reference.arguments.first, case let start = try bind(first, probe).explicitReading.type,
            start == .date32 || start == .timestamp
        else { return nil }
        let values = try reference.arguments.map { try bind($0, context).explicitReading }
        do {
            let arguments = [
                try Self.convert(values[0], to: .timestamp), try Self.convert(values[1], to: .timestamp),
                try Self.convert(values[2], to: .intervalOfAll), .integer(function == .range ? 0 : 1),
            ]
            let column = PlanColumn(id: self.context.makeColumn(function.rawValue), type: .timestamp)
            return (arguments, [column], [BoundExpression(.column(column.id, .timestamp))])
        } catch { throw error.placed(at: position(reference.range)) }
    }
}
