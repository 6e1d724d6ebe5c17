import ReeveModel
import Testing

@Suite struct MomentTextTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-05-01T10:00:00.000Z", 1_777_629_600_000),
            ("2026-05-01T12:00:15+02:00", 1_777_629_615_000),
            ("2026-05-01T04:30:00.5-05:30", 1_777_629_600_500), ("2026-05-01T10:00:00.123456789Z", 1_777_629_600_123),
            ("2024-02-29t00:00:00z", 1_709_164_800_000), ("1969-12-31T23:59:59.999Z", -1),
        ] as [(String, Int64)])
    func `a moment is read with any offset and any number of decimals`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-05-01", "2026-05-01T10:00Z", "2026-13-01T10:00:00Z", "2026-05-01T25:00:00Z", "2026-05-01T10:00:00",
        "2026-05-01T10:00:00.Z", "2026-05-01T10:00:00+2:00", "2026-05-01T10:00:00Zx", "２026-05-01T10:00:00Z",
    ])
    func `what is no moment is none`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `what is written is read again`() {
        for milliseconds in stride(from: Int64(-4_000_000_000_000), through: 8_000_000_000_000, by: 12_345_678_901) {
            let moment = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
        }
    }

    @Test(
        arguments: [
            (1_777_629_600, 1_777_629_600_000), (1_777_629_600_000, 1_777_629_600_000), (0, 0), (.min, .min), (.max, .max),
        ] as [(Int64, Int64)])
    func `seconds and milliseconds are told apart by their size`(value: Int64, milliseconds: Int64) {
        #expect(Timestamp(epoch: value).milliseconds == milliseconds)
    }
}

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 5, ""), ("abc", 5, "abc"), ("abcdef", 5, "abcde"), ("修修修", 5, "修修"), ("e\u{301}e\u{301}", 1, "e\u{301}"),
        ("👩‍👩‍👧x", 2, "👩‍👩‍👧"),
    ])
    func `a text is cut by the columns that it takes`(text: String, limit: Int, cut: String) {
        #expect(DisplayWidth.cut(text, to: limit) == cut)
    }
}
