import RheiArrow
import RheiCore
import RheiSQL

/// `unnest` in the result list: a row of the result for each element.
extension Binder {
    func bindUnnest(_ call: FunctionCall, _ context: ExpressionContext) throws -> BoundExpression {
        let range = position(call.name.range)
        guard context.allowsUnnest else {
            throw EngineError.unsupported("unnest() outside of the result list", at: range)
        }
        guard call.arguments.count == 1 else { throw argumentCountError(call) }
        let list = try bind(call.arguments[0], context)
        if list.expression.isNullLiteral {
            return BoundExpression(.call("unnest", [NestedType.null.literal, .literal(.null, .binaryView)], .int64))
        }
        guard let element = list.type.elementType else {
            throw EngineError.unsupported("unnest() of \(list.type.sqlName)", at: range)
        }
        guard !list.expression.contains(where: \.isUnnest) else {
            throw EngineError.unsupported("unnest() of unnest()", at: range)
        }
        return BoundExpression(.nestedCall("unnest", [element.literal, list.expression], element))
    }

    /// Puts what makes the rows of all `unnest` calls of a SELECT on top of its plan, and its columns in their places.
    /// Lists are walked side by side; the shorter ones are filled with nulls.
    func expandUnnests(
        _ plan: LogicalPlan, _ items: inout [ResultItem], _ order: inout [OrderItem]
    ) -> LogicalPlan {
        var calls: [Expression] = []
        for expression in items.map(\.bound.expression) + order.map(\.bound.expression) {
            expression.forEach { if $0.isUnnest, !calls.contains($0) { calls.append($0) } }
        }
        if calls.isEmpty { return plan }
        let columns = calls.map { PlanColumn(id: context.makeColumn("unnest"), type: $0.type) }
        func replaced(_ expression: Expression) -> Expression {
            expression.replacing { node in
                calls.firstIndex(of: node).map { .column(columns[$0].id, columns[$0].type) }
            }
        }
        for index in items.indices { items[index].bound.expression = replaced(items[index].bound.expression) }
        for index in order.indices { order[index].bound.expression = replaced(order[index].bound.expression) }
        return .expand(
            LogicalExpansion(
                input: plan, function: .unnest, arguments: calls.flatMap(\.children),
                functionColumns: Array(columns.indices), columns: columns))
    }

    /// Binds `unnest(list, …)` in FROM.
    func bindUnnestTable(
        _ reference: TableFunctionReference, _ left: BoundTables, _ context: ExpressionContext
    ) throws -> (arguments: [Expression], columns: [PlanColumn], values: [BoundExpression]) {
        var arguments: [Expression] = []
        var columns: [PlanColumn] = []
        var values: [BoundExpression] = []
        for argument in reference.arguments {
            let list = try bind(argument, context)
            guard let element = list.type.elementType else {
                throw EngineError.unsupported("unnest() of \(list.type.sqlName)", at: position(argument.range))
            }
            arguments += [element.literal, list.expression]
            let stored = Expression.nestedCall("unnest", [], element)
            var type = stored.type
            if case .call("decimal_of_bytes", let inner, _) = stored { type = inner[0].type }
            let column = PlanColumn(id: self.context.makeColumn("unnest"), type: type)
            columns.append(column)
            let plain = Expression.column(column.id, type)
            values.append(
                BoundExpression(type == stored.type ? plain : .call("decimal_of_bytes", [plain], stored.type)))
        }
        return (arguments, columns, values)
    }
}

extension Expression {
    /// Whether this is a call of `unnest`, which is replaced by a column before the plan is complete.
    var isUnnest: Bool {
        if case .call("unnest", _, _) = self { return true }
        return false
    }
}
