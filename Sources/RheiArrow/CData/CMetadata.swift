import RheiCore

/// Key-value pairs as the C Data Interface lays them out: native 32-bit counts and lengths before the bytes.
enum CMetadata {
    /// Returns the bytes of `pairs` in the order of the keys, nil when there are none.
    static func encode(_ pairs: [String: String]) -> [UInt8]? {
        if pairs.isEmpty { return nil }
        var bytes: [UInt8] = []
        func append(_ number: Int) {
            unsafe withUnsafeBytes(of: Int32(truncatingIfNeeded: number)) { unsafe bytes.append(contentsOf: $0) }
        }
        append(pairs.count)
        for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
            for text in [key, value] {
                append(text.utf8.count)
                bytes.append(contentsOf: text.utf8)
            }
        }
        return bytes
    }

    /// Reads the pairs at `start`, which must be laid out as said: the interface gives no length to check against.
    @unsafe static func decode(_ start: UnsafePointer<CChar>?) throws -> [String: String] {
        guard let start = unsafe start else { return [:] }
        var place = unsafe UnsafeRawPointer(start)
        func number() throws -> Int {
            let value = unsafe place.loadUnaligned(as: Int32.self)
            unsafe place += 4
            guard value >= 0 else { throw EngineError(.corrupt, "metadata with a negative length") }
            return Int(value)
        }
        func text() throws -> String {
            let length = try number()
            defer { unsafe place += length }
            return unsafe String(decoding: UnsafeRawBufferPointer(start: place, count: length), as: UTF8.self)
        }
        var pairs: [String: String] = [:]
        for _ in 0..<(try number()) {
            let key = try text()
            pairs[key] = try text()
        }
        return pairs
    }
}
