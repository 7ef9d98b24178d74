import RheiTestSupport

/// A column as a query generator knows it.
struct FuzzColumn: Sendable {
    var name: String
    var content: Content
}

/// A table of a random database: its declaration and rows.
struct FuzzTable: Sendable {
    var name: String
    var columns: [FuzzColumn]
    /// A column that no two rows share a value of; nil where there is none.
    var key: String?
    /// What stands between the parentheses of CREATE TABLE, per column.
    private(set) var declarations: [String] = []
    private(set) var suffix = ""
    /// Generated columns take no values.
    private(set) var isStored: [Bool] = []
    /// One row of literals each.
    private(set) var rows: [[String]] = []
    private(set) var indexes: [[String]] = []

    private static let names = ["a", "b", "c", "d", "e", "f", "g", "h"]

    init(number: Int, _ random: inout SeededGenerator) {
        name = "t\(number)"
        columns = []
        var names = Self.names.shuffled(using: &random)
        let kind = random.below(100)
        switch kind {
        case 0..<55: addColumn(names.removeLast(), .integers, "INTEGER PRIMARY KEY")
        case 55..<67:
            let content = random.pick([Content.integers, .words, .numberTexts, .mixed, .blobs])
            addColumn(names.removeLast(), content, "\(Self.declaredType(of: content, &random)) PRIMARY KEY")
            suffix = " WITHOUT ROWID"
        case 67..<72:
            addColumn(names.removeLast(), .words, "TEXT NOT NULL UNIQUE")
        default: break
        }
        if let first = columns.first { key = first.name }
        for _ in 0..<Int.random(in: 1...4, using: &random) { addColumn(names.removeLast(), &random) }
        if suffix.isEmpty, random.chance(percent: 6) {
            let operation = random.pick(["||", "+", "="])
            let last = columns[columns.count - 1].name
            addColumn(
                "gen", .mixed, "AS (\(columns[0].name) \(operation) \(last))" + random.pick(["", " STORED"]))
            isStored[isStored.count - 1] = false
        }
        for _ in 0..<random.pick([0, 1, 2, 3, 5, 8, 8, 10, 12, 15, 20, 40]) { addRow(&random) }
        if random.chance(percent: 20) {
            indexes.append(columns.shuffled(using: &random).prefix(random.pick([1, 1, 2])).map(\.name))
        }
    }

    private mutating func addColumn(_ name: String, _ content: Content, _ declaration: String) {
        columns.append(FuzzColumn(name: name, content: content))
        declarations.append("\(name) \(declaration)")
        isStored.append(true)
    }

    private mutating func addColumn(_ name: String, _ random: inout SeededGenerator) {
        let content =
            random.chance(percent: 65)
            ? random.pick([Content.integers, .integers, .words, .words, .quarters, .flags])
            : random.pick(Content.allCases)
        var declaration = Self.declaredType(of: content, &random)
        if content.isText, random.chance(percent: 10) { declaration += " COLLATE \(random.pick(["NOCASE", "RTRIM"]))" }
        addColumn(name, content, declaration)
    }

    mutating func addRow(_ random: inout SeededGenerator) {
        var row: [String] = []
        for (column, isStored) in zip(columns, isStored) where isStored {
            if column.name == key {
                row.append(
                    column.content == .integers && random.chance(percent: 80)
                        ? "\(random.below(60))" : ValueSource.literal(column.content, &random))
            } else {
                row.append(random.chance(percent: 12) ? "NULL" : ValueSource.literal(column.content, &random))
            }
        }
        rows.append(row)
    }

    /// The type that a column of such values is declared with: mostly the one that fits.
    private static func declaredType(of content: Content, _ random: inout SeededGenerator) -> String {
        if random.chance(percent: 6) { return random.pick(["INT", "REAL", "TEXT", "NUMERIC", "BLOB", ""]) }
        switch content {
        case .integers, .flags, .bigIntegers: return random.pick(["INT", "INTEGER", "BIGINT", "INTEGER", "NUMERIC"])
        case .quarters, .decimals, .wildReals: return random.pick(["REAL", "DOUBLE", "FLOAT", "REAL"])
        case .words, .numberTexts, .oddTexts, .dates, .documents:
            return random.pick(["TEXT", "VARCHAR(9)", "TEXT", "CHAR", "TEXT"])
        case .blobs: return random.pick(["BLOB", ""])
        case .mixed: return random.pick(["INT", "REAL", "TEXT", "NUMERIC", "BLOB", "", "", "DECIMAL(10,2)"])
        }
    }

    // MARK: - Statements

    /// CREATE TABLE, a single INSERT and CREATE INDEX.
    var statements: [String] {
        var result = ["CREATE TABLE \(name)(\(declarations.joined(separator: ", ")))\(suffix)"]
        if !rows.isEmpty {
            let names = zip(columns, isStored).filter(\.1).map(\.0.name).joined(separator: ", ")
            let values = rows.map { "(\($0.joined(separator: ", ")))" }.joined(separator: ", ")
            result.append("INSERT OR IGNORE INTO \(name)(\(names)) VALUES \(values)")
        }
        for (number, columns) in indexes.enumerated() {
            result.append("CREATE INDEX i\(number)_\(name) ON \(name)(\(columns.joined(separator: ", ")))")
        }
        return result
    }

    /// This table with one thing less: half of its rows, a row, an index, a column.
    var simplified: [FuzzTable] {
        var result: [FuzzTable] = []
        func add(_ change: (inout FuzzTable) -> Void) {
            var copy = self
            change(&copy)
            result.append(copy)
        }
        if rows.count > 3 {
            add { $0.rows.removeFirst(rows.count / 2) }
            add { $0.rows.removeLast(rows.count / 2) }
        }
        for index in rows.indices { add { $0.rows.remove(at: index) } }
        for index in indexes.indices { add { $0.indexes.remove(at: index) } }
        for index in columns.indices.dropFirst(columns[0].name == key ? 1 : 0) where columns.count > 1 {
            let value = isStored[..<index].count { $0 }
            add { table in
                table.columns.remove(at: index)
                table.declarations.remove(at: index)
                if table.isStored.remove(at: index) {
                    for row in table.rows.indices { table.rows[row].remove(at: value) }
                }
            }
        }
        return result
    }

    /// A statement that changes some rows.
    func change(_ random: inout SeededGenerator) -> String {
        let column = random.pick(columns)
        let literal = ValueSource.literal(column.content, &random)
        switch random.below(4) {
        case 0: return "DELETE FROM \(name) WHERE \(column.name) = \(literal)"
        case 1 where isStored[columns.firstIndex { $0.name == column.name } ?? 0]:
            let filter = random.pick(columns)
            return "UPDATE OR IGNORE \(name) SET \(column.name) = \(literal) WHERE \(filter.name) "
                + "\(random.pick(["=", ">", "<="])) \(ValueSource.literal(filter.content, &random))"
        default:
            var copy = self
            copy.rows = []
            for _ in 0..<random.pick([1, 2, 5]) { copy.addRow(&random) }
            return copy.statements[1].replacing("OR IGNORE", with: random.pick(["OR IGNORE", "OR REPLACE"]))
        }
    }
}
