import Foundation
import Harness

/// What the suite `arrow` found: lines for people and a file for programs.
public struct ArrowExchangeReport: Codable, Sendable {
    /// One job.
    public struct Line: Codable, Sendable {
        public var name: String
        public var rheiSeconds: [Double] = []
        public var pyarrowSeconds: [Double] = []
        /// Time of all threads.
        public var rheiProcessorSeconds: [Double] = []
        public var pyarrowProcessorSeconds: [Double] = []
        /// The highest peak of all processes, in bytes.
        public var rheiPeakByteCount = 0
        public var pyarrowPeakByteCount = 0
        public var versions: Set<String> = []

        init(name: String) { self.name = name }

        mutating func add(rhei: JobResult, pyarrow: JobResult) {
            rheiSeconds += rhei.seconds
            rheiProcessorSeconds += rhei.processorSeconds
            rheiPeakByteCount = max(rheiPeakByteCount, rhei.peakByteCount)
            pyarrowSeconds += pyarrow.seconds
            pyarrowProcessorSeconds += pyarrow.processorSeconds
            pyarrowPeakByteCount = max(pyarrowPeakByteCount, pyarrow.peakByteCount)
            versions.formUnion([rhei.version, pyarrow.version])
        }
    }

    /// Size of the data, about.
    public var byteCount: Int
    public var lines: [Line] = []

    init(byteCount: Int) { self.byteCount = byteCount }

    /// The lines as a table: medians in milliseconds by the clock and of processors, peaks in megabytes; speed and peak as
    /// parts of pyarrow's.
    public var table: String {
        var rows = [
            ["", "rhei ms", "pyarrow ms", "speed", "rhei cpu", "pyarrow cpu", "speed", "rhei MB", "pyarrow MB", "peak"]
        ]
        for line in lines {
            let times = [
                (line.rheiSeconds, line.pyarrowSeconds), (line.rheiProcessorSeconds, line.pyarrowProcessorSeconds),
            ].flatMap { rhei, pyarrow in
                let (ours, theirs) = (Measurement(seconds: rhei).median, Measurement(seconds: pyarrow).median)
                return [decimals(ours * 1000, 0), decimals(theirs * 1000, 0), decimals(theirs / ours, 2)]
            }
            let peaks = (Double(line.rheiPeakByteCount), Double(line.pyarrowPeakByteCount))
            rows.append(
                [line.name] + times + [
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
