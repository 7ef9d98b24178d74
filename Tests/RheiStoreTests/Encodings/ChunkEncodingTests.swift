import RheiArrow
import RheiCore
import RheiTestSupport
@testable import RheiStore
import Testing

/// Encodes and decodes whole chunks.
@Suite struct ChunkEncodingTests {
    private func expand(_ block: EncodedBlock) throws -> Buffer {
        block.isCompressed ? try BlockCompression.expanded(block.bytes, byteCount: block.rawByteCount) : block.bytes
    }

    private func roundTrip(_ array: ArrowArray, _ compression: BlockCompression) throws -> (Encoding, ArrowArray) {
        let chunk = try ChunkEncoder(array: array, compression: compression).encode()
        let decoder = try ChunkDecoder(
            array.type, chunk.encoding, rowCount: array.count, shared: try chunk.shared.map(expand))
        for block in chunk.blocks { try decoder.append(try expand(block), rowCount: block.rowCount) }
        return (chunk.encoding, try decoder.finish())
    }

    /// Compares bit for bit: two NaN are equal when their bits are.
    private func expectEqual(_ left: ArrowArray, _ right: ArrowArray, _ comment: Comment) throws {
        try left.validate(.full)
        #expect(left.type == right.type && left.count == right.count, comment)
        #expect(left.nullCount == right.nullCount, comment)
        if right.type == .float64 {
            let (a, b) = (try PrimitiveArray<Double>(left), try PrimitiveArray<Double>(right))
            let same = (0..<a.count).allSatisfy { a.value(at: $0)?.bitPattern == b.value(at: $0)?.bitPattern }
            #expect(same, comment)
        } else if right.type == .float32 {
            let (a, b) = (try PrimitiveArray<Float>(left), try PrimitiveArray<Float>(right))
            let same = (0..<a.count).allSatisfy { a.value(at: $0)?.bitPattern == b.value(at: $0)?.bitPattern }
            #expect(same, comment)
        } else if right.type == .any {
            let (a, b) = (try AnyArray(left), try AnyArray(right))
            let same = (0..<a.count).allSatisfy { row in
                guard a.storageClass(at: row) == b.storageClass(at: row) else { return false }
                if case (.real(let x), .real(let y)) = (a.value(at: row), b.value(at: row)) {
                    return x.bitPattern == y.bitPattern
                }
                return a.value(at: row) == b.value(at: row)
            }
            #expect(same, comment)
        } else {
            #expect(left == right, comment)
        }
    }

    @Test(arguments: SampleColumns.types) func `columns of every type and shape come back`(_ type: DataType) throws {
        for seed in 1...40 as ClosedRange<UInt64> {
            var samples = SampleColumns(seed: seed)
            let count = samples.random.pick([1, 2, 63, 64, 100, 2047, 2048, 2049, 5000, 30_000])
            let column = try samples.column(type, count: count)
            let level = samples.random.pick([nil, 1, 3])
            let (encoding, decoded) = try roundTrip(column, BlockCompression(level: level))
            try expectEqual(decoded, column, "\(type), \(count) rows as \(encoding), seed \(seed)")
        }
    }

    @Test func `mixed columns come back`() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var samples = SampleColumns(seed: seed)
            let column = samples.mixed(count: samples.random.pick([1, 5, 2048, 6000, 25_000]))
            let (_, decoded) = try roundTrip(column, BlockCompression(level: seed % 2 == 0 ? 1 : nil))
            try expectEqual(decoded, column, "seed \(seed)")
        }
    }

    @Test func `slices at any bit come back`() throws {
        var samples = SampleColumns(seed: 5)
        for type in [.bool, .int64, .utf8View, .decimal128(precision: 38, scale: 0)] as [DataType] {
            let column = try samples.column(type, count: 5000)
            for offset in 0...9 {
                let slice = column.slice(offset: offset, count: 4000 - offset)
                let (encoding, decoded) = try roundTrip(slice, BlockCompression())
                try expectEqual(decoded, slice, "\(type) from \(offset) as \(encoding)")
            }
        }
    }

    /// Which encoding a column of a certain shape gets.
    @Test func `the encoding follows the data`() throws {
        func encoding(of integers: [Int64]) throws -> Encoding {
            let builder = try ArrayBuilder.make(.int64)
            try builder.append(integers: integers)
            return try roundTrip(builder.finish(), BlockCompression(level: nil)).0
        }
        func encoding(of reals: [Double]) throws -> Encoding {
            let builder = try ArrayBuilder.make(.float64)
            try builder.append(reals: reals)
            return try roundTrip(builder.finish(), BlockCompression(level: nil)).0
        }
        func encoding(of texts: [String?], level: Int? = nil) throws -> Encoding {
            let builder = try ArrayBuilder.make(.utf8View)
            try builder.append(texts: texts)
            return try roundTrip(builder.finish(), BlockCompression(level: level)).0
        }
        var random = SeededGenerator(seed: 3)
        let rows = 0..<20_000
        #expect(try encoding(of: rows.map { _ in 5 as Int64 }) == .constant)
        #expect(try encoding(of: rows.map { Int64($0) * 3 }) == .delta)
        #expect(try encoding(of: rows.map { _ in Int64(random.below(1000)) }) == .packed)
        #expect(try encoding(of: rows.map { Int64($0 / 500) * 7_777_777 }) == .runs)
        let few = (0..<30).map { _ in Int64(bitPattern: random.next()) }
        #expect(try encoding(of: rows.map { _ in random.pick(few) }) == .dictionary)
        #expect(try encoding(of: rows.map { _ in Double(random.below(100_000)) / 100 }) == .decimalReals)
        #expect(try encoding(of: rows.map { _ in Double(bitPattern: random.next() >> 2) }) == .packed)
        #expect(try encoding(of: rows.map { _ in "same" }) == .constant)
        #expect(try encoding(of: rows.map { _ in ["AIR", "RAIL", "TRUCK", nil][random.below(4)] }) == .byteDictionary)
        #expect(try encoding(of: rows.map { "http://example.com/page/\($0)/index.html" }) == .symbolBytes)
        #expect(try encoding(of: rows.map { _ in nil }) == .empty)
    }

    @Test func `dictionaries number words by value or by frequency`() throws {
        var random = SeededGenerator(seed: 4)
        let distinct = (0..<40_000).map { _ in random.next() }
        let values = (0..<100_000).map { $0 % 3 == 0 ? distinct[7] : random.pick(distinct) }
        var rest = values[...]
        let table = try #require(
            WordTable(rowCount: values.count, largestCount: DictionaryWords.largestCount) {
                defer { rest = rest.dropFirst(2048) }
                return rest.isEmpty ? nil : Array(rest.prefix(2048))
            })
        #expect(Set(table.words) == Set(values) && table.counts.reduce(0, +) == values.count)
        for order in [DictionaryWords.Order.value, .frequency] {
            let dictionary = DictionaryWords(table, order)
            switch order {
            case .value:
                #expect(
                    dictionary.words.map { Int64(bitPattern: $0) } == Set(values.map { Int64(bitPattern: $0) }).sorted()
                )
            case .frequency: #expect(dictionary.words[0] == distinct[7])
            }
            var writer = ByteWriter()
            dictionary.appendTable(to: &writer)
            for layout in [WordLayout.bits, .planes] { dictionary.append(50_000..<52_048, layout, to: &writer) }
            var reader = ByteReader(Buffer(copying: writer.bytes))
            let read = try DictionaryWords.readTable(&reader)
            let scratch = WordScratch()
            for _ in 0..<2 {
                unsafe try read.read(&reader, count: 2048, into: scratch.words)
                let words = unsafe Array(UnsafeBufferPointer(start: scratch.words, count: 2048))
                #expect(words == Array(values[50_000..<52_048]))
            }
            try reader.finish()
        }
    }

    @Test func `words that come once make no dictionary`() {
        var next: UInt64 = 0
        let table = WordTable(rowCount: 100_000, largestCount: DictionaryWords.largestCount) {
            next += 2048
            return next < 100_000 ? (next..<(next + 2048)).map { $0 } : nil
        }
        #expect(table == nil && next < 50_000)
    }

    @Test func `outliers become exceptions and do not widen their neighbours`() throws {
        for outlier in [Int64.min, .max] {
            var values = (0..<2048).map { UInt64($0 % 100) }
            values[77] = UInt64(bitPattern: outlier)
            let plan = PackedWords.plan(values)
            #expect(plan.width == 7 && plan.exceptionCount == 1, "outlier \(outlier)")
        }
    }

    @Test func `numbers of every width are unpacked`() throws {
        var random = SeededGenerator(seed: 9)
        for width in 0...64 {
            for (count, layout) in [1, 7, 8, 9, 64, 2048].flatMap({ count in
                [WordLayout.bits, .planes, .signedPlanes].map { (count, $0) }
            }) {
                let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
                let values = (0..<count).map { _ in (random.next() & mask) &- (mask >> 1) }
                var writer = ByteWriter()
                PackedWords.append(values, layout, to: &writer)
                var reader = ByteReader(Buffer(copying: writer.bytes))
                let scratch = WordScratch()
                unsafe try PackedWords.read(&reader, count: count, into: scratch.words)
                try reader.finish()
                let read = unsafe Array(UnsafeBufferPointer(start: scratch.words, count: count))
                #expect(read == values, "width \(width), \(count) values as \(layout)")
            }
        }
    }

    /// Damaged blocks that have passed the checksum all the same give an error or other values, never a trap.
    @Test(arguments: [DataType.int64, .float64, .utf8View, .any, .bool, .decimal128(precision: 38, scale: 0)])
    func `damaged blocks are no trap`(_ type: DataType) throws {
        for seed in 1...60 as ClosedRange<UInt64> {
            var samples = SampleColumns(seed: seed)
            let count = samples.random.pick([3, 700, 2500])
            let column = type == .any ? samples.mixed(count: count) : try samples.column(type, count: count)
            let compression = BlockCompression(level: seed % 2 == 0 ? 1 : nil)
            let chunk = try ChunkEncoder(array: column, compression: compression).encode()
            func raw(_ block: EncodedBlock) throws -> [UInt8] {
                try expand(block).withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
            }
            for _ in 0..<40 {
                var shared = try chunk.shared.map(raw)
                var blocks = try chunk.blocks.map(raw)
                if var bytes = shared, samples.random.chance(oneIn: 2) {
                    bytes[samples.random.below(bytes.count)] ^= UInt8(1 + samples.random.below(255))
                    shared = bytes
                } else if !blocks.isEmpty {
                    let index = samples.random.below(blocks.count)
                    let place = samples.random.pick([
                        samples.random.below(min(60, blocks[index].count)), samples.random.below(blocks[index].count),
                    ])
                    blocks[index][place] ^= UInt8(1 + samples.random.below(255))
                }
                do {
                    let decoder = try ChunkDecoder(
                        type, chunk.encoding, rowCount: count, shared: shared.map { Buffer(copying: $0) })
                    for (bytes, block) in zip(blocks, chunk.blocks) {
                        try decoder.append(Buffer(copying: bytes), rowCount: block.rowCount)
                    }
                    let array = try decoder.finish()
                    #expect(array.count == count)
                    try array.validate(.full)
                } catch let error as EngineError {
                    #expect(error.code == .corrupt, "\(error)")
                }
            }
        }
    }

    @Test func `checksums are those of CRC-32C`() {
        #expect(Checksum.crc32c(Array("123456789".utf8)) == 0xE306_9283)
        #expect(Checksum.crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(Checksum.crc32c([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        let bytes = (0..<100).map { UInt8($0) }
        #expect(
            Checksum.crc32c(Array(bytes[40...]), seed: Checksum.crc32c(Array(bytes[..<40]))) == Checksum.crc32c(bytes))
    }
}
