import RheiExec
import RheiPlan

/// The form in which a plan is shown.
public enum ExplanationFormat: Sendable, Hashable {
    /// One line per operator, inputs indented below it.
    case text
    /// One object with the engine and, nested, an object per operator.
    case json
}

/// A plan as EXPLAIN and EXPLAIN ANALYZE show it.
struct PlanReport {
    let operators: [PlanOperator]
    /// What each operator did, in the same order; nil when the query was not run.
    let counters: [QueryProfile.Counter]?
    let info: QueryInfo

    func text(_ format: ExplanationFormat) -> String {
        switch format {
        case .text:
            (["engine: olap (\(info.reason))"] + lines + (counters == nil ? [] : [totals])).joined(separator: "\n")
        case .json: json
        }
    }

    private var lines: [String] {
        operators.enumerated().map { index, step in
            let estimate = "~\(Int64(clamping: step.estimatedRowCount)) rows"
            let measured = counters.map { counters in
                ", \(counters[index].rowCount) rows, \(Self.milliseconds(counters[index].duration)) ms"
                    + Self.memory(counters[index])
            }
            return String(repeating: "  ", count: step.depth) + step.text + "  " + estimate + (measured ?? "")
        }
    }

    /// What an operator held and wrote, if anything.
    private static func memory(_ counter: QueryProfile.Counter) -> String {
        (counter.peakByteCount > 0 ? ", \(kilobytes(counter.peakByteCount)) KB" : "")
            + (counter.spilledByteCount > 0 ? ", \(kilobytes(counter.spilledByteCount)) KB spilled" : "")
    }

    private static func kilobytes(_ byteCount: Int) -> Int { (byteCount + 1023) >> 10 }

    private var totals: String {
        "sync \(Self.milliseconds(info.syncDuration)) ms, plan \(Self.milliseconds(info.planDuration)) ms, "
            + "run \(Self.milliseconds(info.runDuration)) ms"
    }

    private var json: String {
        var text = "{\"engine\":\"olap\",\"reason\":\(Self.quoted(info.reason))"
        if counters != nil {
            text += ",\"sync_ms\":\(Self.milliseconds(info.syncDuration))"
            text += ",\"plan_ms\":\(Self.milliseconds(info.planDuration))"
            text += ",\"run_ms\":\(Self.milliseconds(info.runDuration))"
        }
        var index = 0
        return text + ",\"plan\":" + object(&index) + "}"
    }

    /// The operator at `index` with its inputs; moves `index` behind them.
    private func object(_ index: inout Int) -> String {
        let step = operators[index]
        var text = "{\"operator\":\(Self.quoted(step.text))"
        text += ",\"estimated_rows\":\(Int64(clamping: step.estimatedRowCount))"
        if let counter = counters?[index] {
            text += ",\"rows\":\(counter.rowCount),\"batches\":\(counter.batchCount)"
            text += ",\"ms\":\(Self.milliseconds(counter.duration))"
            text += ",\"peak_bytes\":\(counter.peakByteCount),\"spilled_bytes\":\(counter.spilledByteCount)"
        }
        index += 1
        var inputs: [String] = []
        while index < operators.count, operators[index].depth > step.depth { inputs.append(object(&index)) }
        return text + ",\"inputs\":[" + inputs.joined(separator: ",") + "]}"
    }

    /// Milliseconds with three decimals.
    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Int64 {
    /// The nearest integer of a count that may be huge.
    fileprivate init(clamping count: Double) { self = Int64(Swift.min(Swift.max(0, count.rounded()), 9e18)) }
}
