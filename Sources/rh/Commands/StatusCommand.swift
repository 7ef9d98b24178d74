import ArgumentParser
import Rhei

/// `rh status DB`: what is mirrored, how far, and where the columns are.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what is mirrored, up to which change, and what the folder holds.")

    @Argument(help: "The SQLite database file.")
    var database: String

    func run() async throws {
        try await AttachedDatabase.use(database) { engine in
            let output = OutputStream(descriptor: 1)
            StatusReport(try await engine.syncStatus()).write(to: output)
            output.flush()
        }
    }
}

/// A status in lines of text.
struct StatusReport {
    private let status: SyncStatus

    init(_ status: SyncStatus) { self.status = status }

    func write(to output: OutputStream) {
        output.write(
            "position \(status.position), lag \(status.lag) changes\(age(status.age, status.lag)), "
                + "\(status.logRowCount) rows in the change log\n")
        if let error = status.lastError { output.write("last sync failed: \(error)\n") }
        if let storage = status.storage {
            let role = storage.isFlusher ? "" : ", written by another process"
            output.write(
                "segments in '\(storage.path)': \(storage.byteCount) bytes, durable to position "
                    + "\(storage.durablePosition)\(role)\n")
            for damage in storage.damages { output.write("damaged: \(damage)\n") }
            if let error = storage.lastError { output.write("last flush failed: \(error)\n") }
        } else {
            output.write("columns in memory\n")
        }
        for table in status.tables {
            let problem = table.lastError.map { ", error: \($0)" } ?? ""
            let bytes = status.storage == nil ? "" : ", \(table.fileByteCount) bytes on disk"
            output.write("\(table.name): \(table.rowCount) rows\(bytes)\(problem)\n")
            write(table, to: output)
            guard let history = table.history else { continue }
            let state = history.isOpen ? "" : ", not followed" + (history.lastError.map { ": \($0)" } ?? "")
            output.write(
                "  history from position \(history.startPosition): \(history.openVersionCount) versions are valid, "
                    + "\(history.closedVersionCount) ended\(state)\n")
        }
    }

    /// What is out of the ordinary about a table.
    private func write(_ table: TableStatus, to output: OutputStream) {
        if table.lag > 0 || table.position != status.position {
            output.write(
                "  position \(table.position), lag \(table.lag) changes\(age(table.age, table.lag))\n")
        }
        if !table.widenedColumns.isEmpty {
            output.write("  columns of any type: \(table.widenedColumns.joined(separator: ", "))\n")
        }
        for (column, count) in table.quarantinedValues.sorted(by: { $0.key < $1.key }) {
            output.write("  values of \(column) that do not convert: \(count)\n")
        }
    }

    private func age(_ age: Duration?, _ lag: Int) -> String {
        guard lag > 0, let age else { return "" }
        return ", at most \(age.components.seconds) s old"
    }
}
