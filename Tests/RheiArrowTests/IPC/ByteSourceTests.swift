import Foundation
import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

@Suite struct ByteSourceTests {
    /// A file of random bytes, opened for reading.
    private func withFile(byteCount: Int, _ body: (FileHandle, [UInt8]) throws -> Void) throws {
        var random = SeededGenerator(seed: UInt64(byteCount))
        var bytes = [UInt8](repeating: 0, count: byteCount)
        for index in stride(from: 0, to: byteCount, by: 97) { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        let folder = try TemporaryFolder()
        let path = folder.path("bytes")
        try Data(bytes).write(to: URL(filePath: path))
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        try body(file, bytes)
        try file.close()
        withExtendedLifetime(folder) {}
    }

    @Test(arguments: [1, 2, 5])
    func `large parts of a file are the same however many threads read them`(threadCount: Int) throws {
        try withFile(byteCount: 30_000_007) { file, bytes in
            let source = FileDescriptorSource(descriptor: file.fileDescriptor, threadCount: threadCount)
            var position = 0
            for wanted in [10, 9_000_000, 3, 8 << 20, 50_000_000, 1] {
                let part = try source.read(wanted)
                let expected = bytes[position..<min(position + wanted, bytes.count)]
                #expect(part == Buffer(copying: Array(expected)), "\(wanted) bytes from \(position)")
                position += expected.count
            }
            #expect(position == bytes.count)
        }
    }

    @Test func `a pipe gives what comes`() throws {
        let pipe = Pipe()
        let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
        try pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
        try pipe.fileHandleForWriting.close()
        let source = FileDescriptorSource(descriptor: pipe.fileHandleForReading.fileDescriptor, threadCount: 2)
        #expect(try source.read(1000) == Buffer(copying: Array(bytes[..<1000])))
        #expect(try source.read(20_000_000) == Buffer(copying: Array(bytes[1000...])))
        #expect(try source.read(1).byteCount == 0)
    }

    @Test func `a folder is no source`() throws {
        let folder = try TemporaryFolder()
        let descriptor = unsafe open(folder.path(""), O_RDONLY)
        defer { close(descriptor) }
        let source = FileDescriptorSource(descriptor: descriptor)
        let error = #expect(throws: EngineError.self) { try source.read(10) }
        #expect(error?.code == .io)
    }
}
