import CSQLite

/// Formats floating-point numbers with SQLite's printf.
package enum RealFormatter {
    /// Returns the text of `value` as the format `%!.<digits>g` gives it.
    ///
    /// - Precondition: `significantDigits` is 1 to 26, the most that SQLite prints.
    package static func format(_ value: Double, significantDigits: Int32) -> String {
        precondition((1...26).contains(significantDigits), "SQLite prints 1 to 26 significant digits")
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            unsafe rhei_sqlite_format_real(buffer.baseAddress, 64, significantDigits, value)
            return unsafe buffer.baseAddress.map { unsafe String(cString: $0) } ?? ""
        }
    }
}
