import Foundation
import RheiArrow
import RheiCore

/// `arrow-job JOB DATA PATH CODEC REPEATS`: does what `ArrowExchange/peer.py` does, with Rhei, and prints the same.
@main struct ArrowJob {
    private struct Result: Codable {
        var seconds: [Double]
        var processorSeconds: [Double]
        var peakByteCount: Int
        var version: String
    }

    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 5, let repeats = Int(arguments[4]) else {
            FileHandle.standardError.write(Data("usage: arrow-job JOB DATA PATH CODEC REPEATS\n".utf8))
            exit(64)
        }
        let (job, path) = (arguments[0], arguments[2])
        let data = job == "write" ? try read(arguments[1]) : nil
        let compression: IPCCompression? =
            arguments[3] == "zstd" ? .zstd(level: 1) : arguments[3] == "lz4" ? .lz4Frame : nil
        try resetPeak()
        var seconds: [Double] = []
        var processorSeconds: [Double] = []
        for _ in 0..<repeats {
            let (start, worked) = (ContinuousClock.now, clock())
            switch job {
            case "write": try write(data?.batches ?? [], data?.schema ?? Schema([]), path, compression)
            case "read": _ = try read(path)
            default: try map(path)
            }
            seconds.append((ContinuousClock.now - start) / .seconds(1))
            processorSeconds.append(Double(clock() - worked) / Double(CLOCKS_PER_SEC))
        }
        let result = Result(
            seconds: seconds, processorSeconds: processorSeconds, peakByteCount: try peakByteCount(),
            version: "rhei, Swift 6.3")
        print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
    }

    private static func read(_ path: String) throws -> (schema: Schema, batches: [RecordBatch]) {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        let reader = try IPCStreamReader(
            FileDescriptorSource(descriptor: file.fileDescriptor), options: IPCReadOptions(threadCount: 2))
        var batches: [RecordBatch] = []
        while let batch = try reader.next() { batches.append(batch) }
        return (reader.schema, batches)
    }

    private static func write(
        _ batches: [RecordBatch], _ schema: Schema, _ path: String, _ compression: IPCCompression?
    ) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        let writer = try IPCStreamWriter(
            FileDescriptorSink(descriptor: file.fileDescriptor), schema: schema,
            options: IPCWriteOptions(compression: compression, threadCount: 2))
        for batch in batches { try writer.write(batch) }
        try writer.finish()
        try file.close()
    }

    /// Maps a file; every batch is checked when it is asked for.
    private static func map(_ path: String) throws {
        let reader = try IPCFileReader(path: path, options: IPCReadOptions(validation: .full, threadCount: 2))
        let batches = try (0..<reader.batchCount).map(reader.batch)
        withExtendedLifetime(batches) {}
    }

    private static func resetPeak() throws {
        try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    }

    private static func peakByteCount() throws -> Int {
        let status = try String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}
