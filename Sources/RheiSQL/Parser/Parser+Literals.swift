import RheiCore

/// Constants and parameters.
extension Parser {
    /// The highest parameter number of Debian's SQLite.
    static let maximumParameterNumber = 250_000

    /// Parses a literal that is one token, strings excepted.
    mutating func parseLiteral() throws(EngineError) -> Literal {
        let token = current
        advance()
        switch token.kind {
        case .integer: return decimal(token)
        case .hexInteger: return try hexadecimal(token)
        case .real: return .real(DecimalText.real(bytes[Int(token.start)..<Int(token.end)]))
        case .blob: return .blob(blobBytes(token))
        case .currentDate: return .currentDate
        case .currentTime: return .currentTime
        case .currentTimestamp: return .currentTimestamp
        default: return .null
        }
    }

    private func decimal(_ token: Token) -> Literal {
        let digits = bytes[Int(token.start)..<Int(token.end)]
        var value: Int64 = 0
        for byte in digits {
            let (product, multiplyOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, addOverflow) = product.addingReportingOverflow(Int64(byte &- UInt8(ascii: "0")))
            if multiplyOverflow || addOverflow { return .real(DecimalText.real(digits)) }
            value = sum
        }
        return .integer(value)
    }

    /// Whether a range holds the digits of 2^63, leading zeros aside.
    func isSmallestIntegerMagnitude(_ range: SourceRange) -> Bool {
        let digits = bytes[range.lowerBound..<range.upperBound].drop { $0 == UInt8(ascii: "0") }
        return digits.elementsEqual("9223372036854775808".utf8)
    }

    private func hexadecimal(_ token: Token) throws(EngineError) -> Literal {
        let digits = bytes[Int(token.start) + 2..<Int(token.end)].drop { $0 == UInt8(ascii: "0") }
        guard digits.count <= 16 else {
            throw EngineError(.syntax, "the hexadecimal literal has more than 64 bits", at: token.range)
        }
        var value: UInt64 = 0
        for byte in digits { value = value &<< 4 | UInt64(byte.hexDigitValue) }
        return .integer(Int64(bitPattern: value))
    }

    private func blobBytes(_ token: Token) -> [UInt8] {
        let first = Int(token.start) + 2
        let count = (Int(token.end) - 1 - first) / 2
        return (0..<count).map { bytes[first + 2 * $0].hexDigitValue &<< 4 | bytes[first + 2 * $0 + 1].hexDigitValue }
    }

    mutating func parseParameter() throws(EngineError) -> Parameter {
        let token = current
        let spelling = text(token.range)
        let name: Parameter.Name
        if spelling == "?" {
            name = .next
        } else if spelling.utf8.first == UInt8(ascii: "?") {
            guard let number = Int(spelling.dropFirst()), 1...Self.maximumParameterNumber ~= number else {
                throw EngineError(
                    .syntax, "the parameter number must be between ?1 and ?\(Self.maximumParameterNumber)",
                    at: token.range)
            }
            name = .number(number)
        } else {
            if spelling.utf8.first == UInt8(ascii: "#"), bytes[Int(token.start) + 1].isDigit {
                throw unexpected("an expression")
            }
            name = .named(spelling)
        }
        advance()
        return Parameter(name: name, number: parameters.number(of: name))
    }

    // MARK: Typed literals

    /// Parses `date '…'`, `time '…'`, `timestamp '…'` or `interval '…' [unit]`; nil if another word stands there.
    mutating func parseTypedLiteral() -> TypedLiteral? {
        guard let kind = TypedLiteral.Kind.allCases.first(where: { isTypeKeyword($0) }) else { return nil }
        let keyword = takeIdentifier()
        var literal = TypedLiteral(kind: kind, keyword: keyword, text: unquoted(current), unit: nil)
        advance()
        if kind == .interval, isIntervalUnit() { literal.unit = takeIdentifier() }
        lastTypedLiteral = (literal, index)
        return literal
    }

    private func isTypeKeyword(_ kind: TypedLiteral.Kind) -> Bool {
        switch kind {
        case .date: isWord("date")
        case .time: isWord("time")
        case .timestamp: isWord("timestamp")
        case .interval: isWord("interval")
        }
    }

    private static let intervalUnits: [StaticString] = [
        "year", "years", "quarter", "quarters", "month", "months", "week", "weeks", "day", "days", "hour", "hours",
        "minute", "minutes", "second", "seconds", "millisecond", "milliseconds", "microsecond", "microseconds",
        "decade", "decades", "century", "centuries", "millennium", "millennia",
    ]

    /// Whether the token so many places ahead is a unit of time.
    func isIntervalUnit(at distance: Int = 0) -> Bool {
        Self.intervalUnits.contains { isWord($0, at: distance) }
    }
}
