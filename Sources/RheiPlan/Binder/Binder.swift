import RheiArrow
import RheiCore
import RheiSQL

/// Resolves the names of a query and makes SQLite's typing rules explicit.
///
/// The result is a logical plan whose subqueries have become joins, dependent ones where they read columns of the
/// query around them ("Unnesting Arbitrary Queries", Neumann and Kemper, BTW 2015, section 2).
final class Binder {
    let catalog: any Catalog
    let parameters: [SQLValue]
    let context: PlanContext
    let evaluate: ((Expression) -> SQLValue?)?
    /// Runs a plan now and returns its rows: for what the shape of the query depends on.
    var run: ((LogicalPlan, PlanContext) throws -> [[SQLValue]])?
    /// The text that source ranges refer to, as UTF-8; nil inside a view, whose text is not at hand.
    var text: [UInt8]?
    /// Names of the views being bound, to refuse circular ones.
    var openViews: [String] = []
    /// The moment as of which tables are read that name none themselves; nil for now.
    var asOf: HistoryPoint?
    /// How many views, subqueries in FROM and common tables are being bound, one inside the other.
    var fromDepth = 0
    /// How many joins in parentheses have become items of FROM.
    var itemCount = 0

    /// Whether integers are added, subtracted, multiplied and divided in `any`.
    var widensArithmetic = false

    /// Whether the statement reads tables with types that SQLite lacks, or tables that SQLite cannot read: casts then
    /// mean what standard SQL says.
    private(set) var readsExplicitTypes = false

    init(
        catalog: any Catalog, parameters: [SQLValue], text: String, context: PlanContext,
        evaluate: ((Expression) -> SQLValue?)?
    ) {
        self.catalog = catalog
        self.parameters = parameters
        self.context = context
        self.evaluate = evaluate
        self.text = Array(text.utf8)
    }

    /// Binds a whole statement.
    func bind(_ statement: SelectStatement) throws -> BoundQuery {
        readsExplicitTypes = try readsExplicitTables(statement)
        return try bindQuery(statement, outer: nil, commonTables: nil)
    }

    private func readsExplicitTables(_ statement: SelectStatement) throws -> Bool {
        let references = TableReferences(statement)
        for name in references.functions where TableFunction.builtIn[name] == nil {
            if case .table? = try catalog.tableFunction(named: name)?.source { return true }
        }
        for table in references.tables {
            // What cannot be read is reported where it stands.
            let object = try? catalog.object(named: table.name, schema: table.schema)
            guard case .table(let provider)? = object else { continue }
            if provider.table.columns.contains(where: { $0.type.isExplicit }) { return true }
        }
        return false
    }

    /// The bytes of the SQL text in a range, as they stand.
    func sourceText(_ range: SourceRange) -> String? {
        guard let text, range.lowerBound >= 0, range.upperBound <= text.count, range.lowerBound < range.upperBound
        else { return nil }
        return String(decoding: text[range.lowerBound..<range.upperBound], as: UTF8.self)
    }

    /// A range for an error; ranges inside a view's own text are of no use to the reader of the query.
    func position(_ range: SourceRange) -> SourceRange? { text == nil ? nil : range }
}

/// The common tables of one WITH clause, and those of the clauses around it.
final class CommonTableFrame {
    let parent: CommonTableFrame?
    private(set) var tables: [String: CommonTableEntry] = [:]
    /// The SELECT in whose scope the bodies are bound.
    weak var outer: Scope?

    init(_ clause: WithClause, parent: CommonTableFrame?, outer: Scope?) throws {
        self.parent = parent
        self.outer = outer
        for table in clause.tables {
            let name = NameMatching.fold(table.name.name)
            guard tables[name] == nil else {
                throw EngineError(
                    .ambiguousName, "duplicate WITH table name: \(table.name.name)", at: table.name.range)
            }
            tables[name] = CommonTableEntry(table)
        }
    }

    /// Finds the innermost common table of the name.
    func find(_ name: String) -> (frame: CommonTableFrame, entry: CommonTableEntry)? {
        if let entry = tables[NameMatching.fold(name)] { return (self, entry) }
        return parent?.find(name)
    }
}

/// One common table: its definition and, once it has been read, its bound body.
final class CommonTableEntry {
    let table: CommonTable
    var isOpen = false
    /// The working table, while the recursive SELECTs of the table are being bound.
    var recursion: OpenRecursion?
    /// The shared subplan and its columns, by which further uses read it.
    var shared: (id: Int, columns: [OutputColumn])?
    /// Whether the shared body refuses values that an affinity would change.
    var keepsAffinity = false

    init(_ table: CommonTable) { self.table = table }
}

/// What an expression is bound in: the names it sees, and where its aggregates and subqueries go.
final class ExpressionContext {
    let scope: Scope
    /// Nil where aggregates may not stand.
    let aggregation: AggregateCollector?
    let subqueries: SubqueryCollector
    /// Nil where window functions may not stand.
    let windows: WindowCollector?
    /// Whether this is an argument or a key of a window function.
    var isWindowPart = false
    /// Whether `unnest` may stand here, which makes rows of the SELECT's result.
    var allowsUnnest = false
    /// Whether this is a condition in WHERE, ON or HAVING.
    var isRowCondition = false
    /// Whether this is the argument of an aggregate.
    var isAggregateArgument = false
    /// The SELECTs of which columns have been read, outside of subqueries.
    var scopesRead: [Scope] = []

    init(
        _ scope: Scope, aggregation: AggregateCollector? = nil, subqueries: SubqueryCollector = SubqueryCollector(),
        windows: WindowCollector? = nil
    ) {
        self.scope = scope
        self.aggregation = aggregation
        self.subqueries = subqueries
        self.windows = windows
    }
}

/// Gathers the aggregates of one SELECT.
final class AggregateCollector {
    var aggregates: [AggregateColumn] = []
    /// The subqueries in the aggregates' arguments, which are evaluated before grouping.
    let subqueries = SubqueryCollector()
    /// Calls of `grouping`: the column that stands for each, and the keys it asks for.
    var groupings: [(id: ColumnID, keys: [Expression])] = []
    var isEmpty: Bool { aggregates.isEmpty }
}

/// Gathers the joins by which the subqueries of some expressions are evaluated, in order.
final class SubqueryCollector {
    var joins: [PendingJoin] = []

    /// Puts the joins on top of a plan.
    func attach(to plan: LogicalPlan) -> LogicalPlan {
        joins.reduce(plan) { $1.attached(to: $0) }
    }
}

/// A subquery that waits to be joined to the plan of the expression around it.
struct PendingJoin {
    var kind: JoinKind
    var plan: LogicalPlan
    var membership: [Expression] = []
    /// What is tested in place of ``membership`` where unknown counts as false, if that is simpler.
    var plainMembership: [Expression]?
    var condition: [Expression] = []
    var mark: ColumnID?

    func attached(to left: LogicalPlan) -> LogicalPlan {
        .join(
            LogicalJoin(kind, left, plan, on: condition, membership: membership, mark: mark, isDependent: true))
    }

    /// Whether the subquery, or what compares with it, reads one of the columns.
    func reads(_ columns: Set<ColumnID>) -> Bool {
        !plan.freeColumns.isDisjoint(with: columns)
            || (membership + condition).contains { !$0.columns.isDisjoint(with: columns) }
    }

    /// Returns the join with expressions that an enclosing grouping has replaced.
    func mapped(_ transform: (Expression) throws -> Expression) rethrows -> PendingJoin {
        var join = self
        join.plan = try plan.mapExpressions(transform)
        join.membership = try membership.map(transform)
        join.plainMembership = try plainMembership?.map(transform)
        join.condition = try condition.map(transform)
        return join
    }
}
