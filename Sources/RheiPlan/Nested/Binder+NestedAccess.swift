import RheiArrow
import RheiCore
import RheiSQL

/// Elements of lists and fields of structs.
extension Binder {
    /// Binds what `x[i]`, `x[i:j]` and `x.f` stand for; nil for other functions.
    func bindAccess(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> BoundExpression? {
        switch name {
        case "array_extract", "list_extract", "list_element":
            guard arguments.count == 2 else { throw argumentCountError(call) }
            return try element(of: arguments[0], arguments[1])
        case "array_slice", "list_slice":
            guard arguments.count == 3 else { throw argumentCountError(call) }
            return try slice(arguments[0], arguments[1], arguments[2])
        case "struct_extract":
            guard arguments.count == 2 else { throw argumentCountError(call) }
            return try field(of: arguments[0], arguments[1])
        default: return nil
        }
    }

    /// Refuses subscripts of what is no list or struct before what is in the brackets is looked at: for SQLite it is
    /// the alias of the value.
    func refuseSubscript(of value: BoundExpression, _ name: String, _ range: SourceRange?) throws {
        guard name == "array_extract" || name == "array_slice", value.type.nestedType == nil,
            !value.expression.isNullLiteral
        else { return }
        throw EngineError.unsupported("a subscript of \(value.type.sqlName)", at: range)
    }

    private func element(of value: BoundExpression, _ place: BoundExpression) throws -> BoundExpression {
        if let type = value.type.elementType {
            return BoundExpression(
                .nestedCall("list_extract", [type.literal, value.expression, try index(place)], type))
        }
        if case .structure? = value.type.nestedType { return try field(of: value, place) }
        if value.expression.isNullLiteral { return BoundExpression(.literal(.null, .null)) }
        throw EngineError.unsupported("a subscript of \(value.type.sqlName)")
    }

    private func slice(
        _ value: BoundExpression, _ first: BoundExpression, _ last: BoundExpression
    ) throws -> BoundExpression {
        let bounds = [try index(first), try index(last)]
        if let type = value.type.elementType {
            return BoundExpression(.call("list_slice", [type.literal, value.expression] + bounds, value.type))
        }
        throw EngineError.unsupported("a slice of \(value.type.sqlName)")
    }

    private func index(_ place: BoundExpression) throws -> Expression {
        guard place.data.type == .int64 || place.expression.isNullLiteral else {
            throw EngineError(.typeMismatch, "a place in a list is an INTEGER, not \(place.type.sqlName)")
        }
        return Self.cast(place.data, to: .integer)
    }

    /// The field of a struct that a constant names, or of a row the one at a place from 1.
    private func field(of value: BoundExpression, _ key: BoundExpression) throws -> BoundExpression {
        guard case .structure(let members)? = value.type.nestedType else {
            throw EngineError.unsupported("a field of \(value.type.sqlName)")
        }
        let isRow = members.allSatisfy { $0.name.isEmpty }
        switch key.expression.literalValue {
        case .text(let name) where !isRow:
            guard let place = members.firstIndex(where: { NameMatching.equal($0.name, name) }) else {
                throw EngineError(
                    .unknownName, "no such field: \(name)",
                    hint: NameMatching.hint(for: name, among: members.map(\.name)))
            }
            return field(of: value, members, at: place)
        case .integer(let number) where isRow && number >= 1 && number <= members.count:
            return field(of: value, members, at: Int(number) - 1)
        default:
            throw EngineError(
                .typeMismatch, isRow ? "a row has fields 1 to \(members.count)" : "a field is chosen by a constant name"
            )
        }
    }

    private func field(
        of value: BoundExpression, _ members: [NestedType.Member], at place: Int
    ) -> BoundExpression {
        let type = NestedType.structure(members)
        var bound = BoundExpression(
            .nestedCall("struct_extract", [type.literal, value.expression, .integer(place)], members[place].type))
        bound.columnName = members[place].name
        return bound
    }

    /// The field that a name with points stands for where no table has the name before the last one.
    func bindField(_ reference: ColumnReference, _ context: ExpressionContext) throws -> BoundExpression? {
        guard let table = reference.table else { return nil }
        var value: BoundExpression?
        var fields = [reference.column]
        if let schema = reference.schema {
            value = try resolve(ColumnReference(table: schema, column: table), context)
            if value == nil {
                value = try resolve(ColumnReference(column: schema), context)
                fields.insert(table, at: 0)
            }
        } else {
            value = try resolve(ColumnReference(column: table), context)
        }
        guard var result = value, case .structure? = result.type.nestedType else { return nil }
        for name in fields {
            do { result = try field(of: result, BoundExpression(.literal(.text(name.name), .utf8View))) } catch {
                throw error.placed(at: position(name.range))
            }
        }
        return result
    }

    /// The fields of a struct column as columns, for `column.*`; nil where there is no such column.
    func fieldColumns(of name: Identifier, _ scope: Scope) throws -> [ScopeColumn]? {
        guard case .column(let value)? = try scope.match(ColumnReference(column: name)),
            case .structure(let members)? = value.type.nestedType
        else { return nil }
        return members.indices.map { place in
            ScopeColumn(name: members[place].name, value: field(of: value, members, at: place))
        }
    }
}
