package import RheiCore

/// One statement of SQL. Queries are whole trees; of the others the tree keeps what routing needs.
package indirect enum Statement: Sendable, Equatable {
    case select(SelectStatement)
    case explain(ExplainStatement)
    case dataChange(DataChangeStatement)
    case create(CreateStatement)
    case drop(DropStatement)
    case alterTable(AlterTableStatement)
    case transaction(TransactionStatement)
    case pragma(PragmaStatement)
    /// `ATTACH`, `DETACH`, `VACUUM`, `ANALYZE`, `REINDEX`
    case maintenance(MaintenanceStatement)
    case copy(CopyStatement)

    /// From the first to the last byte, without the semicolon.
    package var range: SourceRange {
        switch self {
        case .select(let statement): statement.range
        case .explain(let statement): statement.range
        case .dataChange(let statement): statement.range
        case .create(let statement): statement.range
        case .drop(let statement): statement.range
        case .alterTable(let statement): statement.range
        case .transaction(let statement): statement.range
        case .pragma(let statement): statement.range
        case .maintenance(let statement): statement.range
        case .copy(let statement): statement.range
        }
    }
}

package struct ExplainStatement: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// `EXPLAIN`
        case plan
        /// `EXPLAIN QUERY PLAN`
        case queryPlan
        /// `EXPLAIN ANALYZE`
        case analyze
    }

    package var kind: Kind
    package var statement: Statement
    @IgnoredByEquality package var range: SourceRange
}

/// `INSERT`, `REPLACE`, `UPDATE` or `DELETE`.
package struct DataChangeStatement: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case insert, replace, update, delete
    }

    package var kind: Kind
    package var target: QualifiedName
    /// Tables and table functions that the statement reads, besides its target; names of common tables are left out.
    package var tablesRead: [QualifiedName]
    package var hasReturning: Bool
    @IgnoredByEquality package var range: SourceRange
}

package struct CreateStatement: Sendable, Equatable {
    package enum Object: Sendable, Equatable {
        /// `CREATE TABLE`, with the query of `AS SELECT`.
        case table(asSelect: SelectStatement?)
        /// `CREATE TABLE … USING columnar AS SELECT`, an extension: a table that only columns have.
        case columnarTable(asSelect: SelectStatement)
        /// `CREATE VIEW`; `columns` is empty if the names come from the query.
        case view(columns: [Identifier], select: SelectStatement)
        case index(on: Identifier, isUnique: Bool)
        case trigger(on: QualifiedName)
        case virtualTable(module: Identifier)
    }

    package var object: Object
    package var name: QualifiedName
    package var isTemporary: Bool
    package var ifNotExists: Bool
    /// `CREATE OR REPLACE`, which columnar tables alone have.
    package var replacesExisting = false
    @IgnoredByEquality package var range: SourceRange
}

package struct DropStatement: Sendable, Equatable {
    package enum Kind: String, Sendable, Equatable {
        case table = "TABLE"
        case view = "VIEW"
        case index = "INDEX"
        case trigger = "TRIGGER"
    }

    package var kind: Kind
    package var name: QualifiedName
    package var ifExists: Bool
    @IgnoredByEquality package var range: SourceRange
}

package struct AlterTableStatement: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        case renameTable(to: Identifier)
        case renameColumn(Identifier, to: Identifier)
        case addColumn(Identifier)
        case dropColumn(Identifier)
    }

    package var name: QualifiedName
    package var action: Action
    @IgnoredByEquality package var range: SourceRange
}

package struct TransactionStatement: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case begin(Mode)
        /// `COMMIT` or `END`
        case commit
        case rollback
        case savepoint(Identifier)
        case release(Identifier)
        case rollbackTo(Identifier)
    }

    package enum Mode: Sendable, Equatable {
        case deferred, immediate, exclusive
    }

    package var kind: Kind
    @IgnoredByEquality package var range: SourceRange
}

package struct PragmaStatement: Sendable, Equatable {
    package var name: QualifiedName
    /// The text after `=` or in parentheses, unquoted, with its sign; nil for a bare pragma.
    package var value: String?
    @IgnoredByEquality package var range: SourceRange
}

package struct MaintenanceStatement: Sendable, Equatable {
    package enum Kind: String, Sendable, Equatable {
        case attach = "ATTACH"
        case detach = "DETACH"
        case vacuum = "VACUUM"
        case analyze = "ANALYZE"
        case reindex = "REINDEX"
    }

    package var kind: Kind
    @IgnoredByEquality package var range: SourceRange
}

/// `COPY (query) TO 'file' [(option value, …)]`, an extension; `COPY table TO …` reads the whole table.
package struct CopyStatement: Sendable, Equatable {
    package enum Source: Sendable, Equatable {
        case query(SelectStatement)
        case table(QualifiedName)
    }

    package struct Option: Sendable, Equatable {
        package var name: Identifier
        package var value: Identifier?
    }

    package var source: Source
    package var path: Identifier
    /// In the order of the text, names not yet judged.
    package var options: [Option]
    @IgnoredByEquality package var range: SourceRange
}
