import RheiCompute
import RheiCore
import RheiPlan

/// Turns a plan into pipelines, such that each one stands behind those it depends on.
struct PipelineBuilder {
    private let query: QueryContext
    /// Counts what operators do, when asked for.
    private let profile: QueryProfile?
    private var pipelines: [Pipeline?] = []
    private var shared: [Int: SharedRows] = [:]
    /// What the scan of a working table reads in the plan of one round.
    private let round: RecursionRound?
    /// Whether the operators belong to the chains of a recursion.
    private var isInChains = false
    /// Build sides that were made before their turn, by the place of the join.
    private var early: [Int: BuildSide] = [:]

    /// A build side and its pipelines.
    private struct BuildSide {
        var join: HashJoinBreaker
        var pipelines: [Int]
    }

    /// A pipeline whose sink is not known yet. Its index is fixed when it is opened.
    private struct OpenPipeline {
        var index: Int
        var source: any PipelineSource
        var steps: [any PipelineStep] = []
        /// Each once, in no order.
        var dependencies: [Int]

        mutating func depend(on others: [Int]) {
            for other in others where !dependencies.contains(other) { dependencies.append(other) }
        }
    }

    /// Where an operator stands in the plan.
    private struct Place {
        /// In preorder.
        var number: Int
        var parent: Int?
    }

    /// By place, the number of operators that stand there and below.
    private var operatorCounts: [Int] = []

    private struct SharedRows {
        var sink: SharedRowsSink
        var pipelines: [Int]
    }

    init(query: QueryContext, profile: QueryProfile? = nil, round: RecursionRound? = nil) {
        self.query = query
        self.profile = profile
        self.round = round
    }

    /// Returns the pipelines that push the plan's output into `sink`, ordered where the plan's output is.
    mutating func build(_ plan: PhysicalPlan, into sink: any PipelineSink) throws -> [Pipeline] {
        countOperators(of: plan)
        close(try produce(plan, Place(number: 0), []), into: sink)
        return pipelines.compactMap { $0 }
    }

    private mutating func countOperators(of plan: PhysicalPlan) {
        let place = operatorCounts.count
        operatorCounts.append(0)
        for child in plan.children { countOperators(of: child) }
        operatorCounts[place] = operatorCounts.count - place
    }

    /// The places of the children of `plan`, which stands at `place`.
    private func places(below place: Place, of plan: PhysicalPlan) -> [Place] {
        var next = place.number + 1
        return plan.children.map { _ in
            defer { next += operatorCounts[next] }
            return Place(number: next, parent: place.number)
        }
    }

    private mutating func open(_ source: any PipelineSource, after dependencies: [Int] = []) -> OpenPipeline {
        pipelines.append(nil)
        var part = OpenPipeline(index: pipelines.count - 1, source: source, dependencies: [])
        part.depend(on: dependencies)
        return part
    }

    /// Ends pipelines in one sink; they run one after the other, in order.
    ///
    /// - Returns: the indices of the pipelines.
    @discardableResult
    private mutating func close(_ open: [OpenPipeline], into sink: any PipelineSink) -> [Int] {
        for (sequence, part) in open.enumerated() {
            var part = part
            if sequence > 0 { part.depend(on: [open[sequence - 1].index]) }
            pipelines[part.index] = Pipeline(
                source: part.source, steps: part.steps, sink: sink, dependencies: part.dependencies.sorted(),
                sequence: sequence, completesSink: sequence == open.count - 1)
        }
        return open.map(\.index)
    }

    /// - Parameter filters: on output columns; rows that they leave out are not needed.
    private mutating func produce(
        _ plan: PhysicalPlan, _ place: Place, _ filters: [PendingFilter]
    ) throws -> [OpenPipeline] {
        let open = try produceOperator(plan, place, filters)
        guard let profile else { return open }
        return open.map { part in
            var part = part
            let step = CountingStep(
                profile: profile, node: place.number, parent: place.parent, isSource: part.steps.isEmpty)
            part.steps.append(step)
            return part
        }
    }

    /// What the operator at a place may hold.
    private func memory(_ name: String, _ place: Place) -> OperatorMemory {
        OperatorMemory(name, query.memory, profile: profile, node: place.number)
    }

    private mutating func produceOperator(
        _ plan: PhysicalPlan, _ place: Place, _ filters: [PendingFilter]
    ) throws -> [OpenPipeline] {
        let places = places(below: place, of: plan)
        let output = try ColumnLayout(plan.columns)
        let pushed = plan.pushed(filters)
        switch plan.node {
        case .scan(let scan) where scan.provider is WorkingTable: return [try openWorkingTable(scan, output)]
        case .recursion(let node): return [try recursion(node, output, place, places)]
        case .scan(let scan): return [try openScan(scan, output, filters)]
        case .values(let rows): return [open(ValuesSource(rows: rows, output: output, query: query))]
        case .filter(let input, let conjuncts):
            let step = FilterStep(conjuncts: conjuncts, input: try ColumnLayout(input.columns))
            return append(step, to: try produce(input, places[0], pushed[0]))
        case .project(let input, let expressions):
            let layout = try ColumnLayout(input.columns)
            let step = ProjectStep(expressions: expressions, input: layout, output: output)
            return append(step, to: try produce(input, places[0], pushed[0]))
        case .expand(let node):
            let step = ExpandStep(node, input: try ColumnLayout(node.input.columns), output: output)
            return append(step, to: try produce(node.input, places[0], pushed[0]))
        case .aggregate(let node):
            let layout = try ColumnLayout(node.input.columns)
            let breaker = try BreakerFactory.aggregate(
                node, input: layout, query: query, memory: memory(node.keys.isEmpty ? "aggregate" : "group by", place))
            return try breakPipeline(node.input, places[0], breaker, pushed[0])
        case .window(let node):
            let breaker = try BreakerFactory.window(
                node, input: ColumnLayout(node.input.columns), query: query, memory: memory("window", place))
            return try breakPipeline(node.input, places[0], breaker)
        case .sort(let input, let keys, let limit, let offset):
            let layout = try ColumnLayout(input.columns)
            let breaker = try BreakerFactory.sort(
                keys: keys, limit: limit, offset: offset, input: layout, query: query,
                memory: memory("order by", place))
            var filters = pushed[0]
            if let sink = breaker.sink as? TopNSink, let threshold = sink.threshold,
                let column = keys.first?.expression.columnID
            {
                filters.append(PendingFilter(column: column, filter: .top(threshold), pipelines: []))
            }
            return try breakPipeline(input, places[0], breaker, filters)
        case .limit(let input, let limit, let offset):
            let sink = LimitSink(
                types: output.types, chunkCapacity: query.vectorSize, limit: limit, offset: offset,
                memory: memory("limit", place))
            let breaker = Breaker(sink: sink, source: RowCollectionSource(sink.output))
            return try breakPipeline(input, places[0], breaker)
        case .unionAll(let inputs):
            return try inputs.indices.flatMap { try produce(inputs[$0], places[$0], pushed[$0]) }
        case .shared(let id, let input): return [try share(id, input, places[0])]
        case .hashJoin(let node):
            return try join(node, place, places, pushed)
        case .nestedLoopJoin(let node):
            let breaker = try BreakerFactory.nestedLoopJoin(
                node, probe: ColumnLayout(node.probe.columns), build: ColumnLayout(node.build.columns),
                memory: memory("nested loop", place))
            let before = close(try produce(node.build, places[1], pushed[1]), into: breaker.buildSink)
            return join(try produce(node.probe, places[0], pushed[0]), after: before, breaker)
        }
    }

    private func append(_ step: any PipelineStep, to open: consuming [OpenPipeline]) -> [OpenPipeline] {
        var open = open
        for index in open.indices { open[index].steps.append(step) }
        return open
    }

    private mutating func breakPipeline(
        _ input: PhysicalPlan, _ place: Place, _ breaker: Breaker, _ filters: [PendingFilter] = []
    ) throws -> [OpenPipeline] {
        let before = close(try produce(input, place, filters), into: breaker.sink)
        return [open(breaker.source, after: before)]
    }

    private mutating func share(_ id: Int, _ input: PhysicalPlan, _ place: Place) throws -> OpenPipeline {
        if let known = shared[id] { return open(SharedRowsSource(sink: known.sink), after: known.pipelines) }
        let sink = SharedRowsSink(
            types: try ColumnLayout(input.columns).types, chunkCapacity: query.vectorSize,
            memory: memory("common table", place))
        let before = close(try produce(input, place, []), into: sink)
        shared[id] = SharedRows(sink: sink, pipelines: before)
        return open(SharedRowsSource(sink: sink), after: before)
    }

    // MARK: recursion

    /// Where the rows of a working table come from: the rows of the round, or, where the steps stay in place from round
    /// to round, the recursion itself pushes them.
    private mutating func openWorkingTable(_ scan: PhysicalScan, _ output: ColumnLayout) throws -> OpenPipeline {
        let columns = try scan.provider.table.columns.map { try vectorType(of: $0.type) }
        let types = scan.tableColumns.map { columns[$0] }
        var part: OpenPipeline
        if let round, round.working === scan.provider as? WorkingTable {
            part = open(RowCollectionSource(round.rows))
        } else {
            part = open(EmptySource())
        }
        if scan.tableColumns != Array(columns.indices) || types != columns {
            part.steps.append(ColumnChoiceStep(columns: scan.tableColumns))
        }
        if !scan.filters.isEmpty { part.steps.append(FilterStep(conjuncts: scan.filters, input: output)) }
        return part
    }

    private mutating func recursion(
        _ node: PhysicalRecursion, _ output: ColumnLayout, _ place: Place, _ places: [Place]
    ) throws -> OpenPipeline {
        let start = RowCollectionSink(types: output.types, chunkCapacity: query.vectorSize)
        var before = close(try produce(node.start, places[0], []), into: start)
        let step: RecursionStep
        if node.step.streams(node.working) {
            // Rows come out of a chain when they are pushed into it, not later.
            let wasInChains = isInChains
            isInChains = true
            defer { isInChains = wasInChains }
            let parts = try produce(node.step, places[1], [])
            step = .chains(parts.map(\.steps))
            // What the steps read of static inputs is built by pipelines of its own, once.
            before += close(parts, into: EmptySink())
        } else {
            step = .plan(node.step)
        }
        let recursion = Recursion(
            types: output.types, traits: node.traits, working: node.working, step: step, query: query,
            memory: memory("recursion", place))
        return open(RecursionSource(start: start.output, recursion: recursion), after: before)
    }

    // MARK: scans and joins

    private mutating func openScan(
        _ scan: PhysicalScan, _ output: ColumnLayout, _ filters: [PendingFilter]
    ) throws -> OpenPipeline {
        let filtered = try filters.map { ScanSource.Filter(slot: try output.slot(of: $0.column), filter: $0.filter) }
        let source = ScanSource(scan, output: output, query: query, rowFilters: filtered)
        return open(source, after: filters.flatMap(\.pipelines))
    }

    /// Makes the build side of a join, unless that was done before its turn.
    private mutating func buildSide(
        of node: PhysicalHashJoin, _ place: Place, _ input: Place, _ filters: [PendingFilter]
    ) throws -> BuildSide {
        if let side = early.removeValue(forKey: place.number) { return side }
        let join = try BreakerFactory.hashJoin(
            node, probe: ColumnLayout(node.probe.columns), build: ColumnLayout(node.build.columns), query: query,
            memory: memory("join", place), canSpill: !isInChains)
        return BuildSide(join: join, pipelines: close(try produce(node.build, input, filters), into: join.buildSink))
    }

    /// Filters of the build side by the keys of joins that the probe rows have passed: build rows with other keys match
    /// none of them. Those joins' build sides are made first.
    ///
    /// - Parameter pushed: filters from above for the probe side.
    private mutating func restrictions(
        of node: PhysicalHashJoin, _ probe: Place, _ pushed: [PendingFilter]
    ) throws -> [PendingFilter] {
        guard node.dropsBuildRowsWithoutMatch, node.build.estimatedRowCount >= 65_536, !isInChains else { return [] }
        var result: [PendingFilter] = []
        for key in node.keys where !key.nullsMatch {
            guard case .column(let own, _) = key.probe, case .column(let column, _) = key.build,
                let found = restriction(on: own, in: node.probe, probe, pushed),
                found.join.build.estimatedRowCount * 4 < node.build.estimatedRowCount
            else { continue }
            let side =
                try early[found.place.number] ?? buildSide(of: found.join, found.place, found.input, found.filters)
            early[found.place.number] = side
            guard let filter = side.join.buildSink.makeFilter(key: found.key) else { continue }
            result.append(PendingFilter(column: column, filter: .join(filter), pipelines: side.pipelines))
        }
        return result
    }

    /// A join below, its place and that of its build side, with the filters for that, and one of its keys.
    private struct Restriction {
        var join: PhysicalHashJoin
        var place: Place
        var input: Place
        var filters: [PendingFilter]
        var key: Int
    }

    /// Finds the join that lets only few values of a column pass.
    private func restriction(
        on column: ColumnID, in plan: PhysicalPlan, _ place: Place, _ filters: [PendingFilter]
    ) -> Restriction? {
        let places = places(below: place, of: plan)
        let pushed = plan.pushed(filters)
        switch plan.node {
        case .filter(let input, _): return restriction(on: column, in: input, places[0], pushed[0])
        case .project(let input, let expressions):
            guard let index = plan.columns.firstIndex(where: { $0.id == column }),
                case .column(let source, _) = expressions[index]
            else { return nil }
            return restriction(on: source, in: input, places[0], pushed[0])
        case .hashJoin(let join):
            if let key = join.restrictingKey(of: column) {
                return Restriction(join: join, place: place, input: places[1], filters: pushed[1], key: key)
            }
            guard join.handsProbeColumnsOn, join.probe.columns.contains(where: { $0.id == column }) else { return nil }
            return restriction(on: column, in: join.probe, places[0], pushed[0])
        default: return nil
        }
    }

    /// - Parameter pushed: filters from above for the probe and the build side.
    private mutating func join(
        _ node: PhysicalHashJoin, _ place: Place, _ places: [Place], _ pushed: [[PendingFilter]]
    ) throws -> [OpenPipeline] {
        // A side that was made early takes no further filters.
        let restrictions = early[place.number] == nil ? try restrictions(of: node, places[0], pushed[0]) : []
        let side = try buildSide(of: node, place, places[1], pushed[1] + restrictions)
        let (join, before) = (side.join, side.pipelines)
        var filters = pushed[0]
        if node.dropsProbeRowsWithoutMatch {
            for (index, key) in node.keys.enumerated() where !key.nullsMatch {
                guard case .column(let column, _) = key.probe, let filter = join.buildSink.makeFilter(key: index)
                else { continue }
                filters.append(PendingFilter(column: column, filter: .join(filter), pipelines: before))
            }
        }
        let breaker = JoinBreaker(
            buildSink: join.buildSink, probeStep: join.probeStep, unmatchedSource: join.unmatchedSource)
        let probes = try produce(node.probe, places[0], filters)
        guard node.yieldsBuildRows, let source = join.unmatchedSource else {
            let parts = self.join(probes, after: before, breaker)
            return parts + spilled(join, after: before + parts.map(\.index))
        }
        // The probe side leaves nothing but marks.
        let marking = close(self.join(probes, after: before, breaker.withoutSource), into: EmptySink())
        return [open(source, after: before + marking)] + spilled(join, after: before + marking)
    }

    private mutating func spilled(_ join: HashJoinBreaker, after before: [Int]) -> [OpenPipeline] {
        join.spilledSource.map { [open($0, after: before)] } ?? []
    }

    private mutating func join(
        _ probes: [OpenPipeline], after before: [Int], _ join: JoinBreaker
    ) -> [OpenPipeline] {
        var probes = append(join.probeStep, to: probes)
        for index in probes.indices { probes[index].depend(on: before) }
        guard let unmatched = join.unmatchedSource else { return probes }
        return probes + [open(unmatched, after: before + probes.map(\.index))]
    }
}
