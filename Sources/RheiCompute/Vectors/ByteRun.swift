/// The bytes of one text or blob, lent for the time of a closure call. Indices are the reader's responsibility.
@safe struct ByteRun {
    let base: UnsafePointer<UInt8>
    let count: Int

    @inline(__always) init(_ base: UnsafePointer<UInt8>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    @inline(__always) subscript(index: Int) -> UInt8 { unsafe base[index] }

    @inline(__always) var isEmpty: Bool { count == 0 }

    /// The bytes from `start` up to but without `end`.
    @inline(__always) func slice(_ start: Int, _ end: Int) -> ByteRun {
        unsafe ByteRun(base + start, count: end &- start)
    }

    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: base, count: count) }

    /// The bytes as a new array.
    var array: [UInt8] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }
}

extension StringValue {
    /// Calls `body` with the bytes of the value, which are valid only during the call.
    @inline(__always) func withRun<Result>(_ body: (ByteRun) throws -> Result) rethrows -> Result {
        let length = count
        if length > StringValue.inlineCapacity {
            let start = unsafe address.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            return try body(unsafe ByteRun(start, count: length))
        }
        var words = (head, tail)
        return try unsafe withUnsafeBytes(of: &words) { bytes in
            let start = unsafe bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            return try body(unsafe ByteRun(start + 4, count: length))
        }
    }
}

extension StringArena {
    /// Stores a copy of the bytes.
    func store(_ run: ByteRun) -> StringValue { unsafe store(run.bytes) }
}

extension Array where Element == UInt8 {
    /// Calls `body` with the elements as a run of bytes.
    @inline(__always) func withRun<Result>(_ body: (ByteRun) throws -> Result) rethrows -> Result {
        try unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return try StringValue.empty.withRun(body) }
            return try body(unsafe ByteRun(base, count: buffer.count))
        }
    }
}
