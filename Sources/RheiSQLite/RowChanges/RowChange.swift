import CSQLite

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One row that is about to change. Valid only inside the call that hands it out.
@safe package struct RowChange {
    /// What happens to the row.
    package enum Operation: Sendable {
        case insert
        case update
        case delete
    }

    package let operation: Operation
    /// The rowid before an update or delete; without meaning in a WITHOUT ROWID table.
    package let oldRowID: Int64
    /// The rowid after an insert or update.
    package let newRowID: Int64
    private let handle: OpaquePointer
    private let name: UnsafePointer<CChar>

    @unsafe init(
        _ operation: Operation, on handle: OpaquePointer, table name: UnsafePointer<CChar>, from oldRowID: Int64,
        to newRowID: Int64
    ) {
        self.operation = operation
        unsafe self.handle = handle
        unsafe self.name = name
        self.oldRowID = oldRowID
        self.newRowID = newRowID
    }

    /// The table's name as it was declared.
    package var tableName: String { unsafe String(cString: name) }

    /// Whether the table has this name, given with its terminator. Costs less than making a string of it.
    package func isOn(_ name: [CChar]) -> Bool {
        unsafe name.withUnsafeBufferPointer { other in
            unsafe other.baseAddress.map { unsafe strcmp(self.name, $0) == 0 } ?? false
        }
    }

    /// Copies a value of the row as it was before an update or delete; `nil` when there is none, or no memory.
    package func oldValue(_ column: Int) -> KeptValue? {
        var value: OpaquePointer?
        guard unsafe sqlite3_preupdate_old(handle, Int32(truncatingIfNeeded: column), &value) == SQLITE_OK else {
            return nil
        }
        return unsafe KeptValue(copying: value)
    }

    /// Copies a value of the row as it will be after an insert or update; `nil` when there is none, or no memory.
    package func newValue(_ column: Int) -> KeptValue? {
        var value: OpaquePointer?
        guard unsafe sqlite3_preupdate_new(handle, Int32(truncatingIfNeeded: column), &value) == SQLITE_OK else {
            return nil
        }
        return unsafe KeptValue(copying: value)
    }
}
