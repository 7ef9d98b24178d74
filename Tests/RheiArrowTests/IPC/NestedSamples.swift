import RheiArrow
import RheiCore

/// Lists, structs, maps and unions over arrays of other types.
enum NestedSamples {
    static func all(nulls: Int, count: Int) throws -> [ArrowArray] {
        let texts = try IPCSamples.texts(.utf8, 1, count * 4)
        let numbers = try SampleArrays.primitive(.int64, 1, count * 4) { Int64($0) * 11 }
        let record = try record(nulls: nulls, count: count)
        let inner = try self.record(nulls: 1, count: count * 4)
        var keys = try BytesBuilder(.utf8)
        for row in 0..<count * 4 { try keys.append("key \(row)") }
        let entryFields = [Field("key", .utf8, isNullable: false), Field("value", .int64)]
        let entries = try ArrowArray(
            checkingNested: .struct(entryFields), count: count * 4, buffers: [], children: [keys.finish(), numbers])
        let entryField = Field("entries", entries.type, isNullable: false)
        return try [
            list(.list(Field("item", .utf8)), texts, nulls, count),
            list(.largeList(Field("item", .int64)), numbers, nulls, count),
            list(.list(Field("item", inner.type)), inner, nulls, count),
            list(.map(entries: entryField, keysSorted: false), entries, nulls, count),
            ArrowArray(
                checkingNested: .fixedSizeList(Field("item", .int64), count: 3), count: count,
                validity: validity(nulls, count), buffers: [], children: [numbers]),
            record, union(.sparse, count: count), union(.dense, count: count),
        ]
    }

    /// List views, dictionaries and run-end encoded arrays, alone and within each other.
    static func indirect(nulls: Int, count: Int) throws -> [ArrowArray] {
        let texts = try IPCSamples.texts(.utf8, 1, max(count, 4))
        let numbers = try SampleArrays.primitive(.int64, 1, count * 4) { Int64($0) * 11 }
        let record = try record(nulls: nulls, count: max(count, 4))
        let named = try dictionary(.int8, texts.slice(offset: 1, count: 3), nulls, count)
        let runs = try runEnds(.int32, named.slice(offset: 0, count: (count + 2) / 3), count)
        return try [
            listView(.listView(Field("item", .int64)), numbers, nulls, count),
            listView(.largeListView(Field("item", .int64)), numbers, nulls, count),
            listView(.listView(Field("item", record.type)), record, nulls, count),
            named, dictionary(.uint16, record, nulls, count), dictionary(.int64, numbers, nulls, count),
            runEnds(.int16, numbers, count), runs, runEnds(.int64, record, count),
            dictionary(.uint8, runs, nulls, count),
            list(
                .list(Field("item", named.type)),
                dictionary(.int8, texts.slice(offset: 0, count: min(texts.count, 100)), nulls, count * 4), nulls, count),
            listView(.listView(Field("item", runs.type)), runs, nulls, count),
        ]
    }

    /// A list view whose rows overlap and go backwards; null rows have items too.
    static func listView(_ type: DataType, _ items: ArrowArray, _ nulls: Int, _ count: Int) throws -> ArrowArray {
        let sizes = (0..<count).map { min(($0 * 5 + 2) % 4, items.count) }
        let offsets = (0..<count).map { (items.count - sizes[$0]) * (count - $0) / count }
        var width = 4
        if case .largeListView = type { width = 8 }
        return try ArrowArray(
            checkingNested: type, count: count, validity: validity(nulls, count),
            buffers: [Buffer(copying: bytes(offsets, width)), Buffer(copying: bytes(sizes, width))], children: [items])
    }

    /// A dictionary whose null rows name no value.
    static func dictionary(_ index: DataType, _ values: ArrowArray, _ nulls: Int, _ count: Int) throws -> ArrowArray {
        let indices = (0..<count).map { row in
            SampleArrays.isNull(row, nulls) || values.count == 0 ? 99 : row * 7 % values.count
        }
        return try ArrowArray(
            checkingNested: .dictionary(index: index, value: values.type, isOrdered: false), count: count,
            validity: validity(nulls, count), buffers: [Buffer(copying: bytes(indices, index.byteWidth ?? 1))],
            children: [values])
    }

    /// Runs of one to three rows; the last one reaches past the array's end.
    static func runEnds(_ endType: DataType, _ values: ArrowArray, _ count: Int) throws -> ArrowArray {
        var ends: [Int] = []
        while (ends.last ?? 0) < count { ends.append((ends.last ?? 0) + (ends.isEmpty ? 3 : 1 + ends.count % 3 * 3)) }
        let buffer = Buffer(copying: bytes(ends, endType.byteWidth ?? 1))
        let fields = [Field("run_ends", endType, isNullable: false), Field("values", values.type)]
        return try ArrowArray(
            checkingNested: .runEndEncoded(runEnds: fields[0], values: fields[1]), count: count, buffers: [],
            children: [
                ArrowArray(checking: endType, count: ends.count, buffers: [buffer]),
                values.count == 0 ? values : values.take((0..<ends.count).map { $0 % values.count }),
            ])
    }

    static func validity(_ nulls: Int, _ count: Int) -> Buffer? {
        nulls == 0 ? nil : Bitmap((0..<count).map { !SampleArrays.isNull($0, nulls) }).buffer
    }

    static func record(nulls: Int, count: Int) throws -> ArrowArray {
        let type = DataType.struct([Field("a", .int64), Field("b", .utf8View)])
        return try ArrowArray(
            checkingNested: type, count: count, validity: validity(nulls, count), buffers: [],
            children: [
                SampleArrays.primitive(.int64, 1, count) { Int64($0) }, IPCSamples.texts(.utf8View, 1, count),
            ])
    }

    /// A list of up to three items per row; null rows have items too, which nobody may see.
    static func list(_ type: DataType, _ items: ArrowArray, _ nulls: Int, _ count: Int) throws -> ArrowArray {
        var offsets: [Int] = [0]
        for row in 0..<count { offsets.append(offsets[row] + (row * 5 + 2) % 4) }
        var width = 4
        if case .largeList = type { width = 8 }
        return try ArrowArray(
            checkingNested: type, count: count, validity: validity(nulls, count),
            buffers: [Buffer(copying: bytes(offsets, width))], children: [items])
    }

    static func union(_ mode: UnionMode, count: Int) throws -> ArrowArray {
        let type = DataType.union(fields: [Field("i", .int64), Field("t", .utf8)], typeIDs: [0, 5], mode: mode)
        let typeIDs = Buffer(copying: (0..<count).map { $0 % 2 == 0 ? 0 : 5 })
        let offsets = Buffer(copying: bytes((0..<count).map { $0 / 2 }, 4))
        return try ArrowArray(
            checkingNested: type, count: count, buffers: mode == .sparse ? [typeIDs] : [typeIDs, offsets],
            children: [SampleArrays.primitive(.int64, 1, count) { Int64($0) }, IPCSamples.texts(.utf8, 1, count)])
    }

    private static func bytes(_ numbers: [Int], _ width: Int) -> [UInt8] {
        numbers.flatMap { number in (0..<width).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
    }
}
