import RheiCore
import Synchronization

/// What all workers of one operator hold.
///
/// An operator that can spill asks for its share alone: half of what the query has left beside other operators, so that
/// those that come later find something too. One that cannot spill takes what there is.
final class OperatorMemory: Sendable {
    /// The operator's name in messages.
    let name: String
    let query: QueryMemory
    private let held = Atomic<Int>(0)
    private let peak = Atomic<Int>(0)
    private let spilled = Atomic<Int>(0)
    private let profile: QueryProfile?
    private let node: Int

    init(_ name: String, _ query: QueryMemory, profile: QueryProfile? = nil, node: Int = 0) {
        self.name = name
        self.query = query
        self.profile = profile
        self.node = node
    }

    var heldByteCount: Int { held.load(ordering: .relaxed) }
    var peakByteCount: Int { peak.load(ordering: .relaxed) }

    /// How much an operator takes before it spills.
    enum Share {
        /// What workers gather at first.
        case gathering
        /// What is needed to read back what was spilled.
        case reading

        fileprivate func part(of byteCount: Int) -> Int {
            switch self {
            case .gathering: byteCount / 2
            case .reading: byteCount / 4 * 3
            }
        }
    }

    /// Bytes that the operator may hold before it spills, when other operators keep what they have.
    func bound(_ share: Share) -> Int {
        if let threshold = query.manager.spillThreshold { return threshold }
        // Without a limit, what another worker is about to reserve may be counted on both sides.
        let (sum, overflows) = held.load(ordering: .relaxed).addingReportingOverflow(query.freeByteCount)
        let available = overflows ? .max : sum
        return max(share.part(of: available), min(query.limit / 16, available))
    }

    fileprivate func reserve(_ byteCount: Int, within bound: Int) -> Bool {
        let now = held.add(byteCount, ordering: .relaxed).newValue
        guard now <= bound, query.reserve(byteCount) else {
            held.subtract(byteCount, ordering: .relaxed)
            return false
        }
        if peak.max(now, ordering: .relaxed).newValue == now { profile?.notePeak(now, of: node) }
        return true
    }

    fileprivate func release(_ byteCount: Int) {
        held.subtract(byteCount, ordering: .relaxed)
        query.release(byteCount)
    }

    /// Counts bytes written to temporary files.
    func noteSpill(_ byteCount: Int) {
        spilled.add(byteCount, ordering: .relaxed)
        profile?.noteSpill(byteCount, of: node)
    }

    func makeReservation() -> MemoryReservation { MemoryReservation(self) }

    func refusal(of byteCount: Int) -> EngineError {
        let held = query.reservedByteCount
        let isQuery = query.limit < query.manager.limit && query.limit - held < byteCount
        return EngineError(
            .outOfMemory,
            "\(name) needs \(Self.text(byteCount)) more memory, but of the limit of "
                + "\(Self.text(isQuery ? query.limit : query.manager.limit)) "
                + "\(Self.text(isQuery ? held : query.manager.reservedByteCount)) are in use",
            hint: isQuery
                ? "raise queryMemoryLimit" : "raise memoryLimit (rh: --memory-limit), or use fewer threads")
    }

    /// A number of bytes for people.
    static func text(_ byteCount: Int) -> String {
        guard byteCount >= 1 << 20 else { return "\((byteCount + 1023) >> 10) KB" }
        let tenths = (byteCount / (1 << 16) * 10 + 8) / 16
        return "\(tenths / 10).\(tenths % 10) MB"
    }
}

/// What one worker holds for an operator; for one thread at a time. Given back at the latest when it is let go.
final class MemoryReservation {
    let memory: OperatorMemory
    private(set) var byteCount = 0

    fileprivate init(_ memory: OperatorMemory) { self.memory = memory }

    deinit { if byteCount > 0 { memory.release(byteCount) } }

    /// Makes the reservation `needed` bytes, rounded up to whole steps, unless that exceeds the operator's share.
    ///
    /// - Returns: false when it stays as it was and the operator shall spill.
    func tryResize(to needed: Int, _ share: OperatorMemory.Share = .gathering) -> Bool {
        if needed <= byteCount, needed > byteCount - 2 * memory.query.manager.step { return true }
        let wanted = rounded(needed)
        if wanted > byteCount {
            guard memory.reserve(wanted - byteCount, within: memory.bound(share)) else { return false }
        } else if wanted < byteCount {
            memory.release(byteCount - wanted)
        }
        byteCount = wanted
        return true
    }

    /// Makes the reservation `needed` bytes, rounded up.
    ///
    /// - Throws: `outOfMemory` when a limit would be exceeded.
    func resize(to needed: Int) throws(EngineError) {
        if needed <= byteCount, needed > byteCount - 2 * memory.query.manager.step { return }
        let wanted = rounded(needed)
        if wanted > byteCount {
            guard memory.reserve(wanted - byteCount, within: .max) else { throw memory.refusal(of: wanted - byteCount) }
        } else if wanted < byteCount {
            memory.release(byteCount - wanted)
        }
        byteCount = wanted
    }

    private func rounded(_ byteCount: Int) -> Int {
        let step = memory.query.manager.step
        return byteCount > 0 ? (byteCount + step - 1) / step * step : 0
    }
}
