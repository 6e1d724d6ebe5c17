import ReeveModel
import Testing

@Suite struct `Quiet hours` {
    @Test(arguments: [
        ("22:00-07:00", 22 * 60, 7 * 60), ("00:00-24:00", 0, 1440), ("12:30-13:15", 750, 795), ("23:59-00:00", 1439, 0),
    ]) func `A span is read`(text: String, start: Int, end: Int) throws {
        #expect(try QuietHours(parsing: [text]).spans == [.init(start: start, end: end)])
    }

    @Test(arguments: [
        "", "22:00", "22:00-", "-07:00", "22-07", "22:00-07:60", "24:00-07:00", "25:00-07:00", "22:00-24:01", "2:00-07:00",
        "22:00 - 07:00",
        "22:00-07:00-08:00", "07:00-07:00", "+2:00-07:00", "٢٢:00-07:00", "22:00–07:00",
    ]) func `What is no span is refused`(text: String) {
        #expect(throws: ReeveError.self) { try QuietHours(parsing: [text]) }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var spans: [String]
        var time: String
        var offset = 0
        var isQuiet: Bool
        var testDescription: String { "\(spans) at \(time) \(offset): \(isQuiet)" }
    }

    static let rows: [Row] = [
        Row(spans: ["22:00-07:00"], time: "2026-03-10T21:59:59.999Z", isQuiet: false),
        Row(spans: ["22:00-07:00"], time: "2026-03-10T22:00:00Z", isQuiet: true),
        Row(spans: ["22:00-07:00"], time: "2026-03-11T00:00:00Z", isQuiet: true),
        Row(spans: ["22:00-07:00"], time: "2026-03-11T06:59:59.999Z", isQuiet: true),
        Row(spans: ["22:00-07:00"], time: "2026-03-11T07:00:00Z", isQuiet: false),
        Row(spans: ["12:00-13:00"], time: "2026-03-11T12:30:00Z", isQuiet: true),
        Row(spans: ["12:00-13:00"], time: "2026-03-11T13:00:00Z", isQuiet: false),
        Row(spans: ["12:00-13:00", "22:00-07:00"], time: "2026-03-11T23:00:00Z", isQuiet: true),
        Row(spans: ["12:00-13:00", "22:00-07:00"], time: "2026-03-11T15:00:00Z", isQuiet: false),
        Row(spans: ["00:00-24:00"], time: "2026-03-11T15:00:00Z", isQuiet: true),
        Row(spans: [], time: "2026-03-11T03:00:00Z", isQuiet: false),
        // East and west of Greenwich, by half an hour, and before 1970.
        Row(spans: ["22:00-07:00"], time: "2026-03-10T20:30:00Z", offset: 7200, isQuiet: true),
        Row(spans: ["22:00-07:00"], time: "2026-03-10T23:00:00Z", offset: -8 * 3600, isQuiet: false),
        Row(spans: ["22:00-07:00"], time: "2026-03-10T16:30:00Z", offset: 19_800, isQuiet: true),
        Row(spans: ["22:00-07:00"], time: "1969-12-31T23:00:00Z", isQuiet: true),
        // The night in which 02:00 to 03:00 is left out (Europe, 2026-03-29, 01:00 UTC): what lies in it never is.
        Row(spans: ["02:15-02:45"], time: "2026-03-29T00:59:59Z", offset: 3600, isQuiet: false),
        Row(spans: ["02:15-02:45"], time: "2026-03-29T01:00:00Z", offset: 7200, isQuiet: false),
        Row(spans: ["02:15-03:30"], time: "2026-03-29T01:29:00Z", offset: 7200, isQuiet: true),
        // The night in which it comes twice (2026-10-25, 01:00 UTC): quiet both times.
        Row(spans: ["02:15-02:45"], time: "2026-10-25T00:30:00Z", offset: 7200, isQuiet: true),
        Row(spans: ["02:15-02:45"], time: "2026-10-25T00:50:00Z", offset: 7200, isQuiet: false),
        Row(spans: ["02:15-02:45"], time: "2026-10-25T01:30:00Z", offset: 3600, isQuiet: true),
    ]

    @Test(arguments: rows) func `They are hours of the clock on the wall`(row: Row) throws {
        let moment = try #require(Timestamp(rfc3339: row.time))
        #expect(try QuietHours(parsing: row.spans).contains(moment, offset: row.offset) == row.isQuiet)
    }
}

@Suite struct `Retries` {
    static let schedule = RetrySchedule(first: .seconds(1), longest: .seconds(300), limit: .seconds(3600))

    @Test(arguments: [
        (1, 1.0, Duration.seconds(1)), (2, 1.0, .seconds(2)), (5, 1.0, .seconds(16)), (9, 1.0, .seconds(256)),
        (10, 1.0, .seconds(300)),
        (1000, 1.0, .seconds(300)), (1, 0.0, .milliseconds(500)), (10, 0.0, .seconds(150)), (3, 0.5, .seconds(3)),
        (3, 7.0, .seconds(4)),
        (3, -1.0, .seconds(2)),
    ]) func `The delay doubles, is bounded, and varies by half`(failures: Int, random: Double, delay: Duration) {
        #expect(Self.schedule.delay(failures: failures, spent: .zero, random: random) == delay)
    }

    @Test func `The other side's wish is honoured up to an hour, and never shortens a delay`() {
        let long = RetrySchedule(limit: .seconds(86_400))
        #expect(long.delay(failures: 1, spent: .zero, random: 1, wish: .seconds(90)) == .seconds(90))
        #expect(long.delay(failures: 1, spent: .zero, random: 1, wish: .seconds(86_000)) == .seconds(3600))
        #expect(long.delay(failures: 5, spent: .zero, random: 1, wish: .seconds(1)) == .seconds(16))
        #expect(long.delay(failures: 1, spent: .zero, random: 1, wish: .seconds(-5)) == .seconds(1))
    }

    @Test func `After its time it is given up`() {
        #expect(Self.schedule.delay(failures: 9, spent: .seconds(3600 - 256), random: 1) == .seconds(256))
        #expect(Self.schedule.delay(failures: 9, spent: .seconds(3600 - 255), random: 1) == nil)
        #expect(Self.schedule.delay(failures: 1, spent: .zero, random: 1, wish: .seconds(86_400)) == .seconds(3600))
        #expect(Self.schedule.delay(failures: 1, spent: .seconds(1), random: 1, wish: .seconds(86_400)) == nil)
    }
}
