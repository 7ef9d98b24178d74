import RheiArrow
import RheiCore

/// The duplicate-free values of the outer columns that a subquery reads: what it is evaluated for.
final class Domain {
    /// The outer columns.
    let columns: [PlanColumn]
    private let shared: Int
    private let context: PlanContext

    /// - Parameters:
    ///   - columns: some of the columns of the shared outer plan.
    ///   - all: all of its columns.
    ///   - outerPlan: the id under which it is shared.
    init(of columns: [PlanColumn], in all: [PlanColumn], _ outerPlan: Int, _ context: PlanContext) {
        self.columns = columns
        self.context = context
        let fresh = all.map { context.makeColumn(like: $0) }
        let keys = zip(all, fresh).filter { pair in columns.contains { $0.id == pair.0.id } }.map {
            ProjectedColumn($1)
        }
        shared = context.share(
            .aggregate(
                LogicalAggregate(input: .shared(outerPlan, columns: fresh), keys: keys, aggregates: [])))
    }

    /// Reads the domain once more, under fresh ids; gives the column that stands for each outer column.
    func read() -> (plan: LogicalPlan, domain: [ColumnID: Expression]) {
        let fresh = columns.map { context.makeColumn(like: $0) }
        for (column, original) in zip(fresh, columns) where context.unmixedColumns.contains(original.id) {
            context.unmixedColumns.insert(column.id)
        }
        let mapping = zip(columns, fresh).map { ($0.id, Expression.column($1.id, $1.type)) }
        return (.shared(shared, columns: fresh), Dictionary(mapping) { first, _ in first })
    }
}

/// Pushes a domain down into a plan, so that the plan yields its rows for every value of the domain, beside that value.
struct DomainPushDown {
    let domain: Domain
    let context: PlanContext
    typealias Pushed = (plan: LogicalPlan, domain: [ColumnID: Expression])

    private var outer: Set<ColumnID> { Set(domain.columns.map(\.id)) }

    func push(_ plan: LogicalPlan) throws -> Pushed {
        if plan.freeColumns.isDisjoint(with: outer) {
            let read = domain.read()
            return (.join(LogicalJoin(.inner, read.plan, plan)), read.domain)
        }
        switch plan {
        case .filter(let input, let conditions):
            let inner = try push(input)
            return (.filter(inner.plan, conditions.map { $0.substituting(inner.domain) }), inner.domain)
        case .project(let input, let columns):
            let inner = try push(input)
            let projected = columns.map { column in column.mapped { $0.substituting(inner.domain) } }
            return (.project(inner.plan, projected + carried(inner.domain)), inner.domain)
        case .sort(let input, let keys):
            let inner = try push(input)
            return (.sort(inner.plan, keys.map { key in key.mapped { $0.substituting(inner.domain) } }), inner.domain)
        case .aggregate(let aggregate): return try push(aggregate)
        case .window(let window): return try push(window)
        case .join(let join): return try join.isDependent ? pushDependent(join) : push(join)
        case .unionAll(let inputs, let columns): return try pushUnion(inputs, columns)
        case .expand(var expansion):
            let inner = try push(expansion.input)
            expansion.input = inner.plan
            let pushed = LogicalPlan.expand(expansion).mapOwnExpressions { $0.substituting(inner.domain) }
            return (pushed, inner.domain)
        case .limit(let input, let limit, let offset): return try pushLimit(input, limit, offset)
        case .recursion(let recursion): return try push(recursion)
        case .values(let rows, let columns): return pushRows(rows, columns)
        case .scan, .shared: throw EngineError.unsupported("correlated subquery of this shape")
        }
    }

    /// The domain's columns in the order of the outer columns.
    private func ordered(_ mapping: [ColumnID: Expression]) -> [Expression] {
        domain.columns.compactMap { mapping[$0.id] }
    }

    func carried(_ mapping: [ColumnID: Expression]) -> [ProjectedColumn] {
        ordered(mapping).compactMap { expression in
            expression.columnID.map { ProjectedColumn(id: $0, expression: expression) }
        }
    }

    private func equal(_ left: [ColumnID: Expression], _ right: [ColumnID: Expression]) -> [Expression] {
        zip(ordered(left), ordered(right)).map { .comparison(.isNotDistinct, $0, $1, .binary) }
    }

    private func push(_ aggregate: LogicalAggregate) throws -> Pushed {
        let inner = try push(aggregate.input)
        let keys = aggregate.keys.map { key in key.mapped { $0.substituting(inner.domain) } }
        let aggregates = aggregate.aggregates.map { column in column.mapped { $0.substituting(inner.domain) } }
        if !keys.isEmpty {
            return (
                .aggregate(
                    LogicalAggregate(
                        input: inner.plan, keys: keys + carried(inner.domain), aggregates: aggregates)),
                inner.domain
            )
        }
        // Without keys there is a row for every value of the domain, also where no row was grouped.
        let fresh = EmptyGroup(aggregates, context)
        let grouped = LogicalPlan.aggregate(
            LogicalAggregate(input: inner.plan, keys: carried(inner.domain), aggregates: fresh.aggregates))
        let read = domain.read()
        var join = LogicalJoin(.left, read.plan, grouped, on: equal(read.domain, inner.domain))
        join.rightIsAtMostOne = true
        return (.project(.join(join), carried(read.domain) + fresh.columns), read.domain)
    }

    /// Every value of the domain has partitions of its own.
    private func push(_ window: LogicalWindow) throws -> Pushed {
        let inner = try push(window.input)
        let domain = ordered(inner.domain).map {
            SortKey(expression: $0, isDescending: false, nullsFirst: true, collation: .binary)
        }
        var result = window
        result.input = inner.plan
        result.keys = domain + window.keys.map { key in key.mapped { $0.substituting(inner.domain) } }
        result.functions = window.functions.map { function in
            var function = function.mapped { $0.substituting(inner.domain) }
            function.call.partitionKeyCount += domain.count
            return function
        }
        return (.window(result), inner.domain)
    }

    /// LIMIT counts the rows of each value of the domain by themselves.
    private func pushLimit(_ input: LogicalPlan, _ limit: Int?, _ offset: Int) throws -> Pushed {
        let (rows, order) = try Self.ordered(input)
        let inner = try push(rows)
        let domain = ordered(inner.domain).map {
            SortKey(expression: $0, isDescending: false, nullsFirst: true, collation: .binary)
        }
        let number = WindowColumn(
            id: context.makeColumn("row number"),
            call: WindowCall(
                function: .rowNumber, arguments: [], partitionKeyCount: domain.count, orderKeyCount: order.count,
                type: .int64))
        let window = LogicalWindow(
            input: inner.plan, keys: domain + order.map { key in key.mapped { $0.substituting(inner.domain) } },
            functions: [number])
        let count = Expression.column(number.id, .int64)
        var conditions: [Expression] = []
        if offset > 0 {
            conditions.append(.comparison(.greater, count, .literal(.integer(Int64(offset)), .int64), .binary))
        }
        if let limit {
            let (last, overflows) = Int64(offset).addingReportingOverflow(Int64(limit))
            let bound = Expression.literal(.integer(overflows ? .max : last), .int64)
            conditions.append(.comparison(.lessOrEqual, count, bound, .binary))
        }
        return (conditions.isEmpty ? .window(window) : .filter(.window(window), conditions), inner.domain)
    }

    /// The rows that LIMIT counts, and their order: that of ORDER BY, or of the rowids of one table.
    private static func ordered(_ plan: LogicalPlan) throws -> (LogicalPlan, [SortKey]) {
        if case .sort(let sorted, let order) = plan { return (sorted, order) }
        let (exposed, order) = plan.exposingTableOrder()
        guard case .byRowID(let rowID) = order else {
            throw EngineError.unsupported("LIMIT without ORDER BY in a correlated subquery")
        }
        return (
            exposed, [SortKey(expression: rowID, isDescending: false, nullsFirst: true, collation: .binary)]
        )
    }

    private func pushDependent(_ join: LogicalJoin) throws -> Pushed {
        let left = try push(join.left)
        var result = join
        result.left = left.plan
        result.right = join.right.mapExpressions { $0.substituting(left.domain) }
        result.condition = join.condition.map { $0.substituting(left.domain) }
        result.membership = join.membership.map { $0.substituting(left.domain) }
        return (.join(result), left.domain)
    }

    private func push(_ join: LogicalJoin) throws -> Pushed {
        if join.kind == .full { return try pushFull(join) }
        var result = join
        let leftReads = !join.left.freeColumns.isDisjoint(with: outer)
        let rightReads = !join.right.freeColumns.isDisjoint(with: outer)
        let mapping: [ColumnID: Expression]
        if join.kind == .right {
            let right = try push(join.right)
            result.right = right.plan
            mapping = right.domain
            if leftReads {
                let left = try push(join.left)
                result.left = left.plan
                result.condition += equal(left.domain, right.domain)
            }
        } else if join.kind == .inner, rightReads, !leftReads {
            let right = try push(join.right)
            result.right = right.plan
            mapping = right.domain
        } else {
            let left = try push(join.left)
            result.left = left.plan
            mapping = left.domain
            if rightReads {
                let right = try push(join.right)
                result.right = right.plan
                result.condition += equal(left.domain, right.domain)
            }
        }
        result.condition = result.condition.map { $0.substituting(mapping) }
        result.membership = result.membership.map { $0.substituting(mapping) }
        return (.join(result), mapping)
    }

    /// Both sides have the domain's columns; where one has no row, the other's count.
    private func pushFull(_ join: LogicalJoin) throws -> Pushed {
        var result = join
        let left = try push(join.left)
        let right = try push(join.right)
        result.left = left.plan
        result.right = right.plan
        result.condition = join.condition.map { $0.substituting(left.domain) } + equal(left.domain, right.domain)
        var domainColumns: [ProjectedColumn] = []
        var mapping: [ColumnID: Expression] = [:]
        for column in domain.columns {
            guard let first = left.domain[column.id], let second = right.domain[column.id] else { continue }
            let either = Expression.conditional(
                [.init(condition: .not(.isNull(first)), result: first)], otherwise: second, column.type)
            let fresh = context.makeColumn(like: column)
            domainColumns.append(ProjectedColumn(id: fresh.id, expression: either))
            mapping[column.id] = .column(fresh.id, fresh.type)
        }
        return (.project(.join(result), join.columns.map { ProjectedColumn($0) } + domainColumns), mapping)
    }

    /// Rows that compute with outer columns are projections of the domain.
    private func pushRows(_ rows: [[Expression]], _ columns: [PlanColumn]) -> Pushed {
        let fresh = domain.columns.map { context.makeColumn(like: $0) }
        let parts = rows.map { row in
            let read = domain.read()
            return LogicalPlan.project(
                read.plan,
                carried(read.domain)
                    + zip(columns, row).map { column, value in
                        ProjectedColumn(
                            id: context.makeColumn(like: column).id, expression: value.substituting(read.domain))
                    })
        }
        let mapping = zip(domain.columns, fresh).map { ($0.id, Expression.column($1.id, $1.type)) }
        return (.unionAll(parts, columns: fresh + columns), Dictionary(mapping) { first, _ in first })
    }

    private func pushUnion(_ inputs: [LogicalPlan], _ columns: [PlanColumn]) throws -> Pushed {
        let fresh = domain.columns.map { context.makeColumn(like: $0) }
        let parts = try inputs.map { input in
            let pushed = try push(input)
            return LogicalPlan.project(pushed.plan, carried(pushed.domain) + input.columns.map { ProjectedColumn($0) })
        }
        let mapping = zip(domain.columns, fresh).map { ($0.id, Expression.column($1.id, $1.type)) }
        return (.unionAll(parts, columns: fresh + columns), Dictionary(mapping) { first, _ in first })
    }
}
