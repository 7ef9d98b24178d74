/// A run of bytes that never changes after its creation and may be shared between threads.
///
/// Memory of our own is aligned to 64 bytes and followed by at least 64 zeroed bytes, so that a kernel may read whole
/// words past the end. Foreign memory (`init(borrowing:byteCount:owner:)`) has neither promise; `hasSlack` tells.
///
/// Unchecked because the bytes are constant from `init` to `deinit`: threads may read them together.
@safe public final class Buffer: @unchecked Sendable {
    /// Number of zeroed bytes that follow the contents of every buffer of our own.
    public static let slackByteCount = 64
    /// The buffer without bytes.
    public static let empty = Buffer(copying: [])

    /// Number of bytes of content, slack excluded.
    public let byteCount: Int
    /// First byte. Valid while this object lives: keep it alive with `withExtendedLifetime` around raw accesses.
    @usableFromInline package let pointer: UnsafeRawPointer
    /// Bytes taken from the pool; zero for borrowed memory.
    package let allocatedByteCount: Int
    private let owner: AnyObject?

    /// Takes over a block of the shared pool whose first `byteCount` bytes are written and whose slack is zeroed.
    init(adopting pointer: UnsafeMutableRawPointer, byteCount: Int, allocatedByteCount: Int) {
        unsafe self.pointer = UnsafeRawPointer(pointer)
        self.byteCount = byteCount
        self.allocatedByteCount = allocatedByteCount
        self.owner = nil
    }

    /// Borrows foreign memory that stays valid and unchanged as long as `owner` lives.
    package init(borrowing pointer: UnsafeRawPointer, byteCount: Int, owner: AnyObject) {
        unsafe self.pointer = pointer
        self.byteCount = byteCount
        self.allocatedByteCount = 0
        self.owner = owner
    }

    /// Copies `bytes` into memory of our own.
    public convenience init(copying bytes: [UInt8]) {
        let block = unsafe BufferPool.shared.allocate(byteCount: bytes.count + Self.slackByteCount)
        unsafe bytes.withUnsafeBytes { source in
            if let start = source.baseAddress {
                unsafe block.pointer.copyMemory(from: start, byteCount: source.count)
            }
        }
        let end = unsafe block.pointer + bytes.count
        unsafe end.initializeMemory(as: UInt8.self, repeating: 0, count: Self.slackByteCount)
        unsafe self.init(adopting: block.pointer, byteCount: bytes.count, allocatedByteCount: block.byteCount)
    }

    deinit {
        if allocatedByteCount > 0 {
            unsafe BufferPool.shared.deallocate(
                UnsafeMutableRawPointer(mutating: pointer), byteCount: allocatedByteCount)
        }
    }

    /// Whether 64 zeroed bytes follow the contents.
    public var hasSlack: Bool { allocatedByteCount > 0 }

    /// Bytes of the block that holds it, or its own where the memory is another's.
    package var blockByteCount: Int { max(allocatedByteCount, byteCount) }

    /// Lends the contents to `body`.
    public func withBytes<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        let bytes = unsafe UnsafeRawBufferPointer(start: pointer, count: byteCount)
        defer { withExtendedLifetime(self) {} }
        return try unsafe body(bytes.bytes)
    }
}

extension Buffer: Equatable {
    /// Compares contents, not identities.
    public static func == (left: Buffer, right: Buffer) -> Bool {
        guard left.byteCount == right.byteCount else { return false }
        if left === right { return true }
        defer { withExtendedLifetime((left, right)) {} }
        return unsafe memoryEqual(left.pointer, right.pointer, left.byteCount)
    }
}
