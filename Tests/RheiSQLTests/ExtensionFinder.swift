import RheiSQL

/// Finds constructs beyond SQLite's grammar in a tree, by reflection.
enum ExtensionFinder {
    static func usesExtension(_ value: Any) -> Bool {
        isExtension(value) || Mirror(reflecting: value).children.contains { usesExtension($0.value) }
    }

    private static func isExtension(_ value: Any) -> Bool {
        switch value {
        case is TypedLiteral: true
        case let alias as TableAlias: !alias.columns.isEmpty
        case let core as SelectCore: !core.distinctOn.isEmpty || core.qualify != nil
        case let star as StarColumn: !star.excluded.isEmpty || !star.replaced.isEmpty
        case let call as FunctionCall where ["left", "right"].contains(call.name.name.lowercased()): true
        case let call as FunctionCall: !call.orderBy.isEmpty || !call.withinGroup.isEmpty || call.nullTreatment != nil
        case let match as PatternMatch: match.operation == .similar
        case let term as OrderingTerm: term.isAll
        case let table as TableReference: table.asOf != nil
        case let function as TableFunctionReference: function.isLateral
        case let subquery as SubqueryReference: subquery.isLateral
        case let join as TableJoin: join.isAsOf
        case let element as GroupingElement:
            if case .expression = element { false } else { true }
        case let kind as SyntaxExpression.Kind:
            if case .extract = kind { true } else { false }
        default: false
        }
    }
}
