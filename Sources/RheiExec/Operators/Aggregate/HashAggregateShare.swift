import RheiCompute

/// One worker's groups, and the memory that they take.
///
/// Unchecked because the worker hands it over, and afterwards threads only read.
final class HashAggregateShare: @unchecked Sendable {
    let aggregator: HashAggregator
    let reservation: MemoryReservation

    init(_ aggregator: HashAggregator, _ reservation: MemoryReservation) {
        self.aggregator = aggregator
        self.reservation = reservation
    }
}
