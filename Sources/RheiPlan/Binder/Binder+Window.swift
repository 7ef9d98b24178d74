import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    /// Functions that exist only over windows, and how many arguments they take.
    private static let windowFunctions: [String: (function: WindowCall.Function, argumentCount: ClosedRange<Int>)] = [
        "row_number": (.rowNumber, 0...0), "rank": (.rank, 0...0), "dense_rank": (.denseRank, 0...0),
        "percent_rank": (.percentRank, 0...0), "cume_dist": (.cumeDist, 0...0), "ntile": (.ntile, 1...1),
        "lag": (.lag, 1...3), "lead": (.lead, 1...3), "first_value": (.firstValue, 1...1),
        "last_value": (.lastValue, 1...1), "nth_value": (.nthValue, 2...2),
    ]

    /// Whether calls of the name need a window.
    static func isWindowFunction(_ name: String) -> Bool { windowFunctions[name] != nil }

    /// The error for a window function where none may stand.
    func windowMisuse(_ call: FunctionCall) -> EngineError {
        EngineError(
            .misusedAggregate, "misuse of window function \(call.name.name)()", at: position(call.name.range),
            hint: call.over == nil
                ? "write OVER (…) after it" : "filter by it with QUALIFY, or in a query around this one")
    }

    /// Binds a call with OVER. The result is the column that the window operator will add.
    func bindWindowCall(
        _ call: FunctionCall, _ name: String, _ reference: WindowReference, _ context: ExpressionContext
    ) throws -> BoundExpression {
        guard let windows = context.windows else { throw windowMisuse(call) }
        let range = position(call.name.range)
        if call.isDistinct {
            throw EngineError(.misusedAggregate, "DISTINCT is not supported for window functions", at: range)
        }
        let specification = try resolve(reference, context.scope)
        let inner = ExpressionContext(
            context.scope, aggregation: context.aggregation, subqueries: context.subqueries)
        inner.isWindowPart = true
        let known = Self.windowFunctions[name]
        let aggregate = known == nil ? aggregateFunction(name, call) : nil
        guard known != nil || aggregate != nil else { throw notAWindowFunction(call, name) }
        if known != nil, call.filter != nil {
            throw EngineError(
                .misusedAggregate, "FILTER clause may only be used with aggregate window functions", at: range)
        }
        let expected = known?.argumentCount ?? aggregate.map(Self.argumentCount) ?? 0...0
        guard expected.contains(call.arguments.count), !call.isStar || aggregate == .countStar else {
            throw argumentCountError(call)
        }
        var arguments = try call.arguments.map { try bind($0, inner) }
        let restore = try aggregate.flatMap { try Self.averagingNumbers($0, &arguments) }
        let filter = try call.filter.map { try bindCondition($0, inner) }
        let order = try call.orderBy.map { term in
            let bound = try bind(term.expression, inner)
            return Self.sortKey(bound.data, term, bound.collation ?? .binary)
        }
        var (window, mayMix) =
            try known.map { try windowCall($0.function, arguments) }
            ?? aggregateWindow(aggregate ?? .countStar, arguments, filter, call, order)
        try complete(&window, specification, inner)
        if filter != nil, aggregate == .minimum || aggregate == .maximum, specification.hasMovingStart {
            // SQLite leaves the filter out of account there.
            throw EngineError.unsupported("FILTER in \(name)() over a frame whose start moves", at: range)
        }
        if aggregate == .groupConcat, call.arguments.count > 1, order.isEmpty, window.call.frame.exclusion == .none,
            folded(window.call.arguments[1]).literalValue == nil
        {
            // SQLite loses track of their lengths.
            throw EngineError.unsupported("\(name)() with separators of different lengths over a window", at: range)
        }
        let id = windows.column(of: window, name: name, self.context)
        var bound = BoundExpression(.column(id, window.call.type))
        bound.mayMixNumbers = mayMix
        if let restore { bound.expression = restore(bound.expression) }
        return bound.propagatingCollation(of: arguments)
    }

    private func notAWindowFunction(_ call: FunctionCall, _ name: String) -> EngineError {
        let range = position(call.name.range)
        if ScalarFunction.catalog[name] != nil || ScalarFunction.refusal(of: name) != nil {
            return EngineError(
                .misusedAggregate, "\(call.name.name)() may not be used as a window function", at: range)
        }
        return EngineError(
            .unknownName, "no such function: \(call.name.name)", at: range,
            hint: NameMatching.hint(for: name, among: ScalarFunction.names + Self.windowFunctions.keys.sorted()))
    }

    // MARK: functions and their arguments

    private func windowCall(
        _ function: WindowCall.Function, _ arguments: [BoundExpression]
    ) throws -> (PendingWindow, mayMix: Bool) {
        var values = arguments.map(\.data)
        var mayMix = false
        let type: DataType
        switch function {
        case .percentRank, .cumeDist: type = .float64
        case .ntile:
            values[0] = Self.cast(values[0], to: .integer)
            type = .int64
        case .lag, .lead:
            let shown = [arguments[0]] + arguments.dropFirst(2)
            type = Self.stored(TypeRules.common(shown.map(\.type)))
            mayMix = TypeRules.mayMix(shown)
            values[0] = values[0].represented(as: type)
            if values.count > 1 { values[1] = Self.number(values[1]) }
            if values.count > 2 { values[2] = values[2].represented(as: type) }
        case .firstValue, .lastValue, .nthValue:
            type = Self.stored(arguments[0].type)
            mayMix = arguments[0].mayMixNumbers
            values[0] = values[0].represented(as: type)
            if function == .nthValue { values[1] = Self.number(values[1]) }
        default: type = .int64
        }
        let call = WindowCall(function: function, arguments: values, type: type)
        return (PendingWindow(call: call, partition: [], order: []), mayMix)
    }

    private func aggregateWindow(
        _ function: AggregateFunction, _ arguments: [BoundExpression], _ filter: Expression?, _ call: FunctionCall,
        _ order: [SortKey]
    ) throws -> (PendingWindow, mayMix: Bool) {
        var (aggregate, mayMix) = try aggregateCall(function, arguments, filter, call)
        try apply(order, to: &aggregate, call)
        var window = WindowCall(
            function: .aggregate(aggregate.function), arguments: aggregate.arguments, filter: aggregate.filter,
            collation: aggregate.collation, type: aggregate.type)
        window.order = aggregate.order
        return (PendingWindow(call: window, partition: [], order: []), mayMix)
    }

    /// The type that a column of such values has; a predicate's outcome is kept as 0 or 1, NULL alone as an integer.
    private static func stored(_ type: DataType) -> DataType { type == .bool || type == .null ? .int64 : type }

    /// The number that arithmetic makes of a value.
    private static func number(_ value: Expression) -> Expression {
        switch value.type {
        case .int64: value
        case .null: .literal(.null, .int64)
        default: .cast(value.represented(as: .any), .arithmetic, .any)
        }
    }

    // MARK: windows

    /// Finds what follows OVER: a window in parentheses, put together with the one it extends, or a named one.
    private func resolve(_ reference: WindowReference, _ scope: Scope) throws -> WindowSpecification {
        switch reference {
        case .named(let name): return try namedWindow(name, scope.windows[...])
        case .specification(let specification): return try chained(specification, scope.windows[...])
        }
    }

    private func namedWindow(_ name: Identifier, _ known: ArraySlice<NamedWindow>) throws -> WindowSpecification {
        guard let index = known.lastIndex(where: { NameMatching.equal($0.name.name, name.name) }) else {
            throw EngineError(
                .unknownName, "no such window: \(name.name)", at: position(name.range),
                hint: NameMatching.hint(for: name.name, among: known.map(\.name.name)))
        }
        // A definition may extend those before it.
        return try chained(known[index].specification, known[..<index])
    }

    private func chained(
        _ specification: WindowSpecification, _ known: ArraySlice<NamedWindow>
    ) throws -> WindowSpecification {
        guard let name = specification.base else { return specification }
        let base = try namedWindow(name, known)
        func refusal(_ part: String) -> EngineError {
            EngineError(
                .syntax, "cannot override \(part) of window: \(name.name)", at: position(specification.range))
        }
        if !specification.partitionBy.isEmpty { throw refusal("PARTITION clause") }
        if !base.orderBy.isEmpty, !specification.orderBy.isEmpty { throw refusal("ORDER BY clause") }
        if base.frame != nil { throw refusal("frame specification") }
        var result = specification
        result.base = nil
        result.partitionBy = base.partitionBy
        if result.orderBy.isEmpty { result.orderBy = base.orderBy }
        return result
    }

    private func complete(
        _ window: inout PendingWindow, _ specification: WindowSpecification, _ context: ExpressionContext
    ) throws {
        window.partition = try specification.partitionBy.map { syntax in
            let bound = try bind(syntax, context)
            return Self.sortKey(
                bound.data, OrderingTerm(syntax), bound.collation ?? .binary)
        }.filter { $0.expression.literalValue == nil }
        let order = try specification.orderBy.map { term in
            let bound = try bind(term.expression, context)
            return Self.sortKey(bound.data, term, bound.collation ?? .binary)
        }
        window.call.frame = try frame(of: window.call.function, specification.frame, order.count, context)
        // Rows are told apart by no constant; a frame by differences of one holds them all.
        let isBounded = window.call.frame.isBoundedByDifference
        window.order = isBounded ? order : order.filter { $0.expression.literalValue == nil }
        window.call.frame = window.call.frame.simplified(isOrdered: !window.order.isEmpty)
        if isBounded, window.order[0].expression.type == .null {
            window.order[0].expression = .literal(.null, .int64)
        }
    }

    private func frame(
        of function: WindowCall.Function, _ written: WindowFrame?, _ orderCount: Int, _ context: ExpressionContext
    ) throws -> FrameExtent {
        guard let written else {
            return function.usesFrame
                ? FrameExtent(unit: .range, start: .unboundedPreceding, end: .currentRow) : .partition
        }
        let unit: FrameExtent.Unit =
            switch written.unit {
            case .rows: .rows
            case .range: .range
            case .groups: .groups
            }
        let exclusion: FrameExtent.Exclusion =
            switch written.exclusion {
            case nil: .none
            case .noOthers: .noOthers
            case .currentRow: .currentRow
            case .group: .group
            case .ties: .ties
            }
        let frame = FrameExtent(
            unit: unit, start: try bound(written.start, unit, "starting", context),
            end: try bound(written.end, unit, "ending", context), exclusion: exclusion)
        if frame.isBoundedByDifference, orderCount != 1 {
            throw EngineError(
                .typeMismatch, "RANGE with offset PRECEDING/FOLLOWING requires one ORDER BY expression",
                at: position(written.range))
        }
        return function.usesFrame ? frame : .partition
    }

    private func bound(
        _ written: WindowFrame.Bound, _ unit: FrameExtent.Unit, _ side: String, _ context: ExpressionContext
    ) throws -> FrameExtent.Bound {
        switch written {
        case .unboundedPreceding: .unboundedPreceding
        case .currentRow: .currentRow
        case .unboundedFollowing: .unboundedFollowing
        case .preceding(let syntax): .preceding(try offset(syntax, unit, side, context))
        case .following(let syntax): .following(try offset(syntax, unit, side, context))
        }
    }

    /// The constant distance of a bound. SQLite reports one that is none when it meets the first row.
    private func offset(
        _ syntax: SyntaxExpression, _ unit: FrameExtent.Unit, _ side: String, _ context: ExpressionContext
    ) throws -> SQLValue {
        let bound = try bind(syntax, context)
        // To SQLite a call is no constant here.
        let hasCall = bound.data.contains { if case .call = $0 { true } else { false } }
        guard !hasCall, let value = folded(bound.data).literalValue else {
            throw EngineError.unsupported("frame offset by this expression", at: position(syntax.range))
        }
        if unit == .range {
            switch value {
            case .integer(let integer) where integer >= 0: return value
            case .real(let real) where real >= 0 && real.isFinite: return value
            default: break
            }
        } else {
            let number: SQLValue? = if case .text(let text) = value { TypeRules.number(text) } else { value }
            switch number {
            case .integer(let integer) where integer >= 0: return .integer(integer)
            case .real(let real) where real >= 0:
                if let integer = Int64(exactly: real) { return .integer(integer) }
            default: break
            }
        }
        throw EngineError.unsupported(
            "frame \(side) offset must be a non-negative \(unit == .range ? "number" : "integer")",
            at: position(syntax.range))
    }
}

extension WindowSpecification {
    fileprivate var hasMovingStart: Bool {
        guard let frame else { return false }
        return frame.start != .unboundedPreceding && frame.exclusion == nil
    }
}

extension WindowCall.Function {
    /// Whether the result depends on the frame.
    fileprivate var usesFrame: Bool {
        switch self {
        case .firstValue, .lastValue, .nthValue, .aggregate: true
        default: false
        }
    }
}

extension FrameExtent {
    /// Whether a bound is a difference of the order key.
    var isBoundedByDifference: Bool {
        guard unit == .range else { return false }
        return [start, end].contains { bound in
            switch bound {
            case .preceding, .following: true
            default: false
            }
        }
    }

    /// The whole partition, where that is what the frame always is.
    func simplified(isOrdered: Bool) -> FrameExtent {
        guard exclusion == .none else { return self }
        let reachesBack = start == .unboundedPreceding || (!isOrdered && unit != .rows && start == .currentRow)
        let reachesOn = end == .unboundedFollowing || (!isOrdered && unit != .rows && end == .currentRow)
        return reachesBack && reachesOn ? .partition : self
    }
}
