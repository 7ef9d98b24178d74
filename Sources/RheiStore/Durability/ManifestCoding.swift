import RheiArrow
import RheiCore

/// The bytes of manifest records; see `docs/format/manifest.md`.
enum ManifestRecord: Equatable {
    /// A whole state: the first record of a manifest.
    case checkpoint(ManifestState)
    case edit(ManifestEdit)

    func bytes() throws -> [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .checkpoint(let state):
            writer.append(UInt8(1))
            writer.append(state.position)
            writer.append(texts: state.notes)
            writer.append(state.nextFileNumber)
            writer.append(state.lastTableID)
            writer.append(UInt32(state.tables.count))
            for (id, table) in state.tables.sorted(by: { $0.key < $1.key }) {
                writer.append(id)
                try table.header.write(to: &writer)
                writer.append(segments: table.segments)
            }
        case .edit(let edit):
            writer.append(UInt8(2))
            writer.append(edit.position)
            writer.append(texts: edit.notes)
            writer.append(edit.nextFileNumber)
            writer.append(edit.lastTableID)
            writer.append(UInt32(edit.droppedTables.count))
            for id in edit.droppedTables { writer.append(id) }
            writer.append(UInt32(edit.tables.count))
            for (id, table) in edit.tables.sorted(by: { $0.key < $1.key }) {
                writer.append(id)
                try table.write(to: &writer)
            }
        }
        return writer.bytes
    }

    init(_ bytes: Buffer) throws {
        var reader = ByteReader(bytes)
        switch try reader.integer(UInt8.self) {
        case 1: self = .checkpoint(try Self.checkpoint(&reader))
        case 2: self = .edit(try Self.edit(&reader))
        case let kind: throw reader.corrupt("a record of kind \(kind)")
        }
        try reader.finish()
    }

    private static func checkpoint(_ reader: inout ByteReader) throws -> ManifestState {
        var state = ManifestState()
        state.position = try reader.integer(Int64.self)
        state.notes = try reader.texts()
        state.nextFileNumber = try reader.integer(UInt64.self)
        state.lastTableID = try reader.integer(Int64.self)
        for _ in 0..<(try reader.count(ofAtLeast: 40)) {
            let id = try reader.integer(Int64.self)
            let header = try ManifestState.Header(from: &reader)
            state.tables[id] = ManifestState.Table(header: header, segments: try reader.segments())
        }
        try state.check()
        return state
    }

    private static func edit(_ reader: inout ByteReader) throws -> ManifestEdit {
        let position = try reader.integer(Int64.self)
        let notes = try reader.texts()
        let nextFileNumber = try reader.integer(UInt64.self)
        var edit = ManifestEdit(
            position: position, notes: notes, nextFileNumber: nextFileNumber,
            lastTableID: try reader.integer(Int64.self))
        for _ in 0..<(try reader.count(ofAtLeast: 8)) { edit.droppedTables.append(try reader.integer(Int64.self)) }
        for _ in 0..<(try reader.count(ofAtLeast: 40)) {
            let id = try reader.integer(Int64.self)
            edit.tables[id] = try ManifestEdit.TableEdit(from: &reader)
        }
        return edit
    }
}

extension ManifestState.Header {
    fileprivate func write(to writer: inout ByteWriter) throws {
        writer.append(text: definition.name)
        let (kind, column): (UInt8, Int) =
            switch definition.key {
            case .none: (0, 0)
            case .integer: (1, 0)
            case .integerColumn(let column): (2, column)
            case .encoded: (3, 0)
            }
        writer.append(kind)
        writer.append(UInt32(column))
        writer.append(UInt32(definition.columns.count))
        for (index, field) in definition.columns.enumerated() {
            writer.append(text: field.name)
            try field.type.write(to: &writer)
            writer.append(UInt8(field.isNullable ? 1 : 0))
            writer.append(texts: field.metadata)
            try types[index].write(to: &writer)
            writer.append(UInt8(hasValues[index] ? 1 : 0))
        }
        writer.append(UInt32(schemaVersion))
        writer.append(nextRowNumber)
    }

    fileprivate init(from reader: inout ByteReader) throws {
        let name = try reader.text()
        let kind = try reader.integer(UInt8.self)
        let column = Int(try reader.integer(UInt32.self))
        let key: TableDefinition.Key
        switch kind {
        case 0: key = .none
        case 1: key = .integer
        case 2: key = .integerColumn(column)
        case 3: key = .encoded
        default: throw reader.corrupt("a key of kind \(kind)")
        }
        var columns: [Field] = []
        types = []
        hasValues = []
        for _ in 0..<(try reader.count(ofAtLeast: 30)) {
            let name = try reader.text()
            let type = try DataType(from: &reader)
            let isNullable = try reader.integer(UInt8.self) == 1
            columns.append(Field(name, type, isNullable: isNullable, metadata: try reader.texts()))
            types.append(try DataType(from: &reader))
            hasValues.append(try reader.integer(UInt8.self) == 1)
        }
        definition = TableDefinition(name: name, columns: columns, key: key)
        schemaVersion = Int(try reader.integer(UInt32.self))
        nextRowNumber = try reader.integer(Int64.self)
    }
}

extension ManifestEdit.TableEdit {
    fileprivate func write(to writer: inout ByteWriter) throws {
        try header.write(to: &writer)
        writer.append(UInt32(removed.count))
        for first in removed { writer.append(first) }
        writer.append(segments: added)
        writer.append(UInt32(deletedPages.count))
        for (first, pages) in deletedPages.sorted(by: { $0.key < $1.key }) {
            writer.append(first)
            writer.append(pages: pages)
        }
    }

    fileprivate init(from reader: inout ByteReader) throws {
        header = try ManifestState.Header(from: &reader)
        for _ in 0..<(try reader.count(ofAtLeast: 8)) { removed.append(try reader.integer(Int64.self)) }
        added = try reader.segments()
        for _ in 0..<(try reader.count(ofAtLeast: 12)) {
            let first = try reader.integer(Int64.self)
            deletedPages[first] = try reader.pages()
        }
    }
}

extension ByteWriter {
    fileprivate mutating func append(segments: [ManifestState.Segment]) {
        append(UInt32(segments.count))
        for segment in segments {
            append(segment.firstRowNumber)
            append(UInt32(segment.rowCount))
            append(segment.fileNumber)
            append(segment.fileByteCount)
            append(segment.footerChecksum)
            append(pages: segment.deletedPages)
        }
    }

    /// Per page the number of deleted rows and the rows in 2 bytes each, or, for more than 127, 32 words of bits.
    fileprivate mutating func append(pages: [Int: [UInt64]]) {
        append(UInt32(pages.count))
        for (page, words) in pages.sorted(by: { $0.key < $1.key }) {
            append(UInt32(page))
            let count = words.reduce(0) { $0 + $1.nonzeroBitCount }
            append(UInt16(count))
            if count > 127 {
                append(words: words.map(\.littleEndian), byteCount: DeletePage.byteCount)
            } else {
                for (index, word) in words.enumerated() {
                    var rest = word
                    while rest != 0 {
                        append(UInt16(index * 64 + rest.trailingZeroBitCount))
                        rest &= rest &- 1
                    }
                }
            }
        }
    }
}

extension ByteReader {
    fileprivate mutating func segments() throws -> [ManifestState.Segment] {
        var segments: [ManifestState.Segment] = []
        for _ in 0..<(try count(ofAtLeast: 36)) {
            let first = try integer(Int64.self)
            let rowCount = Int(try integer(UInt32.self))
            let number = try integer(UInt64.self)
            let byteCount = try integer(UInt64.self)
            let checksum = try integer(UInt32.self)
            segments.append(
                ManifestState.Segment(
                    firstRowNumber: first, rowCount: rowCount, fileNumber: number, fileByteCount: byteCount,
                    footerChecksum: checksum, deletedPages: try pages()))
        }
        return segments
    }

    fileprivate mutating func pages() throws -> [Int: [UInt64]] {
        var pages: [Int: [UInt64]] = [:]
        for _ in 0..<(try count(ofAtLeast: 6)) {
            let page = Int(try integer(UInt32.self))
            let count = Int(try integer(UInt16.self))
            var words = [UInt64](repeating: 0, count: DeletePage.wordCount)
            if count > 127 {
                for index in words.indices { words[index] = try integer(UInt64.self) }
            } else {
                for _ in 0..<count {
                    let row = Int(try integer(UInt16.self))
                    guard row < DeleteVector.pageRowCount else { throw corrupt("a deleted row \(row) in a page") }
                    words[row / 64] |= 1 << UInt64(row % 64)
                }
            }
            pages[page] = words
        }
        return pages
    }
}
