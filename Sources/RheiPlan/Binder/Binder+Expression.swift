import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    /// Binds an expression that yields one value.
    func bind(_ syntax: SyntaxExpression, _ context: ExpressionContext) throws -> BoundExpression {
        switch syntax.kind {
        case .literal(let literal): try bindLiteral(literal, syntax, context)
        case .parameter(let parameter): try bindParameter(parameter)
        case .column(let reference): try bindColumn(reference, context)
        case .unary(let op, let operand): try bindUnary(op, operand, context)
        case .binary(let op, let left, let right): try bindBinary(op, left, right, syntax, context)
        case .isNull(let operand, let isNegated): try bindIsNull(operand, isNegated, context)
        case .pattern(let match): try bindPattern(match, syntax, context)
        case .between(let operand, let low, let high, let isNegated):
            try bindBetween(operand, low, high, isNegated, context)
        case .inSet(let operand, let source, let isNegated):
            try bindIn(operand, source, isNegated, syntax, context)
        case .exists(let statement): try bindExists(statement, context)
        case .subquery(let statement): try bindScalarSubquery(statement, syntax, context)
        case .row: throw EngineError(.typeMismatch, "row value misused", at: position(syntax.range))
        case .searchedCase(let expression): try bindCase(expression, context)
        case .cast(let operand, let typeName): try bindCast(operand, typeName, context)
        case .collate(let operand, let name): try bindCollate(operand, name, context)
        case .function(let call): try bindFunction(call, syntax, context)
        case .raise:
            throw EngineError(
                .syntax, "RAISE() may only be used within a trigger-program", at: position(syntax.range))
        case .extract(let field, let operand):
            try bindExtract(field.name, try bind(operand, context), syntax.range)
        }
    }

    /// Binds a condition: SQLite's truth of the value.
    func bindCondition(_ syntax: SyntaxExpression, _ context: ExpressionContext) throws -> Expression {
        truth(of: try bind(syntax, context))
    }

    /// The truth of a value as a `bool`.
    func truth(of value: BoundExpression) -> Expression { Self.truth(value.expression) }

    static func truth(_ expression: Expression) -> Expression {
        switch expression {
        case _ where expression.type == .bool: expression
        case .literal(.null, _): .literal(.null, .bool)
        case .literal(.integer(let value), _): value == 0 ? .falseLiteral : .trueLiteral
        case .literal(.real(let value), _): value == 0 ? .falseLiteral : .trueLiteral
        default: .cast(expression.plain, .truth, .bool)
        }
    }

    private func bindLiteral(
        _ literal: Literal, _ syntax: SyntaxExpression, _ context: ExpressionContext
    ) throws -> BoundExpression {
        switch literal {
        case .null: return BoundExpression(.literal(.null, .null))
        case .boolean(let value):
            let name = Identifier(value ? "true" : "false", range: syntax.range)
            if let column = try resolve(ColumnReference(column: name), context) { return column }
            return BoundExpression(.literal(.integer(value ? 1 : 0), .int64))
        case .integer(let value): return BoundExpression(.literal(.integer(value), .int64))
        case .real(let value):
            var bound = BoundExpression(.literal(.real(value), .float64))
            bound.typedReading = DecimalConstant(sourceText(syntax.range) ?? "\(value)")?.literal
            return bound
        case .string(let value): return BoundExpression(.literal(.text(value), .utf8View))
        case .blob(let value): return BoundExpression(.literal(.blob(value), .binaryView))
        case .currentDate: return BoundExpression(.call("date", [], .utf8View))
        case .currentTime: return BoundExpression(.call("time", [], .utf8View))
        case .currentTimestamp: return BoundExpression(.call("datetime", [], .utf8View))
        case .typed(let typed):
            return try bindTyped(typed, syntax.range)
        }
    }

    private func bindParameter(_ parameter: Parameter) throws -> BoundExpression {
        guard parameters.indices.contains(parameter.number - 1) else {
            return BoundExpression(.literal(.null, .null))
        }
        return BoundExpression(Self.literal(parameters[parameter.number - 1]))
    }

    /// A value as a literal of its own type.
    static func literal(_ value: SQLValue) -> Expression {
        switch value {
        case .null: .literal(value, .null)
        case .integer: .literal(value, .int64)
        case .real(let real): real.isNaN ? .literal(.null, .null) : .literal(value, .float64)
        case .text: .literal(value, .utf8View)
        case .blob: .literal(value, .binaryView)
        }
    }

    private func bindColumn(_ reference: ColumnReference, _ context: ExpressionContext) throws -> BoundExpression {
        if let found = try resolve(reference, context) { return found }
        if let field = try bindField(reference, context) { return field }
        if let list = try bindBracketedWord(reference, context) { return list }
        if reference.mayBeString { return BoundExpression(.literal(.text(reference.column.name), .utf8View)) }
        throw EngineError(
            .unknownName, "no such column: \(reference.written)", at: position(reference.range),
            hint: hint(for: reference, context.scope))
    }

    private func hint(for reference: ColumnReference, _ scope: Scope) -> String? {
        guard let table = reference.table else {
            return NameMatching.hint(for: reference.column.name, among: scope.visibleNames)
        }
        var level: Scope? = scope
        var tables: [String] = []
        while let current = level {
            for source in current.sources where source.isNamed(table: table.name, schema: reference.schema?.name) {
                return NameMatching.hint(
                    for: reference.column.name, among: source.columns.filter { !$0.isHidden }.map(\.name))
            }
            tables += current.sources.compactMap(\.name)
            level = current.parent
        }
        return NameMatching.hint(for: table.name, among: tables)
    }

    /// Finds what a name stands for, from the innermost SELECT outward; nil when nothing has the name.
    func resolve(_ reference: ColumnReference, _ context: ExpressionContext) throws -> BoundExpression? {
        var level: Scope? = context.scope
        while let scope = level {
            switch try scope.match(reference) {
            case .column(let value):
                context.scopesRead.append(scope)
                return value
            case .alias(let name, let expression):
                scope.openAliases.insert(name)
                defer { scope.openAliases.remove(name) }
                if scope === context.scope { return try bindAlias(expression, reference, context) }
                context.scopesRead.append(scope)
                return try bindOuterAlias(expression, scope, reference)
            case nil: level = scope.hidesOuterNames ? nil : scope.parent
            }
        }
        return nil
    }

    private func bindAlias(
        _ expression: SyntaxExpression, _ reference: ColumnReference, _ context: ExpressionContext
    ) throws -> BoundExpression {
        do {
            return try bind(expression, context)
        } catch let error as EngineError where error.code == .misusedAggregate {
            let kind = error.message.hasPrefix("misuse of window") ? "window function" : "aggregate"
            throw EngineError(
                .misusedAggregate, "misuse of aliased \(kind) \(reference.column.name)",
                at: position(reference.range))
        }
    }

    private func bindOuterAlias(
        _ expression: SyntaxExpression, _ scope: Scope, _ reference: ColumnReference
    ) throws -> BoundExpression {
        let inner = ExpressionContext(scope)
        let value = try bind(expression, inner)
        guard inner.subqueries.joins.isEmpty else {
            throw EngineError.unsupported(
                "alias of an outer query that holds a subquery", at: position(reference.range))
        }
        return value
    }

    private func bindIsNull(
        _ operand: SyntaxExpression, _ isNegated: Bool, _ context: ExpressionContext
    ) throws -> BoundExpression {
        let value = try bind(operand, context)
        let test = Expression.isNull(value.expression)
        return BoundExpression(isNegated ? .not(test) : test).propagatingCollation(of: [value])
    }

    private func bindCollate(
        _ operand: SyntaxExpression, _ name: Identifier, _ context: ExpressionContext
    ) throws -> BoundExpression {
        var value = try bind(operand, context)
        switch NameMatching.fold(name.name) {
        case "binary": value.collation = .binary
        case "nocase": value.collation = .noCase
        case "rtrim": value.collation = .rightTrim
        default:
            throw EngineError.unsupported("collating sequence \(name.name)", at: position(name.range))
        }
        value.hasExplicitCollation = true
        value.columnName = nil
        value.declaredType = nil
        return value
    }

    private func bindCast(
        _ operand: SyntaxExpression, _ typeName: TypeName, _ context: ExpressionContext
    ) throws -> BoundExpression {
        let value = try bind(operand, context)
        let explicit = try Self.explicitType(typeName, hasDefaults: readsExplicitTypes)
        if let explicit, value.isExplicit || readsExplicitTypes {
            do { return BoundExpression(try Self.convert(value.explicitReading, to: explicit)) } catch {
                throw error.placed(at: position(typeName.range))
            }
        }
        let named = TypeRules.affinity(ofDeclaredType: typeName.name)
        if value.type.nestedType != nil, named != .text {
            throw EngineError(
                .typeMismatch, "cannot convert \(value.type.sqlName) to \(typeName.name)", at: position(typeName.range))
        }
        let affinity = typeName.name.isEmpty ? .numeric : TypeRules.affinity(ofDeclaredType: typeName.name)
        var result = BoundExpression(Self.cast(value.data, to: affinity))
        if let explicit { result.typedReading = try? Self.convert(value.explicitReading, to: explicit) }
        result.affinity = affinity
        result.collation = value.collation
        result.hasExplicitCollation = value.hasExplicitCollation
        // Only NUMERIC keeps numbers as they are; text becomes the narrowest number.
        result.mayMixNumbers = affinity == .numeric && value.mayMixNumbers
        result.mayLeaveAffinity = affinity == .numeric && (value.type == .float64 || value.type == .any)
        return result
    }

    /// `CAST(operand AS …)` by the affinity of the type's name.
    static func cast(_ operand: Expression, to affinity: Affinity) -> Expression {
        if operand.type.isExplicit {
            if affinity == .integer, let converted = try? convert(operand, to: .int64) { return converted }
            return cast(affinity == .text ? operand.plainText : operand.plain, to: affinity)
        }
        let target: DataType =
            switch affinity {
            case .integer: .int64
            case .real: .float64
            case .text: .utf8View
            case .none: .binaryView
            case .numeric: operand.type == .int64 || operand.type == .float64 ? operand.type : .any
            }
        if operand.isNullLiteral { return .literal(.null, target) }
        return operand.type == target && target != .any ? operand : .cast(operand, .explicit, target)
    }

    private func bindCase(_ expression: CaseExpression, _ context: ExpressionContext) throws -> BoundExpression {
        let operand = try expression.operand.map { try bindRow($0, context) }
        var conditions: [Expression] = []
        var operands = operand ?? []
        var results: [BoundExpression] = []
        for branch in expression.branches {
            if let operand {
                let value = try bindRow(branch.condition, context)
                try checkRows(operand, value, branch.condition.range)
                operands += value
                conditions.append(try Self.compareRows(.equal, operand, value))
            } else {
                let condition = try bind(branch.condition, context)
                operands.append(condition)
                conditions.append(truth(of: condition))
            }
            results.append(try bind(branch.result, context))
        }
        if let otherwise = expression.otherwise { results.append(try bind(otherwise, context)) }
        return Self.conditional(conditions, results).propagatingCollation(of: operands + results)
    }

    /// The first result whose condition is true; one result more than conditions is the one for none.
    static func conditional(_ conditions: [Expression], _ results: [BoundExpression]) -> BoundExpression {
        if results.contains(where: \.isExplicit) { return explicitConditional(conditions, results) }
        let type = TypeRules.common(results.map(\.type))
        let branches = zip(conditions, results).map { condition, result in
            Expression.ConditionalBranch(condition: condition, result: result.data.represented(as: type))
        }
        let otherwise = results.count > conditions.count ? results[conditions.count].data.represented(as: type) : nil
        var bound = BoundExpression(.conditional(branches, otherwise: otherwise, type))
        bound.mayMixNumbers = TypeRules.mayMix(results)
        return bound
    }

    /// Results of types that SQLite lacks are brought to one type; where they have none in common, to SQLite's.
    private static func explicitConditional(
        _ conditions: [Expression], _ results: [BoundExpression]
    ) -> BoundExpression {
        guard let unified = try? unified(results), let type = unified.first(where: { !$0.isNullLiteral })?.type else {
            return conditional(conditions, results.map(\.plain))
        }
        let branches = zip(conditions, unified).map { Expression.ConditionalBranch(condition: $0, result: $1) }
        let otherwise = unified.count > conditions.count ? unified[conditions.count] : nil
        return BoundExpression(.conditional(branches, otherwise: otherwise, type))
    }
}
