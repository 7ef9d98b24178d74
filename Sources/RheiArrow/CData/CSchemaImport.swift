public import CArrow
import RheiCore

extension Field {
    /// Reads a field from an `ArrowSchema`, which stays the caller's to release.
    ///
    /// - Throws: `unsupported` naming a type that is not imported, `corrupt` for a released structure.
    @unsafe public init(importingC source: UnsafePointer<CArrow.ArrowSchema>) throws {
        let schema = unsafe source.pointee
        guard unsafe schema.release != nil, let format = unsafe schema.format else {
            throw EngineError(.corrupt, "a released or empty ArrowSchema")
        }
        guard unsafe schema.dictionary == nil else {
            throw EngineError.unsupported("dictionaries in the C Data Interface")
        }
        let text = unsafe String(cString: format)
        let name = unsafe schema.name.map { unsafe String(cString: $0) } ?? ""
        var metadata = unsafe try CMetadata.decode(schema.metadata)
        let isNullable = unsafe schema.flags & Int64(ARROW_FLAG_NULLABLE) != 0
        if text.hasPrefix("+ud:"), metadata[IPCFormat.extensionNameKey] == IPCFormat.anyExtensionName {
            let children = unsafe try childFields(schema)
            guard try text == CFormat.format(.any), children.map(\.type) == IPCFormat.anyFields.map(\.type) else {
                throw EngineError(.corrupt, "a column of \(IPCFormat.anyExtensionName) that is no union of its types")
            }
            metadata[IPCFormat.extensionNameKey] = nil
            self.init(name, .any, isNullable: isNullable, metadata: metadata)
        } else {
            self.init(name, try CFormat.type(text), isNullable: isNullable, metadata: metadata)
        }
    }
}

extension Schema {
    /// Reads a schema from an `ArrowSchema` that describes a struct; see `Field.init(importingC:)`.
    @unsafe public init(importingC source: UnsafePointer<CArrow.ArrowSchema>) throws {
        let schema = unsafe source.pointee
        guard unsafe schema.release != nil, let format = unsafe schema.format,
            unsafe String(cString: format) == "+s"
        else { throw EngineError(.corrupt, "an ArrowSchema that describes no struct") }
        self.init(unsafe try childFields(schema), metadata: unsafe try CMetadata.decode(schema.metadata))
    }
}

@unsafe private func childFields(_ schema: CArrow.ArrowSchema) throws -> [Field] {
    let count = unsafe Int(schema.n_children)
    return try (0..<max(count, 0)).map { index in
        guard let child = unsafe schema.children?[index] else {
            throw EngineError(.corrupt, "an ArrowSchema without its children")
        }
        return unsafe try Field(importingC: child)
    }
}
