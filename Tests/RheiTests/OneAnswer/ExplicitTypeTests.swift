import Rhei
import RheiTestSupport
import Testing

/// DATE, TIME, TIMESTAMP, INTERVAL and DECIMAL in queries.
@Suite struct ExplicitTypeTests {
    /// The one row of `SELECT expressions`, its values in text separated by blanks.
    private func row(_ engine: HtapEngine, _ expressions: String) async throws -> String {
        let rows = try await engine.query("SELECT \(expressions)", hint: .forceOlap).rows()
        return rows.map { $0.map(text).joined(separator: "|") }.joined(separator: "\n")
    }

    private func text(_ value: SQLValue) -> String {
        switch value {
        case .null: "null"
        case .integer(let integer): "\(integer)"
        case .real(let real): "\(real)"
        case .text(let text): text
        case .blob: "blob"
        }
    }

    /// Expressions and what they give.
    private static let cases: [(String, String)] = [
        // Literals and their texts.
        ("date '2024-02-29', date '0001-01-01', date '9999-12-31'", "2024-02-29|0001-01-01|9999-12-31"),
        ("time '12:30:15', CAST(time '01:02:03.5' AS TEXT)", "12:30:15|01:02:03.5"),
        ("CAST(timestamp '2024-01-01 10:20:30' AS TEXT)", "2024-01-01 10:20:30"),
        ("CAST(timestamp '2024-01-01T00:00:00Z' AS TEXT)", "2024-01-01 00:00:00"),
        ("CAST(timestamp '2024-01-01T01:00:00+02:00' AS TEXT)", "2023-12-31 23:00:00"),
        ("CAST(timestamp '1969-12-31 23:59:59.999999' AS TEXT)", "1969-12-31 23:59:59.999999"),
        // Dates and intervals.
        ("CAST(date '1998-12-01' - interval '90' day AS TEXT)", "1998-09-02 00:00:00"),
        ("CAST(date '2000-01-31' + interval '1 month' AS TEXT)", "2000-02-29 00:00:00"),
        ("CAST(date '2001-03-31' - interval '1' month AS TEXT)", "2001-02-28 00:00:00"),
        ("CAST(date '2000-02-29' + interval '1' year AS TEXT)", "2001-02-28 00:00:00"),
        (
            "CAST(timestamp '2000-01-01 00:00:00' + interval '1 day 2 hours 3.5 seconds' AS TEXT)",
            "2000-01-02 02:00:03.5"
        ),
        ("CAST(interval '2' week + date '2000-01-01' AS TEXT)", "2000-01-15 00:00:00"),
        ("CAST(date '2000-01-01' + 3 * interval '1' quarter AS TEXT)", "2000-10-01 00:00:00"),
        (
            "date '2000-01-01' + 60, date '2000-03-01' - 1, date '2000-03-01' - date '1999-03-01'",
            "2000-03-01|2000-02-29|366"
        ),
        // Comparisons.
        ("date '2024-01-01' = '2024-01-01', date '2024-01-01' < '2024-01-02'", "1|1"),
        (
            "date '2024-01-01' = timestamp '2024-01-01 00:00:00', date '2024-01-01' < timestamp '2024-01-01 00:00:01'",
            "1|1"
        ),
        ("date '2024-01-01' BETWEEN '2023-12-31' AND date '2024-01-01'", "1"),
        ("date '2024-01-01' IN ('2024-01-01', NULL), date '2024-01-01' NOT IN ('2023-01-01', NULL)", "1|null"),
        ("date '2024-01-01' IS NULL, NULL = date '2024-01-01', date '2024-01-01' IS NOT NULL", "0|null|1"),
        ("CAST('2024-01-05' AS date) > date '2024-01-04', date '2024-01-04' < CAST('2024-01-05' AS date)", "1|1"),
        ("coalesce(NULL, date '2024-01-01'), max(date '2024-01-01', '2024-06-01')", "2024-01-01|2024-06-01"),
        (
            "CASE WHEN 1 THEN date '2024-01-01' ELSE NULL END, nullif(date '2024-01-01', '2024-01-01')",
            "2024-01-01|null"
        ),
        // What SQLite reads differently stays SQLite's where nothing else decides.
        ("CAST('1998-12-01' AS date), typeof(0.06 - 0.01), CAST('12.345' AS decimal(10, 2))", "1998|real|12.345"),
        // Fields.
        ("extract(year FROM date '1998-12-01'), extract(month FROM date '1998-12-01')", "1998|12"),
        (
            "extract(day FROM timestamp '1998-12-05 10:11:12.5'), extract(second FROM timestamp '1998-12-05 10:11:12.5')",
            "5|12"
        ),
        (
            "date_part('quarter', date '1998-11-01'), date_part('dow', date '2024-02-25'), date_part('doy', date '2024-12-31')",
            "4|0|366"
        ),
        (
            "date_part('week', date '2021-01-03'), date_part('isoyear', date '2021-01-03'), date_part('isodow', date '2021-01-03')",
            "53|2020|7"
        ),
        (
            "date_part('epoch', timestamp '1970-01-02 00:00:01'), date_part('century', date '2000-12-31'), date_part('decade', date '1999-01-01')",
            "86401.0|20|199"
        ),
        (
            "year(date '2024-02-03'), month(date '2024-02-03'), day(date '2024-02-03'), hour(timestamp '2024-02-03 04:05:06')",
            "2024|2|3|4"
        ),
        (
            "date_trunc('month', date '2024-02-29'), date_trunc('week', date '2024-02-29'), date_trunc('year', date '2024-02-29')",
            "2024-02-01 00:00:00|2024-02-26 00:00:00|2024-01-01 00:00:00"
        ),
        (
            "CAST(date_trunc('hour', timestamp '2024-02-29 10:20:30') AS TEXT), CAST(date_trunc('day', timestamp '1960-02-29 10:20:30') AS TEXT)",
            "2024-02-29 10:00:00|1960-02-29 00:00:00"
        ),
        (
            "date_diff('month', date '2023-12-31', date '2024-01-01'), date_diff('day', date '2024-03-01', date '2024-02-01')",
            "1|-29"
        ),
        (
            "make_date(2024, 2, 29), last_day(date '2023-02-03'), dayname(date '2024-02-29'), monthname(date '2024-02-29')",
            "2024-02-29|2023-02-28|Thursday|February"
        ),
        ("strftime('%Y/%m', date '2024-02-03'), strftime(date '2024-02-03', '%d.%m.%Y')", "2024/02|03.02.2024"),
        ("date '2024-01-01' || '!', length(date '2024-01-01'), date '2024-01-01' LIKE '2024%'", "2024-01-01!|10|1"),
        // Decimals.
        ("CAST(date '2024-01-01' AS TEXT) || ''", "2024-01-01"),
    ]

    @Test func `expressions give standard SQL's values`() async throws {
        try await withEngine { engine in
            for (expressions, expected) in Self.cases {
                let found = try await row(engine, expressions)
                #expect(found == expected, "\(expressions)")
            }
        }
    }

    private static let mistakes: [(String, String)] = [
        ("date '2023-02-29'", "'2023-02-29' is no DATE"),
        ("timestamp '2023-01-01 25:00:00'", "'2023-01-01 25:00:00' is no TIMESTAMP"),
        ("interval '3' day + 1", "no operator INTEGER + INTERVAL"),
        ("date '2023-01-01' = 5", "no operator DATE = INTEGER"),
        ("date '2023-01-01' * 2", "no operator DATE * INTEGER"),
        ("date '290000-01-01' + interval '9000000' day", "a date or timestamp is out of range"),
        (
            "interval '2000000000 hours 2000000000 hours' + date '2000-01-01'",
            "'2000000000 hours 2000000000 hours' is no INTERVAL"
        ),
        ("make_date(2023, 2, 29)", "there is no day 29 in month 2 of 2023"),
        ("date_trunc('fortnight', date '2023-01-01')", "there is no field 'fortnight' of a date or time"),
    ]

    @Test func `what cannot be computed is an error that says so`() async throws {
        try await withEngine { engine in
            for (expression, message) in Self.mistakes {
                do {
                    let result = try await row(engine, expression)
                    Issue.record("\(expression) gave \(result)")
                } catch let error as EngineError {
                    #expect(error.message == message, "\(expression)")
                }
            }
        }
    }
}
