import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// Reads a table: a morsel is a run of rows of one row group.
final class ScanSource: PipelineSource {
    let scan: PhysicalScan
    let output: ColumnLayout
    private let query: QueryContext
    private let morsels = Mutex<[Morsel]>([])

    struct Morsel {
        /// Index of the row group, by which a worker knows that it reads on in the same one.
        var groupIndex: Int
        var group: any ScanRowGroup
        var start: Int
        var count: Int
    }

    init(_ scan: PhysicalScan, output: ColumnLayout, query: QueryContext) {
        self.scan = scan
        self.output = output
        self.query = query
    }

    func prepare() throws {
        let opened = try scan.provider.scan(columns: scan.tableColumns, filters: scan.zoneFilters)
        var result: [Morsel] = []
        for index in 0..<opened.rowGroupCount {
            try query.checkCancelled()
            guard let group = try opened.rowGroup(index), group.rowCount > 0 else { continue }
            split(group, index, into: &result)
        }
        let found = result
        morsels.withLock { $0 = found }
    }

    private func split(_ group: any ScanRowGroup, _ index: Int, into result: inout [Morsel]) {
        var start = 0
        while start < group.rowCount {
            let remaining = group.rowCount - start
            // A short rest joins the run before it.
            let count = remaining < query.rowsPerMorsel * 3 / 2 ? remaining : query.rowsPerMorsel
            result.append(Morsel(groupIndex: index, group: group, start: start, count: count))
            start += count
        }
    }

    var morselCount: Int { morsels.withLock { $0.count } }
    var rowCountHint: Int? { morsels.withLock { $0.reduce(0) { $0 + $1.count } } }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        let range = morsels.withLock { $0[morsel] }
        let reader: ScanReader
        if let existing = worker.sourceState as? ScanReader {
            reader = existing
        } else {
            reader = try ScanReader(self, worker: worker)
            worker.sourceState = reader
        }
        try reader.read(range, vectorSize: query.vectorSize, into: consumer)
    }
}
