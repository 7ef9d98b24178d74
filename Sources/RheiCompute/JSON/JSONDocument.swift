import RheiCore

/// A parsed JSON text (RFC 8259, as strict as SQLite 3.40).
final class JSONDocument {
    /// The text up to its first NUL; labels that are added to the tree stand behind it.
    var text: [UInt8] = []
    var nodes: [JSONNode] = []
    /// What was changed since parsing; empty when nothing was.
    var changes: [JSONChange] = []

    init() {}

    /// Parses a text; the memory of an earlier one is used again.
    ///
    /// - Returns: false for a text that is no JSON, or one that nests deeper than ``JSONParser/maximumDepth``.
    func parse(_ run: ByteRun) -> Bool {
        let run = run.upToNul
        text.removeAll(keepingCapacity: true)
        unsafe text.append(contentsOf: UnsafeBufferPointer(start: run.base, count: run.count))
        changes.removeAll(keepingCapacity: true)
        nodes.removeAll(keepingCapacity: true)
        return run.isEmpty ? false : JSONParser.parse(run, into: &nodes)
    }

    /// The bytes of a node that is no container; of a text with its quotes.
    func bytes(_ index: Int) -> ArraySlice<UInt8> {
        let node = nodes[index]
        return text[node.start..<node.start + node.count]
    }

    static let malformed = EngineError(.invalidArgument, "malformed JSON")
}

/// What became of a node.
struct JSONChange {
    var isRemoved = false
    /// The argument whose value stands in its place.
    var replacement: Int?
    /// A container of the same kind whose elements follow its own.
    var appended: Int?
    /// The node of another document that stands in its place.
    var patch: Int?
}
