import RheiArrow
import RheiCompute
import RheiCore
import Testing

@Suite struct VectorHasherTests {
    private func hashes(_ type: VectorType, _ values: [SQLValue]) -> [UInt64] {
        let column = OperatorColumn(type, values)
        var result = Array(repeating: UInt64(0), count: values.count)
        unsafe result.withUnsafeMutableBufferPointer { result in
            guard let base = result.baseAddress else { return }
            unsafe VectorHasher.hash([column.vector], selection: nil, count: values.count, into: base)
        }
        withExtendedLifetime(column) {}
        return result
    }

    @Test func `equal numbers of an any column hash alike, neighbours do not`() {
        let integers: [Int64] = [0, 1, -1, 1 << 53, .min, 1 << 62]
        for integer in integers {
            let pair = hashes(.any, [.integer(integer), .real(Double(integer)), .real(Double(integer) + 0.5)])
            #expect(pair[0] == pair[1])
            if abs(Double(integer)) < 0x1p50 { #expect(pair[0] != pair[2]) }
        }
        #expect(hashes(.any, [.integer(.max)])[0] != hashes(.any, [.real(0x1p63)])[0])
        let zeros = hashes(.float64, [.real(0), .real(-0.0)])
        #expect(zeros[0] == zeros[1])
    }

    @Test func `text and blob of equal bytes hash apart in an any column`() {
        let pair = hashes(.any, [.text("abc"), .blob(Array("abc".utf8))])
        #expect(pair[0] != pair[1])
    }

    @Test func `strings of every length hash by all their bytes`() {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
            let base = hashes(.blob, [.blob(bytes), .blob(bytes)])
            #expect(base[0] == base[1])
            for index in 0..<length {
                var other = bytes
                other[index] ^= 1
                #expect(hashes(.blob, [.blob(other)])[0] != base[0], "length \(length), byte \(index)")
            }
            #expect(hashes(.blob, [.blob(bytes + [0])])[0] != base[0])
        }
    }
}
