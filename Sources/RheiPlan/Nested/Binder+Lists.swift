import RheiArrow
import RheiCore
import RheiSQL

/// Functions that make lists and structs, and those that take them.
extension Binder {
    /// Binds a function of lists or structs; nil for other functions and arguments.
    func bindNested(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> BoundExpression? {
        do {
            if let made = try makeNested(name, arguments, call) { return BoundExpression(made) }
            if let access = try bindAccess(name, arguments, call) { return access }
            guard let place = arguments.firstIndex(where: { $0.type.nestedType != nil }) else { return nil }
            if arguments[place].type.elementType != nil || name == "list_prepend" || name == "array_prepend" {
                return try bindListFunction(name, arguments, call).map { BoundExpression($0) }
            }
            return nil
        } catch { throw error.placed(at: position(call.name.range)) }
    }

    /// The column that SQLite reads in `[a, b]`, if there is one.
    func bracketedColumn(of call: FunctionCall, _ context: ExpressionContext) throws -> BoundExpression? {
        guard let name = call.bracketedName else { return nil }
        return try resolve(ColumnReference(column: name), context)
    }

    /// The list that `[null]`, `[true]` and `[false]` are where no column has the name.
    func bindBracketedWord(_ reference: ColumnReference, _ context: ExpressionContext) throws -> BoundExpression? {
        guard reference.table == nil, reference.column.quoteStyle == .bracket else { return nil }
        let literal: Literal
        switch NameMatching.fold(reference.column.name) {
        case "null": literal = .null
        case "true": literal = .boolean(true)
        case "false": literal = .boolean(false)
        default: return nil
        }
        let range = reference.column.range
        let call = FunctionCall(
            name: Identifier("list_value", range: range), arguments: [SyntaxExpression(.literal(literal), range: range)]
        )
        return try bindFunction(call, SyntaxExpression(.function(call), range: range), context)
    }

    /// Refuses lists and structs as arguments of functions that do not know them.
    func refuseNested(_ arguments: [BoundExpression], _ call: FunctionCall) throws {
        guard let nested = arguments.first(where: { $0.type.nestedType != nil }) else { return }
        throw EngineError(
            .typeMismatch, "there is no function \(call.name.name)() of \(nested.type.sqlName)",
            at: position(call.name.range))
    }

    // MARK: making

    private func makeNested(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> Expression? {
        switch name {
        case "list_value", "list_pack":
            let (values, type) = try Self.unifiedElements(arguments)
            return .call("list_value", [type.literal] + values.map(\.nestedArgument), NestedType.list(type).dataType)
        case "struct_pack", "row":
            return try makeStruct(arguments, call, isRow: name == "row")
        case "range", "generate_series":
            guard (1...3).contains(arguments.count) else { throw argumentCountError(call) }
            return try makeSeries(arguments, call, isClosed: name != "range")
        case "string_split", "str_split", "split", "string_to_array":
            guard arguments.count == 2 else { throw argumentCountError(call) }
            return .call(
                "list_of_text", arguments.map { Self.cast($0.data, to: .text) }, NestedType.list(.text).dataType)
        default: return nil
        }
    }

    private func makeStruct(
        _ arguments: [BoundExpression], _ call: FunctionCall, isRow: Bool
    ) throws -> Expression {
        var members: [NestedType.Member] = []
        var values: [Expression] = []
        for (index, argument) in arguments.enumerated() {
            let written = index < call.argumentNames.count ? call.argumentNames[index] : nil
            guard let name = isRow ? "" : written?.name ?? argument.columnName else {
                throw EngineError(.typeMismatch, "the fields of struct_pack() need names, as in struct_pack(a := 1)")
            }
            if !isRow, members.contains(where: { NameMatching.equal($0.name, name) }) {
                throw EngineError(.ambiguousName, "the struct has two fields '\(name)'")
            }
            let value = argument.isExplicit ? argument.expression : argument.data
            guard let type = NestedType(value.type) else {
                throw EngineError.unsupported("\(value.type.sqlName) values in a struct")
            }
            members.append(NestedType.Member(name: name, type: type))
            values.append(value.nestedArgument)
        }
        if members.isEmpty { throw EngineError(.typeMismatch, "a struct has at least one field") }
        let type = NestedType.structure(members)
        return .call("struct_value", [type.literal] + values, type.dataType)
    }

    private func makeSeries(
        _ arguments: [BoundExpression], _ call: FunctionCall, isClosed: Bool
    ) throws -> Expression {
        guard arguments.allSatisfy({ $0.data.type == .int64 || $0.expression.isNullLiteral }) else {
            throw EngineError.unsupported("\(call.name.name)() of other than integers as a list")
        }
        let bounds = arguments.map { Self.cast($0.data, to: .integer) }
        let all =
            [bounds.count > 1 ? bounds[0] : .integer(0), bounds.count > 1 ? bounds[1] : bounds[0]]
            + [bounds.count > 2 ? bounds[2] : .integer(1), .integer(isClosed ? 1 : 0)]
        return .call("list_of_integers", all, NestedType.list(.integer).dataType)
    }

    // MARK: functions

    private func bindListFunction(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> Expression? {
        func count(_ counts: ClosedRange<Int>) throws {
            if !counts.contains(arguments.count) { throw argumentCountError(call) }
        }
        switch name {
        case "len", "length", "array_length", "list_length", "cardinality":
            try count(1...1)
            return try Self.onList("list_length", arguments[0], .integer)
        case "list_contains", "array_contains", "list_has", "array_has", "contains":
            try count(2...2)
            return try Self.search("list_contains", arguments[0], arguments[1])
        case "list_position", "array_position", "list_indexof", "array_indexof":
            try count(2...2)
            return try Self.search("list_position", arguments[0], arguments[1])
        case "list_has_any", "array_has_any", "list_has_all", "array_has_all":
            try count(2...2)
            let (lists, element) = try Self.unifiedLists(arguments)
            return .call(name.hasSuffix("any") ? "list_has_any" : "list_has_all", [element.literal] + lists, .int64)
        case "list_concat", "array_concat", "list_cat", "array_cat": return try Self.concatenation(arguments)
        case "list_append", "array_append", "array_push_back":
            try count(2...2)
            return try Self.extended(arguments[0], by: arguments[1], isFirst: false)
        case "list_prepend", "array_prepend":
            try count(2...2)
            return try Self.extended(arguments[1], by: arguments[0], isFirst: true)
        case "list_sort", "array_sort", "list_reverse_sort", "array_reverse_sort":
            try count(1...3)
            return try sorted(name, arguments, call)
        case "list_reverse", "array_reverse", "reverse": return try Self.sameList("list_reverse", arguments[0])
        case "list_distinct", "array_distinct": return try Self.sameList("list_distinct", arguments[0])
        case "list_unique", "array_unique": return try Self.onList("list_unique", arguments[0], .integer)
        case "flatten":
            guard case .list(.list(let element))? = arguments[0].type.nestedType else {
                throw EngineError(.typeMismatch, "flatten() takes a list of lists")
            }
            return .call(
                "list_flatten", [element.literal, arguments[0].expression], NestedType.list(element).dataType)
        case "array_to_string", "list_to_string":
            try count(2...2)
            guard let element = arguments[0].type.elementType else { return nil }
            return .call(
                "list_text", [element.literal, arguments[0].expression, Self.cast(arguments[1].data, to: .text)],
                .utf8View)
        case "list_aggregate", "list_aggr", "array_aggregate", "array_aggr":
            guard arguments.count > 1, case .text(let aggregate)? = arguments[1].expression.literalValue else {
                throw EngineError.unsupported("\(name)() of an aggregate that is no constant")
            }
            return try listAggregate(NameMatching.fold(aggregate), arguments[0], Array(arguments.dropFirst(2)), call)
        default:
            guard name.hasPrefix("list_"), Self.listAggregates.contains(String(name.dropFirst(5))) else { return nil }
            return try listAggregate(String(name.dropFirst(5)), arguments[0], Array(arguments.dropFirst()), call)
        }
    }

    private static func onList(_ name: String, _ list: BoundExpression, _ type: NestedType) throws -> Expression? {
        list.type.elementType.map { .nestedCall(name, [$0.literal, list.expression], type) }
    }

    private static func sameList(_ name: String, _ list: BoundExpression) throws -> Expression? {
        guard let element = list.type.elementType else { return nil }
        try refuseIncomparable(list.type, name)
        return .call(name, [element.literal, list.expression], list.type)
    }

    private static func unifiedLists(_ lists: [BoundExpression]) throws -> ([Expression], NestedType) {
        var type = NestedType.list(.null)
        for list in lists where !list.expression.isNullLiteral {
            guard let own = list.type.nestedType, let common = type.common(with: own) else {
                throw ConversionError.cannotCompute("||", type.dataType, list.type)
            }
            type = common
        }
        guard case .list(let element) = type else { return ([], .null) }
        return (try lists.map { try convertNested($0.expression, to: type) }, element)
    }

    static func concatenation(_ lists: [BoundExpression]) throws -> Expression {
        let (values, element) = try unifiedLists(lists)
        return .call("list_concat", [element.literal] + values, NestedType.list(element).dataType)
    }

    /// `a || b` of lists: NULL where either is.
    static func joined(_ left: Expression, _ right: Expression) throws -> Expression {
        let both = try concatenation([BoundExpression(left), BoundExpression(right)])
        return .conditional(
            [.init(condition: .or([.isNull(left), .isNull(right)]), result: .literal(.null, both.type))],
            otherwise: both, both.type)
    }

    private static func extended(
        _ list: BoundExpression, by value: BoundExpression, isFirst: Bool
    ) throws -> Expression {
        let (values, type) = try unifiedElements([value])
        let single = Expression.call(
            "list_value", [type.literal] + values.map(\.nestedArgument), NestedType.list(type).dataType)
        let parts = [list, BoundExpression(single)]
        return try concatenation(isFirst ? parts.reversed() : parts)
    }

    private static func search(_ name: String, _ list: BoundExpression, _ value: BoundExpression) throws -> Expression?
    {
        guard let element = list.type.elementType else { return nil }
        let own = value.isExplicit ? value.expression : value.data
        guard let given = NestedType(own.type), let common = element.common(with: given) else {
            throw ConversionError.cannotCompute("=", list.type, own.type)
        }
        try refuseIncomparable(.list(Field("item", common.dataType)), name)
        if !common.isComparable { throw EngineError.unsupported("\(name)() of INTERVAL values") }
        let converted = try convertNested(list.expression, to: .list(common))
        return .call(
            name, [common.literal, converted, try convertNested(own, to: common).nestedArgument], .int64)
    }

    private func sorted(_ name: String, _ arguments: [BoundExpression], _ call: FunctionCall) throws -> Expression? {
        guard let element = arguments[0].type.elementType else { return nil }
        try Self.refuseIncomparable(arguments[0].type, name)
        func word(_ index: Int) throws -> String? {
            guard arguments.count > index else { return nil }
            guard case .text(let text)? = arguments[index].expression.literalValue else {
                throw EngineError.unsupported("\(name)() in an order that is no constant")
            }
            return NameMatching.fold(text)
        }
        let isReverse = name.contains("reverse")
        let order = try isReverse ? nil : word(1)
        let nulls = try word(isReverse ? 1 : 2)
        guard order == nil || order == "asc" || order == "desc",
            nulls == nil || nulls == "nulls first" || nulls == "nulls last"
        else { throw EngineError(.invalidArgument, "\(name)() knows ASC, DESC, NULLS FIRST and NULLS LAST") }
        return .call(
            "list_sort",
            [
                element.literal, arguments[0].expression, .integer(isReverse || order == "desc" ? 1 : 0),
                .integer(nulls == "nulls first" ? 1 : 0),
            ], arguments[0].type)
    }

    // MARK: aggregates

    private static let listAggregates: Set<String> = [
        "sum", "avg", "mean", "min", "max", "count", "first", "last", "any_value", "mode", "median", "product",
        "string_agg",
        "bool_and", "bool_or", "var_pop", "var_samp", "variance", "stddev_pop", "stddev_samp", "stddev",
    ]

    private func listAggregate(
        _ name: String, _ list: BoundExpression, _ others: [BoundExpression], _ call: FunctionCall
    ) throws -> Expression {
        guard Self.listAggregates.contains(name), let element = list.type.elementType else {
            throw EngineError.unsupported("aggregate \(name) of a list")
        }
        guard others.count <= (name == "string_agg" ? 1 : 0) else { throw argumentCountError(call) }
        let result: NestedType
        switch name {
        case "count", "bool_and", "bool_or": result = .integer
        case "string_agg": result = .text
        case "min", "max", "first", "last", "any_value", "mode":
            if name == "min" || name == "max" || name == "mode" {
                try Self.refuseIncomparable(list.type, "list_\(name)()")
            }
            result = element
        default:
            switch element {
            case .integer: result = name == "sum" ? .integer : .real
            case .real, .null: result = .real
            // Exact sums of decimals have no function of their own here.
            case .decimal where name != "sum": result = .real
            default: throw EngineError.unsupported("aggregate \(name) of \(list.type.sqlName)")
            }
        }
        return .nestedCall(
            "list_aggregate",
            [element.literal, list.expression, .literal(.text(name), .utf8View)]
                + others.map { Self.cast($0.data, to: .text) }, result)
    }
}
