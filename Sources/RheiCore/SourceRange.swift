/// A half-open range of UTF-8 byte offsets in an SQL text.
public struct SourceRange: Hashable, Sendable {
    /// Offset of the first byte.
    public var lowerBound: Int
    /// Offset past the last byte; equal to `lowerBound` for a place between two bytes.
    public var upperBound: Int

    public init(_ lowerBound: Int, _ upperBound: Int) {
        self.lowerBound = lowerBound
        self.upperBound = upperBound
    }

    /// Returns the smallest range that covers both.
    public func union(_ other: SourceRange) -> SourceRange {
        SourceRange(min(lowerBound, other.lowerBound), max(upperBound, other.upperBound))
    }
}
