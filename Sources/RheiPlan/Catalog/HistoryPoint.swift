/// A moment in the history of a table.
package enum HistoryPoint: Sendable, Hashable {
    /// After the change at a position of the source.
    case position(Int64)
    /// In microseconds since 1970, UTC.
    case time(Int64)
}
