import RheiArrow
import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// Reads a table: a morsel is a run of rows of one row group.
final class ScanSource: PipelineSource {
    let scan: PhysicalScan
    let output: ColumnLayout
    /// What joins and sorts above need of the rows; those of joins are read when the scan starts.
    let rowFilters: [Filter]
    private let query: QueryContext
    private let morsels = Mutex<[Morsel]>([])

    /// A condition on a column that a join's build side or a sort sets.
    struct Filter {
        var slot: Int
        var filter: RowFilter
    }

    struct Morsel {
        /// Index of the row group, by which a worker knows that it reads on in the same one.
        var groupIndex: Int
        var group: any ScanRowGroup
        var start: Int
        var count: Int
    }

    init(_ scan: PhysicalScan, output: ColumnLayout, query: QueryContext, rowFilters: [Filter] = []) {
        self.rowFilters = rowFilters
        self.scan = scan
        self.output = output
        self.query = query
    }

    func prepare() throws {
        guard let bounds = joinBounds() else { return }
        let opened = try scan.provider.scan(columns: scan.tableColumns, filters: scan.zoneFilters + bounds)
        var groups: [Morsel] = []
        for index in 0..<opened.rowGroupCount {
            try query.checkCancelled()
            guard let group = try opened.rowGroup(index), group.rowCount > 0 else { continue }
            groups.append(Morsel(groupIndex: index, group: group, start: 0, count: group.rowCount))
        }
        let found = split(groups)
        morsels.withLock { $0 = found }
    }

    /// The bounds of the join filters' values, by which row groups are left out; nil when no row can pass.
    private func joinBounds() -> [ScanFilter]? {
        var result: [ScanFilter] = []
        for filter in rowFilters {
            guard case .join(let join) = filter.filter, let keys = join.value else { continue }
            guard let bounds = keys.bounds else { return nil }
            guard output.columns[filter.slot].type.hasOrderedIntegers else { continue }
            let column = scan.tableColumns[filter.slot]
            result.append(
                ScanFilter(column: column, comparison: .greaterOrEqual, value: .integer(bounds.lowerBound)))
            result.append(ScanFilter(column: column, comparison: .lessOrEqual, value: .integer(bounds.upperBound)))
        }
        return result
    }

    /// Cuts row groups into morsels, shorter ones towards the end, so that all workers end at about the same time
    /// ("Guided Self-Scheduling", IEEE Transactions on Computers 1987).
    private func split(_ groups: [Morsel]) -> [Morsel] {
        var result: [Morsel] = []
        var left = groups.reduce(0) { $0 + $1.count }
        for group in groups {
            var rest = group
            while rest.count > 0 {
                let size = morselSize(ofRows: left)
                var next = rest
                // A short rest joins the run before it.
                next.count = rest.count < size + size / 2 ? rest.count : size
                result.append(next)
                rest.start += next.count
                rest.count -= next.count
                left -= next.count
            }
        }
        return result
    }

    /// How many rows the next morsel takes of those that are left: half of what falls to a worker, within bounds.
    private func morselSize(ofRows left: Int) -> Int {
        guard query.threadCount > 1 else { return query.rowsPerMorsel }
        let size = min(max(left / (2 * query.threadCount), query.rowsPerMorsel / 4, 1), query.rowsPerMorsel)
        return size > query.vectorSize ? size - size % query.vectorSize : size
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

extension DataType {
    /// Whether zone maps know the values as the integers that vectors of them hold.
    fileprivate var hasOrderedIntegers: Bool {
        switch self {
        case .int32, .int64, .date32, .timestamp: true
        default: false
        }
    }
}
