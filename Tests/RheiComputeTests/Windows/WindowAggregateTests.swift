import RheiCore
import RheiTestSupport
import Testing

@testable import RheiCompute

/// `count`, `sum`, `total`, `avg`, `min`, `max` and `group_concat` over frames against the rows of the frames.
@Suite struct WindowAggregateTests {
    private static let rowCount = 60

    /// Compares a function over random frames with `expected`, which is given the values of each frame's rows.
    private func check(
        _ type: VectorType, seed: UInt64, value: (inout SeededGenerator) -> SQLValue,
        _ function: (WindowInput, FrameTable, WindowFixture) throws -> WindowResult, expected: ([SQLValue]) -> SQLValue
    ) throws {
        var random = SeededGenerator(seed: seed)
        let order = random.pick(FrameTableTests.orders)
        let fixture = WindowFixture(Self.rowCount, type, order: order, &random) {
            $0.chance(percent: 20) ? .null : value(&$0)
        }
        for _ in 0..<40 {
            let frame = FrameDescription.random(&random)
            let values = try function(fixture.input(), try fixture.frames(frame), fixture).values(fixture)
            for position in fixture.rows.indices {
                let rows = fixture.plainFrame(frame, of: position).map { fixture.rows[$0][2] }
                #expect(
                    values[position] == expected(rows.filter { $0 != .null }), "seed \(seed), \(frame), row \(position)"
                )
            }
        }
    }

    private static func integers(_ values: [SQLValue]) -> [Int64] {
        values.compactMap { if case .integer(let integer) = $0 { integer } else { nil } }
    }

    private static func reals(_ values: [SQLValue]) -> [Double] {
        values.compactMap { value in
            switch value {
            case .integer(let integer): Double(integer)
            case .real(let real): real
            default: nil
            }
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `counts are of rows with values`(_ seed: UInt64) throws {
        try check(.int64, seed: seed) {
            .integer(Int64($0.below(5)))
        } _: { input, frames, _ in
            WindowSum(input: input, frames: frames).count()
        } expected: {
            .integer(Int64($0.count))
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `sums of integers are exact though running totals leave 64 bits`(_ seed: UInt64) throws {
        // A total over all rows does not fit, and neither does one over two large ones; sums of small frames are
        // checked by their values, others by the error.
        try check(.int64, seed: seed) {
            .integer($0.chance(percent: 50) ? Int64($0.below(100)) - 50 : Int64($0.below(2)) * 2_000_000_000_000_000_00)
        } _: { input, frames, _ in
            try WindowSum(input: input, frames: frames).sum(.sum, resultType: .int64)
        } expected: { values in
            values.isEmpty ? .null : .integer(Self.integers(values).reduce(0, +))
        }
    }

    @Test func `an integer sum beyond 64 bits is an error`() throws {
        let rows: [[SQLValue]] = (0..<3).map { [.integer(0), .integer($0), .integer(.max)] }
        let fixture = WindowFixture(rows, types: [.int64, .int64, .int64])
        func sum(_ frame: FrameDescription) throws -> [SQLValue] {
            try WindowSum(input: fixture.input(), frames: try fixture.frames(frame)).sum(.sum, resultType: .int64)
                .values(fixture)
        }
        let single = FrameDescription(unit: .rows, start: .currentRow, end: .currentRow)
        #expect(try sum(single) == [.integer(.max), .integer(.max), .integer(.max)])
        #expect(throws: EngineError.self) { try sum(.partition) }
    }

    @Test(arguments: [SumOutput.sum, .total, .average], 0..<3 as Range<UInt64>)
    func `sums of reals are those of the frame`(_ output: SumOutput, _ seed: UInt64) throws {
        try check(.float64, seed: seed) {
            .real(Double($0.below(400)) / 4 - 50)
        } _: { input, frames, _ in
            try WindowSum(input: input, frames: frames).sum(output, resultType: .float64)
        } expected: { values in
            let sum = Self.reals(values).reduce(0, +)
            if values.isEmpty { return output == .total ? .real(0) : .null }
            return .real(output == .average ? sum / Double(values.count) : sum)
        }
    }

    @Test(arguments: [SumOutput.total, .average], 0..<2 as Range<UInt64>)
    func `totals of integers and of any numbers are real`(_ output: SumOutput, _ seed: UInt64) throws {
        for type in [VectorType.int64, .any] {
            try check(type, seed: seed) { random in
                type == .any && random.chance(percent: 50)
                    ? .real(Double(random.below(40)) / 4) : .integer(Int64(random.below(100)))
            } _: { input, frames, _ in
                try WindowSum(input: input, frames: frames).sum(output, resultType: .float64)
            } expected: { values in
                let sum = Self.reals(values).reduce(0, +)
                if values.isEmpty { return output == .total ? .real(0) : .null }
                return .real(output == .average ? sum / Double(values.count) : sum)
            }
        }
    }

    @Test(arguments: [false, true], 0..<3 as Range<UInt64>)
    func `extremes are the least and greatest values of the frame`(_ isMaximum: Bool, _ seed: UInt64) throws {
        for type in [VectorType.int64, .float64, .text, .int16] {
            try check(type, seed: seed) { random in
                switch type {
                case .float64: .real(Double(random.below(30)) / 4 - 3)
                case .text:
                    .text(
                        random.pick(["", "a", "b", "B", "a text of more than twelve bytes", "a text of more than 12"]))
                default: .integer(Int64(random.below(20)) - 10)
                }
            } _: { input, frames, fixture in
                let extreme = WindowExtreme(
                    input: input, frames: frames, rows: fixture.positions, isMaximum: isMaximum)
                return .stored(try extreme.chosenRows(fixture.store.columns[2], .binary), column: 2, fallback: nil)
            } expected: { values in
                let sorted = values.sorted { left, right in
                    if case .text(let first) = left, case .text(let second) = right {
                        return first.utf8.lexicographicallyPrecedes(second.utf8)
                    }
                    return Self.reals([left])[0] < Self.reals([right])[0]
                }
                return (isMaximum ? sorted.last : sorted.first) ?? .null
            }
        }
    }

    @Test func `of equal extremes the first row is chosen, the last where the start of frames moves`() throws {
        // Equal under NOCASE, and told apart by their bytes.
        let texts = ["b", "A", "a", "B", "a", "A"]
        let rows: [[SQLValue]] = texts.enumerated().map { [.integer(0), .integer(Int64($0)), .text($1)] }
        let fixture = WindowFixture(rows, types: [.int64, .int64, .text])
        func chosen(_ frame: FrameDescription, isMaximum: Bool) throws -> [SQLValue] {
            let extreme = WindowExtreme(
                input: fixture.input(), frames: try fixture.frames(frame), rows: fixture.positions, isMaximum: isMaximum
            )
            return WindowResult.stored(
                try extreme.chosenRows(fixture.store.columns[2], .noCase), column: 2, fallback: nil
            ).values(fixture)
        }
        for exclusion in [FrameDescription.Exclusion.none, .currentRow] {
            let frame = FrameDescription(
                unit: .rows, start: .preceding(.integer(2)), end: .following(.integer(1)), exclusion: exclusion)
            for isMaximum in [false, true] {
                let expected = fixture.rows.indices.map { position -> SQLValue in
                    let frame = fixture.plainFrame(frame, of: position)
                    let folded = frame.map { texts[$0].lowercased() }
                    let best = isMaximum ? folded.max() : folded.min()
                    let place =
                        exclusion == .none ? folded.lastIndex { $0 == best } : folded.firstIndex { $0 == best }
                    return .text(texts[frame[place ?? 0]])
                }
                #expect(try chosen(frame, isMaximum: isMaximum) == expected, "\(exclusion), maximum \(isMaximum)")
            }
        }
    }

    @Test func `peers whose extremes are equal and differ are refused`() throws {
        let rows: [[SQLValue]] = ["a", "A", "b"].map { [.integer(0), .integer(1), .text($0)] }
        let fixture = WindowFixture(rows, types: [.int64, .int64, .text])
        let frame = FrameDescription(unit: .range, start: .unboundedPreceding, end: .currentRow)
        let extreme = WindowExtreme(
            input: fixture.input(), frames: try fixture.frames(frame), rows: fixture.positions, isMaximum: false)
        let error = #expect(throws: EngineError.self) {
            try extreme.chosenRows(fixture.store.columns[2], .noCase)
        }
        #expect(error?.code == .leavesStaticType)
        _ = try extreme.chosenRows(fixture.store.columns[2], .binary)
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `concatenations hold the texts of the frame in order`(_ seed: UInt64) throws {
        try check(.text, seed: seed) {
            .text($0.pick(["a", "b", "c", "longer than the inline form holds"]))
        } _: { input, frames, _ in
            try WindowConcatenation(input: input, separator: nil, frames: frames).result()
        } expected: { values in
            let texts = values.map { if case .text(let text) = $0 { text } else { "" } }
            return texts.isEmpty ? .null : .text(texts.joined(separator: ","))
        }
    }
}
