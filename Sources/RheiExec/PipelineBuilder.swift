import RheiCompute
import RheiCore
import RheiPlan

/// Turns a plan into pipelines, such that each one stands behind those it depends on.
struct PipelineBuilder {
    private let query: QueryContext
    private var pipelines: [Pipeline?] = []
    private var shared: [Int: SharedRows] = [:]

    /// A pipeline whose sink is not known yet. Its index is fixed when it is opened.
    private struct OpenPipeline {
        var index: Int
        var source: any PipelineSource
        var steps: [any PipelineStep] = []
        var dependencies: Set<Int>
    }

    private struct SharedRows {
        var rows: RowCollectionBox
        var pipelines: [Int]
    }

    init(query: QueryContext) { self.query = query }

    /// Returns the pipelines that push the plan's output into `sink`, ordered where the plan's output is.
    mutating func build(_ plan: PhysicalPlan, into sink: any PipelineSink) throws -> [Pipeline] {
        close(try produce(plan), into: sink)
        return pipelines.compactMap { $0 }
    }

    private mutating func open(_ source: any PipelineSource, after dependencies: [Int] = []) -> OpenPipeline {
        pipelines.append(nil)
        return OpenPipeline(index: pipelines.count - 1, source: source, dependencies: Set(dependencies))
    }

    /// Ends pipelines in one sink; they run one after the other, in order.
    ///
    /// - Returns: the indices of the pipelines.
    @discardableResult
    private mutating func close(_ open: [OpenPipeline], into sink: any PipelineSink) -> [Int] {
        for (sequence, part) in open.enumerated() {
            var dependencies = part.dependencies
            if sequence > 0 { dependencies.insert(open[sequence - 1].index) }
            pipelines[part.index] = Pipeline(
                source: part.source, steps: part.steps, sink: sink, dependencies: dependencies.sorted(),
                sequence: sequence, completesSink: sequence == open.count - 1)
        }
        return open.map(\.index)
    }

    private mutating func produce(_ plan: PhysicalPlan) throws -> [OpenPipeline] {
        let output = try ColumnLayout(plan.columns)
        switch plan.node {
        case .scan(let scan): return [open(ScanSource(scan, output: output, query: query))]
        case .values(let rows): return [open(ValuesSource(rows: rows, output: output, query: query))]
        case .filter(let input, let conjuncts):
            let layout = try ColumnLayout(input.columns)
            return append(FilterStep(conjuncts: conjuncts, input: layout), to: try produce(input))
        case .project(let input, let expressions):
            let layout = try ColumnLayout(input.columns)
            let step = ProjectStep(expressions: expressions, input: layout, output: output)
            return append(step, to: try produce(input))
        case .aggregate(let node):
            let layout = try ColumnLayout(node.input.columns)
            return try breakPipeline(node.input, BreakerFactory.aggregate(node, input: layout, query: query))
        case .sort(let input, let keys, let limit, let offset):
            let layout = try ColumnLayout(input.columns)
            let breaker = try BreakerFactory.sort(keys: keys, limit: limit, offset: offset, input: layout, query: query)
            return try breakPipeline(input, breaker)
        case .limit(let input, let limit, let offset):
            let sink = LimitSink(types: output.types, chunkCapacity: query.vectorSize, limit: limit, offset: offset)
            return try breakPipeline(input, Breaker(sink: sink, source: RowCollectionSource(sink.output)))
        case .unionAll(let inputs): return try inputs.flatMap { try produce($0) }
        case .shared(let id, let input): return [try share(id, input)]
        case .hashJoin(let node):
            let probe = try ColumnLayout(node.probe.columns)
            let build = try ColumnLayout(node.build.columns)
            let join = try BreakerFactory.hashJoin(node, probe: probe, build: build, query: query)
            return try self.join(node.probe, node.build, join)
        case .nestedLoopJoin(let node):
            let probe = try ColumnLayout(node.probe.columns)
            let build = try ColumnLayout(node.build.columns)
            let join = try BreakerFactory.nestedLoopJoin(node, probe: probe, build: build, query: query)
            return try self.join(node.probe, node.build, join)
        }
    }

    private func append(_ step: any PipelineStep, to open: [OpenPipeline]) -> [OpenPipeline] {
        open.map { part in
            var part = part
            part.steps.append(step)
            return part
        }
    }

    private mutating func breakPipeline(_ input: PhysicalPlan, _ breaker: Breaker) throws -> [OpenPipeline] {
        let before = close(try produce(input), into: breaker.sink)
        return [open(breaker.source, after: before)]
    }

    private mutating func share(_ id: Int, _ input: PhysicalPlan) throws -> OpenPipeline {
        if let known = shared[id] { return open(RowCollectionSource(known.rows), after: known.pipelines) }
        let sink = RowCollectionSink(types: try ColumnLayout(input.columns).types, chunkCapacity: query.vectorSize)
        let before = close(try produce(input), into: sink)
        shared[id] = SharedRows(rows: sink.output, pipelines: before)
        return open(RowCollectionSource(sink.output), after: before)
    }

    private mutating func join(
        _ probe: PhysicalPlan, _ build: PhysicalPlan, _ join: JoinBreaker
    ) throws -> [OpenPipeline] {
        let before = close(try produce(build), into: join.buildSink)
        var probes = append(join.probeStep, to: try produce(probe))
        for index in probes.indices { probes[index].dependencies.formUnion(before) }
        guard let unmatched = join.unmatchedSource else { return probes }
        return probes + [open(unmatched, after: before + probes.map(\.index))]
    }
}
