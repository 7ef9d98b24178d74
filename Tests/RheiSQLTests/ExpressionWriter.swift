import RheiTestSupport

/// Writes random chains of operators over constants, without parentheses unless by chance.
struct ExpressionWriter {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private static let binary = [
        "+", "-", "*", "/", "%", "||", "&", "|", "<<", ">>", "<", "<=", ">", ">=", "=", "==", "<>", "!=", "IS",
        "IS NOT",
        "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "AND", "OR", "LIKE", "NOT LIKE", "GLOB", "AND", "OR", "=",
    ]
    private static let operands = ["0", "1", "2", "3", "5", "-4", "'a'", "'1'", "NULL", "1.5", "(2)", "'%'"]

    mutating func chain() -> String {
        var text = operand()
        for _ in 0..<Int.random(in: 1...5, using: &generator) { text += step() }
        return text
    }

    private mutating func operand() -> String {
        let prefix = generator.pick(["", "", "", "", "", "-", "+", "~", "NOT ", "- ", "NOT NOT "])
        if Int.random(in: 0..<12, using: &generator) == 0 { return "\(prefix)(\(chain()))" }
        return prefix + generator.pick(Self.operands)
    }

    private mutating func step() -> String {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: " BETWEEN \(operand()) AND \(operand())"
        case 1: " NOT BETWEEN \(operand()) \(generator.pick(Self.binary)) \(operand()) AND \(operand())"
        case 2: " IN (\(operand()), \(operand()))"
        case 3: generator.pick([" ISNULL", " NOTNULL", " NOT NULL", " IS NULL"])
        case 4: " COLLATE nocase"
        case 5: " LIKE \(operand()) ESCAPE 'x'"
        default: " \(generator.pick(Self.binary)) \(operand())"
        }
    }
}
