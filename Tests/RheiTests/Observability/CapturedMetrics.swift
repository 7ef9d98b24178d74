import CoreMetrics
import Logging
import Synchronization

/// Keeps what counters, gauges and timers were told, by label and dimensions.
final class CapturedMetrics: MetricsFactory {
    private let values = Mutex<[String: [Int64]]>([:])
    private let destroyedCount = Mutex(0)

    /// What was recorded or added under a label, such as `rhei.query.duration[engine=olap]`.
    func all(_ label: String) -> [Int64] { values.withLock { $0[label] ?? [] } }
    func sum(_ label: String) -> Int64 { all(label).reduce(0, +) }
    /// How many of the engine's instruments were given back.
    var givenBackCount: Int { destroyedCount.withLock { $0 } }
    var madeCount: Int { values.withLock { $0.count } }

    private func handler(_ label: String, _ dimensions: [(String, String)]) -> Handler {
        let suffix = dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
        let name = suffix.isEmpty ? label : "\(label)[\(suffix)]"
        values.withLock { $0[name] = $0[name] ?? [] }
        return Handler { [weak self] value in self?.values.withLock { $0[name, default: []].append(value) } }
    }

    private final class Handler: CounterHandler, RecorderHandler, TimerHandler {
        private let note: @Sendable (Int64) -> Void
        init(_ note: @escaping @Sendable (Int64) -> Void) { self.note = note }
        func increment(by amount: Int64) { note(amount) }
        func reset() {}
        func record(_ value: Int64) { note(value) }
        func record(_ value: Double) { note(Int64(value)) }
        func recordNanoseconds(_ duration: Int64) { note(duration) }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { handler(label, dimensions) }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        handler(label, dimensions)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { handler(label, dimensions) }
    func destroyCounter(_ handler: any CounterHandler) { destroyedCount.withLock { $0 += 1 } }
    func destroyRecorder(_ handler: any RecorderHandler) { destroyedCount.withLock { $0 += 1 } }
    func destroyTimer(_ handler: any TimerHandler) { destroyedCount.withLock { $0 += 1 } }
}

/// Keeps log messages, each as its level, its text and its metadata in the order of their keys.
final class CapturedLog: Sendable {
    private let messages = Mutex<[String]>([])

    var all: [String] { messages.withLock { $0 } }

    func take() -> [String] {
        messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(log: self) }
    }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            // Every message carries the engine's database; errors have positions and paths in them, times differ.
            let shown = (event.metadata ?? [:]).filter { !["duration", "error"].contains($0.key) }
            let details = shown.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            let error = event.metadata?["error"] == nil ? "" : " error"
            let database = metadata["database"] == nil ? " no database" : ""
            log.messages.withLock { $0.append("\(event.level): \(event.message)\(details)\(error)\(database)") }
        }
    }
}
