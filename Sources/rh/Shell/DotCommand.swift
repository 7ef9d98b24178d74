import Rhei

/// A line that begins with a dot: the sqlite3 shell's commands, and those for the columnar copy.
struct DotCommand {
    private let name: String
    private let arguments: [String]
    /// Everything after the command's name.
    private let rest: String

    init(_ line: String) {
        let words = Self.words(of: line)
        name = words.first ?? "."
        arguments = Array(words.dropFirst())
        rest = line.drop { $0 != " " && $0 != "\t" }.drop { $0 == " " || $0 == "\t" }.description
    }

    func run(in shell: Shell) async throws {
        switch name {
        case ".mode": try setMode(shell)
        case ".headers", ".header": shell.settings.options.showsHeaders = try flag()
        case ".nullvalue": shell.settings.options.nullText = try argument("TEXT")
        case ".bail": shell.settings.stopsAtError = try flag()
        case ".timer": shell.settings.showsTimer = try flag()
        case ".print": shell.output.write(Self.unquoted(rest) + "\n")
        case ".target": try setTarget(shell)
        case ".read": try await shell.runScript(InputText.read(path: argument("FILE")))
        case ".quit", ".exit": shell.quit()
        case ".tables": try await listTables(shell)
        case ".schema": try await printSchema(shell)
        case ".sync": try await sync(shell)
        case ".flush": try await shell.engine.flush()
        case ".status": try await printStatus(shell)
        case ".help": shell.output.write(Self.help)
        default: throw EngineError(.invalidArgument, "unknown command: \(name)", hint: "'.help' lists them")
        }
    }

    static let help = """
        .bail on|off              stop at the first error
        .flush                    make the columns durable, up to the last sync
        .headers on|off           print column names
        .help                     this list
        .mode FORMAT              table, csv, json, jsonl, markdown, quote or list
        .nullvalue TEXT           what stands for NULL
        .print TEXT               print a line
        .quit                     end the session
        .read FILE                run the statements of a file
        .schema [TABLE]           print CREATE statements
        .status                   what is mirrored, and up to which change
        .sync                     bring the columns up to date
        .tables                   list tables and views
        .target auto|olap|oltp    which engine answers
        .timer on|off             print engine and time after each statement

        """

    private func argument(_ what: String) throws -> String {
        guard let first = arguments.first else {
            throw EngineError(.invalidArgument, "\(name) needs an argument: \(name) \(what)")
        }
        return first
    }

    private func flag() throws -> Bool {
        switch try argument("on|off").lowercased() {
        case "on", "yes", "1", "true": true
        case "off", "no", "0", "false": false
        case let other: throw EngineError(.invalidArgument, "\(name) takes on or off, not '\(other)'")
        }
    }

    private func setMode(_ shell: Shell) throws {
        let wanted = try argument("FORMAT")
        guard let format = OutputFormat(rawValue: wanted) else {
            let names = OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw EngineError(.invalidArgument, "unknown mode '\(wanted)'", hint: "modes are \(names)")
        }
        shell.settings.format = format
        if format == .table || format == .markdown { shell.settings.options.showsHeaders = true }
    }

    private func setTarget(_ shell: Shell) throws {
        let wanted = try argument("auto|olap|oltp")
        guard let target = TargetOption(rawValue: wanted) else {
            throw EngineError(.invalidArgument, "unknown target '\(wanted)'", hint: "targets are auto, olap, oltp")
        }
        shell.settings.target = target
    }

    private func listTables(_ shell: Shell) async throws {
        let sql = """
            SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')
            AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_rhei\\_%' ESCAPE '\\' ORDER BY name
            """
        for row in try await shell.engine.query(sql, hint: .forceOltp).rows() {
            if case .text(let name)? = row.first { shell.output.write(name + "\n") }
        }
    }

    private func printSchema(_ shell: Shell) async throws {
        let sql = """
            SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND (?1 IS NULL OR tbl_name = ?1 COLLATE NOCASE)
            AND tbl_name NOT LIKE '\\_rhei\\_%' ESCAPE '\\' AND name NOT LIKE '\\_rhei\\_%' ESCAPE '\\'
            AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid
            """
        let table = arguments.first.map(SQLValue.text) ?? .null
        for row in try await shell.engine.query(sql, [table], hint: .forceOltp).rows() {
            if case .text(let text)? = row.first { shell.output.write(text + ";\n") }
        }
    }

    private func sync(_ shell: Shell) async throws {
        let result = try await shell.engine.syncNow()
        shell.output.write(
            "synced \(result.changeCount) changes: \(result.upsertedRowCount) rows written, "
                + "\(result.deletedRowCount) deleted, \(result.loadedRowCount) loaded\n")
    }

    private func printStatus(_ shell: Shell) async throws {
        StatusReport(try await shell.engine.syncStatus()).write(to: shell.output)
    }

    /// Splits a line at blanks; words may stand in single or double quotes.
    private static func words(of line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let finished = word { words.append(finished) }
        return words
    }

    private static func unquoted(_ text: String) -> String {
        guard let first = text.first, first == "'" || first == "\"", text.count >= 2, text.last == first else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }
}
