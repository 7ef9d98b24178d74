import Glibc
import Rhei

/// What dot commands can change.
struct ShellSettings {
    var format = OutputFormat.list
    var options = OutputOptions(showsHeaders: false)
    var stopsAtError = false
    var showsTimer = false
    var target: TargetOption
}

/// The batch form of the shell: statements and dot commands from a stream, answers in the order asked.
final class Shell {
    let engine: HtapEngine
    let output = OutputStream(descriptor: STDOUT_FILENO)
    var settings: ShellSettings
    private let runner: StatementRunner
    private var hasFailed = false
    private var quits = false
    private var readDepth = 0

    init(engine: HtapEngine, target: TargetOption) {
        self.engine = engine
        settings = ShellSettings(target: target)
        runner = StatementRunner(engine: engine, output: output)
    }

    /// Reads standard input to its end, or to `.quit`, or with `.bail on` to the first error.
    ///
    /// - Returns: whether nothing failed.
    func run() async throws -> Bool {
        var splitter = SQLScript()
        var pending: [UInt8] = []
        while !quits, let chunk = try InputText.readChunk(STDIN_FILENO, name: "standard input") {
            pending.append(contentsOf: chunk)
            while !quits, let end = pending.firstIndex(of: 10) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeSubrange(...end)
                await take(line, &splitter)
            }
            output.flush()
        }
        if !quits, !pending.isEmpty { await take(String(decoding: pending, as: UTF8.self), &splitter) }
        if !quits, let rest = splitter.finish() { await runStatement(rest) }
        output.flush()
        return !hasFailed
    }

    /// Runs a script file, for `.read`.
    func runScript(_ text: String) async throws {
        guard readDepth < 16 else { throw EngineError(.invalidArgument, ".read is nested too deeply") }
        readDepth += 1
        defer { readDepth -= 1 }
        var splitter = SQLScript()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) where !quits {
            await take(String(line), &splitter)
        }
        if !quits, let rest = splitter.finish() { await runStatement(rest) }
    }

    func quit() { quits = true }

    private func take(_ line: String, _ splitter: inout SQLScript) async {
        if splitter.isEmpty, line.utf8.first == UInt8(ascii: ".") {
            await guarded("") { try await DotCommand(line).run(in: self) }
            return
        }
        splitter.append(line + "\n")
        while !quits, let statement = splitter.next() { await runStatement(statement) }
    }

    private func runStatement(_ sql: String) async {
        await guarded(sql) {
            let info = try await self.runner.run(
                sql, hint: self.settings.target.hint, format: self.settings.format, options: self.settings.options)
            if self.settings.showsTimer {
                self.output.write("Run Time: \(info.summary)\n")
            }
        }
    }

    /// Runs a step; an error prints one line that begins `Error:` and, with `.bail on`, ends the session.
    private func guarded(_ sql: String, _ step: () async throws -> Void) async {
        do {
            try await step()
        } catch {
            hasFailed = true
            if settings.stopsAtError { quits = true }
            output.flush()
            let error = error as? EngineError ?? EngineError(.invariant, "\(error)")
            ErrorReporter().note("Error: " + error.oneLineDescription(in: sql))
        }
    }
}

extension EngineError {
    /// The message with line, column and hint, on one line.
    func oneLineDescription(in sql: String) -> String {
        var text = message
        if let range, range.lowerBound <= sql.utf8.count {
            let before = sql.utf8.prefix(range.lowerBound)
            let line = before.count(where: { $0 == 10 }) + 1
            let column = before.reversed().prefix { $0 != 10 }.count + 1
            text += " at line \(line), column \(column)"
        }
        if let hint { text += " (\(hint))" }
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
