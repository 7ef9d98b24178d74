import Foundation
import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

/// The files that the Arrow project keeps from older versions, with the values of their JSON twins (`make arrow-gold`).
@Suite(.enabled(if: ArrowTestingFolder.path != nil, "RHEI_ARROW_TESTING names no checkout of apache/arrow-testing"))
struct GoldTests {
    static let twins = ArrowTestingFolder.files("arrow-ipc-stream/integration", suffixes: [".json.gz"])

    @Test(arguments: twins.filter { !$0.contains("bigendian") })
    func `gold files hold the values of their JSON`(path: String) throws {
        let gold = try Gold(path)
        let base = path.dropLast(".json.gz".count)
        let options = IPCReadOptions(validation: .full)

        let stream = try IPCStreamReader(Buffer.mapping(path: base + ".stream"), options: options)
        #expect(Self.canonical(stream.schema) == Self.canonical(gold.schema))
        var batches: [RecordBatch] = []
        while let batch = try stream.next() { batches.append(batch) }
        try compare(batches, gold)

        let file = try IPCFileReader(path: base + ".arrow_file", options: options)
        #expect(Self.canonical(file.schema) == Self.canonical(gold.schema))
        try compare((0..<file.batchCount).map(file.batch), gold)

        try compare(rewritten(batches, stream.schema), gold)
    }

    @Test(arguments: twins.filter { $0.contains("bigendian") })
    func `big-endian gold files are refused by name`(path: String) throws {
        let base = path.dropLast(".json.gz".count)
        let errors = try [
            #require(throws: EngineError.self) { try IPCStreamReader(Buffer.mapping(path: base + ".stream")) },
            #require(throws: EngineError.self) { try IPCFileReader(path: base + ".arrow_file") },
        ]
        for error in errors {
            #expect(error.code == .unsupported)
            #expect(error.message.contains("big-endian"))
        }
    }

    /// Returns the schema with the usual names in its maps: streams and files name the
    /// fields of one map differently.
    private static func canonical(_ schema: Schema) -> Schema {
        Schema(
            schema.fields.map { field in
                guard case .map(let entries, let keysSorted) = field.type, case .struct(var pair) = entries.type,
                    pair.count == 2
                else { return field }
                (pair[0].name, pair[1].name) = ("key", "value")
                var field = field
                field.type = .map(
                    entries: Field("entries", .struct(pair), isNullable: false), keysSorted: keysSorted)
                return field
            }, metadata: schema.metadata)
    }

    /// Writes batches and reads them again.
    private func rewritten(_ batches: [RecordBatch], _ schema: Schema) throws -> [RecordBatch] {
        let sink = MemorySink()
        let writer = try IPCStreamWriter(sink, schema: schema, options: IPCWriteOptions(compression: .zstd(level: 1)))
        for batch in batches { try writer.write(batch) }
        try writer.finish()
        let reader = try IPCStreamReader(sink.finish(), options: IPCReadOptions(validation: .full))
        #expect(reader.schema == schema)
        return try batches.map { _ in try #require(try reader.next()) }
    }

    private func compare(_ batches: [RecordBatch], _ gold: Gold) throws {
        try #require(batches.count == gold.batches.count)
        for (index, (batch, expected)) in zip(batches, gold.batches).enumerated() {
            for (column, field) in gold.schema.fields.enumerated() {
                let rows = try GoldArray.rows(batch.columns[column])
                #expect(rows == expected[column].rows, "batch \(index), column '\(field.name)' of type \(field.type)")
            }
        }
    }

    /// A file of integration JSON.
    private struct Gold {
        let schema: Schema
        let batches: [[GoldColumn]]

        init(_ path: String) throws {
            let result = try Subprocess.run("gzip", ["-dc", path])
            let json =
                try JSONSerialization.jsonObject(with: Data(result.standardOutput.utf8)) as? GoldColumn.Object ?? [:]
            let head = json["schema"] as? GoldColumn.Object ?? [:]
            schema = try GoldSchema.schema(head)
            let fields = GoldSchema.objects(head["fields"])
            let ids = fields.map { GoldColumn.DictionaryIDs($0) }
            let dictionaries = Self.dictionaries(json, zip(schema.fields.map(\.type), ids).map { ($0, $1) })
            let types = schema.fields.map(\.type)
            batches = GoldSchema.objects(json["batches"]).map { batch in
                GoldSchema.objects(batch["columns"]).enumerated().map { index, column in
                    GoldColumn(types[index], column, ids[index], dictionaries)
                }
            }
        }

        /// Reads the dictionaries, which may have columns of other dictionaries within them.
        private static func dictionaries(
            _ json: GoldColumn.Object, _ fields: [(DataType, GoldColumn.DictionaryIDs)]
        ) -> [Int: GoldColumn] {
            var values: [Int: (type: DataType, ids: GoldColumn.DictionaryIDs)] = [:]
            func gather(_ type: DataType, _ ids: GoldColumn.DictionaryIDs) {
                var inner = type
                if case .dictionary(_, let value, _) = type, let id = ids.own {
                    values[id] = (value, ids)
                    inner = value
                }
                for (field, ids) in zip(inner.childFields, ids.children) { gather(field.type, ids) }
            }
            for (type, ids) in fields { gather(type, ids) }
            let columns = GoldSchema.objects(json["dictionaries"]).compactMap { item -> (Int, GoldColumn.Object)? in
                guard let id = item["id"] as? Int, let data = item["data"] as? GoldColumn.Object else { return nil }
                return GoldSchema.objects(data["columns"]).first.map { (id, $0) }
            }
            var result: [Int: GoldColumn] = [:]
            // As many rounds as dictionaries nest.
            for _ in 0..<3 {
                for (id, column) in columns {
                    guard let (type, ids) = values[id] else { continue }
                    result[id] = GoldColumn(type, column, ids, result)
                }
            }
            return result
        }
    }
}
