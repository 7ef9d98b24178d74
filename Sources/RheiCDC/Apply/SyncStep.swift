/// The steps of a sync before its snapshot is published. Whatever fails up to there leaves columns and state as they
/// were.
package enum SyncStep: Sendable, CaseIterable {
    /// It is known what the log holds.
    case read
    /// The tables have what changed.
    case applied
    /// So have the histories.
    case advanced
}
