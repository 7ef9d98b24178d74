public import CArrow
import RheiCore

extension Field {
    /// Reads a field from an `ArrowSchema`, which stays the caller's to release.
    ///
    /// - Throws: `unsupported` naming a type that is not imported, `corrupt` for a released structure.
    @unsafe public init(importingC source: UnsafePointer<CArrow.ArrowSchema>) throws {
        unsafe try self.init(importingC: source, depth: 0)
    }

    @unsafe fileprivate init(importingC source: UnsafePointer<CArrow.ArrowSchema>, depth: Int) throws {
        let schema = unsafe source.pointee
        guard unsafe schema.release != nil, let format = unsafe schema.format else {
            throw EngineError(.corrupt, "a released or empty ArrowSchema")
        }
        guard depth < IPCFormat.depthLimit else {
            throw EngineError.unsupported("fields nested deeper than \(IPCFormat.depthLimit)")
        }
        let text = unsafe String(cString: format)
        let name = unsafe schema.name.map { unsafe String(cString: $0) } ?? ""
        var metadata = unsafe try CMetadata.decode(schema.metadata)
        let flags = unsafe schema.flags
        let children = unsafe try childFields(schema, depth: depth + 1)
        var type = try CFormat.type(
            text, children: children, keysSorted: flags & Int64(ARROW_FLAG_MAP_KEYS_SORTED) != 0)
        if type.isUnion, metadata[IPCFormat.extensionNameKey] == IPCFormat.anyExtensionName {
            guard try text == CFormat.format(.any), children.map(\.type) == IPCFormat.anyFields.map(\.type) else {
                throw EngineError(.corrupt, "a column of \(IPCFormat.anyExtensionName) that is no union of its types")
            }
            metadata[IPCFormat.extensionNameKey] = nil
            type = .any
        }
        if let dictionary = unsafe schema.dictionary {
            guard type.physicalType.integerByteWidth != nil else {
                throw EngineError(.corrupt, "an ArrowSchema with dictionary indices of type \(type)")
            }
            let value = unsafe try Field(importingC: dictionary, depth: depth + 1)
            let isOrdered = flags & Int64(ARROW_FLAG_DICTIONARY_ORDERED) != 0
            type = .dictionary(index: type, value: value.type, isOrdered: isOrdered)
        }
        self.init(name, type, isNullable: flags & Int64(ARROW_FLAG_NULLABLE) != 0, metadata: metadata)
    }
}

extension Schema {
    /// Reads a schema from an `ArrowSchema` that describes a struct; see `Field.init(importingC:)`.
    @unsafe public init(importingC source: UnsafePointer<CArrow.ArrowSchema>) throws {
        let schema = unsafe source.pointee
        guard unsafe schema.release != nil, let format = unsafe schema.format,
            unsafe String(cString: format) == "+s"
        else { throw EngineError(.corrupt, "an ArrowSchema that describes no struct") }
        self.init(unsafe try childFields(schema, depth: 0), metadata: unsafe try CMetadata.decode(schema.metadata))
    }
}

@unsafe private func childFields(_ schema: CArrow.ArrowSchema, depth: Int) throws -> [Field] {
    let count = unsafe Int(schema.n_children)
    return try (0..<max(count, 0)).map { index in
        guard let child = unsafe schema.children?[index] else {
            throw EngineError(.corrupt, "an ArrowSchema without its children")
        }
        return unsafe try Field(importingC: child, depth: depth)
    }
}

extension DataType {
    fileprivate var isUnion: Bool {
        if case .union = self { return true }
        return false
    }
}
