import RheiTestSupport
import RheiArrow
import RheiCore

/// Random values of one column: few distinct ones, so that rows meet, with nulls among them.
enum RandomColumn: String, CaseIterable, Sendable {
    case few, wide, real, text, blob, any

    var type: DataType {
        switch self {
        case .few, .wide: .int64
        case .real: .float64
        case .text: .utf8View
        case .blob: .binaryView
        case .any: .any
        }
    }

    /// - Parameter spread: about how many distinct values.
    func value(_ spread: Int, nulls: Bool, _ random: inout SeededGenerator) -> SQLValue {
        if nulls && Int.random(in: 0..<7, using: &random) == 0 { return .null }
        let number = Int.random(in: 0..<spread, using: &random)
        switch self {
        case .few: return .integer(Int64(number - spread / 2))
        case .wide: return .integer((Int64(number) - 3) &* 0x0123_4567_89AB_CDEF)
        case .real: return number == 0 ? .real(number % 2 == 0 ? 0.0 : -0.0) : .real(Double(number) * 0.37 - 1)
        case .text: return .text(RandomColumn.text(number))
        case .blob: return .blob(Array(RandomColumn.text(number).utf8) + [0])
        case .any:
            switch number % 6 {
            case 0: return .integer(Int64(number / 6))
            case 1: return .real(Double(number / 6))
            case 2: return .real(Double(number / 6) + 0.5)
            case 3: return .text(RandomColumn.text(number / 6))
            case 4: return .blob(Array(RandomColumn.text(number / 6).utf8))
            default: return .integer(Int64.max - Int64(number))
            }
        }
    }

    /// Texts inline and longer, that differ in case, trailing spaces, or late bytes.
    private static func text(_ number: Int) -> String {
        switch number % 7 {
        case 0: String(number)
        case 1: "Key \(number / 7)"
        case 2: "key \(number / 7)"
        case 3: "key \(number / 7)  "
        case 4: "a text of more than twelve bytes, number \(number / 7)"
        case 5: "a text of more than twelve bytes, Number \(number / 7)"
        default: number == 6 ? "" : String(UnicodeScalar(UInt8(97 + number % 26)))
        }
    }
}

/// Rows of the given columns.
func randomRows(
    _ columns: [RandomColumn], count: Int, spread: Int, nulls: Bool = true, _ random: inout SeededGenerator
) -> [[SQLValue]] {
    (0..<count).map { _ in columns.map { $0.value(spread, nulls: nulls, &random) } }
}

/// The table of such rows.
func randomTable(_ columns: [RandomColumn], _ rows: [[SQLValue]], rowsPerGroup: Int = 50) -> MemoryTable {
    MemoryTable(
        columns: columns.enumerated().map { ("c\($0.offset)", $0.element.type) }, rows: rows,
        rowsPerGroup: rowsPerGroup)
}
