import Foundation
import RheiTestSupport
import Testing

@Suite struct FlightsDatabaseTests {
    @Test func `the fixture builds with its types, its nulls and every row`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("flights.sqlite")
        try FlightsDatabase.build(at: path)
        let answer = try Subprocess.run(
            "sqlite3",
            [
                "-batch", "-init", "/dev/null", "-list", path,
                """
                SELECT count(*), count(dep_time), count(tailnum), min(typeof(arr_delay)), max(typeof(arr_delay)) FROM flights;
                SELECT count(*), count(wind_gust), min(typeof(precip)), max(typeof(precip)) FROM weather;
                """,
            ])
        #expect(answer.status == 0)
        #expect(answer.standardOutput == "166158|161275|164637|integer|null\n13014|3312|real|real\n")
    }
}
