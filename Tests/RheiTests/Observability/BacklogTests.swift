import Testing

@testable import Rhei

@Suite struct BacklogTests {
    private func backlog(_ limit: Int, _ policy: HtapConfig.BacklogPolicy = .wait) -> Backlog {
        var config = HtapConfig(databasePath: ":memory:")
        (config.backlogLimit, config.backlogPolicy) = (limit, policy)
        return Backlog(config)
    }

    @Test func `half of the limit asks for a sync once, the limit holds back`() {
        let backlog = backlog(10)
        #expect(!backlog.add(4))
        #expect(backlog.add(1))
        #expect(!backlog.add(1))
        #expect(!backlog.isFull)
        #expect(!backlog.add(4))
        #expect(backlog.isFull)
        #expect(backlog.take() == 10)
        #expect(!backlog.isFull && backlog.count == 0)
        #expect(backlog.add(20) && backlog.isFull)
    }

    @Test func `a sync that fails gives back what it took`() {
        let backlog = backlog(10)
        _ = backlog.add(8)
        let taken = backlog.take()
        _ = backlog.add(3)
        backlog.giveBack(taken)
        #expect(backlog.count == 11 && backlog.isFull)
    }

    @Test func `rows of columnar tables wait for no sync`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE wide USING columnar AS SELECT value FROM generate_series(1, 500)")
            #expect(engine.service.backlog.count == 0)
            try await engine.execute("CREATE TABLE plain(a INTEGER PRIMARY KEY)")
            try await engine.execute("INSERT INTO plain VALUES (1), (2), (3)")
            #expect(engine.service.backlog.count == 3)
        }
    }

    @Test func `without a policy nobody is held back`() {
        let backlog = backlog(10, .ignore)
        #expect(!backlog.add(1_000))
        #expect(!backlog.isFull)
    }
}
