import Testing

/// A soak in which hardly anything happens proves nothing.
@Suite struct ChurnRateTests {
    @Test(arguments: [
        // 5 minutes, 16.7 tickets in them are 200 an hour.
        (300, 17, 300.0, false), (300, 16, 300, true), (300, 2, 290, true), (1800, 100, 1790, false), (1800, 99, 1800, true),
        (36_000, 1999, 36_000, true), (36_000, 2000, 36_000, false),
        // Never looked at, or once.
        (300, 0, 0, true), (1800, 5000, 0, true),
        // Too short to be judged.
        (299, 0, 299, false), (10, 1, 10, false),
    ])
    func `a soak of five minutes or more has to finish two hundred tickets an hour`(
        length: Int, finished: Int, seconds: Double, isMissed: Bool
    ) {
        let rate = ChurnRate(finished: finished, seconds: seconds, length: .seconds(length))
        #expect(rate.isMissed == isMissed, "\(rate.line)")
        #expect(rate.line.contains("judged from 5 minutes on") == (length < 300))
        if length >= 300 { #expect(rate.line.hasSuffix(isMissed ? "is MISSED" : "is met")) }
    }
}
