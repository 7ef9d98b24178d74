import RheiCompute

/// One worker's groups, or some of them, and the memory that they take.
///
/// Unchecked because the worker hands it over, and afterwards threads only read.
final class HashAggregateShare: @unchecked Sendable {
    let aggregator: HashAggregator
    let reservation: MemoryReservation
    /// How the groups are split, where the worker has found that out.
    let order: PartitionOrder?
    /// Rows that are not grouped yet.
    let rows: PartitionedRows?

    init(
        _ aggregator: HashAggregator, _ reservation: MemoryReservation, order: PartitionOrder? = nil,
        rows: PartitionedRows? = nil
    ) {
        self.rows = rows
        self.aggregator = aggregator
        self.reservation = reservation
        self.order = order
    }
}
