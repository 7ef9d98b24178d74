public import CArrow
import RheiCore

extension Field {
    /// Describes this field in an `ArrowSchema`, which the caller releases through its `release` member.
    ///
    /// - Parameter target: memory for the structure; its old contents are not looked at.
    /// - Throws: `unsupported` naming a type that is not exported; `target` is untouched then.
    @unsafe public func exportC(to target: UnsafeMutablePointer<CArrow.ArrowSchema>) throws {
        var (metadata, dictionary, flags) = (metadata, Field?.none, isNullable ? Int64(ARROW_FLAG_NULLABLE) : 0)
        switch type {
        case .any: metadata[IPCFormat.extensionNameKey] = IPCFormat.anyExtensionName
        case .map(_, keysSorted: true): flags |= Int64(ARROW_FLAG_MAP_KEYS_SORTED)
        case .dictionary(_, let value, let isOrdered):
            dictionary = Field("", value)
            if isOrdered { flags |= Int64(ARROW_FLAG_DICTIONARY_ORDERED) }
        default: break
        }
        unsafe try CSchemaHolder.export(
            format: CFormat.format(type), name: name, metadata: metadata, flags: flags,
            children: type == .any ? IPCFormat.anyFields : type.childFields, dictionary: dictionary, to: target)
    }
}

extension Schema {
    /// Describes this schema as a struct of its fields; see `Field.exportC(to:)`.
    @unsafe public func exportC(to target: UnsafeMutablePointer<CArrow.ArrowSchema>) throws {
        unsafe try CSchemaHolder.export(
            format: "+s", name: "", metadata: metadata, flags: 0, children: fields, dictionary: nil, to: target)
    }
}

/// Owns what an exported `ArrowSchema` points to.
@safe private final class CSchemaHolder {
    private let texts: [UnsafeMutablePointer<CChar>]
    private let references: CReferences<CArrow.ArrowSchema>

    private init(_ texts: [UnsafeMutablePointer<CChar>], childCount: Int) {
        unsafe self.texts = texts
        unsafe references = CReferences(childCount: childCount)
    }

    deinit { unsafe texts.forEach { unsafe $0.deallocate() } }

    @unsafe static func export(
        format: String, name: String, metadata: [String: String], flags: Int64, children: [Field],
        dictionary: Field?, to target: UnsafeMutablePointer<CArrow.ArrowSchema>
    ) throws {
        var texts = unsafe [copy(Array(format.utf8) + [0]), copy(Array(name.utf8) + [0])]
        if let bytes = CMetadata.encode(metadata) { unsafe texts.append(copy(bytes)) }
        let holder = unsafe CSchemaHolder(texts, childCount: children.count)
        for (index, child) in children.enumerated() {
            if let place = unsafe holder.references.children[index] { unsafe try child.exportC(to: place) }
        }
        unsafe try dictionary?.exportC(to: holder.references.dictionary)
        var result = unsafe CArrow.ArrowSchema()
        unsafe result.format = UnsafePointer(texts[0])
        unsafe result.name = UnsafePointer(texts[1])
        unsafe result.metadata = texts.count > 2 ? UnsafePointer(texts[2]) : nil
        unsafe result.flags = flags
        unsafe result.n_children = Int64(children.count)
        unsafe result.children = children.isEmpty ? nil : holder.references.children
        unsafe result.dictionary = dictionary == nil ? nil : holder.references.dictionary
        unsafe result.release = releaseSchema
        unsafe result.private_data = Unmanaged.passRetained(holder).toOpaque()
        unsafe target.initialize(to: result)
    }

    @unsafe private static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar> {
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { unsafe (text + index).initialize(to: CChar(bitPattern: byte)) }
        return unsafe text
    }
}

/// The `release` member of exported schemas.
@unsafe private func releaseSchema(_ schema: UnsafeMutablePointer<CArrow.ArrowSchema>?) {
    guard let schema = unsafe schema, let data = unsafe schema.pointee.private_data else { return }
    unsafe schema.pointee.release = nil
    unsafe schema.pointee.private_data = nil
    unsafe Unmanaged<CSchemaHolder>.fromOpaque(data).release()
}
