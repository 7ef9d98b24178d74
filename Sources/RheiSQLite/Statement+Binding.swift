import CSQLite
package import RheiCore

extension Statement {
    /// Binds `values` to parameters 1, 2, 3, ….
    ///
    /// - Throws: `.invalidArgument` when there are more or fewer values than parameters.
    package func bind(_ values: [SQLValue]) throws {
        try requireParameters(values.count)
        for (index, value) in values.enumerated() { try bind(value, at: index + 1) }
    }

    func requireParameters(_ count: Int) throws {
        let expected = parameterCount
        guard count != expected else { return }
        throw EngineError(
            .invalidArgument, "the statement has \(expected) parameter\(expected == 1 ? "" : "s"), \(count) given")
    }

    /// Binds `value` to parameter `position`, counted from 1. The bytes of text and blobs are copied.
    package func bind(_ value: SQLValue, at position: Int) throws {
        switch value {
        case .null: try check(unsafe sqlite3_bind_null(handle, index(position)))
        case .integer(let value): try bind(value, at: position)
        case .real(let value): try bind(value, at: position)
        case .text(var text):
            try text.withUTF8 { try unsafe bindText(copying: UnsafeRawBufferPointer($0), at: position) }
        case .blob(let bytes): try unsafe bytes.withUnsafeBytes { try unsafe bindBlob(copying: $0, at: position) }
        }
    }

    /// Binds `value` to every parameter called `name`, given with or without its sign (`:`, `@`, `$`).
    ///
    /// - Throws: `.unknownName` when no parameter is called so.
    package func bind(_ value: SQLValue, named name: String) throws {
        for candidate in [name, ":" + name, "@" + name, "$" + name] {
            let position = unsafe sqlite3_bind_parameter_index(handle, candidate)
            if position > 0 { return try bind(value, at: Int(position)) }
        }
        throw EngineError(.unknownName, "no such parameter: \(name)")
    }

    /// Binds an integer.
    package func bind(_ value: Int64, at position: Int) throws {
        try check(unsafe sqlite3_bind_int64(handle, index(position), value))
    }

    /// Binds a float; SQLite stores NaN as NULL.
    package func bind(_ value: Double, at position: Int) throws {
        try check(unsafe sqlite3_bind_double(handle, index(position), value))
    }

    /// Binds the value of a column of another statement's current row exactly as it is stored.
    package func bind(column: Int, of other: Statement, at position: Int) throws {
        let value = unsafe sqlite3_column_value(other.handle, Int32(truncatingIfNeeded: column))
        try check(unsafe sqlite3_bind_value(handle, index(position), value))
    }

    /// Binds UTF-8 text, copying the bytes; they may hold NUL bytes or be invalid.
    package func bindText(copying bytes: UnsafeRawBufferPointer, at position: Int) throws {
        try unsafe bindText(bytes, at: position, destructor: rhei_sqlite_transient())
    }

    /// Binds UTF-8 text without copying.
    ///
    /// - Precondition: the memory stays as it is until the parameter is bound anew or the statement is gone.
    package func bindText(borrowing bytes: UnsafeRawBufferPointer, at position: Int) throws {
        try unsafe bindText(bytes, at: position, destructor: nil)
    }

    /// Binds a blob, copying the bytes.
    package func bindBlob(copying bytes: UnsafeRawBufferPointer, at position: Int) throws {
        try unsafe bindBlob(bytes, at: position, destructor: rhei_sqlite_transient())
    }

    /// Binds a blob without copying.
    ///
    /// - Precondition: the memory stays as it is until the parameter is bound anew or the statement is gone.
    package func bindBlob(borrowing bytes: UnsafeRawBufferPointer, at position: Int) throws {
        try unsafe bindBlob(bytes, at: position, destructor: nil)
    }

    private func bindText(
        _ bytes: UnsafeRawBufferPointer, at position: Int, destructor: sqlite3_destructor_type?
    ) throws {
        guard let start = bytes.baseAddress else {
            // SQLite takes a missing address for NULL; an empty text is not NULL.
            return try check(
                unsafe sqlite3_bind_text64(
                    handle, index(position), "", 0, rhei_sqlite_transient(), UInt8(SQLITE_UTF8)))
        }
        let characters = unsafe start.assumingMemoryBound(to: CChar.self)
        try check(
            unsafe sqlite3_bind_text64(
                handle, index(position), characters, UInt64(bytes.count), destructor, UInt8(SQLITE_UTF8)))
    }

    private func bindBlob(
        _ bytes: UnsafeRawBufferPointer, at position: Int, destructor: sqlite3_destructor_type?
    ) throws {
        guard let start = bytes.baseAddress, bytes.count > 0 else {
            return try check(unsafe sqlite3_bind_zeroblob(handle, index(position), 0))
        }
        try check(unsafe sqlite3_bind_blob64(handle, index(position), start, UInt64(bytes.count), destructor))
    }

    private func index(_ position: Int) -> Int32 { Int32(clamping: position) }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        throw unsafe failure(on: sqlite3_db_handle(handle), code: code)
    }
}
