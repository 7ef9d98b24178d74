import Foundation

/// A sqllogictest file, read into records ("About Sqllogictest", sqlite.org).
///
/// Understood are `statement ok|error`, `query types [sort [label]]` with values or their hash, `skipif`, `onlyif`,
/// `halt` and `hash-threshold` (without effect); lines may end in CRLF. The dialect under test is called `sqlite`, and
/// `rhei`.
struct SQLLogicScript {
    enum Sorting: String {
        case noSort = "nosort"
        case rows = "rowsort"
        case values = "valuesort"
    }

    enum Expectation: Equatable {
        case values([String])
        case hash(count: Int, md5: String)
    }

    enum Kind {
        case statement(mayFail: Bool)
        /// One letter per column: I, R or T. Without an expectation only the column count counts.
        case query(types: [Character], Sorting, label: String?, Expectation?)
    }

    struct Record {
        var line: Int
        var sql: String
        var kind: Kind
    }

    private(set) var records: [Record] = []

    init(contentsOf url: URL) throws {
        self.init(String(decoding: try Data(contentsOf: url), as: UTF8.self))
    }

    init(_ text: String) {
        // CRLF is one character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
        var index = 0
        var isSkipped = false
        while index < lines.count {
            let words = lines[index].split(separator: " ").map(String.init)
            index += 1
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            switch first {
            case "skipif", "onlyif":
                let isOurs = words.count > 1 && ["sqlite", "rhei"].contains(words[1])
                if isOurs == (first == "skipif") { isSkipped = true }
                continue
            case "halt":
                if !isSkipped { return }
            case "statement", "query":
                let record = Self.record(words, lines, &index)
                if !isSkipped { records.append(record) }
            default: continue
            }
            isSkipped = false
        }
    }

    private static func record(_ words: [String], _ lines: [String], _ index: inout Int) -> Record {
        let line = index
        var sql: [String] = []
        while index < lines.count, !lines[index].isEmpty, !lines[index].hasPrefix("----") {
            sql.append(lines[index])
            index += 1
        }
        var values: [String]?
        if index < lines.count, lines[index].hasPrefix("----") {
            index += 1
            values = []
            while index < lines.count, !lines[index].isEmpty {
                values?.append(lines[index])
                index += 1
            }
        }
        let text = sql.joined(separator: "\n")
        guard words[0] == "query" else {
            return Record(line: line, sql: text, kind: .statement(mayFail: words.count > 1 && words[1] == "error"))
        }
        let sorting = words.count > 2 ? Sorting(rawValue: words[2]) ?? .noSort : .noSort
        return Record(
            line: line, sql: text,
            kind: .query(
                types: words.count > 1 ? Array(words[1]) : [], sorting, label: words.count > 3 ? words[3] : nil,
                values.map(expectation)))
    }

    private static func expectation(_ values: [String]) -> Expectation {
        let words = values.first?.split(separator: " ").map(String.init) ?? []
        if values.count == 1, words.count == 5, words[1...3] == ["values", "hashing", "to"], let count = Int(words[0]) {
            return .hash(count: count, md5: words[4])
        }
        return .values(values)
    }
}
