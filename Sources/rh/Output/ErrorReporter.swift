import Rhei

/// Writes diagnostics to standard error.
struct ErrorReporter {
    /// Prints the error with its position and a caret line.
    func report(_ error: any Error, sql: String) {
        let error = error as? EngineError ?? EngineError(.invariant, "\(error)")
        note(error.caretDescription(in: sql))
    }

    /// Prints a line.
    func note(_ text: String) {
        let stream = OutputStream(descriptor: 2)
        stream.write(text)
        stream.write("\n")
        stream.flush()
    }
}

extension QueryInfo {
    /// One line: engine, reason, and where the time went.
    var summary: String {
        var parts = ["\(target.rawValue) (\(reason))"]
        if syncDuration > .zero { parts.append("load \(syncDuration.milliseconds)") }
        if planDuration > .zero { parts.append("plan \(planDuration.milliseconds)") }
        parts.append("run \(runDuration.milliseconds)")
        return parts.joined(separator: ", ")
    }
}

extension Duration {
    /// Milliseconds with two decimals.
    var milliseconds: String {
        let (seconds, attoseconds) = components
        let hundredths = seconds * 100_000 + attoseconds / 10_000_000_000_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) ms"
    }
}
