import RheiTestSupport
import RheiCompute

/// The shapes every kernel is tested in: lengths around word boundaries, nulls or none, constants, selections.
struct Shape: Sendable, CustomStringConvertible {
    var rowCount: Int
    var hasNulls: Bool
    var isLeftConstant: Bool
    var isRightConstant: Bool
    /// One row in so many is selected; nil for all rows.
    var selects: Int?

    var description: String {
        "\(rowCount) rows\(hasNulls ? ", nulls" : "")\(isLeftConstant ? ", left constant" : "")"
            + "\(isRightConstant ? ", right constant" : "")\(selects.map { ", one in \($0)" } ?? "")"
    }

    static let all: [Shape] = {
        var shapes: [Shape] = []
        for rowCount in [0, 1, 7, 63, 64, 65, 2048] {
            for hasNulls in [false, true] {
                for (left, right) in [(false, false), (false, true), (true, false), (true, true)] {
                    for selects in [nil, 2, 9] as [Int?] {
                        shapes.append(
                            Shape(
                                rowCount: rowCount, hasNulls: hasNulls, isLeftConstant: left, isRightConstant: right,
                                selects: selects))
                    }
                }
            }
        }
        return shapes
    }()

    /// Makes an operand of random values.
    func operand(
        _ type: VectorType, isConstant: Bool, _ random: inout SeededGenerator, _ make: (inout SeededGenerator) -> Value
    ) -> TestVector {
        let count = isConstant ? 1 : rowCount
        let values = (0..<count).map { _ in hasNulls && random.chance(oneIn: 5) ? Value.null : make(&random) }
        return TestVector(type, values, isConstant: isConstant)
    }

    func rows(_ random: inout SeededGenerator) -> TestRows {
        guard let selects else { return TestRows(nil, rowCount: rowCount) }
        return TestRows((0..<rowCount).filter { _ in random.chance(oneIn: selects) }, rowCount: rowCount)
    }
}

extension SeededGenerator {
    /// A value that fits `type`, small numbers among them so that equal ones occur.
    mutating func value(_ type: VectorType) -> Value {
        switch type {
        case .bool: .integer(Int64(below(2)))
        case .int8: .integer(Int64(below(256) - 128))
        case .int16: .integer(Int64(below(5) == 0 ? below(65536) - 32768 : below(10)))
        case .int32: .integer(chance(oneIn: 3) ? Int64(Int32(truncatingIfNeeded: integer())) : Int64(below(10)))
        case .int64, .int128: .integer(chance(oneIn: 2) ? integer() : Int64(below(10)))
        case .float32: .real(Double(Float(below(100)) / 4))
        case .float64: .real(chance(oneIn: 2) ? real() : Double(below(20)) / 2)
        case .text: .text(text())
        case .blob: .blob(bytes())
        case .any: anyPresent()
        }
    }

    private mutating func anyPresent() -> Value {
        while true {
            let candidate = value()
            if !candidate.isNull { return candidate }
        }
    }
}
