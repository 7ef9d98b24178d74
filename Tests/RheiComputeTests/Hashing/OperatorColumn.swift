import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore

/// A vector made of SQL values, with the memory it lies in.
final class OperatorColumn {
    private let buffer: VectorBuffer
    private let arena = StringArena()
    private(set) var vector: ColumnVector

    init(_ type: VectorType, _ values: [SQLValue]) {
        buffer = VectorBuffer(type: type, capacity: max(values.count, 64))
        vector = buffer.vector()
        let words = unsafe buffer.validityWords
        for word in 0..<(values.count + 63) / 64 { unsafe words[word] = ~0 }
        for (row, value) in values.enumerated() {
            store(value, row)
            if value == .null { unsafe words[row / 64] &= ~(1 << UInt64(row % 64)) }
        }
        if values.contains(.null) { unsafe vector.validity = words }
    }

    private func store(_ value: SQLValue, _ row: Int) {
        let datum = Datum(value, arena: arena)
        switch vector.type {
        case .int16: unsafe vector.pointer(Int16.self)[row] = Int16(truncatingIfNeeded: datum.integer)
        case .int32: unsafe vector.pointer(Int32.self)[row] = Int32(truncatingIfNeeded: datum.integer)
        case .int64: unsafe vector.pointer(Int64.self)[row] = datum.integer
        case .int128: unsafe vector.pointer(Int128.self)[row] = Int128(datum.integer) << 40
        case .float64: unsafe vector.pointer(Double.self)[row] = datum.real
        case .any:
            unsafe vector.tags?[row] = datum.storageClass.rawValue
            unsafe vector.pointer(StringValue.self)[row] = datum.slot
        default: unsafe vector.pointer(StringValue.self)[row] = datum.slot
        }
    }
}

extension SeededGenerator {
    /// A value that fits the type, one of about `spread`; `stage` moves and widens the range of integers.
    mutating func value(_ type: VectorType, spread: Int, stage: Int) -> SQLValue {
        let number = Int.random(in: 0..<spread, using: &self)
        if number % 11 == 7 { return .null }
        switch type {
        case .int16: return .integer(Int64(Int16(truncatingIfNeeded: number &* (stage * 37 + 1))))
        case .int32: return .integer(Int64(Int32(truncatingIfNeeded: number &* (stage * 1_000_003 + 1))))
        case .int64, .int128: return .integer(integer(number, stage))
        case .float64: return .real(number % 5 == 0 ? -0.0 : Double(number) / 8)
        case .text: return .text(text(number, stage))
        case .blob: return .blob(Array(text(number, stage).utf8))
        default:
            switch number % 4 {
            case 0: return .integer(Int64(number / 4))
            case 1: return .real(Double(number / 4))
            case 2: return .text(text(number / 4, stage))
            default: return .blob(Array(text(number / 4, stage).utf8))
            }
        }
    }

    private func integer(_ number: Int, _ stage: Int) -> Int64 {
        switch stage {
        case 0: Int64(number)
        case 1: Int64(number) - 40
        case 2: Int64(number) * 1_000_000 - 7
        case 3: Int64.min + Int64(number)
        default: Int64.max - Int64(number)
        }
    }

    /// Longer from stage to stage: one byte, then three, seven, and any length.
    private func text(_ number: Int, _ stage: Int) -> String {
        switch stage {
        case 0: String(UnicodeScalar(UInt8(40 + number % 80)))
        case 1: String(number % 1000)
        case 2: String(number &* 7919 % 10_000_000)
        default: "a text with the number \(number)"
        }
    }
}

/// A row as groups see it: equal numbers of either class are one.
struct OperatorKey: Hashable {
    let values: [SQLValue]

    init(_ values: [SQLValue]) {
        self.values = values.map { value in
            guard case .real(let real) = value else { return value }
            return Int64(exactly: real).map { .integer($0) } ?? value
        }
    }
}
