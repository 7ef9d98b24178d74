import RheiCore

/// Builds an array of any type row by row, nested ones by builders within builders.
///
/// `make(_:)` gives the builder for a type. Which of the appending methods fit depends on that type; the others throw
/// `typeMismatch`. Nested types have their own classes: rows of a `ListBuilder` or `StructBuilder` are put together in
/// the builders of their items or fields and closed by `endRow()`; a `DictionaryBuilder` or `RunEndBuilder` takes the
/// same values as the builder of its value type would.
///
/// For columns of numbers, `PrimitiveBuilder` is several times faster; what it makes can be appended here as a whole.
/// After an error other than a refused value the builder is of no further use.
public class ArrayBuilder {
    /// The type of the result.
    public let type: DataType

    init(_ type: DataType) {
        self.type = type
    }

    /// Makes the builder for arrays of `type`.
    ///
    /// - Throws: `unsupported` for dictionary indices or run ends of a type that they cannot have.
    public static func make(_ type: DataType) throws -> ArrayBuilder {
        switch type {
        case .list, .largeList, .listView, .largeListView, .fixedSizeList, .map: try ListBuilder(list: type)
        case .struct: try StructBuilder(struct: type)
        case .union: try UnionBuilder(union: type)
        case .dictionary: try DictionaryBuilder(dictionary: type)
        case .runEndEncoded: try RunEndBuilder(runs: type)
        default: try FlatBuilder(flat: type)
        }
    }

    /// Number of rows appended.
    public var count: Int { 0 }

    /// Makes room for `additionalCount` more rows.
    public func reserve(_ additionalCount: Int) {}

    /// Appends `count` null rows. In a union they are nulls of the first field.
    public func appendNulls(_ count: Int) throws {
        throw mismatch("nulls")
    }

    /// Appends a truth value.
    public func append(_ value: Bool) throws { throw mismatch("truth values") }

    /// Appends an integer, or the count of days, of a time unit or of the last decimal digit.
    ///
    /// - Throws: `overflow` when it does not fit the type.
    public func append(integer value: Int64) throws { throw mismatch("integers") }

    /// Appends the unscaled number of a decimal.
    ///
    /// - Throws: `overflow` when it does not fit the type's layout.
    public func append(decimal value: Decimal256) throws { throw mismatch("decimals") }

    /// Appends a real, rounded to the type.
    public func append(real value: Double) throws { throw mismatch("reals") }

    /// Appends bytes as text, as bytes of variable length, or as the memory of a value of fixed width; in a column of
    /// type `any` they are text or a blob, as `isText` says.
    ///
    /// - Throws: `overflow` when the bytes of all rows exceed the type's offsets.
    package func append(bytes: UnsafeRawBufferPointer, isText: Bool) throws { throw mismatch("bytes") }

    /// Appends rows of an array of the same type, or of nulls only. A `DictionaryBuilder` or `RunEndBuilder` also takes
    /// arrays of its value type.
    ///
    /// - Throws: `typeMismatch` for other types, `overflow` when offsets, indices or run ends no longer suffice.
    /// - Precondition: the rows exist.
    public func append(_ array: ArrowArray, rows: Range<Int>) throws { throw mismatch("rows of \(array.type)") }

    /// Returns what was appended and starts anew.
    ///
    /// - Throws: `invalidArgument` when items or fields were appended and their row was not ended.
    public func finish() throws -> ArrowArray {
        throw mismatch("rows")
    }

    func mismatch(_ what: String) -> EngineError {
        EngineError(.typeMismatch, "\(what) in an array of \(type)")
    }
}

extension ArrayBuilder {
    /// Appends a null row.
    public func appendNull() throws { try appendNulls(1) }

    /// Appends a text.
    public func append(_ text: String) throws {
        var text = text
        try text.withUTF8 { try unsafe append(bytes: UnsafeRawBufferPointer($0), isText: true) }
    }

    /// Appends bytes; see `append(bytes:isText:)`.
    public func append(bytes: [UInt8]) throws {
        try unsafe bytes.withUnsafeBytes { try unsafe append(bytes: $0, isText: false) }
    }

    /// Appends integers; see `append(integer:)`.
    public func append(integers: [Int64]) throws {
        reserve(integers.count)
        for value in integers { try append(integer: value) }
    }

    /// Appends reals; see `append(real:)`.
    public func append(reals: [Double]) throws {
        reserve(reals.count)
        for value in reals { try append(real: value) }
    }

    /// Appends texts, nulls for nil.
    public func append(texts: [String?]) throws {
        reserve(texts.count)
        for text in texts { if let text { try append(text) } else { try appendNull() } }
    }

    /// Appends all rows of an array; see `append(_:rows:)`.
    public func append(_ array: ArrowArray) throws {
        try append(array, rows: 0..<array.count)
    }

    /// Tells whether rows are to be appended as nulls because their array has no others, after checking its type.
    func areNulls(_ array: ArrowArray) throws -> Bool {
        if array.type == type { return false }
        guard array.nullCount == array.count else { throw mismatch("rows of \(array.type)") }
        return true
    }
}
