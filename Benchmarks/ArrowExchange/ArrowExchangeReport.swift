import Foundation
public import Harness

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

    /// The lines as a table: medians in milliseconds by the clock and of processors, peaks in megabytes; speed and peak
    /// as parts of pyarrow's.
    public var table: TextTable {
        var table = TextTable(heading: [
            "", "rhei ms", "pyarrow ms", "speed", "rhei cpu", "pyarrow cpu", "speed", "rhei MB", "pyarrow MB", "peak",
        ])
        for line in lines {
            let times = [
                (line.rheiSeconds, line.pyarrowSeconds), (line.rheiProcessorSeconds, line.pyarrowProcessorSeconds),
            ].flatMap { rhei, pyarrow in
                let (ours, theirs) = (Measurement(seconds: rhei).median, Measurement(seconds: pyarrow).median)
                return [(ours * 1000).decimals(0), (theirs * 1000).decimals(0), (theirs / ours).decimals(2)]
            }
            let peaks = (Double(line.rheiPeakByteCount), Double(line.pyarrowPeakByteCount))
            table.add(
                [line.name] + times + [
                    (peaks.0 / 1e6).decimals(0), (peaks.1 / 1e6).decimals(0), (peaks.0 / peaks.1).decimals(2),
                ])
        }
        return table
    }
}
