package import RheiCore
package import RheiSQLite
package import RheiStore

/// What readers need for one query: columns and declarations that belong together.
package struct MirrorView: Sendable {
    package var snapshot: StoreSnapshot
    /// The declarations of the whole database in the snapshot's transaction, mirrored or not.
    package var schema: SchemaDescription
    /// Why selected tables are missing from the snapshot, by name in lower case.
    package var refused: [String: EngineError]
    /// How many values do not convert to the types that schemas name, by lower-case table name, then by column.
    package var quarantined: [String: [String: Int]] = [:]
    /// Why histories do not go on, by lower-case table name.
    package var haltedHistories: [String: EngineError] = [:]
}
