import RheiArrow
import RheiCDC
import RheiPlan
import RheiSQLite
import RheiStore

/// Tables as they were, and their versions.
extension EngineCatalog {
    /// The table function that yields all versions of a table's rows.
    static let historyFunction = "history"

    func object(named name: String, schema schemaName: String?, asOf point: HistoryPoint) throws -> CatalogObject? {
        if let schemaName, schemaName.lowercased() != "main" {
            throw EngineError.unsupported("tables of the schema '\(schemaName)'")
        }
        if let view = schema.readable(named: name), view.kind == .view {
            throw EngineError.unsupported("view '\(view.name)' AS OF a moment: its definition may have been another")
        }
        guard let history = snapshot.histories[foldedName(name)] else {
            guard let declaration = schema.readable(named: name) else { return nil }
            throw EngineError.unsupported("AS OF for table '\(declaration.name)', whose history is not kept")
        }
        let generation =
            switch point {
            case .position(let position):
                position <= snapshot.position.value ? history.generation(at: position) : nil
            case .time(let time): history.generation(atTime: time)
            }
        guard let generation, let provider = provider(history, generation, asOf: point) else {
            throw EngineError(
                .invalidArgument, "the history of table '\(history.name)' does not tell of \(Self.words(point))",
                hint: history.generations.first.map {
                    "it begins at position \($0.start), \(Self.words(.time($0.startTime)))"
                })
        }
        // Moments to come are refused, and come.
        reuse.forbid()
        return .table(provider)
    }

    private func provider(
        _ history: TableHistory, _ generation: TableHistory.Generation, asOf point: HistoryPoint?
    ) -> HistoryTableProvider? {
        guard let open = snapshot.table(named: history.openName(generation)),
            let closed = snapshot.table(named: history.closedName(generation))
        else { return nil }
        return HistoryTableProvider(history.name, open: open, closed: closed, asOf: point)
    }

    private static func words(_ point: HistoryPoint) -> String {
        switch point {
        case .position(let position): "position \(position)"
        case .time(let time): "\(timestampText(time, unit: .microsecond)) UTC"
        }
    }

    /// `history('table')`: the versions of the newest generation.
    var historyTableFunction: TableFunction {
        TableFunction(
            name: Self.historyFunction, argumentCount: 1...1,
            source: .table { [self] arguments in
                guard case .text(let name)? = arguments.first else {
                    throw EngineError(.typeMismatch, "history() takes the name of a table as text")
                }
                guard let history = snapshot.histories[foldedName(name)], let generation = history.generations.last,
                    let provider = provider(history, generation, asOf: nil)
                else { throw EngineError.unsupported("history of table '\(name)', which is not kept") }
                return provider
            })
    }
}
