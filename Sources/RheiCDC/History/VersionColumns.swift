import RheiArrow
import RheiCore
import RheiStore

/// The columns of a version after those of its row.
package enum VersionColumn: Int, CaseIterable, Sendable {
    /// When the version began, in UTC.
    case validFrom
    /// When it ended; null while it is valid.
    case validTo
    /// `I` for a row that came, `U` for one that changed.
    case operation
    /// The position at which it began.
    case fromPosition
    /// The position at which it ended; null while it is valid.
    case toPosition

    package var name: String {
        switch self {
        case .validFrom: "_rhei_valid_from"
        case .validTo: "_rhei_valid_to"
        case .operation: "_rhei_operation"
        case .fromPosition: "_rhei_from_position"
        case .toPosition: "_rhei_to_position"
        }
    }

    static let time = DataType.timestamp(.microsecond, timeZone: nil)

    var type: DataType {
        switch self {
        case .validFrom, .validTo: Self.time
        case .operation: .utf8View
        case .fromPosition, .toPosition: .int64
        }
    }

    static var fields: [Field] { allCases.map { Field($0.name, $0.type) } }

    /// Returns a column of integers, of the type of this column.
    func array(_ values: [Int64?]) throws -> ArrowArray {
        let builder = try ArrayBuilder.make(type)
        builder.reserve(values.count)
        for value in values {
            if let value { try builder.append(integer: value) } else { try builder.appendNull() }
        }
        return try builder.finish()
    }

    /// Returns the column of operations.
    static func operations(_ texts: [String]) throws -> ArrowArray {
        let builder = try ArrayBuilder.make(.utf8View)
        try builder.append(texts: texts)
        return try builder.finish()
    }
}

extension TableMapping {
    /// The store's table of versions that are valid, keyed like the table itself.
    func openVersions(_ name: String) -> TableDefinition {
        TableDefinition(name: name, columns: definition.columns + VersionColumn.fields, key: definition.key)
    }

    /// The store's table of versions that ended, keyed by the position of their end.
    func closedVersions(_ name: String) -> TableDefinition {
        TableDefinition(
            name: name, columns: definition.columns + VersionColumn.fields,
            key: .integerColumn(definition.columns.count + VersionColumn.toPosition.rawValue))
    }
}
