import RheiCore

/// Arrow's form of a column of type `any`: a dense union of null, Int64, Float64, Utf8 and Binary, whose type ids are
/// the raw values of `StorageClass`.
enum AnyUnion {
    /// Returns the rows of an `any` array as a union that begins at slot 0.
    ///
    /// - Throws: `unsupported` when text or blobs exceed the 2 GB of 32-bit offsets.
    static func make(_ array: ArrowArray) throws -> ArrowArray {
        let rows = try AnyArray(array)
        var typeIDs = MutableBuffer(capacity: rows.count)
        var offsets = MutableBuffer(capacity: rows.count * 4)
        var counts = [Int32](repeating: 0, count: 5)
        var integers = try PrimitiveBuilder<Int64>()
        var reals = try PrimitiveBuilder<Double>()
        var texts = try BytesBuilder(.utf8)
        var blobs = try BytesBuilder(.binary)
        for row in 0..<rows.count {
            let kind = rows.storageClass(at: row)
            let index = Int(kind.rawValue)
            unsafe typeIDs.extend(by: 1).storeBytes(of: kind.rawValue, as: UInt8.self)
            unsafe offsets.extend(by: 4).storeBytes(of: counts[index], as: Int32.self)
            counts[index] += 1
            switch kind {
            case .null: break
            case .integer: integers.append(rows.integer(row))
            case .real: reals.append(rows.real(row))
            case .text: unsafe try texts.append(bytes: Array(rows.bytes(row)))
            case .blob: unsafe try blobs.append(bytes: Array(rows.bytes(row)))
            }
        }
        let children = [
            try ArrowArray.nulls(.null, count: Int(counts[0])), integers.finish(), reals.finish(), texts.finish(),
            blobs.finish(),
        ]
        return ArrowArray(
            IPCFormat.anyUnion, count: rows.count, buffers: [typeIDs.freeze(), offsets.freeze()], children: children)
    }

    /// Returns the `any` array that `make` was given.
    ///
    /// - Parameters:
    ///   - typeIDs: at least `count` bytes.
    ///   - offsets: at least `count` Int32, ascending for each child.
    /// - Throws: `corrupt` when ids or offsets do not fit the children.
    static func read(count: Int, typeIDs: Buffer, offsets: Buffer, children: [ArrowArray]) throws -> ArrowArray {
        func corrupt(_ what: String) -> EngineError { EngineError(.corrupt, "damaged union of SQLite values: \(what)") }
        guard typeIDs.byteCount >= count, offsets.byteCount >= count * 4, children.count == 5 else {
            throw corrupt("buffers too short for \(count) rows")
        }
        defer { withExtendedLifetime((typeIDs, offsets)) {} }
        let (integers, reals) = try (PrimitiveArray<Int64>(children[1]), PrimitiveArray<Double>(children[2]))
        let (texts, blobs) = try (StringArray(children[3]), BinaryArray(children[4]))
        var next = [Int](repeating: 0, count: 5)
        let builder = ColumnBuilder(defaultType: .any)
        for row in 0..<count {
            let typeID = unsafe typeIDs.pointer.load(fromByteOffset: row, as: UInt8.self)
            let place = unsafe Int(offsets.pointer.loadUnaligned(fromByteOffset: row * 4, as: Int32.self))
            guard let kind = StorageClass(rawValue: typeID) else { throw corrupt("type id \(typeID)") }
            let child = children[Int(typeID)]
            guard place >= next[Int(typeID)], place < child.count else {
                throw corrupt("offset \(place) of row \(row)")
            }
            next[Int(typeID)] = place + 1
            guard child.isValid(place) else {
                builder.appendNull()
                continue
            }
            switch kind {
            case .null: builder.appendNull()
            case .integer: builder.append(integer: integers[place])
            case .real: builder.append(real: reals[place])
            case .text:
                texts.withBytes(at: place) { unsafe $0.withUnsafeBytes { unsafe builder.append(text: $0) } }
            case .blob:
                blobs.withBytes(at: place) { unsafe $0.withUnsafeBytes { unsafe builder.append(blob: $0) } }
            }
        }
        return try builder.finish().widenedToAny()
    }
}
