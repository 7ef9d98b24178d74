import Synchronization

/// Segments that threads take one by one.
final class SegmentQueue: Sendable {
    private let segments: Mutex<[Segment]>

    init(_ segments: [Segment]) { self.segments = Mutex(segments.reversed()) }

    func next() -> Segment? { segments.withLock { $0.popLast() } }
}
