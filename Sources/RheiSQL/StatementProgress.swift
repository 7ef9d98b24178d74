/// How far a statement has come, as far as its end depends on it: only triggers hold semicolons.
enum StatementProgress: Equatable {
    case start
    /// In a statement that ends at the next semicolon.
    case plain
    /// After `EXPLAIN` at the start.
    case explain
    /// After `CREATE`, perhaps with `TEMP`.
    case create
    /// In `CREATE TRIGGER`.
    case trigger
    /// After a semicolon in a trigger.
    case triggerSemicolon
    /// After `; END` in a trigger.
    case triggerEnd

    enum Token: Equatable {
        case semicolon, explain, create, temporary, trigger, end, other

        init(_ word: FoldedWord) {
            switch KeywordTable.shared.kind(of: word) {
            case .explain: self = .explain
            case .create: self = .create
            case .temp, .temporary: self = .temporary
            case .trigger: self = .trigger
            case .end: self = .end
            default: self = .other
            }
        }
    }

    mutating func advance(over token: Token) {
        switch (self, token) {
        case (.trigger, .semicolon), (.triggerSemicolon, .semicolon): self = .triggerSemicolon
        case (_, .semicolon): self = .start
        case (.start, .explain): self = .explain
        case (.start, .create), (.explain, .create): self = .create
        case (.explain, .other): break
        case (.create, .temporary): break
        case (.create, .trigger): self = .trigger
        case (.triggerSemicolon, .end): self = .triggerEnd
        case (.trigger, _), (.triggerSemicolon, _), (.triggerEnd, _): self = .trigger
        default: self = .plain
        }
    }
}
