import Foundation

/// What the system says of a process.
public struct ProcessStatus: Codable, Sendable {
    /// Resident memory.
    public var residentByteCount: Int
    /// The most resident memory since its start, or since `forgetPeak`.
    public var peakByteCount: Int
    public var threadCount: Int
    /// Open files that have no name any more: temporary files.
    public var unnamedFileCount: Int

    /// What holds now for the process with a number.
    public init(_ process: Int32) throws {
        let text = try String(contentsOf: URL(filePath: "/proc/\(process)/status"), encoding: .utf8)
        let fields = text.split(separator: "\n").reduce(into: [String: Int]()) { fields, line in
            let parts = line.split(separator: ":")
            fields[String(parts[0])] = Int(parts.last?.filter(\.isNumber) ?? "")
        }
        residentByteCount = (fields["VmRSS"] ?? 0) * 1024
        peakByteCount = (fields["VmHWM"] ?? 0) * 1024
        threadCount = fields["Threads"] ?? 0
        let folder = "/proc/\(process)/fd"
        unnamedFileCount = try FileManager.default.contentsOfDirectory(atPath: folder).count { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder + "/" + name)
            return target?.hasSuffix(" (deleted)") ?? false
        }
    }

    /// Lets the peak of a process begin at what it has now.
    public static func forgetPeak(of process: Int32) throws {
        try Data("5".utf8).write(to: URL(filePath: "/proc/\(process)/clear_refs"))
    }
}
