import CAllocationCount
import Foundation
import RheiArrow
import RheiCore
import RheiTestSupport

/// Reads damaged Arrow streams and files without end and stops at the first that takes too much memory or time.
///
///     arrow-fuzz COUNT SEED FOLDER...
///
/// Every file below the folders is read as it is and then mutated in turn. Input number n depends on the seed and n
/// alone, and n stands in the file `.cache/arrow-fuzz.at` while it is read, so an input that stops the process can be
/// repeated: `arrow-fuzz n+1 SEED FOLDER...` with `ARROW_FUZZ_FIRST=n`.
@main struct ArrowFuzz {
    private var count = 0
    private var seed: UInt64 = 0
    private var sources: [(path: String, bytes: [UInt8])] = []
    private var batchCount = 0
    private var readCount = 0
    private var slowest = 0.0
    private var highest = 0.0

    static func main() throws {
        var fuzz = ArrowFuzz()
        try fuzz.prepare(Array(CommandLine.arguments.dropFirst()))
        try fuzz.run()
    }

    private mutating func prepare(_ arguments: [String]) throws {
        guard arguments.count >= 3, let count = Int(arguments[0]), let seed = UInt64(arguments[1]) else {
            throw EngineError(.invalidArgument, "usage: arrow-fuzz COUNT SEED FOLDER...")
        }
        (self.count, self.seed) = (count, seed)
        for folder in arguments[2...] {
            guard let walk = FileManager.default.enumerator(atPath: folder) else { continue }
            for case let name as String in walk where !name.hasSuffix(".gz") && !name.hasSuffix(".md") {
                let path = folder + "/" + name
                guard let data = FileManager.default.contents(atPath: path), data.count <= 64 << 10, data.count > 0
                else { continue }
                sources.append((path, [UInt8](data)))
            }
        }
        sources.sort { $0.path < $1.path }
        guard !sources.isEmpty else { throw EngineError(.invalidArgument, "no files below \(arguments[2...])") }
    }

    private mutating func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["ARROW_FUZZ_FIRST"].flatMap { Int($0) } ?? 0
        let journal = FileHandle(forUpdatingAtPath: Self.makeJournal())
        // What is allocated once per process is no input's doing.
        for source in sources.prefix(100) {
            _ = try? ArrowMutator.read(Buffer(copying: source.bytes), options: .init())
        }
        for (index, source) in sources.enumerated() where first == 0 {
            try check(source.bytes, "'\(source.path)'", index)
        }
        print("\(sources.count) files read as they are, \(readCount) of them to the end")
        for index in first..<max(first, count) {
            try journal?.seek(toOffset: 0)
            try journal?.write(contentsOf: Data("\(index)\n".utf8))
            var random = SeededGenerator(seed: seed &+ UInt64(index))
            let source = sources[index % sources.count]
            let bytes = ArrowMutator.mutated(source.bytes, with: random.pick(sources).bytes, &random)
            try check(bytes, "input \(index) from '\(source.path)'", index)
            if (index + 1) % 100_000 == 0 { report(index + 1) }
        }
        report(count)
    }

    private static func makeJournal() -> String {
        let path = ".cache/arrow-fuzz.at"
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        return path
    }

    private func report(_ done: Int) {
        print(
            "\(done) inputs, \(readCount) read to the end, \(batchCount) batches, slowest \(slowest) s, ",
            "highest memory \(highest) times the input")
        fflush(nil)
    }

    /// Time that this process has worked, so that a busy machine makes no input look slow.
    private static func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    private mutating func check(_ bytes: [UInt8], _ name: String, _ index: Int) throws {
        let buffer = Buffer(copying: bytes)
        let before = rhei_live_allocation_bytes()
        rhei_reset_allocation_peak()
        let poolBefore = BufferPool.shared.liveByteCount
        BufferPool.shared.resetPeak()
        let start = Self.processorSeconds()
        // A frame may honestly hold a thousand times its size; what is looked for here is memory that nothing fills.
        let options = IPCReadOptions(
            validation: index & 1 == 0 ? .layout : .full, decompressedByteLimit: max(8 * bytes.count, 48 << 10))
        let isRead = (try? ArrowMutator.read(buffer, options: options, touch: false)) != nil
        let memory = max(
            rhei_peak_allocation_bytes() - before, BufferPool.shared.peakByteCount - poolBefore)
        if let count = try? ArrowMutator.read(buffer, options: options) {
            batchCount += count
        }
        if isRead { readCount += 1 }
        let seconds = Self.processorSeconds() - start
        if seconds > slowest {
            slowest = seconds
            if seconds > 0.2 { print("\(name): \(bytes.count) bytes took \(seconds) s") }
        }
        let limit = max(16 * bytes.count, 256 << 10)
        highest = max(highest, Double(memory) / Double(max(bytes.count, 16 << 10)))
        guard memory <= limit else {
            throw EngineError(.outOfMemory, "\(name): \(bytes.count) bytes took \(memory) bytes of memory")
        }
    }
}
