/// What CAST converts to, and what a column's affinity prefers.
package enum CastTarget: UInt8, Sendable, CaseIterable {
    case integer, real, numeric, text, blob
}
