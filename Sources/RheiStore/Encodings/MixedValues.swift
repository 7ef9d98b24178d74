import RheiArrow
import RheiCore

/// Values of SQLite's five storage classes: the class of each row, then the values of each class for themselves.
///
/// ```
/// packed words: classes | packed words: integers | packed words: bits of reals | plain bytes: text and blobs
/// ```
enum MixedValues {
    static func append(_ array: AnyArray, _ rows: Range<Int>, to writer: inout ByteWriter) {
        var classes: [UInt64] = []
        var integers: [UInt64] = []
        var reals: [UInt64] = []
        var bytes = unsafe [UnsafeRawBufferPointer]()
        for row in rows {
            let storageClass = array.storageClass(at: row)
            classes.append(UInt64(storageClass.rawValue))
            let slot = unsafe array.slots + row * 16
            switch storageClass {
            case .null: break
            case .integer: unsafe integers.append(slot.load(as: UInt64.self))
            case .real: unsafe reals.append(slot.load(as: UInt64.self))
            case .text, .blob: unsafe bytes.append(viewBytes(slot, array.heap))
            }
        }
        PackedWords.append(classes, to: &writer)
        PackedWords.append(integers, to: &writer)
        PackedWords.append(reals, to: &writer)
        unsafe PlainBytes.append(bytes, to: &writer)
        withExtendedLifetime(array) {}
    }

    /// Reads tags and 16-byte slots; views refer to the reader's buffer as number `bufferIndex`.
    ///
    /// - Precondition: at most `Encoding.vectorRowCount` rows.
    @unsafe static func read(
        _ reader: inout ByteReader, count: Int, bufferIndex: Int, tags: UnsafeMutablePointer<UInt8>,
        slots: UnsafeMutablePointer<ByteView>
    ) throws {
        let classes = WordScratch()
        let numbers = WordScratch()
        defer { withExtendedLifetime((classes, numbers)) {} }
        let reals = unsafe numbers.words + Encoding.vectorRowCount
        unsafe try PackedWords.read(&reader, count: count, into: classes.words)
        var counts = [Int](repeating: 0, count: 5)
        for row in 0..<count {
            guard unsafe classes.words[row] < 5 else { throw reader.corrupt("an unknown storage class") }
            let storageClass = unsafe Int(classes.words[row])
            counts[storageClass] += 1
            unsafe tags[row] = UInt8(storageClass)
        }
        unsafe try PackedWords.read(&reader, count: counts[1], into: numbers.words)
        unsafe try PackedWords.read(&reader, count: counts[2], into: reals)
        var views = [ByteView](repeating: ByteView(), count: max(1, counts[3] + counts[4]))
        try unsafe views.withUnsafeMutableBufferPointer { views in
            guard let base = views.baseAddress else { return }
            unsafe try PlainBytes.read(&reader, count: counts[3] + counts[4], bufferIndex: bufferIndex, into: base)
        }
        var (integer, real, string) = (0, 0, 0)
        for row in 0..<count {
            switch unsafe tags[row] {
            case 1:
                unsafe slots[row] = ByteView(low: numbers.words[integer], high: 0)
                integer += 1
            case 2:
                unsafe slots[row] = ByteView(low: reals[real], high: 0)
                real += 1
            case 3, 4:
                unsafe slots[row] = views[string]
                string += 1
            default: unsafe slots[row] = ByteView()
            }
        }
    }
}
