import Foundation
import Harness

/// What the suite `arrow` found: lines for people and a file for programs.
public struct ArrowExchangeReport: Codable, Sendable {
    /// One job.
    public struct Line: Codable, Sendable {
        public var name: String
        public var rheiSeconds: [Double] = []
        public var pyarrowSeconds: [Double] = []
        /// The highest peak of all processes, in bytes.
        public var rheiPeakByteCount = 0
        public var pyarrowPeakByteCount = 0
        public var versions: Set<String> = []

        init(name: String) { self.name = name }

        mutating func add(rhei result: JobResult) {
            rheiSeconds += result.seconds
            rheiPeakByteCount = max(rheiPeakByteCount, result.peakByteCount)
            versions.insert(result.version)
        }

        mutating func add(pyarrow result: JobResult) {
            pyarrowSeconds += result.seconds
            pyarrowPeakByteCount = max(pyarrowPeakByteCount, result.peakByteCount)
            versions.insert(result.version)
        }
    }

    /// Size of the data, about.
    public var byteCount: Int
    public var lines: [Line] = []

    init(byteCount: Int) { self.byteCount = byteCount }

    /// The lines as a table: medians in milliseconds, peaks in megabytes; speed and peak as parts of pyarrow's.
    public var table: String {
        var rows = [["", "rhei ms", "pyarrow ms", "speed", "rhei MB", "pyarrow MB", "peak"]]
        for line in lines {
            let (rhei, pyarrow) = (
                Measurement(seconds: line.rheiSeconds).median, Measurement(seconds: line.pyarrowSeconds).median
            )
            let peaks = (Double(line.rheiPeakByteCount), Double(line.pyarrowPeakByteCount))
            rows.append([
                line.name, decimals(rhei * 1000, 0), decimals(pyarrow * 1000, 0), decimals(pyarrow / rhei, 2),
                decimals(peaks.0 / 1e6, 0), decimals(peaks.1 / 1e6, 0), decimals(peaks.0 / peaks.1, 2),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + padding : padding + text
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// Writes the report as JSON.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(to: URL(filePath: path))
    }

    private func decimals(_ value: Double, _ count: Int) -> String { String(format: "%.\(count)f", value) }
}
