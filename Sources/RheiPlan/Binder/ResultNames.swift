import RheiSQL

/// How result columns are called.
enum ResultNames {
    /// Makes the column names of a subquery or view unique as SQLite does: the second `a` is `a:1`.
    static func unique(_ names: [String]) -> [String] {
        var taken = Set<String>()
        return names.map { name in
            var candidate = name
            var count = 0
            while !taken.insert(NameMatching.fold(candidate)).inserted {
                count += 1
                candidate = "\(withoutCounter(name)):\(count)"
            }
            return candidate
        }
    }

    /// Drops a `:digits` at the end.
    private static func withoutCounter(_ name: String) -> String {
        let bytes = Array(name.utf8)
        var end = bytes.count - 1
        while end > 0, (48...57).contains(bytes[end]) { end -= 1 }
        guard end > 0, bytes[end] == 58 else { return name }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
