import Foundation
import RheiCore
import Testing

@Suite struct DescriptorTransferTests {
    @Test(arguments: [1, 7, 1024, 1025, 3000])
    func `pieces arrive in order, however few bytes the system takes at once`(
        pieceCount: Int
    ) throws {
        // A pipe takes 64 KB at most, so large pieces go through it in parts.
        let pieces = (0..<pieceCount).map { index in
            [UInt8](
                repeating: UInt8(truncatingIfNeeded: index),
                count: index % 5 == 0 ? 0 : index % 97 == 1 ? 200_001 : index % 31)
        }
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        let writer = Thread {
            let joined = pieces.flatMap { $0 }
            unsafe joined.withUnsafeBytes { bytes in
                var start = 0
                let views = unsafe pieces.map { piece in
                    defer { start += piece.count }
                    return unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<start + piece.count])
                }
                let error = unsafe DescriptorTransfer.write(gathering: views, to: descriptor)
                #expect(error == 0)
            }
            try? pipe.fileHandleForWriting.close()
        }
        writer.start()
        let arrived = try pipe.fileHandleForReading.readToEnd() ?? Data()
        #expect(Array(arrived) == pieces.flatMap { $0 })
    }

    @Test func `the system's error is returned`() {
        let bytes: [UInt8] = [1, 2, 3]
        let error = unsafe bytes.withUnsafeBytes { unsafe DescriptorTransfer.write(gathering: [$0, $0], to: -1) }
        #expect(error == EBADF)
    }
}
