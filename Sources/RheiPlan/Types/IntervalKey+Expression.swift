import RheiArrow
import RheiCore

extension IntervalKey {
    /// The interval as a constant.
    var literal: Expression { .literal(.blob(bytes), .intervalOfAll) }

    /// Takes the interval from such a constant.
    init?(_ expression: Expression) {
        guard case .literal(.blob(let bytes), .interval) = expression else { return nil }
        self.init(bytes)
    }

    var negated: IntervalKey? {
        IntervalKey(exactMonths: -Int128(months), days: -Int128(days), microseconds: -Int128(microseconds))
    }
}

extension Expression {
    /// What is compared, grouped and sorted by: of intervals their duration.
    var comparisonKey: Expression {
        guard case .interval = type else { return self }
        if isNullLiteral { return .literal(.null, .binaryView) }
        if let constant = IntervalKey(self) {
            return .literal(.blob(Array(constant.bytes.prefix(IntervalKey.keyByteCount))), .binaryView)
        }
        return .call("interval_key", [self], .binaryView)
    }
}
