package import RheiCore

/// A constant in the text.
package enum Literal: Sendable, Equatable {
    case null
    /// `TRUE` or `FALSE`. As in SQLite a column of that name, if one is visible, takes precedence.
    case boolean(Bool)
    /// A decimal or hexadecimal integer; hexadecimal ones wrap to negative values.
    case integer(Int64)
    /// A number with a point or exponent, or a decimal integer that does not fit 64 bits. May be infinite (`1e999`).
    case real(Double)
    case string(String)
    case blob([UInt8])
    case currentDate
    case currentTime
    case currentTimestamp
    case typed(TypedLiteral)
}

/// A string with a type's name before it: `date '2024-02-29'`, `interval '3' month`.
package struct TypedLiteral: Sendable, Equatable {
    package enum Kind: String, Sendable, Equatable, CaseIterable {
        case date, time, timestamp, interval
    }

    package var kind: Kind
    /// The type's name as an identifier, for the reading in which it is a column and the string its alias.
    package var keyword: Identifier
    package var text: String
    /// What follows an interval's string, such as `DAY`; nil if absent, always nil for the other kinds.
    package var unit: Identifier?
}

/// A place for a value that is bound at run time.
package struct Parameter: Sendable, Equatable {
    /// How the parameter is written.
    package enum Name: Sendable, Equatable {
        /// `?`: one more than the highest number so far.
        case next
        /// `?5`
        case number(Int)
        /// `:name`, `@name`, `$name` or `#name`, the first character included.
        case named(String)
    }

    package var name: Name
    /// The number SQLite gives the parameter, counted from 1 over the whole statement.
    ///
    /// Equal names share a number; `?` and new names take one more than the highest number before them.
    package var number: Int
}

/// A type as written after `CAST(x AS` or `::`.
package struct TypeName: Sendable, Equatable {
    /// The words of the name joined by single spaces, unquoted, in the spelling of the text; empty for `CAST(x AS )`.
    package var name: String
    /// What stands in parentheses, signs included: `["10", "-2"]`.
    package var arguments: [String]
    @IgnoredByEquality package var range: SourceRange
}
