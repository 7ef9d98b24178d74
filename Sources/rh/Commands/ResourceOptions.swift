import ArgumentParser
import Rhei

/// What columnar queries may use.
struct ResourceOptions: ParsableArguments {
    @Option(help: "Worker threads of columnar queries; one per processor when absent.")
    var threads: Int?

    @Option(help: "Memory of all columnar queries, e.g. 512MB or 4GB; three quarters of the machine's when absent.")
    var memoryLimit: ByteSize?

    @Option(help: "Folder of temporary files for what does not fit.")
    var tempDir: String?

    @Option(help: "The most that temporary files may take, e.g. 20GB.")
    var tempLimit: ByteSize?

    @Option(help: "Seconds after which a columnar query is given up.")
    var timeout: Double?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
        if let timeout, !(timeout > 0 && timeout < 1e9) { throw ValidationError("--timeout must be positive") }
    }

    func apply(to config: inout HtapConfig) {
        config.threadCount = threads
        config.memoryLimit = memoryLimit?.byteCount
        config.temporaryDirectory = tempDir
        config.temporaryDiskLimit = tempLimit?.byteCount
        config.queryTimeout = timeout.map { .seconds($0) }
    }
}

/// A number of bytes: digits with an optional fraction, and a unit of powers of 1 024 (B, KB, MB, GB, TB; the B may be
/// left out).
struct ByteSize: ExpressibleByArgument, Sendable {
    let byteCount: Int

    init?(argument: String) {
        let text = argument.uppercased()
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number > 0 else { return nil }
        var unit = String(text.dropFirst(digits.count).drop { $0 == " " })
        if unit.hasSuffix("IB") { unit.removeLast(2) } else if unit.hasSuffix("B") { unit.removeLast() }
        guard let power = ["", "K", "M", "G", "T"].firstIndex(of: unit) else { return nil }
        let scaled = (number * Double(1 << (10 * power))).rounded()
        guard scaled >= 1, let count = Int(exactly: scaled) else { return nil }
        byteCount = count
    }
}
