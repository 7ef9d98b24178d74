extension EngineError {
    /// Describes the error for a person who has the text before them: message with line and column, the line itself,
    /// a row of carets under the offending part, and the hint.
    ///
    /// ```
    /// error: unknown column "custmer" at line 2, column 8
    ///   2 | SELECT custmer FROM t
    ///     |        ^^^^^^^
    /// hint: did you mean customer?
    /// ```
    ///
    /// Lines and columns count from 1, columns in characters. Tabs are shown as four spaces; characters of double width
    /// get two carets; long lines are cut around the carets. A range over several lines is marked on its first. Without
    /// a range, or with one outside the text, only message and hint are given. There is no newline at the end.
    public func caretDescription(in sql: String) -> String {
        var lines: [String]
        if let range, let place = SourcePlace(range, in: sql) {
            let number = String(place.line)
            let gutter = String(repeating: " ", count: number.utf8.count + 2)
            lines = [
                "error: \(message) at line \(number), column \(place.column)",
                "  \(number) | \(place.shownLine)",
                "\(gutter) | \(place.carets)",
            ]
        } else {
            lines = ["error: \(message)"]
        }
        if let hint { lines.append("hint: \(hint)") }
        return lines.joined(separator: "\n")
    }
}

/// Where a range begins in a text and how to show it on a terminal.
private struct SourcePlace {
    /// Counted from 1.
    var line: Int
    /// In characters, counted from 1.
    var column: Int
    /// The line with tabs expanded, cut if it is long.
    var shownLine: String
    /// Spaces and then carets, to stand below `shownLine`.
    var carets: String

    /// The most columns of a line that are shown.
    private static let maximumWidth = 120

    init?(_ range: SourceRange, in sql: String) {
        let bytes = Array(sql.utf8)
        guard range.lowerBound >= 0, range.lowerBound <= bytes.count else { return nil }
        let newline = UInt8(ascii: "\n")
        let before = bytes[..<range.lowerBound]
        let lineStart = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
        var lineEnd = bytes[range.lowerBound...].firstIndex(of: newline) ?? bytes.count
        let end = min(max(range.upperBound, range.lowerBound), lineEnd)
        if lineEnd > end, bytes[lineEnd - 1] == UInt8(ascii: "\r") { lineEnd -= 1 }

        let head = Self.text(bytes[lineStart..<range.lowerBound])
        let marked = Self.text(bytes[range.lowerBound..<end])
        let tail = Self.text(bytes[end..<lineEnd])
        line = before.count { $0 == newline } + 1
        column = head.count + 1
        (shownLine, carets) = Self.layout(Self.cells(of: head), Self.cells(of: marked), Self.cells(of: tail))
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// One character as shown and the columns it takes.
    private struct Cell {
        var text: String
        var width: Int
    }

    private static func cells(of text: String) -> [Cell] {
        text.map { character in
            switch character {
            case "\t": Cell(text: "    ", width: 4)
            case "\r": Cell(text: " ", width: 1)
            default: Cell(text: String(character), width: isWide(character) ? 2 : 1)
            }
        }
    }

    /// Whether terminals give the character two columns: East Asian wide forms and emoji.
    private static func isWide(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first else { return false }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return true
        default:
            return false
        }
    }

    /// Joins the three parts of a line and draws the carets, dropping what does not fit on either side.
    private static func layout(_ head: [Cell], _ marked: [Cell], _ tail: [Cell]) -> (line: String, carets: String) {
        let shownMark = prefix(of: marked, width: maximumWidth / 2)
        let markWidth = max(1, width(of: shownMark))
        var shownHead = head[...]
        if width(of: shownHead) > maximumWidth / 2 {
            shownHead = suffix(of: head, width: maximumWidth / 2 - 1)
            shownHead.insert(Cell(text: "…", width: 1), at: shownHead.startIndex)
        }
        let headWidth = width(of: shownHead)
        let rest = shownMark.count < marked.count ? marked[shownMark.count...] : tail[...]
        var shownTail = prefix(of: Array(rest), width: maximumWidth - headWidth - markWidth)
        if shownTail.count < rest.count { shownTail.append(Cell(text: "…", width: 1)) }
        let line = (shownHead + shownMark + shownTail).map(\.text).joined()
        let carets = String(repeating: " ", count: headWidth) + String(repeating: "^", count: markWidth)
        return (line, carets)
    }

    private static func width(of cells: ArraySlice<Cell>) -> Int { cells.reduce(0) { $0 + $1.width } }

    private static func prefix(of cells: [Cell], width limit: Int) -> ArraySlice<Cell> {
        var total = 0
        return cells.prefix { cell in
            total += cell.width
            return total <= limit
        }
    }

    private static func suffix(of cells: [Cell], width limit: Int) -> ArraySlice<Cell> {
        var total = 0
        var start = cells.count
        while start > 0, total + cells[start - 1].width <= limit {
            total += cells[start - 1].width
            start -= 1
        }
        return cells[start...]
    }
}
