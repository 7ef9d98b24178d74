public import Foundation

/// Keeps the tables of `docs/benchmarks.md`: each stands between `<!-- NAME -->` and `<!-- end NAME -->`.
public enum DocumentedTable {
    /// A page without the marks of a table.
    public struct MissingMarks: Error, CustomStringConvertible {
        public var name: String
        public var description: String { "docs/benchmarks.md has no <!-- \(name) --> and <!-- end \(name) -->" }
    }

    /// `docs/benchmarks.md`.
    public static var page: URL {
        Folders.queries.deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/benchmarks.md")
    }

    /// Puts a table and its legend in the place of those that stand between the marks.
    public static func replace(_ name: String, with table: TextTable, legend: String) throws {
        var text = try String(contentsOf: page, encoding: .utf8)
        let (begin, end) = ("<!-- \(name) -->", "<!-- end \(name) -->")
        guard let first = text.range(of: begin), let last = text.range(of: end), first.upperBound <= last.lowerBound
        else { throw MissingMarks(name: name) }
        text.replaceSubrange(first.upperBound..<last.lowerBound, with: "\n\(table.markdown)\n\n\(legend)\n")
        try text.write(to: page, atomically: true, encoding: .utf8)
    }
}
