import RheiCore

/// One statement that waits for its commit.
struct StatementJob: Sendable {
    let ticket: Ticket
    let sql: String
    let parameters: [SQLValue]
    let resume: @Sendable (Result<WriteResult, any Error>) -> Void
}

/// Commits neighbouring statements in one transaction, as if each had run in its own.
///
/// SQLite undoes a failing statement by itself and keeps the ones before it, so the group goes on. Two things could
/// make one statement's failure another's: a foreign key checked only at commit (found after each statement and undone
/// by its savepoint), and a failure that ends the whole transaction (`OR ROLLBACK`, disk full). After the latter, and
/// when COMMIT fails, every statement runs again, alone: nobody has been told of a success before.
struct GroupCommit {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    /// Runs those of `jobs` whose tasks still wait, and resumes them after the commit.
    func run(_ jobs: [StatementJob]) {
        let started = jobs.filter { $0.ticket.start(interruptible: nil) }
        let results = started.count > 1 ? runTogether(started) : started.map { runAlone($0) }
        for (job, result) in zip(started, results) {
            job.ticket.finish()
            job.resume(result)
        }
    }

    private func runTogether(_ jobs: [StatementJob]) -> [Result<WriteResult, any Error>] {
        do { try connection.begin() } catch {
            return jobs.map { _ in .failure(error) }
        }
        var results: [Result<WriteResult, any Error>] = []
        for job in jobs {
            results.append(runInGroup(job))
            if connection.isAutocommit { return jobs.map { runAlone($0) } }
        }
        do { try connection.commit() } catch {
            connection.rollBackIfOpen()
            return jobs.map { runAlone($0) }
        }
        return results
    }

    private func runInGroup(_ job: StatementJob) -> Result<WriteResult, any Error> {
        guard connection.enforcesForeignKeys else {
            return Result { try connection.run(job.sql, job.parameters) }
        }
        return Result {
            try connection.run("SAVEPOINT \"_rhei_group\"")
            let result = Result { try connection.run(job.sql, job.parameters) }
            // Without a transaction there is no savepoint left to end.
            guard !connection.isAutocommit else { return try result.get() }
            let violates = connection.hasDeferredViolations
            if violates { try connection.run("ROLLBACK TO \"_rhei_group\"") }
            try connection.run("RELEASE \"_rhei_group\"")
            let value = try result.get()
            if violates { throw EngineError(.constraint, "FOREIGN KEY constraint failed") }
            return value
        }
    }

    private func runAlone(_ job: StatementJob) -> Result<WriteResult, any Error> {
        runAlone { try connection.run(job.sql, job.parameters) }
    }

    /// Runs a statement in a transaction of its own.
    ///
    /// - Parameters:
    ///   - isShort: whether it changes few rows. Triggers log those for less than a transaction of several statements
    ///     costs, once it is clear that more such statements come: SQLite prepares all anew when triggers are turned
    ///     on.
    ///   - body: runs the statement on the connection.
    func runAlone<Value>(isShort: Bool = false, _ body: () throws -> Value) -> Result<Value, any Error> {
        let observation = connection.observation
        let shortCount = isShort ? observation.shortCount + 1 : 0
        let result = Result {
            guard shortCount <= Self.shortCountForTriggers, try connection.wantsObservation() else {
                connection.useTriggers()
                return try body()
            }
            try connection.begin()
            let result = Result { try body() }
            // After a failure there is still what OR FAIL keeps, unless the transaction is lost.
            if !connection.isAutocommit { try connection.commit() }
            return try result.get()
        }
        observation.shortCount = shortCount
        connection.rollBackIfOpen()
        return result
    }

    /// So many short statements in a row turn triggers on.
    private static let shortCountForTriggers = 8
}
