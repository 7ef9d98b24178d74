import Glibc

/// A buffered file descriptor. Bytes go out when 64 KB have gathered and at `flush`.
///
/// A reader that has gone away (`rh query … | head`) ends the program quietly, as other filters do.
final class OutputStream {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
        buffer.reserveCapacity(1 << 16)
    }

    static let flushThreshold = 1 << 16

    func write(_ bytes: some Sequence<UInt8>) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.flushThreshold { flush() }
    }

    func write(_ byte: UInt8) {
        buffer.append(byte)
        if buffer.count >= Self.flushThreshold { flush() }
    }

    func write(_ text: String) { write(text.utf8) }

    func flush() {
        var start = 0
        while start < buffer.count {
            let written = unsafe buffer.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress.map { unsafe $0 + start }, bytes.count - start)
            }
            if written < 0 {
                if errno == EINTR { continue }
                Glibc.exit(errno == EPIPE ? 0 : 1)
            }
            start += written
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
