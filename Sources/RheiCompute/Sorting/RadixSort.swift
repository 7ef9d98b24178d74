/// A row and the word it is sorted by.
struct SortEntry: BitwiseCopyable {
    var key: UInt64
    var row: UInt32
}

/// Sorts by words, least significant digit first; rows with equal words keep their order.
enum RadixSort {
    private static let digitBits = 9

    /// Sorts words by their bits from `lowBit` on, of which `bitCount` differ; returns the one of both buffers that
    /// holds the result.
    static func sortWords(
        _ words: UnsafeMutablePointer<UInt64>, spare: UnsafeMutablePointer<UInt64>, count: Int, lowBit: Int,
        bitCount: Int
    ) -> UnsafeMutablePointer<UInt64> {
        unsafe sort(words, spare, count, lowBit, bitCount) { $0 }
    }

    /// Sorts entries by the lowest `bitCount` bits of their keys; returns the buffer that holds the result.
    static func sortEntries(
        _ entries: UnsafeMutablePointer<SortEntry>, spare: UnsafeMutablePointer<SortEntry>, count: Int, bitCount: Int
    ) -> UnsafeMutablePointer<SortEntry> {
        unsafe sort(entries, spare, count, 0, bitCount) { $0.key }
    }

    @inline(__always)
    private static func sort<Element: BitwiseCopyable>(
        _ elements: UnsafeMutablePointer<Element>, _ spare: UnsafeMutablePointer<Element>, _ count: Int,
        _ lowBit: Int, _ bitCount: Int, _ word: (Element) -> UInt64
    ) -> UnsafeMutablePointer<Element> {
        guard bitCount > 0 else { return unsafe elements }
        let passCount = (bitCount + digitBits - 1) / digitBits
        // Passes share the bits evenly.
        let width = (bitCount + passCount - 1) / passCount
        let bucketCount = 1 << width
        let mask = UInt64(bucketCount - 1)
        var (source, target) = unsafe (elements, spare)
        unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: bucketCount * passCount) { histograms in
            let counts = unsafe histograms.baseAddress.unsafelyUnwrapped
            unsafe counts.update(repeating: 0, count: bucketCount * passCount)
            for index in 0..<count {
                var rest = unsafe word(source[index]) &>> UInt64(lowBit)
                for pass in 0..<passCount {
                    unsafe counts[pass &* bucketCount &+ Int(rest & mask)] &+= 1
                    rest = rest &>> UInt64(width)
                }
            }
            for pass in 0..<passCount {
                let bucket = unsafe counts + pass * bucketCount
                guard unsafe !holdsAll(bucket, bucketCount, count) else { continue }
                var start: UInt32 = 0
                for digit in 0..<bucketCount {
                    let next = unsafe start &+ bucket[digit]
                    unsafe bucket[digit] = start
                    start = next
                }
                let shift = UInt64(lowBit + pass * width)
                for index in 0..<count {
                    let element = unsafe source[index]
                    let digit = Int((word(element) &>> shift) & mask)
                    unsafe target[Int(bucket[digit])] = element
                    unsafe bucket[digit] &+= 1
                }
                unsafe swap(&source, &target)
            }
        }
        return unsafe source
    }

    /// Whether all elements have the same digit.
    private static func holdsAll(_ bucket: UnsafePointer<UInt32>, _ bucketCount: Int, _ count: Int) -> Bool {
        for digit in 0..<bucketCount where unsafe bucket[digit] != 0 { return unsafe Int(bucket[digit]) == count }
        return true
    }
}
