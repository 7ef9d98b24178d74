@testable import Rhei
import RheiCDC
import RheiStore
import Testing

@Suite struct HistoryRetentionTests {
    /// What is to be trimmed of histories of a note's form: id, newest time, generations of number, start, its time,
    /// end, its time.
    private func trimmed(_ period: Duration, _ generations: String, time: Int64) -> [Int64] {
        let histories = TableHistory.all(in: ["history.t": "1 0 \(generations) t"])
        var starts: [Int64] = []
        HistoryRetention(period: period).forget(histories, time: time) { name, start in
            #expect(name == "t")
            starts.append(start)
        }
        return starts
    }

    @Test func `a history goes back for the period, and an eighth of it at most beyond`() {
        let hour: Int64 = 3_600_000_000
        let open = "1,0,\(10 * hour),-1,-1"
        #expect(trimmed(.seconds(3_600), open, time: 10 * hour).isEmpty)
        #expect(trimmed(.seconds(3_600), open, time: 11 * hour).isEmpty)
        #expect(trimmed(.seconds(3_600), open, time: 11 * hour + hour / 8).isEmpty)
        #expect(trimmed(.seconds(3_600), open, time: 11 * hour + hour / 8 + 1) == [10 * hour + hour / 8 + 1])
        // The oldest generation counts.
        let two = "1,0,\(5 * hour),9,\(6 * hour);2,9,\(10 * hour),-1,-1"
        #expect(trimmed(.seconds(3_600), two, time: 10 * hour) == [9 * hour])
    }

    @Test func `longer than there is time is for ever`() {
        #expect(trimmed(.seconds(Int64.max), "1,0,0,-1,-1", time: 1_800_000_000_000_000).isEmpty)
    }

    @Test func `histories are looked at again when an eighth of the period has gone by`() throws {
        var retention = HistoryRetention(period: .seconds(80))
        let start = ContinuousClock.now
        let store = ColumnStore()
        var looks = 0
        try store.begin().publish(at: ChangePosition(1)) { ["history.t": "1 0 1,0,0,-1,-1 t"] }
        for second in 0..<25 { retention.forget(store.current, now: start + .seconds(second)) { _, _ in looks += 1 } }
        #expect(looks == 3)
    }
}
