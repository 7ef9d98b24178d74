import ArgumentParser

/// The formats that results can be printed in; names and shapes follow the sqlite3 shell.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, csv, json, jsonl, markdown, quote, list, arrow

    /// What stands for NULL unless the user says otherwise.
    var defaultNullText: String {
        switch self {
        case .table, .markdown, .quote: "NULL"
        case .json, .jsonl: "null"
        case .csv, .list, .arrow: ""
        }
    }

    /// Whether a result without rows is still a document.
    var printsEmptyResults: Bool { self == .json || self == .arrow }

    /// Makes the writer of this format.
    func makeWriter(_ options: OutputOptions, to output: OutputStream) -> any ResultWriter {
        switch self {
        case .table: AlignedWriter(.table, options, output)
        case .markdown: AlignedWriter(.markdown, options, output)
        case .csv: DelimitedWriter(.csv, options, output)
        case .list: DelimitedWriter(.list, options, output)
        case .quote: DelimitedWriter(.quote, options, output)
        case .json: JSONWriter(linewise: false, output)
        case .jsonl: JSONWriter(linewise: true, output)
        case .arrow: ArrowWriter(output)
        }
    }
}

/// What varies within a format.
struct OutputOptions: Sendable {
    var showsHeaders = true
    /// Stands for NULL; nil means the format's own.
    var nullText: String?
}
