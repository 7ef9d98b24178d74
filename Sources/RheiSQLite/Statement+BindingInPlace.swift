import CSQLite
import RheiCore

/// Room for the texts and blobs of a statement's parameters, so that SQLite need not copy each into memory of its own.
///
/// SQLite reads them until they are bound anew or the statement is gone: the room never moves and lives as long as the
/// statement.
@safe final class BoundBytes {
    /// What is bound to the statement.
    enum State {
        /// Nothing that was left from an earlier run.
        case unused
        /// Values of few bytes, which may stay.
        case kept
        /// Values that SQLite has copied, which are many bytes or else the room was full.
        case copied
    }

    var state = State.unused
    private var room: UnsafeMutableRawBufferPointer?
    private var used = 0
    /// Enough for the texts of an ordinary row.
    private static let byteCount = 1_024

    deinit { unsafe room?.deallocate() }

    /// Begins anew; what was kept may be overwritten.
    func removeAll() { used = 0 }

    /// Copies `bytes`, and returns where they are; nil when there is no room for them, or when they have no address.
    func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
        guard let source = bytes.baseAddress, bytes.count <= Self.byteCount - used else { return nil }
        if unsafe room == nil { unsafe room = .allocate(byteCount: Self.byteCount, alignment: 16) }
        guard let start = unsafe room?.baseAddress.map({ unsafe $0 + used }) else { return nil }
        unsafe start.copyMemory(from: source, byteCount: bytes.count)
        used += bytes.count
        return UnsafeRawPointer(start)
    }
}

extension Statement {
    /// Binds `values` to parameters 1, 2, 3, …; short texts and blobs lie in the statement's own memory then, and stay
    /// bound.
    ///
    /// - Throws: `.invalidArgument` when there are more or fewer values than parameters.
    func bindInPlace(_ values: [SQLValue]) throws {
        try requireParameters(values.count)
        let boundBytes = boundBytes
        boundBytes.removeAll()
        boundBytes.state = .kept
        var position: Int32 = 0
        for value in values {
            position &+= 1
            let code =
                switch value {
                case .null: unsafe sqlite3_bind_null(handle, position)
                case .integer(let value): unsafe sqlite3_bind_int64(handle, position, value)
                case .real(let value): unsafe sqlite3_bind_double(handle, position, value)
                case .text(var text):
                    text.withUTF8 { unsafe bindInPlace(UnsafeRawBufferPointer($0), at: position, isText: true) }
                case .blob(let bytes):
                    unsafe bytes.withUnsafeBytes { unsafe bindInPlace($0, at: position, isText: false) }
                }
            guard code == SQLITE_OK else { throw unsafe failure(on: sqlite3_db_handle(handle), code: code) }
        }
    }

    private func bindInPlace(_ bytes: UnsafeRawBufferPointer, at position: Int32, isText: Bool) -> Int32 {
        let count = UInt64(bytes.count)
        // An empty value may have no address, which SQLite would take for NULL.
        guard count > 0 else {
            guard isText else { return unsafe sqlite3_bind_zeroblob(handle, position, 0) }
            return unsafe sqlite3_bind_text64(handle, position, "", 0, rhei_sqlite_transient(), UInt8(SQLITE_UTF8))
        }
        let kept = unsafe boundBytes.keep(bytes)
        if unsafe kept == nil { boundBytes.state = .copied }
        let destructor = unsafe kept == nil ? rhei_sqlite_transient() : nil
        guard let start = unsafe kept ?? bytes.baseAddress else { return SQLITE_NOMEM }
        guard isText else { return unsafe sqlite3_bind_blob64(handle, position, start, count, destructor) }
        let characters = unsafe start.assumingMemoryBound(to: CChar.self)
        return unsafe sqlite3_bind_text64(handle, position, characters, count, destructor, UInt8(SQLITE_UTF8))
    }
}
