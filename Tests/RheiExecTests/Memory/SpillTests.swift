import RheiArrow
import RheiCompute
import RheiCore
@testable import RheiExec
import RheiPlan
import RheiTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Temporary files: what is read is what was written, or an error that says what happened.
@Suite struct SpillTests {
    private func memory(_ manager: MemoryManager = MemoryManager()) -> OperatorMemory {
        OperatorMemory("test", QueryMemory(manager))
    }

    /// Rows of all kinds of columns, some of them null.
    private func rows(_ count: Int, nulls: Bool) -> RowStore {
        let types: [VectorType] = [.int64, .text, .any, .bool, .int128]
        let store = RowStore(types: types)
        let arena = StringArena()
        let buffers = types.map { VectorBuffer(type: $0) }
        for first in stride(from: 0, to: count, by: 100) {
            let length = min(100, count - first)
            let columns = zip(types, buffers).map { type, buffer in
                Self.column(type, first..<first + length, nulls: nulls, buffer, arena)
            }
            store.append(columns, SelectionVector(all: length))
        }
        withExtendedLifetime(buffers) {}
        return store
    }

    private static func column(
        _ type: VectorType, _ numbers: Range<Int>, nulls: Bool, _ buffer: VectorBuffer, _ arena: StringArena
    ) -> ColumnVector {
        var vector = buffer.vector()
        let words = unsafe buffer.validityWords
        for (row, number) in numbers.enumerated() {
            let isValid = !nulls || number % 5 != 2
            if row % 64 == 0 { unsafe words[row / 64] = 0 }
            if isValid { unsafe words[row / 64] |= 1 << UInt64(row % 64) }
            let text = "number \(number), " + String(repeating: "x", count: number % 40)
            let slot = unsafe Array(text.utf8).withUnsafeBytes { unsafe arena.store($0) }
            switch type {
            case .bool: unsafe vector.pointer(UInt8.self)[row] = UInt8(number & 1)
            case .int128: unsafe vector.pointer(Int128.self)[row] = Int128(number) << 90
            case .text: unsafe vector.pointer(StringValue.self)[row] = slot
            case .any:
                let storageClass: StorageClass = !isValid ? .null : number % 2 == 0 ? .integer : .text
                unsafe vector.tags?[row] = storageClass.rawValue
                unsafe vector.pointer(StringValue.self)[row] =
                    number % 2 == 0 ? StringValue(head: UInt64(number), tail: 0) : slot
            default: unsafe vector.pointer(Int64.self)[row] = Int64(number)
            }
        }
        if nulls { unsafe vector.validity = words }
        return vector
    }

    private func values(_ columns: [ColumnVector], _ count: Int) -> [[SQLValue]] {
        (0..<count).map { row in
            columns.map { column in
                if column.type == .int128 {
                    return column.isValid(row) ? .text("\(unsafe column.pointer(Int128.self)[row])") : .null
                }
                if column.type == .bool {
                    return column.isValid(row) ? .integer(unsafe Int64(column.pointer(UInt8.self)[row])) : .null
                }
                return column.datum(row).sqlValue
            }
        }
    }

    @Test(arguments: [1, 63, 64, 65, 2048], [false, true])
    func `a block holds the rows that were written`(_ count: Int, _ nulls: Bool) throws {
        let store = rows(count, nulls: nulls)
        let file = try SpillDirectory().makeFile()
        let block = try SpillWriter(file, memory: memory()).write(store)[0]
        let read = try SpillReader(file, types: store.columns.map(\.type)).read(block)
        #expect(read.rowCount == count)
        #expect(values(read.columns, count) == values(store.vectors(from: 0, count: count), count))
        withExtendedLifetime((store, read)) {}
    }

    @Test func `contents that are cut anywhere are no block`() throws {
        let store = rows(70, nulls: true)
        let types = store.columns.map(\.type)
        var bytes = MutableBuffer()
        RowBlock.encode(store.vectors(from: 0, count: 70), count: 70, into: &bytes)
        let whole = (0..<bytes.byteCount).map { unsafe bytes.pointer.load(fromByteOffset: $0, as: UInt8.self) }
        #expect(RowBlock(Buffer(copying: whole), types: types) != nil)
        for length in stride(from: 0, to: whole.count, by: 7) {
            #expect(RowBlock(Buffer(copying: Array(whole[..<length])), types: types) == nil, "\(length) bytes")
        }
        withExtendedLifetime(store) {}
    }

    @Test func `a damaged block is noticed`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("damaged")
        let descriptor = unsafe open(path, O_RDWR | O_CREAT, 0o600)
        let file = SpillFile(descriptor: descriptor, directory: SpillDirectory())
        let store = rows(200, nulls: true)
        let block = try SpillWriter(file, memory: memory()).write(store)[0]
        let reader = SpillReader(file, types: store.columns.map(\.type))
        _ = try reader.read(block)
        var byte: UInt8 = 0
        unsafe #expect(pread(descriptor, &byte, 1, off_t(block.byteCount / 2)) == 1)
        byte ^= 1
        unsafe #expect(pwrite(descriptor, &byte, 1, off_t(block.byteCount / 2)) == 1)
        let error = #expect(throws: EngineError.self) { _ = try reader.read(block) }
        #expect(error?.code == .corrupt)
        #expect(ftruncate(descriptor, off_t(block.byteCount / 2)) == 0)
        let second = #expect(throws: EngineError.self) { _ = try reader.read(block) }
        #expect(second?.message.contains("ends early") == true)
        withExtendedLifetime(folder) {}
    }

    @Test func `files have no name, and their bytes are counted until they are let go`() throws {
        let folder = try TemporaryFolder()
        let directory = SpillDirectory(path: folder.path("."), limit: 1 << 20)
        let store = rows(500, nulls: false)
        do {
            let file = try directory.makeFile()
            _ = try SpillWriter(file, memory: memory()).write(store)
            #expect(directory.usedByteCount == file.byteCount)
            #expect(file.byteCount > 0)
            #expect(Self.names(in: folder.path("")).isEmpty)
        }
        #expect(directory.usedByteCount == 0)
    }

    @Test func `temporary files keep to their limit`() throws {
        let directory = SpillDirectory(limit: 1000)
        let file = try directory.makeFile()
        let store = rows(500, nulls: false)
        let error = #expect(throws: EngineError.self) { _ = try SpillWriter(file, memory: memory()).write(store) }
        #expect(error?.code == .outOfMemory)
        #expect(error?.hint?.contains("temporaryDiskLimit") == true)
        #expect(directory.usedByteCount <= 1000)
    }

    @Test func `a folder that cannot be written is named`() {
        let error = #expect(throws: EngineError.self) { _ = try SpillDirectory(path: "/nonexistent/folder").makeFile() }
        #expect(error?.code == .io)
        #expect(error?.message.contains("/nonexistent/folder") == true)
    }

    @Test func `leftovers of dead processes go, those of living ones stay`() throws {
        let folder = try TemporaryFolder()
        let child = try Subprocess.run("sh", ["-c", "echo $$"])
        let dead = child.standardOutput.filter(\.isNumber)
        let names = ["rhei-spill-\(dead)-1", "rhei-spill-\(getpid())-1", "rhei-spill-x", "other"]
        for name in names { close(unsafe open(folder.path(name), O_RDWR | O_CREAT, 0o600)) }
        SpillDirectory(path: folder.path(".")).removeLeftovers()
        #expect(Self.names(in: folder.path("")) == Set(names.dropFirst()))
    }

    private static func names(in path: String) -> Set<String> {
        guard let result = try? Subprocess.run("ls", [path]) else { return ["?"] }
        return Set(result.standardOutput.split(separator: "\n").map(String.init))
    }
}
