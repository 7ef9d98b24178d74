import RheiCore
import RheiPlan
import RheiSQLite
import RheiStore
import Synchronization

/// Plans of queries that were planned over the data as they are, for when the same text comes again.
///
/// A plan reads the tables of one snapshot and was made after their statistics. Whoever publishes a new one clears the
/// cache, which would keep the memory of the old. At most `capacity` plans are kept; the one used longest ago makes
/// room.
final class PlanCache: Sendable {
    /// What a plan was made of, as bytes: texts that Unicode calls equivalent are different queries.
    struct Key: Hashable {
        private var bytes: [UInt8]

        init(sql: String, parameters: [SQLValue]) {
            bytes = Array(sql.utf8)
            for parameter in parameters {
                // No UTF-8 text holds this byte.
                bytes.append(0xFF)
                append(parameter)
            }
        }

        func hash(into hasher: inout Hasher) {
            unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        }

        private mutating func append(_ value: SQLValue) {
            switch value {
            case .null: bytes.append(0)
            case .integer(let number): append(1, bits: UInt64(bitPattern: number))
            case .real(let number): append(2, bits: number.bitPattern)
            case .text(let text): append(3, Array(text.utf8))
            case .blob(let blob): append(4, Array(blob))
            }
        }

        private mutating func append(_ kind: UInt8, bits: UInt64) {
            bytes.append(kind)
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
            }
        }

        private mutating func append(_ kind: UInt8, _ content: [UInt8]) {
            append(kind, bits: UInt64(content.count))
            bytes += content
        }
    }

    private final class Entry {
        let plan: QueryPlan
        /// What the plan was made over.
        let data: EngineCatalog
        var lastUse: Int

        init(plan: QueryPlan, data: EngineCatalog, lastUse: Int) {
            self.plan = plan
            self.data = data
            self.lastUse = lastUse
        }
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var useCount = 0
        var hitCount = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 128) { self.capacity = capacity }

    /// Whether a plan of the query is kept, over whichever data.
    func holds(_ key: Key) -> Bool { state.withLock { $0.entries[key] != nil } }

    /// Returns the plan of a query over these very data, if it is known.
    func plan(_ key: Key, over catalog: EngineCatalog) -> QueryPlan? {
        state.withLock { state in
            guard let entry = state.entries[key], entry.data.holdsSameData(as: catalog) else { return nil }
            state.useCount += 1
            state.hitCount += 1
            entry.lastUse = state.useCount
            return entry.plan
        }
    }

    /// Keeps a plan that may be used again as long as the data are the same.
    func keep(_ plan: QueryPlan, _ key: Key, over catalog: EngineCatalog) {
        state.withLock { state in
            if state.entries.count >= capacity,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.entries[oldest.key] = nil
            }
            state.useCount += 1
            state.entries[key] = Entry(plan: plan, data: catalog, lastUse: state.useCount)
        }
    }

    /// How many plans are kept.
    var count: Int { state.withLock { $0.entries.count } }

    /// How many times a plan was used again.
    var hitCount: Int { state.withLock { $0.hitCount } }

    /// Lets go of all plans, and so of the snapshot that they read.
    func clear() {
        state.withLock { $0.entries = [:] }
    }
}

/// Whether the plan being made may be used again.
final class PlanReuse: Sendable {
    private let forbidden = Atomic<Bool>(false)

    var isAllowed: Bool { !forbidden.load(ordering: .relaxed) }

    /// Notes that the plan holds what may be different next time: the time, the contents of a file, rows of a subquery.
    func forbid() { forbidden.store(true, ordering: .relaxed) }
}

extension EngineCatalog {
    /// Whether a plan over one catalog reads the same rows, under the same names, as over the other.
    fileprivate func holdsSameData(as other: EngineCatalog) -> Bool {
        snapshot === other.snapshot && columnar === other.columnar && schema.cookie == other.schema.cookie
            && quarantined == other.quarantined && refused.keys == other.refused.keys
            && allowsFileAccess == other.allowsFileAccess
    }
}
