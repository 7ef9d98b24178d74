/// A place in the order of a source's changes. A snapshot at a position holds every change up to and including it.
public struct ChangePosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var value: Int64

    public init(_ value: Int64) { self.value = value }

    /// Before every change.
    public static let zero = ChangePosition(0)

    public static func < (left: ChangePosition, right: ChangePosition) -> Bool { left.value < right.value }
    public var description: String { String(value) }
}
