import Foundation
public import Harness

/// What each configuration answered, query by query.
public struct ConfigurationReport: Codable, Sendable {
    /// One answer beside DuckDB's.
    public struct Verdict: Codable, Sendable {
        enum Kind: String, Codable {
            case equal, differs, refused, died
            /// Given up after the configuration's time.
            case endless
            /// DuckDB has no answer.
            case unknown
        }

        var kind: Kind
        /// Why it is not equal.
        var reason: String

        init(_ kind: Kind, _ reason: String = "") {
            self.kind = kind
            self.reason = reason
        }

        init(ours: JobReply, theirs: JobReply) {
            if let error = ours.error {
                self.init(error.contains("ran past its deadline") ? .endless : .refused, error)
            } else if let rows = ours.rows, let others = theirs.rows {
                self.init(Answers.areSame(rows, others) ? .equal : .differs, Answers.difference(rows, others) ?? "")
            } else {
                self.init(.unknown, theirs.error ?? "no answer")
            }
        }

        var text: String { reason.isEmpty ? kind.rawValue : "\(kind.rawValue): \(reason)" }
    }

    public var suite: String
    public var scale: String
    var configurations: [String]
    var queries: [String]
    /// By query, then by configuration.
    var verdicts: [String: [String: Verdict]] = [:]

    init(suite: String, scale: String, configurations: [String], queries: [String]) {
        self.suite = suite
        self.scale = scale
        self.configurations = configurations
        self.queries = queries
    }

    /// One row per query, one column per configuration.
    public var table: TextTable {
        var table = TextTable(heading: [""] + configurations)
        for query in queries {
            table.add([query] + configurations.map { verdicts[query]?[$0]?.kind.rawValue ?? "" })
        }
        return table
    }

    /// What all answers together are, in one line.
    public var conclusion: String {
        let all = queries.flatMap { query in configurations.compactMap { verdicts[query]?[$0] } }
        return "\(suite), scale \(scale): \(all.count) answers in \(configurations.count) configurations: "
            + Self.counts(all)
    }

    /// Whether no answer was wrong or missing, save for what was given up.
    public var isClean: Bool {
        verdicts.values.allSatisfy { $0.values.allSatisfy { $0.kind == .equal || $0.kind == .endless } }
    }

    func counts(of configuration: String) -> String {
        Self.counts(queries.compactMap { verdicts[$0]?[configuration] })
    }

    private static func counts(_ verdicts: [Verdict]) -> String {
        let counts = Dictionary(grouping: verdicts, by: \.kind).mapValues(\.count)
        return ([.equal, .differs, .refused, .died, .endless, .unknown] as [Verdict.Kind])
            .compactMap { kind in counts[kind].map { "\($0) \(kind.rawValue)" } }.joined(separator: ", ")
    }
}
