import Foundation

/// What a suite found: lines for people and a file for programs.
public struct Report: Sendable {
    /// One measured thing.
    public struct Line: Codable, Sendable {
        /// What was done.
        public var name: String
        /// Median seconds of Rhei.
        public var rheiSeconds: Double
        /// Median seconds of SQLite, where it does the same thing.
        public var sqliteSeconds: Double?
        /// Rows that went through, where a rate makes sense.
        public var rowCount: Int?
        /// How many times it was measured.
        public var runs: Int
        /// The file of the query, under `Queries/`.
        public var query: String?

        public init(
            name: String, rhei: Measurement, sqlite: Measurement? = nil, rowCount: Int? = nil, query: String? = nil
        ) {
            self.name = name
            rheiSeconds = rhei.median
            sqliteSeconds = sqlite?.median
            self.rowCount = rowCount
            runs = rhei.seconds.count
            self.query = query
        }
    }

    private struct Document: Codable {
        var suite: String
        var processorCount: Int
        var operatingSystem: String
        var lines: [Line]
    }

    public var suite: String
    public var lines: [Line] = []

    public init(suite: String) { self.suite = suite }

    /// The lines as a table: medians in milliseconds, how many times faster Rhei is, and rows a second.
    public var table: TextTable {
        var table = TextTable(heading: ["", "rhei ms", "sqlite ms", "times", "rows/s"])
        for line in lines {
            table.add([
                line.name,
                (line.rheiSeconds * 1000).decimals(3),
                line.sqliteSeconds.map { ($0 * 1000).decimals(3) } ?? "",
                line.sqliteSeconds.map { ($0 / line.rheiSeconds).decimals(1) } ?? "",
                line.rowCount.map { (Double($0) / line.rheiSeconds).decimals(0) } ?? "",
            ])
        }
        return table
    }

    /// Writes the report as JSON.
    public func write(to path: String) throws {
        let document = Document(
            suite: suite,
            processorCount: ProcessInfo.processInfo.activeProcessorCount,
            operatingSystem: ProcessInfo.processInfo.operatingSystemVersionString,
            lines: lines)
        try writeReport(document, to: path)
    }
}
