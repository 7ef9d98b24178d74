package import RheiSQL

/// What a query names, found without a catalog: for a loader that reads only what is needed.
package struct TableReferences: Sendable {
    /// A table or view as written in FROM or IN.
    package struct Table: Hashable, Sendable {
        package var schema: String?
        package var name: String
    }

    /// Tables and views in the order of their first mention, names of common tables left out. Spelled as written; two
    /// spellings of one name may both occur.
    package private(set) var tables: [Table] = []
    /// Table functions in lower case.
    package private(set) var functions: Set<String> = []
    /// Every identifier that may name a column, in lower case (ASCII), whatever table it belongs to.
    package private(set) var columns: Set<String> = []
    /// Whether `*`, `t.*`, NATURAL, IN with a table, or a table function may read columns that are not named.
    package private(set) var readsAllColumns = false

    /// Visits a whole query. The queries of views are not known here; visit them as well.
    package init(_ statement: SelectStatement) { visit(statement, []) }

    private mutating func add(_ name: QualifiedName, _ common: Set<String>) {
        if name.schema == nil, common.contains(NameMatching.fold(name.name.name)) { return }
        let table = Table(schema: name.schema?.name, name: name.name.name)
        if !tables.contains(table) { tables.append(table) }
    }

    private mutating func visit(_ statement: SelectStatement, _ outer: Set<String>) {
        var common = outer
        if let with = statement.with {
            for table in with.tables { common.insert(NameMatching.fold(table.name.name)) }
            for table in with.tables { visit(table.select, common) }
        }
        visit(statement.body, common)
        for term in statement.orderBy { visit(term.expression, common) }
        if let limit = statement.limit { visit(limit, common) }
        if let offset = statement.offset { visit(offset, common) }
    }

    private mutating func visit(_ body: SelectBody, _ common: Set<String>) {
        switch body {
        case .core(let core): visit(core, common)
        case .values(let rows): for value in rows.joined() { visit(value, common) }
        case .compound(_, let left, let right):
            visit(left, common)
            visit(right, common)
        }
    }

    private mutating func visit(_ core: SelectCore, _ common: Set<String>) {
        for column in core.columns {
            switch column {
            case .expression(let result):
                visit(result.expression, common)
                if let literal = result.ambiguousLiteral { columns.insert(NameMatching.fold(literal.keyword.name)) }
            case .star(let star):
                readsAllColumns = true
                for replaced in star.replaced { visit(replaced.expression, common) }
            }
        }
        if let from = core.from { visit(from, common) }
        let conditions = [core.filter, core.having, core.qualify].compactMap { $0 }
        for expression in core.distinctOn + conditions { visit(expression, common) }
        for element in core.groupBy { visit(element, common) }
        for window in core.windows { visit(window.specification, common) }
    }

    private mutating func visit(_ element: GroupingElement, _ common: Set<String>) {
        switch element {
        case .expression(let expression): visit(expression, common)
        case .set(let expressions): for expression in expressions { visit(expression, common) }
        case .rollup(let elements), .cube(let elements), .groupingSets(let elements):
            for element in elements { visit(element, common) }
        case .all: break
        }
    }

    private mutating func visit(_ table: TableExpression, _ common: Set<String>) {
        switch table {
        case .table(let reference):
            add(reference.name, common)
            if let asOf = reference.asOf { visit(asOf, common) }
        case .function(let function):
            readsAllColumns = true
            functions.insert(NameMatching.fold(function.name.name.name))
            for argument in function.arguments { visit(argument, common) }
        case .subquery(let subquery): visit(subquery.select, common)
        case .parenthesized(let inner): visit(inner.table, common)
        case .reshaped(let reshaped):
            readsAllColumns = true
            visit(reshaped.table, common)
            for expression in reshaped.expressions { visit(expression, common) }
        case .join(let join):
            visit(join.left, common)
            visit(join.right, common)
            if join.isNatural { readsAllColumns = true }
            switch join.constraint {
            case .on(let condition): visit(condition, common)
            case .using(let names): for name in names { columns.insert(NameMatching.fold(name.name)) }
            case nil: break
            }
        }
    }

    private mutating func visit(_ specification: WindowSpecification, _ common: Set<String>) {
        for expression in specification.partitionBy { visit(expression, common) }
        for term in specification.orderBy { visit(term.expression, common) }
        for bound in [specification.frame?.start, specification.frame?.end].compactMap({ $0 }) {
            if case .preceding(let expression) = bound { visit(expression, common) }
            if case .following(let expression) = bound { visit(expression, common) }
        }
    }

    private mutating func visit(_ expression: SyntaxExpression, _ common: Set<String>) {
        switch expression.kind {
        case .column(let reference): columns.insert(NameMatching.fold(reference.column.name))
        case .literal(.boolean(let value)): columns.insert(value ? "true" : "false")
        case .literal, .parameter, .raise: break
        case .unary(_, let operand), .isNull(let operand, _), .cast(let operand, _), .collate(let operand, _),
            .extract(_, let operand):
            visit(operand, common)
        case .binary(_, let left, let right):
            visitChain(left, right, common)
        case .pattern(let match):
            for part in [match.value, match.pattern, match.escape].compactMap({ $0 }) { visit(part, common) }
        case .between(let operand, let low, let high, _): for part in [operand, low, high] { visit(part, common) }
        case .inSet(let operand, let source, _): visit(operand, source, common)
        case .exists(let statement), .subquery(let statement): visit(statement, common)
        case .row(let values): for value in values { visit(value, common) }
        case .searchedCase(let expression):
            if let operand = expression.operand { visit(operand, common) }
            for branch in expression.branches {
                visit(branch.condition, common)
                visit(branch.result, common)
            }
            if let otherwise = expression.otherwise { visit(otherwise, common) }
        case .function(let call): visit(call, common)
        }
    }

    /// Walks down a left-leaning chain without a call per link.
    private mutating func visitChain(_ left: SyntaxExpression, _ right: SyntaxExpression, _ common: Set<String>) {
        visit(right, common)
        var current = left
        while case .binary(_, let left, let right) = current.kind {
            visit(right, common)
            current = left
        }
        visit(current, common)
    }

    private mutating func visit(_ operand: SyntaxExpression, _ source: InSource, _ common: Set<String>) {
        visit(operand, common)
        switch source {
        case .list(let values): for value in values { visit(value, common) }
        case .select(let statement): visit(statement, common)
        case .table(let name):
            add(name, common)
            readsAllColumns = true
        case .function(_, let arguments):
            readsAllColumns = true
            for argument in arguments { visit(argument, common) }
        }
    }

    private mutating func visit(_ call: FunctionCall, _ common: Set<String>) {
        for argument in call.arguments { visit(argument, common) }
        for term in call.orderBy + call.withinGroup { visit(term.expression, common) }
        if let filter = call.filter { visit(filter, common) }
        if case .specification(let specification) = call.over { visit(specification, common) }
    }
}
