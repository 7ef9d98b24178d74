import RheiCore

/// Collects the names of the tables that a tree reads, each once, in the order of the text.
///
/// Names of common tables are left out where they are visible. Table-valued functions are not tables; their arguments
/// are searched. Names differ only in more than ASCII case count once.
struct TableNameCollector {
    private(set) var names: [QualifiedName] = []
    /// Names of the table functions met, in lower case.
    private(set) var functionNames: Set<String> = []
    /// Names of the tables that are read AS OF a moment.
    private(set) var historicNames: [QualifiedName] = []
    private var seen: Set<String> = []
    /// Names of the common tables that are visible, folded, innermost last.
    private var commonTables: [String] = []

    /// Searches a `WITH` clause and makes its names visible until `commonTables` shrinks again.
    mutating func open(_ with: WithClause?) {
        guard let with else { return }
        // All tables of one clause see each other, whether RECURSIVE is written or not.
        commonTables += with.tables.map { Self.folded($0.name.name) }
        for table in with.tables { visit(table.select) }
    }

    private mutating func note(_ name: QualifiedName) {
        let folded = Self.folded(name.name.name)
        if name.schema == nil, commonTables.contains(folded) { return }
        let key = name.schema.map { Self.folded($0.name) + "\0" + folded } ?? folded
        if seen.insert(key).inserted { names.append(name) }
    }

    private static func folded(_ name: String) -> String {
        String(decoding: name.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    // MARK: Queries

    mutating func visit(_ select: SelectStatement) {
        let visibleCount = commonTables.count
        open(select.with)
        visit(select.body)
        for term in select.orderBy { visit(term.expression) }
        if let limit = select.limit { visit(limit) }
        if let offset = select.offset { visit(offset) }
        commonTables.removeLast(commonTables.count - visibleCount)
    }

    private mutating func visit(_ body: SelectBody) {
        switch body {
        case .core(let core): visit(core)
        case .values(let rows): for row in rows { visit(row) }
        case .compound(_, let left, let right):
            visit(left)
            visit(right)
        }
    }

    private mutating func visit(_ core: SelectCore) {
        visit(core.distinctOn)
        visit(core.columns)
        if let from = core.from { visit(from) }
        if let filter = core.filter { visit(filter) }
        for element in core.groupBy { visit(element) }
        if let having = core.having { visit(having) }
        for window in core.windows { visit(window.specification) }
        if let qualify = core.qualify { visit(qualify) }
    }

    mutating func visit(_ columns: [ResultColumn]) {
        for column in columns {
            switch column {
            case .expression(let result): visit(result.expression)
            case .star(let star): for replacement in star.replaced { visit(replacement.expression) }
            }
        }
    }

    private mutating func visit(_ element: GroupingElement) {
        switch element {
        case .expression(let expression): visit(expression)
        case .set(let expressions): visit(expressions)
        case .rollup(let elements), .cube(let elements), .groupingSets(let elements):
            for element in elements { visit(element) }
        case .all: break
        }
    }

    mutating func visit(_ table: TableExpression) {
        switch table {
        case .table(let reference):
            note(reference.name)
            if let asOf = reference.asOf {
                historicNames.append(reference.name)
                visit(asOf)
            }
        case .function(let function):
            functionNames.insert(Self.folded(function.name.name.name))
            visit(function.arguments)
        case .subquery(let subquery): visit(subquery.select)
        case .parenthesized(let inner): visit(inner.table)
        case .reshaped(let reshaped):
            visit(reshaped.table)
            visit(reshaped.expressions)
        case .join(let join):
            visit(join.left)
            visit(join.right)
            if case .on(let condition)? = join.constraint { visit(condition) }
        }
    }

    // MARK: Expressions

    private mutating func visit(_ expressions: [SyntaxExpression]) {
        for expression in expressions { visit(expression) }
    }

    mutating func visit(_ expression: SyntaxExpression) {
        switch expression.kind {
        case .literal, .parameter, .column, .raise: break
        case .unary(_, let operand), .isNull(let operand, _), .cast(let operand, _), .collate(let operand, _),
            .extract(_, let operand):
            visit(operand)
        case .binary(_, let left, let right):
            visit(left)
            visit(right)
        case .pattern(let match): visit([match.value, match.pattern] + (match.escape.map { [$0] } ?? []))
        case .between(let value, let low, let high, _): visit([value, low, high])
        case .inSet(let value, let source, _):
            visit(value)
            visit(source)
        case .exists(let select), .subquery(let select): visit(select)
        case .row(let elements): visit(elements)
        case .searchedCase(let expression): visit(expression)
        case .function(let call): visit(call)
        }
    }

    private mutating func visit(_ source: InSource) {
        switch source {
        case .list(let expressions): visit(expressions)
        case .select(let select): visit(select)
        case .table(let name): note(name)
        case .function(let name, let arguments):
            functionNames.insert(Self.folded(name.name.name))
            visit(arguments)
        }
    }

    private mutating func visit(_ expression: CaseExpression) {
        if let operand = expression.operand { visit(operand) }
        for branch in expression.branches {
            visit(branch.condition)
            visit(branch.result)
        }
        if let otherwise = expression.otherwise { visit(otherwise) }
    }

    private mutating func visit(_ call: FunctionCall) {
        visit(call.arguments)
        for term in call.orderBy + call.withinGroup { visit(term.expression) }
        if let filter = call.filter { visit(filter) }
        if case .specification(let window)? = call.over { visit(window) }
    }

    private mutating func visit(_ window: WindowSpecification) {
        visit(window.partitionBy)
        for term in window.orderBy { visit(term.expression) }
        for bound in [window.frame?.start, window.frame?.end] {
            switch bound {
            case .preceding(let offset)?, .following(let offset)?: visit(offset)
            default: break
            }
        }
    }
}

extension SelectStatement {
    /// The tables the query reads, each once; common tables are left out.
    package var tablesRead: [QualifiedName] {
        var collector = TableNameCollector()
        collector.visit(self)
        return collector.names
    }

    /// The tables that the query reads AS OF a moment.
    package var historicTablesRead: [QualifiedName] {
        var collector = TableNameCollector()
        collector.visit(self)
        return collector.historicNames
    }

    /// The table functions that the query calls, in lower case.
    package var tableFunctionsRead: Set<String> {
        var collector = TableNameCollector()
        collector.visit(self)
        return collector.functionNames
    }
}

extension Statement {
    /// The tables the statement reads, besides the target of a data change.
    package var tablesRead: [QualifiedName] {
        switch self {
        case .select(let select): select.tablesRead
        case .explain(let explain): explain.statement.tablesRead
        case .dataChange(let change): change.tablesRead
        case .create(let create):
            switch create.object {
            case .table(let select?), .view(_, let select), .columnarTable(let select): select.tablesRead
            case .table, .index, .trigger, .virtualTable: []
            }
        case .copy(let copy):
            switch copy.source {
            case .query(let select): select.tablesRead
            case .table(let name): [name]
            }
        case .drop, .alterTable, .transaction, .pragma, .maintenance: []
        }
    }
}
