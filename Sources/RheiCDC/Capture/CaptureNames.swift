/// Names of what capture puts into a database.
enum CaptureNames {
    /// Changed keys: `seq INTEGER PRIMARY KEY, tbl INTEGER NOT NULL, k0, k1, …`. Key columns have no affinity, so a key
    /// keeps its storage class. There is no other constraint, since the conflict clause of the outer statement would
    /// apply to it. A row with a negative `tbl` holds several rowids of the table with the positive number; see
    /// `RowIDRuns`. The newest row is never pruned, so `seq` only grows.
    static let log = "_rhei_cdc_log"
    /// Attached tables: `id INTEGER PRIMARY KEY, name`. An id is never used twice.
    static let tables = "_rhei_tables"
    /// Single values by name; see `MetaKey`.
    static let meta = "_rhei_meta"
    /// One row with a rowid above 1, which VACUUM renumbers to 1 as it does those of the application's tables.
    static let sentinel = "_rhei_rowids"

    static let all = [log, tables, meta, sentinel]

    /// Logs of row images: `id INTEGER PRIMARY KEY` of the table's triggers, `name`, the id of the triggers that these
    /// took the place of without a gap (`continues`), and how many triggers there are. Present once a history is kept.
    static let imageLogs = "_rhei_image_logs"
    /// The columns of the images: `id, position, name`.
    static let imageColumns = "_rhei_image_columns"
    /// The unique indexes whose entries the images have: `id, number, part, name, collation`, one row per value of an
    /// entry.
    static let imageIndexes = "_rhei_image_indexes"

    static let allOfImages = [imageLogs, imageColumns, imageIndexes]

    /// States of keys: `seq INTEGER PRIMARY KEY` (that of the key's row in the log), `at` (microseconds since 1970),
    /// `op` (see ``ImageKind``), `k0, …`, the row's columns `c0, …` and its entries in unique indexes `u0_0, …`, none
    /// with an affinity.
    static func images(table id: Int64) -> String { "_rhei_images_\(id)" }

    /// The column of images for a value of the row's entry in a unique index.
    static func entry(index: Int, part: Int) -> String { "u\(index)_\(part)" }

    static func trigger(table id: Int64, suffix: String) -> String { "_rhei_\(id)_\(suffix)" }

    /// The table's id in a trigger's name.
    static func tableID(ofTrigger name: String) -> Int64? {
        let parts = name.split(separator: "_")
        guard parts.count == 3, parts[0] == "rhei" else { return nil }
        return Int64(parts[1])
    }

    /// Keys of the meta table.
    enum MetaKey: String {
        case formatVersion = "format_version"
        /// Tells one log from another that was made after a detach.
        case logID = "log_id"
        /// Log rows up to here may be gone.
        case prunedThrough = "pruned_through"
        case nextTableID = "next_table_id"
        case nextSentinel = "next_sentinel"
        /// How many changes of the schema were the engine's own, since capture began.
        case ownSchemaChanges = "own_schema_changes"
        /// The last marks of flushes, separated by blanks; see `StoreAnchor`.
        case storeMarks = "store_marks"
        /// How far a folder of segment files holds the tables: a log row and the log's id.
        case durableThrough = "durable_through"
    }

    /// The newest format of the log. In format 1 every row held one key; see `RowIDRuns` for the rows that came with 2,
    /// `imageLogs` for what came with 3 and `imageIndexes` for what came with 4.
    static let formatVersion: Int64 = 4
    /// The first format with rows that hold several rowids.
    static let formatOfRuns: Int64 = 2
    /// The first format with images.
    static let formatOfImages: Int64 = 3
    /// The first format with images that have entries of unique indexes.
    static let formatOfEntries: Int64 = 4
}
