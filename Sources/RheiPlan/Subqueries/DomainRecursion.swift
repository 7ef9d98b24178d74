import RheiArrow
import RheiCore

extension DomainPushDown {
    /// A recursion for every value of the domain at once: the values are further columns of the recursive table, which
    /// its step hands on from row to row.
    func push(_ recursion: LogicalRecursion) throws -> Pushed {
        let start = try push(recursion.start)
        let working = WorkingTable(
            name: recursion.working.table.name,
            columns: recursion.working.table.columns
                + domain.columns.map { TableColumn(name: "\($0.id)", type: $0.type, affinity: .none) })
        let step = try RecursionStep(
            old: recursion.working, new: working, domain: domain.columns, context: context
        ).carry(recursion.step)
        var result = recursion
        result.working = working
        result.start = .project(
            start.plan, recursion.start.columns.map { ProjectedColumn($0) } + carried(start.domain))
        result.step = .project(step.plan, recursion.step.columns.map { ProjectedColumn($0) } + carried(step.domain))
        if recursion.traits.isLimited { result.traits.countedColumnCount += domain.columns.count }
        let fresh = domain.columns.map { context.makeColumn(like: $0) }
        result.columns += fresh
        let mapping = zip(domain.columns, fresh).map { ($0.id, Expression.column($1.id, $1.type)) }
        return (.recursion(result), Dictionary(mapping) { first, _ in first })
    }
}

/// The step of a recursion over the values of a domain, which the rows of the working table bring along.
private struct RecursionStep {
    let old: WorkingTable
    let new: WorkingTable
    let domain: [PlanColumn]
    let context: PlanContext

    private var outer: Set<ColumnID> { Set(domain.map(\.id)) }

    /// Rewrites the part of the step that reads the working table.
    func carry(_ plan: LogicalPlan) throws -> DomainPushDown.Pushed {
        switch plan {
        case .scan(var scan) where scan.provider as? WorkingTable === old:
            let fresh = domain.map { context.makeColumn(like: $0) }
            scan.provider = new
            scan.tableColumns += new.table.columns.indices.suffix(domain.count)
            scan.columns += fresh
            return (.scan(scan), Self.mapping(domain, fresh))
        case .filter(let input, let conditions):
            let inner = try carry(input)
            return (.filter(inner.plan, conditions.map { $0.substituting(inner.domain) }), inner.domain)
        case .project(let input, let columns):
            let inner = try carry(input)
            let projected = columns.map { column in column.mapped { $0.substituting(inner.domain) } }
            return (.project(inner.plan, projected + passing(inner.domain)), inner.domain)
        case .expand(var expansion):
            let inner = try carry(expansion.input)
            expansion.input = inner.plan
            return (LogicalPlan.expand(expansion).mapOwnExpressions { $0.substituting(inner.domain) }, inner.domain)
        case .join(let join): return try carry(join)
        case .unionAll(let inputs, let columns):
            let fresh = domain.map { context.makeColumn(like: $0) }
            let parts = try inputs.map { input in
                let inner = try carry(input)
                return LogicalPlan.project(
                    inner.plan, input.columns.map { ProjectedColumn($0) } + passing(inner.domain))
            }
            return (.unionAll(parts, columns: columns + fresh), Self.mapping(domain, fresh))
        default: throw refusal
        }
    }

    private func carry(_ join: LogicalJoin) throws -> DomainPushDown.Pushed {
        let isLeft = join.left.reads(old)
        guard isLeft ? join.kind != .right && join.kind != .full : join.kind == .inner && !join.isDependent else {
            throw refusal
        }
        let inner = try carry(isLeft ? join.left : join.right)
        var result = join
        if isLeft {
            result.left = inner.plan
            if !join.right.freeColumns.isDisjoint(with: outer) {
                guard join.isDependent || join.kind == .inner else { throw refusal }
                result.isDependent = true
                result.right = join.right.mapExpressions { $0.substituting(inner.domain) }
            }
        } else {
            guard join.left.freeColumns.isDisjoint(with: outer) else { throw refusal }
            result.right = inner.plan
        }
        result.condition = join.condition.map { $0.substituting(inner.domain) }
        result.membership = join.membership.map { $0.substituting(inner.domain) }
        return (.join(result), inner.domain)
    }

    private func passing(_ mapping: [ColumnID: Expression]) -> [ProjectedColumn] {
        domain.compactMap { column in
            guard case .column(let id, let type)? = mapping[column.id] else { return nil }
            return ProjectedColumn(PlanColumn(id: id, type: type))
        }
    }

    private static func mapping(_ columns: [PlanColumn], _ fresh: [PlanColumn]) -> [ColumnID: Expression] {
        let pairs = zip(columns, fresh).map { ($0.id, Expression.column($1.id, $1.type)) }
        return Dictionary(pairs) { first, _ in first }
    }

    private var refusal: EngineError {
        .unsupported("recursive common table that reads columns of an outer query in this way")
    }
}
