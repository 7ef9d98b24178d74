import Foundation
import Rhei

/// Runs the records of a script against one engine.
struct SQLLogicRunner {
    var engine: HtapEngine
    let hint: QueryHint
    /// The first result of each label, which later ones must equal.
    private var labelled: [String: [String]] = [:]

    init(_ engine: HtapEngine, hint: QueryHint) {
        self.engine = engine
        self.hint = hint
    }

    /// Runs one record.
    ///
    /// - Returns: what is wrong, or nil.
    mutating func run(_ record: SQLLogicScript.Record) async -> String? {
        switch record.kind {
        case .statement(let mayFail):
            do {
                if record.sql.contains("USING columnar") {
                    _ = try await engine.query(record.sql, hint: hint)
                } else {
                    try await engine.execute(record.sql)
                }
                return mayFail ? "an error was expected" : nil
            } catch { return mayFail ? nil : "\(error)" }
        case .query(let types, let sorting, let label, let expectation):
            do {
                let rows = try await engine.query(record.sql, hint: hint).rows()
                return check(rows, types, sorting, label, expectation)
            } catch { return "\(error)" }
        }
    }

    private mutating func check(
        _ rows: [[SQLValue]], _ types: [Character], _ sorting: SQLLogicScript.Sorting, _ label: String?,
        _ expectation: SQLLogicScript.Expectation?
    ) -> String? {
        if let row = rows.first, row.count != types.count { return "\(row.count) columns, expected \(types.count)" }
        var shown = rows.map { zip($0, types).map(Self.show) }
        if sorting == .rows { shown.sort { $0.lexicographicallyPrecedes($1) } }
        var values = shown.flatMap { $0 }
        if sorting == .values { values.sort() }
        if let label {
            if let first = labelled[label], first != values { return "differs from the first result of \(label)" }
            labelled[label] = values
        }
        switch expectation {
        case nil: return nil
        case .values(let wanted):
            return values == wanted ? nil : "got \(values.prefix(12)), expected \(wanted.prefix(12))"
        case .hash(let count, let md5):
            if values.count != count { return "\(values.count) values, expected \(count)" }
            let digest = MessageDigest5.hexadecimal(of: values.map { $0 + "\n" }.joined())
            return digest == md5 ? nil : "the hash differs: \(values.prefix(12))"
        }
    }

    /// A value as the files write it under a column type.
    static func show(_ value: SQLValue, _ type: Character) -> String {
        switch (value, type) {
        case (.null, _): return "NULL"
        case (.integer(let integer), "R"): return String(format: "%.3f", Double(integer))
        case (.integer(let integer), _): return String(integer)
        case (.real(let real), "I"):
            return String(Int64(exactly: real.rounded(.towardZero)) ?? (real > 0 ? Int64.max : Int64.min))
        case (.real(let real), "R"): return String(format: "%.3f", real)
        case (.real(let real), _):
            let text = String(format: "%.15g", real)
            return text.contains { ".einf".contains($0) } ? text : text + ".0"
        case (.text(let text), "I"): return String(leadingInteger(text))
        case (.text(let text), "R"): return String(format: "%.3f", leadingReal(text))
        case (.text(let text), _): return printable(text)
        case (.blob(let bytes), _): return printable(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func leadingInteger(_ text: String) -> Int64 {
        let trimmed = text.drop { $0.isWhitespace }
        let sign = trimmed.first.map { "+-".contains($0) } ?? false ? String(trimmed.prefix(1)) : ""
        return Int64(sign + trimmed.dropFirst(sign.count).prefix { $0.isASCII && $0.isNumber }) ?? 0
    }

    private static func leadingReal(_ text: String) -> Double {
        let number = text.drop { $0.isWhitespace }.prefix { "+-.eE".contains($0) || ($0.isASCII && $0.isNumber) }
        var candidate = number
        while !candidate.isEmpty {
            if let value = Double(candidate) { return value }
            candidate.removeLast()
        }
        return 0
    }

    private static func printable(_ text: String) -> String {
        if text.isEmpty { return "(empty)" }
        return String(text.unicodeScalars.map { (32...126).contains($0.value) ? Character($0) : "@" })
    }
}
