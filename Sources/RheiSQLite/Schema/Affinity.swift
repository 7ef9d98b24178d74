/// SQLite's column affinities.
package enum Affinity: String, Hashable, Sendable {
    case integer, real, text, numeric
    /// Values stay as they are; SQLite calls it BLOB, formerly NONE.
    case blob

    /// The affinity that a declared type text gives a column ("Determination Of Column Affinity" in SQLite's manual).
    ///
    /// - Parameter isStrict: whether the table is STRICT, where ANY keeps values as they are.
    package init(declaredType: String, isStrict: Bool = false) {
        let type = asciiLowercased(declaredType)
        if isStrict, type == "any" {
            self = .blob
        } else if type.contains("int") {
            self = .integer
        } else if type.contains("char") || type.contains("clob") || type.contains("text") {
            self = .text
        } else if type.isEmpty || type.contains("blob") {
            self = .blob
        } else if type.contains("real") || type.contains("floa") || type.contains("doub") {
            self = .real
        } else {
            self = .numeric
        }
    }
}

/// Folds ASCII letters only, as SQLite does for names and keywords.
package func asciiLowercased(_ text: String) -> String {
    String(decoding: text.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
}

extension String {
    /// Whether this text contains `part`, byte for byte.
    fileprivate func contains(_ part: String) -> Bool {
        let bytes = Array(utf8)
        let wanted = Array(part.utf8)
        guard bytes.count >= wanted.count else { return false }
        return (0...(bytes.count - wanted.count)).contains { bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }
}
