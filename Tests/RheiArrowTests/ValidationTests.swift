import RheiCore
import Testing

@testable import RheiArrow

/// Arrays that were damaged after their making: what each depth of validation sees.
@Suite struct ValidationTests {
    private func isCorrupt(_ array: ArrowArray, _ depth: ValidationDepth) -> Bool {
        do {
            try array.validate(depth)
            return false
        } catch {
            return (error as? EngineError)?.code == .corrupt
        }
    }

    @Test(arguments: 0...2)
    func `sound arrays of every type pass, slices too`(nulls: Int) throws {
        // The samples of text hold bytes that are no UTF-8 on purpose.
        for array in try NestedArrayTests.everyType(nulls: nulls, count: 40) where !array.type.isText {
            for slice in [array, array.slice(offset: 9, count: 30), array.slice(offset: 3, count: 0)] {
                try slice.validate(.layout)
                try slice.validate(.full)
            }
            try ArrowArray.nulls(array.type, count: 5).validate(.full)
        }
        for type in [DataType.utf8, .largeUtf8, .utf8View] {
            try IPCSamples.texts(type, nulls, 40).slice(offset: 3, count: 30).validate(.full)
            #expect(try isCorrupt(SampleArrays.bytes(type, 0, 40), .full))
            try SampleArrays.bytes(type, 0, 40).validate(.layout)
        }
    }

    @Test func `the layout of every type is checked`() throws {
        for array in try NestedArrayTests.everyType(nulls: 1, count: 40) where array.type.physicalType != .none {
            func damaged(_ buffers: [Buffer], _ children: [ArrowArray], validity: Buffer? = nil) -> ArrowArray {
                ArrowArray(array.type, count: 40, validity: validity, buffers: buffers, children: children)
            }
            #expect(isCorrupt(damaged(array.buffers, array.children + [array]), .layout), "\(array.type)")
            if array.buffers.isEmpty, !array.children.isEmpty {
                let short = array.children.map { $0.slice(offset: 0, count: 1) }
                #expect(isCorrupt(damaged([], short), .full), "\(array.type)")
            } else if let first = array.buffers.first {
                #expect(isCorrupt(damaged([], array.children), .layout), "\(array.type)")
                let short = first.slice(offset: 0, byteCount: first.byteCount / 3)
                #expect(isCorrupt(damaged([short] + array.buffers[1...], array.children), .layout), "\(array.type)")
            }
        }
    }

    private func int32s(_ numbers: [Int32]) -> Buffer {
        Buffer(copying: numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } })
    }

    /// Tells whether an array passes at layout depth and is refused at full depth.
    private func isFoundAtFullDepth(
        _ type: DataType, count: Int, validity: [UInt8]? = nil, _ buffers: [Buffer], _ children: [ArrowArray] = []
    ) throws -> Bool {
        let array = ArrowArray(
            type, count: count, validity: validity.map { Buffer(copying: $0) }, buffers: buffers, children: children)
        try array.validate(.layout)
        return isCorrupt(array, .full)
    }

    @Test func `contents are checked at full depth`() throws {
        let numbers = try SampleArrays.primitive(.int32, 0, 3) { Int32($0) }
        let item = Field("item", .int32)
        for offsets: [Int32] in [[0, 2, 1], [0, 1, 4], [-1, 0, 1]] {
            #expect(try isFoundAtFullDepth(.utf8, count: 2, [int32s(offsets), Buffer(copying: [0x61, 0x61, 0x61])]))
            #expect(try isFoundAtFullDepth(.list(item), count: 2, [int32s(offsets)], [numbers]))
        }
        for (offsets, sizes) in [([0, 3], [1, 1]), ([0, -1], [1, 1]), ([0, 2], [0, 2]), ([0, 0], [1, -1])]
            as [([Int32], [Int32])]
        {
            #expect(try isFoundAtFullDepth(.listView(item), count: 2, [int32s(offsets), int32s(sizes)], [numbers]))
        }
        let named = DataType.dictionary(index: .int32, value: .int32, isOrdered: false)
        for index: Int32 in [3, -1, .max] {
            #expect(try isFoundAtFullDepth(named, count: 2, [int32s([0, index])], [numbers]))
            #expect(try !isFoundAtFullDepth(named, count: 2, validity: [1], [int32s([0, index])], [numbers]))
        }
        let union = DataType.union(fields: [item], typeIDs: [4], mode: .dense)
        for (id, offset): (UInt8, Int32) in [(0, 0), (4, 3), (4, -1)] {
            #expect(try isFoundAtFullDepth(union, count: 1, [Buffer(copying: [id]), int32s([offset])], [numbers]))
        }
        let runs = DataType.runEndEncoded(runEnds: Field("e", .int32), values: item)
        for ends: [Int32] in [[1, 1, 2], [0, 1, 2], [3, 2, 4], [1, 2, 3]] {
            let array = try ArrowArray(checking: .int32, count: 3, buffers: [int32s(ends)])
            #expect(try isFoundAtFullDepth(runs, count: 4, [], [array, numbers]))
        }
        #expect(try isFoundAtFullDepth(.decimal32(precision: 3, scale: 1), count: 2, [int32s([999, -1000])]))
        #expect(try !isFoundAtFullDepth(.decimal32(precision: 3, scale: 1), count: 2, [int32s([999, -999])]))
    }

    @Test func `views are checked at full depth`() throws {
        func isFound(_ view: [UInt8], validity: [UInt8]? = nil) throws -> Bool {
            try isFoundAtFullDepth(
                .binaryView, count: 1, validity: validity,
                [Buffer(copying: view), Buffer(copying: Array(repeating: 7, count: 20))])
        }
        let good: [UInt8] = [13, 0, 0, 0, 7, 7, 7, 7, 0, 0, 0, 0, 7, 0, 0, 0]
        #expect(try !isFound(good))
        for (place, byte): (Int, UInt8) in [(0, 14), (3, 0x80), (4, 6), (8, 1), (12, 8), (15, 0xFF)] {
            var bad = good
            bad[place] = byte
            #expect(try isFound(bad), "byte \(place)")
            #expect(try !isFound(bad, validity: [0]), "byte \(place) of a null")
        }
        #expect(try isFound([1, 0, 0, 0, 7, 7] + Array(repeating: 0, count: 10)))
        #expect(try isFoundAtFullDepth(.any, count: 1, [Buffer(copying: [9]), Buffer(copying: good)]))
    }

    @Test func `damage is found in children and in batches`() throws {
        let bad = ArrowArray(.utf8, count: 1, buffers: [int32s([0, 1]), Buffer(copying: [0xFF])])
        let record = ArrowArray(.struct([Field("t", .utf8)]), count: 1, buffers: [], children: [bad])
        try record.validate(.layout)
        #expect(isCorrupt(record, .full))
        let batch = try RecordBatch(schema: Schema([Field("r", record.type)]), columns: [record])
        try batch.validate(.layout)
        #expect(throws: EngineError.self) { try batch.validate(.full) }
    }
}
