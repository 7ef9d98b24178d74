package import RheiArrow

/// CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected, as in RFC 3720), eight bytes at a time by eight tables
/// ("A Systematic Approach to Building High Performance, Software-based, CRC Generators", ISCC 2005).
package enum Checksum {
    private static let tables: [UInt32] = makeTables()

    /// Returns the checksum of some bytes, whose predecessors have the checksum `seed`.
    package static func crc32c(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe crc32c($0, seed: seed) }
    }

    package static func crc32c(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe crc32c($0, seed: seed) }
    }

    package static func crc32c(_ buffer: Buffer) -> UInt32 { buffer.withBytes { crc32c($0) } }

    @unsafe private static func crc32c(_ bytes: UnsafeRawBufferPointer, seed: UInt32) -> UInt32 {
        unsafe tables.withUnsafeBufferPointer { tables in
            var crc = ~seed
            var index = 0
            while index &+ 8 <= bytes.count {
                let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let mixed = word ^ UInt64(crc)
                let a = unsafe tables[0x700 | Int(mixed & 0xFF)] ^ tables[0x600 | Int(mixed &>> 8 & 0xFF)]
                let b = unsafe tables[0x500 | Int(mixed &>> 16 & 0xFF)] ^ tables[0x400 | Int(mixed &>> 24 & 0xFF)]
                let c = unsafe tables[0x300 | Int(mixed &>> 32 & 0xFF)] ^ tables[0x200 | Int(mixed &>> 40 & 0xFF)]
                let d = unsafe tables[0x100 | Int(mixed &>> 48 & 0xFF)] ^ tables[Int(mixed &>> 56)]
                crc = a ^ b ^ c ^ d
                index &+= 8
            }
            while index < bytes.count {
                crc = unsafe crc &>> 8 ^ tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
                index &+= 1
            }
            return ~crc
        }
    }

    private static func makeTables() -> [UInt32] {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
            tables[byte] = crc
        }
        for byte in 0..<256 {
            for table in 1..<8 {
                let before = tables[(table - 1) * 256 + byte]
                tables[table * 256 + byte] = before >> 8 ^ tables[Int(before & 0xFF)]
            }
        }
        return tables
    }
}
