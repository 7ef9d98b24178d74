/// How the values of a column chunk are laid out; the raw values are those of the file format.
package enum Encoding: UInt8, Sendable, CaseIterable {
    /// Only nulls.
    case empty = 0
    /// One value, kept once for the chunk.
    case constant = 1
    /// Words as differences to a base, packed to few bits, with exceptions.
    case packed = 2
    /// The first word, and the packed differences between neighbours.
    case delta = 3
    /// Packed words and the packed lengths of their runs.
    case runs = 4
    /// Packed numbers into a table of words that is kept once for the chunk.
    case dictionary = 5
    /// Reals as decimal integers, packed, with exceptions.
    case decimalReals = 6
    /// Two packed words per value: 128-bit numbers beyond 64 bits.
    case wide = 7
    /// Packed lengths and all bytes.
    case plainBytes = 8
    /// Packed numbers into a table of byte strings that is kept once for the chunk.
    case byteDictionary = 9
    /// Packed lengths and bytes coded by a table of symbols that is kept once for the chunk.
    case symbolBytes = 10
    /// Storage classes, and the values of each class for themselves.
    case mixed = 11
    /// Lists or structs: chunks of their own for which rows are null, for lengths, items and fields.
    case nested = 12

    /// Rows that are decoded together, and apart from all others.
    package static let vectorRowCount = 2048
}
