/// SQL text as a tree whose parts can be left out or made simpler, so that a failing query can be reduced.
///
/// Written as a string whose interpolations are nodes: `"(\(left) + \(right))"`.
package struct SQLNode: Sendable {
    /// How a node can be made simpler.
    enum Kind: Sendable {
        /// Only its parts can.
        case fixed
        /// By one of the expressions inside it, or by a constant.
        case expression
        /// By nothing at all.
        case optional
        /// By a list without one of its elements; so many must stay.
        case list(separator: String, minimum: Int)
        /// By its first part, or by all but its last: a query and those that UNION adds, a table and what JOIN adds.
        case chain
    }

    enum Part: Sendable {
        case text(String)
        case node(SQLNode)
    }

    var kind = Kind.fixed
    var parts: [Part]

    /// The SQL text.
    package var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        let separator = if case .list(let separator, _) = kind { separator } else { "" }
        for (index, part) in parts.enumerated() {
            if index > 0 { text += separator }
            switch part {
            case .text(let own): text += own
            case .node(let node): node.write(to: &text)
            }
        }
    }

    static func expression(_ node: SQLNode) -> SQLNode {
        var node = node
        node.kind = .expression
        return node
    }

    static func optional(_ node: SQLNode) -> SQLNode {
        var node = node
        node.kind = .optional
        return node
    }

    static func list(_ nodes: [SQLNode], separator: String = ", ", minimum: Int = 1) -> SQLNode {
        SQLNode(kind: .list(separator: separator, minimum: minimum), parts: nodes.map(Part.node))
    }

    static func chain(_ nodes: [SQLNode]) -> SQLNode { SQLNode(kind: .chain, parts: nodes.map(Part.node)) }
}

extension SQLNode: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { parts = [.text(value)] }
    package init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate(set) var parts: [Part] = []
        package init(literalCapacity: Int, interpolationCount: Int) {}
        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.text(literal)) }
        }
        package mutating func appendInterpolation(_ node: SQLNode) { parts.append(.node(node)) }
        package mutating func appendInterpolation(_ text: String) { parts.append(.text(text)) }
        package mutating func appendInterpolation(_ number: Int) { parts.append(.text("\(number)")) }
    }
}

extension SQLNode {
    /// All trees that are this one with a single part made simpler, those with the most left out first.
    var simplified: [SQLNode] {
        var result = ownSimplifications
        for (index, part) in parts.enumerated() {
            guard case .node(let node) = part else { continue }
            for simpler in node.simplified {
                var copy = self
                copy.parts[index] = .node(simpler)
                result.append(copy)
            }
        }
        return result
    }

    private var ownSimplifications: [SQLNode] {
        switch kind {
        case .fixed: return []
        case .optional: return [SQLNode(parts: [])]
        case .expression:
            let inner = parts.flatMap(Self.outermostExpressions)
            let constants: [SQLNode] = text.utf8.count > 4 ? ["1", "NULL"] : []
            return constants + inner
        case .list(_, let minimum):
            guard parts.count > minimum else { return [] }
            return parts.indices.map { index in
                var copy = self
                copy.parts.remove(at: index)
                return copy
            }
        case .chain:
            guard parts.count > 1, let first = parts.first else { return [] }
            return [SQLNode(kind: .chain, parts: [first]), SQLNode(kind: .chain, parts: Array(parts.dropLast()))]
        }
    }

    private static func outermostExpressions(_ part: Part) -> [SQLNode] {
        guard case .node(let node) = part else { return [] }
        if case .expression = node.kind { return [node] }
        return node.parts.flatMap(outermostExpressions)
    }
}
