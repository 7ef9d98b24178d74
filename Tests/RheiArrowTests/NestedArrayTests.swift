import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

/// What holds for arrays of every type, nested ones included.
@Suite struct NestedArrayTests {
    static func everyType(nulls: Int, count: Int) throws -> [ArrowArray] {
        try SampleArrays.all(nulls: nulls, count: count)
            + IPCSamples.rawTypes.map { try IPCSamples.raw($0, nulls: nulls, count: count) }
            + NestedSamples.all(nulls: nulls, count: count) + NestedSamples.indirect(nulls: nulls, count: count)
    }

    @Test(arguments: 0...2, [0, 1, 2, 9, 70])
    func `slices of every type hold the rows they should`(nulls: Int, count: Int) throws {
        for array in try Self.everyType(nulls: nulls, count: count) {
            let all = try RowText.rows(array)
            for offset in 0...min(9, count) {
                for length in Set([0, 1, count - offset, (count - offset) / 2]) where offset + length <= count {
                    let slice = array.slice(offset: offset, count: length)
                    #expect(try RowText.rows(slice) == Array(all[offset..<offset + length]), "\(array.type)")
                }
            }
        }
    }

    @Test(arguments: 0...2, [0, 1, 7])
    func `taken rows are the rows named, nulls are null`(nulls: Int, offset: Int) throws {
        var random = SeededGenerator(seed: 11)
        for whole in try Self.everyType(nulls: nulls, count: 50) {
            let array = whole.slice(offset: offset, count: 41)
            let all = try RowText.rows(array)
            let rows = (0..<70).map { _ in random.chance(oneIn: 5) ? nil : random.below(41) }
            let taken = try array.take(rows)
            #expect(try RowText.rows(taken) == rows.map { $0.map { all[$0] } ?? "." }, "seed 11, \(array.type)")
            let valid = rows.compactMap { $0 }
            #expect(try RowText.rows(array.take(valid)) == valid.map { all[$0] }, "seed 11, \(array.type)")
            #expect(try array.take([Int?]()) == array.slice(offset: 3, count: 0), "\(array.type)")
            // What was taken holds together, so it can be taken from again.
            #expect(try RowText.rows(taken.slice(offset: 5, count: 60).take([59, nil, 0])).count == 3)
        }
    }

    @Test func `rows are named by any integers, and must exist`() throws {
        let array = try SampleArrays.primitive(.int64, 0, 5) { Int64($0) }
        for indices in try [
            SampleArrays.primitive(.uint8, 1, 4) { UInt8($0) }, SampleArrays.primitive(.int64, 1, 4) { Int64($0) },
        ] {
            #expect(try array.take(indices) == array.take([0, nil, 2, 3]))
        }
        #expect(throws: EngineError.self) { try array.take([5]) }
        #expect(throws: EngineError.self) { try array.take([-1]) }
        #expect(throws: EngineError.self) { try array.take(SampleArrays.primitive(.int8, 0, 1) { _ in Int8(-1) }) }
        #expect(throws: EngineError.self) { try array.take(SampleArrays.primitive(.float64, 0, 1) { _ in 1.0 }) }
    }

    @Test(arguments: 0...2, [0, 1, 7])
    func `filters keep the rows whose truth is true`(nulls: Int, offset: Int) throws {
        var random = SeededGenerator(seed: 12)
        for whole in try Self.everyType(nulls: nulls, count: 50) {
            let array = whole.slice(offset: offset, count: 41)
            let all = try RowText.rows(array)
            for percent in [0, 20, 95, 100] {
                var mask = BooleanBuilder()
                var kept: [String] = []
                for row in 0..<41 {
                    let truth: Bool? = random.chance(percent: percent) ? true : row % 2 == 0 ? nil : false
                    mask.append(truth)
                    if truth == true { kept.append(all[row]) }
                }
                #expect(try RowText.rows(array.filter(mask.finish())) == kept, "seed 12, \(array.type)")
            }
        }
        let array = try ArrowArray.nulls(.int8, count: 3)
        #expect(throws: EngineError.self) { try array.filter(ArrowArray.nulls(.bool, count: 2)) }
        #expect(throws: EngineError.self) { try array.filter(array) }
    }

    @Test(arguments: 0...2)
    func `equality looks at rows and not at how they lie`(nulls: Int) throws {
        for whole in try Self.everyType(nulls: nulls, count: 30) {
            let array = whole.slice(offset: 3, count: 24)
            let moved = try array.take([0] + (0..<24).map { $0 } + [0]).slice(offset: 1, count: 24)
            #expect(moved == array, "\(array.type)")
            #expect(array.slice(offset: 1, count: 20) == moved.slice(offset: 1, count: 20), "\(array.type)")
            let all = try RowText.rows(array)
            for row in 0..<24 {
                for other in [(row + 1) % 24, (row + 5) % 24] where all[row] != all[other] {
                    let changed = try array.take((0..<24).map { $0 == row ? other : $0 })
                    #expect(changed != array, "\(array.type), row \(row)")
                }
            }
        }
    }

    @Test(arguments: [0, 1, 20])
    func `every type has nulls`(count: Int) throws {
        for array in try Self.everyType(nulls: 0, count: 3) {
            let nulls = try ArrowArray.nulls(array.type, count: count)
            #expect(try RowText.rows(nulls) == Array(repeating: ".", count: count), "\(array.type)")
            #expect((0..<count).allSatisfy { nulls.isLogicallyNull($0) })
        }
    }

    @Test func `what refers to values is null where they are`() throws {
        for array in try Self.everyType(nulls: 1, count: 30) {
            for (row, text) in try RowText.rows(array).enumerated() {
                #expect(array.isLogicallyNull(row) == (text == "."), "\(array.type), row \(row)")
            }
        }
    }

    @Test(arguments: 0...2)
    func `decoding keeps the rows`(nulls: Int) throws {
        for whole in try NestedSamples.indirect(nulls: nulls, count: 40) {
            let array = whole.slice(offset: 5, count: 31)
            if case .dictionary = array.type {
                #expect(try RowText.rows(DictionaryArray(array).decoded()) == RowText.rows(array), "\(array.type)")
            }
            if case .runEndEncoded = array.type {
                #expect(try RowText.rows(RunEndEncodedArray(array).decoded()) == RowText.rows(array), "\(array.type)")
            }
        }
    }

    @Test func `views refuse arrays of another layout`() throws {
        let array = try ArrowArray.nulls(.int64, count: 1)
        #expect(throws: EngineError.self) { try ListArray(array) }
        #expect(throws: EngineError.self) { try StructArray(array) }
        #expect(throws: EngineError.self) { try UnionArray(array) }
        #expect(throws: EngineError.self) { try DictionaryArray(array) }
        #expect(throws: EngineError.self) { try RunEndEncodedArray(array) }
        #expect(throws: EngineError.self) { try FixedSizeBinaryArray(array) }
        #expect(throws: EngineError.self) {
            try PrimitiveArray<DayTimeInterval>(.nulls(.interval(.yearMonth), count: 1))
        }
        #expect(throws: EngineError.self) {
            try PrimitiveArray<MonthDayNanoInterval>(.nulls(.fixedSizeBinary(byteWidth: 16), count: 1))
        }
    }

    @Test func `halves, wide decimals and intervals are read as numbers`() throws {
        let halves = try SampleArrays.primitive(.float16, 1, 4) { Float16($0) / 2 }
        #expect(try (0..<4).map { try halves.value(at: $0) } == [.real(0), .null, .real(1), .real(1.5)])
        let wide = try SampleArrays.primitive(.decimal256(precision: 76, scale: 2), 0, 4) { row in
            [
                Decimal256(-5), Decimal256(Int128.min), Decimal256(words: (0, 0, 0, 1)),
                Decimal256(words: (0, 0, 0, 1 << 63)),
            ][row]
        }
        #expect(
            try (0..<4).map { try wide.value(at: $0) } == [
                .text("-0.05"), .text("-1701411834604692317316873037158841057.28"),
                .text("62771017353866807638357894232076664161023554444640345128.96"),
                .text("-578960446186580977117854925043439539266349923328202820197287920039565648199.68"),
            ])
        let intervals = try SampleArrays.primitive(.interval(.monthDayNano), 0, 2) {
            MonthDayNanoInterval(months: Int32($0), days: -1, nanoseconds: .min)
        }
        #expect(try PrimitiveArray<MonthDayNanoInterval>(intervals).value(at: 1)?.months == 1)
        let days = try SampleArrays.primitive(.interval(.dayTime), 0, 2) {
            DayTimeInterval(days: 7, milliseconds: Int32($0))
        }
        #expect(try PrimitiveArray<DayTimeInterval>(days)[1] == DayTimeInterval(days: 7, milliseconds: 1))
    }
}
