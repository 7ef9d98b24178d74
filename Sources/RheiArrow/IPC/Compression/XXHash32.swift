/// The checksum of LZ4 frames: xxHash with 32 bits and seed zero (Yann Collet's "xxHash fast digest algorithm",
/// v0.1.1).
@unsafe package func xxHash32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    let (p1, p2, p3, p4, p5) =
        (0x9E37_79B1, 0x85EB_CA77, 0xC2B2_AE3D, 0x27D4_EB2F, 0x1656_67B1)
        as (
            UInt32, UInt32, UInt32, UInt32, UInt32
        )
    func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value &<< count | value &>> (32 &- count) }
    func word(_ place: Int) -> UInt32 { unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
    var place = 0
    var hash = p5
    if bytes.count >= 16 {
        var lanes: (UInt32, UInt32, UInt32, UInt32) = (p1 &+ p2, p2, 0, 0 &- p1)
        func round(_ lane: UInt32, _ word: UInt32) -> UInt32 { rotate(lane &+ word &* p2, 13) &* p1 }
        while place + 16 <= bytes.count {
            lanes.0 = round(lanes.0, word(place))
            lanes.1 = round(lanes.1, word(place + 4))
            lanes.2 = round(lanes.2, word(place + 8))
            lanes.3 = round(lanes.3, word(place + 12))
            place += 16
        }
        hash = rotate(lanes.0, 1) &+ rotate(lanes.1, 7) &+ rotate(lanes.2, 12) &+ rotate(lanes.3, 18)
    }
    hash = hash &+ UInt32(truncatingIfNeeded: bytes.count)
    while place + 4 <= bytes.count {
        hash = rotate(hash &+ word(place) &* p3, 17) &* p4
        place += 4
    }
    while place < bytes.count {
        hash = unsafe rotate(hash &+ UInt32(bytes[place]) &* p5, 11) &* p1
        place += 1
    }
    hash = (hash ^ hash &>> 15) &* p2
    hash = (hash ^ hash &>> 13) &* p3
    return hash ^ hash &>> 16
}
