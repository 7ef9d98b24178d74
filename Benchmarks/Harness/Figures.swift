import Foundation

extension Double {
    /// The number with `count` digits after the point.
    public func decimals(_ count: Int) -> String { String(format: "%.\(count)f", self) }
}

extension Sequence<Double> {
    /// The geometric mean; nil of nothing.
    public var geometricMean: Double? {
        let logarithms = map { log($0) }
        return logarithms.isEmpty ? nil : exp(logarithms.reduce(0, +) / Double(logarithms.count))
    }
}

/// Writes a report as JSON, with its keys in order.
public func writeReport(_ report: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(report).write(to: URL(filePath: path))
}
