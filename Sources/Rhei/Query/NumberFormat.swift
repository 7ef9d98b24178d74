import RheiSQLite

/// Numbers as text, by SQLite's own formatting.
package enum NumberFormat {
    /// A real with up to 15 significant digits, as SQLite converts it to text: `0.1`, `1.0e+20`, `Inf`.
    package static func real(_ value: Double) -> String { RealFormatter.format(value, significantDigits: 15) }

    /// A real with up to 20 significant digits, as the sqlite3 shell's quote mode prints it; reads back bit for bit.
    package static func exactReal(_ value: Double) -> String { RealFormatter.format(value, significantDigits: 20) }
}
