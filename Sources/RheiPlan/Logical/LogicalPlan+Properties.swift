import RheiArrow
import RheiCore

extension LogicalPlan {
    /// Whether the plan yields at most one row whatever the data.
    var isAtMostOneRow: Bool {
        switch self {
        case .values(let rows, _): return rows.count <= 1
        case .limit(let input, let limit, _): return limit.map { $0 <= 1 } ?? false || input.isAtMostOneRow
        case .filter(let input, _), .sort(let input, _), .project(let input, _): return input.isAtMostOneRow
        case .aggregate(let aggregate): return aggregate.keys.isEmpty || aggregate.input.isAtMostOneRow
        case .window(let window): return window.input.isAtMostOneRow
        case .join(let join):
            switch join.kind {
            case .semi, .anti, .mark, .single: return join.left.isAtMostOneRow
            case .inner, .left: return join.left.isAtMostOneRow && (join.right.isAtMostOneRow || join.rightIsAtMostOne)
            case .right, .full: return false
            }
        case .scan, .unionAll, .shared, .expand, .recursion: return false
        }
    }

    /// Whether the plan yields exactly one row whatever the data.
    var isExactlyOneRow: Bool {
        switch self {
        case .values(let rows, _): rows.count == 1
        case .project(let input, _), .sort(let input, _): input.isExactlyOneRow
        case .limit(let input, let limit, let offset): offset == 0 && limit != 0 && input.isExactlyOneRow
        case .aggregate(let aggregate): aggregate.keys.isEmpty
        case .window(let window): window.input.isExactlyOneRow
        default: false
        }
    }

    /// The output columns that are never null.
    var nonNullColumns: Set<ColumnID> {
        switch self {
        case .scan(let scan):
            return Set(
                zip(scan.tableColumns, scan.columns).compactMap {
                    scan.provider.table.columns[$0].isNotNull ? $1.id : nil
                })
        case .values(let rows, let columns):
            return Set(
                columns.indices.filter { index in rows.allSatisfy { !$0[index].isNullable(nonNull: []) } }
                    .map { columns[$0].id })
        case .filter(let input, let conditions):
            var known = input.nonNullColumns
            for condition in conditions.flatMap(\.conjuncts) { condition.collectNullRejected(into: &known) }
            return known
        case .sort(let input, _), .limit(let input, _, _): return input.nonNullColumns
        case .project(let input, let columns):
            let known = input.nonNullColumns
            return Set(columns.filter { !$0.expression.isNullable(nonNull: known) }.map(\.id))
        case .aggregate(let aggregate): return Self.nonNull(aggregate)
        case .window(let window): return window.input.nonNullColumns
        case .join(let join): return Self.nonNull(join)
        case .expand(let expansion): return expansion.input.nonNullColumns
        case .unionAll(let inputs, let columns):
            let known = inputs.map { input in (input.columns, input.nonNullColumns) }
            return Set(
                columns.indices.filter { index in known.allSatisfy { $1.contains($0[index].id) } }
                    .map { columns[$0].id })
        case .shared, .recursion: return []
        }
    }

    private static func nonNull(_ aggregate: LogicalAggregate) -> Set<ColumnID> {
        let known = aggregate.input.nonNullColumns
        var found = Set(aggregate.keys.filter { !$0.expression.isNullable(nonNull: known) }.map(\.id))
        for column in aggregate.aggregates {
            switch column.call.function {
            case .count, .countStar, .total: found.insert(column.id)
            default: break
            }
        }
        return found
    }

    private static func nonNull(_ join: LogicalJoin) -> Set<ColumnID> {
        switch join.kind {
        case .inner:
            var known = join.left.nonNullColumns.union(join.right.nonNullColumns)
            for condition in join.condition.flatMap(\.conjuncts) { condition.collectNullRejected(into: &known) }
            return known
        case .left, .single, .anti: return join.left.nonNullColumns
        case .semi:
            var known = join.left.nonNullColumns
            for condition in join.condition.flatMap(\.conjuncts) { condition.collectNullRejected(into: &known) }
            return known
        case .mark:
            let known = join.left.nonNullColumns
            guard let mark = join.mark, join.membership.isEmpty else { return known }
            return known.union([mark])
        case .right: return join.right.nonNullColumns
        case .full: return []
        }
    }

    /// Sets of output columns on which no two rows agree (nulls counted as agreeing).
    var uniqueKeys: [Set<ColumnID>] {
        switch self {
        case .scan(let scan):
            return scan.provider.table.uniqueKeys.compactMap { key in
                let ids = key.compactMap { column in
                    scan.tableColumns.firstIndex(of: column).map { scan.columns[$0].id }
                }
                return ids.count == key.count && !key.isEmpty ? Set(ids) : nil
            }
        case .filter(let input, _), .sort(let input, _), .limit(let input, _, _): return input.uniqueKeys
        case .project(let input, let columns):
            let kept = Set(columns.filter(\.isPassedThrough).map(\.id))
            return input.uniqueKeys.filter { $0.isSubset(of: kept) }
        case .aggregate(let aggregate):
            return aggregate.keys.isEmpty ? [] : [Set(aggregate.keys.map(\.id))]
        case .window(let window): return window.input.uniqueKeys
        case .join(let join): return join.uniqueKeys
        case .values, .unionAll, .shared, .expand, .recursion: return []
        }
    }
}

extension LogicalJoin {
    /// The equalities of the condition that compare a column of one side with an expression of the other.
    func equatedColumns(of side: LogicalPlan) -> Set<ColumnID> {
        var found = Set<ColumnID>()
        for condition in condition {
            guard case .comparison(.equal, let left, let right, .binary) = condition else { continue }
            for (candidate, other) in [(left, right), (right, left)] {
                if let id = candidate.columnID, side.yields(id), !other.columns.contains(where: side.yields) {
                    found.insert(id)
                }
            }
        }
        return found
    }

    /// Whether a row of the left side has at most one match.
    var hasUniqueRight: Bool { isRightUnique(right.uniqueKeys) }

    private func isRightUnique(_ keys: [Set<ColumnID>]) -> Bool {
        if rightIsAtMostOne || right.isAtMostOneRow { return true }
        if keys.isEmpty { return false }
        let equated = equatedColumns(of: right)
        return keys.contains { $0.isSubset(of: equated) }
    }

    /// Each side is asked once, so that the cost is linear in the size of the tree.
    var uniqueKeys: [Set<ColumnID>] {
        switch kind {
        case .semi, .anti, .mark, .single: return left.uniqueKeys
        case .left: return isRightUnique(right.uniqueKeys) ? left.uniqueKeys : []
        case .inner:
            let leftKeys = left.uniqueKeys
            let rightKeys = right.uniqueKeys
            var keys = !leftKeys.isEmpty && isRightUnique(rightKeys) ? leftKeys : []
            if !leftKeys.isEmpty, !rightKeys.isEmpty {
                let equated = equatedColumns(of: left)
                if leftKeys.contains(where: { $0.isSubset(of: equated) }) { keys += rightKeys }
            }
            return keys
        case .right, .full: return []
        }
    }
}

extension Expression {
    /// Whether the expression may be null for a row in which the given columns are not.
    func isNullable(nonNull: Set<ColumnID>) -> Bool {
        switch self {
        case .literal(let value, _): return value == .null
        case .column(let id, _): return !nonNull.contains(id)
        case .isNull: return false
        case .comparison(.isDistinct, _, _, _), .comparison(.isNotDistinct, _, _, _): return false
        case .cast, .comparison, .and, .or, .not, .inList:
            return children.contains { $0.isNullable(nonNull: nonNull) }
        case .unary(_, _, let type): return type != .int64 || children[0].isNullable(nonNull: nonNull)
        case .binary(let op, _, _, let type):
            switch op {
            case .divide, .remainder: return true
            // A real result may be no number, which is NULL; an integer result may not.
            case .add, .subtract, .multiply:
                return type != .int64 || children.contains { $0.isNullable(nonNull: nonNull) }
            default: return children.contains { $0.isNullable(nonNull: nonNull) }
            }
        case .conditional(let branches, let otherwise, _):
            guard let otherwise else { return true }
            if isCoalescing(branches, otherwise, nonNull) { return false }
            return branches.contains { $0.result.isNullable(nonNull: nonNull) }
                || otherwise.isNullable(nonNull: nonNull)
        case .call(let name, _, _): return name != "typeof"
        }
    }

    /// `CASE WHEN x IS NOT NULL THEN x … ELSE constant END` is never null when the constant is not.
    private func isCoalescing(
        _ branches: [ConditionalBranch], _ otherwise: Expression, _ nonNull: Set<ColumnID>
    ) -> Bool {
        guard !otherwise.isNullable(nonNull: nonNull) else { return false }
        return branches.allSatisfy { branch in
            guard case .not(.isNull(let tested)) = branch.condition else { return false }
            if case .cast(let source, .represent, _) = branch.result {
                return source == tested || branch.result == tested
            }
            return branch.result == tested
        }
    }

    /// Adds the columns that cannot be null where this condition is true.
    func collectNullRejected(into columns: inout Set<ColumnID>) {
        switch self {
        case .and(let operands): for operand in operands { operand.collectNullRejected(into: &columns) }
        case .or(let operands):
            var common: Set<ColumnID>?
            for operand in operands {
                var found = Set<ColumnID>()
                operand.collectNullRejected(into: &found)
                common = common.map { $0.intersection(found) } ?? found
            }
            columns.formUnion(common ?? [])
        case .not(.isNull(let operand)): operand.collectStrict(into: &columns)
        case .not(let operand): operand.collectStrict(into: &columns)
        case .comparison(.isNotDistinct, let left, let right, _):
            if !left.isNullable(nonNull: []) { right.collectStrict(into: &columns) }
            if !right.isNullable(nonNull: []) { left.collectStrict(into: &columns) }
        default: collectStrict(into: &columns)
        }
    }

    /// Adds the columns for which the expression is null whenever the column is.
    private func collectStrict(into columns: inout Set<ColumnID>) {
        switch self {
        case .column(let id, _): columns.insert(id)
        case .comparison(.isDistinct, _, _, _), .comparison(.isNotDistinct, _, _, _): break
        case .comparison(_, let left, let right, _), .binary(_, let left, let right, _):
            left.collectStrict(into: &columns)
            right.collectStrict(into: &columns)
        case .unary(_, let operand, _), .not(let operand), .cast(let operand, _, _), .inList(let operand, _, _):
            operand.collectStrict(into: &columns)
        case .call(let name, let arguments, _) where name == "like" || name == "glob":
            // A blob matches nothing, not even beside a null.
            guard arguments.allSatisfy({ $0.type != .any && $0.type != .binaryView }) else { return }
            for argument in arguments { argument.collectStrict(into: &columns) }
        case .literal, .and, .or, .isNull, .conditional, .call: break
        }
    }
}
