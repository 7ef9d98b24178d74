import RheiCore

extension ArrowArray {
    /// Joins arrays of one type end to end. The result shares no memory with its sources, except that a single array
    /// comes back as it is. The dictionaries of dictionary-encoded arrays become one of the values in use, and runs
    /// that meet with equal values become one.
    ///
    /// - Throws: `invalidArgument` without arrays, `typeMismatch` for different types, `overflow` when the rows do not
    ///   fit the type's offsets, indices or run ends, `unsupported` for ordered dictionaries that differ.
    public static func concatenated(_ arrays: [ArrowArray]) throws -> ArrowArray {
        guard let first = arrays.first else {
            throw EngineError(.invalidArgument, "nothing to concatenate")
        }
        if arrays.count == 1 { return first }
        for array in arrays where array.type != first.type {
            throw EngineError(.typeMismatch, "cannot concatenate \(first.type) and \(array.type)")
        }
        guard first.type.physicalType == .nested else { return try joined(arrays, as: first.type) }
        let builder = try ArrayBuilder.make(first.type)
        builder.reserve(arrays.reduce(0) { $0 + $1.count })
        for array in arrays { try builder.append(array) }
        return try builder.finish()
    }

    /// Joins arrays of possibly different types as one of `type`; see `ArrayAssembler` for what fits.
    package static func joined(_ arrays: [ArrowArray], as type: DataType) throws -> ArrowArray {
        let assembler = try ArrayAssembler(type, capacity: arrays.reduce(0) { $0 + $1.count })
        for array in arrays { try assembler.append(array, rows: 0..<array.count) }
        return assembler.finish()
    }

    /// Returns the same rows as type `any`: integers, reals, text and blobs get their tags, bit for bit.
    ///
    /// - Throws: `typeMismatch` for types that are no SQLite values, such as dates, unless all rows are null.
    public func widenedToAny() throws -> ArrowArray {
        type == .any ? self : try Self.joined([self], as: .any)
    }
}
