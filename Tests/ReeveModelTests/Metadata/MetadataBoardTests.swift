import ReeveModel
import ReeveTestSupport
import Testing

/// What may be told, how it is cut, and when it goes. docs/metadata.md names these tests.
@Suite struct MetadataBoardTests {
    private static let now = Samples.now
    private static func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    // MARK: Status

    @Test func `a status is shown as it was set, and the next one replaces it`() throws {
        var board = MetadataBoard()
        let first = try board.set(status: "reading", tone: .info, now: Self.now)
        #expect(first.changes == [.putStatus(MetadataStatus(text: "reading", tone: .info, time: Self.now))])
        _ = try board.set(status: "building", tone: .neutral, now: Self.later(1))
        #expect(board.status == MetadataStatus(text: "building", tone: .neutral, time: Self.later(1)))
    }

    @Test func `the same status again writes nothing and tells nobody`() throws {
        var board = MetadataBoard()
        _ = try board.set(status: "building", tone: .info, now: Self.now)
        let again = try board.set(status: " building\u{7} ", tone: .info, now: Self.later(5))
        #expect(again == MetadataBoard.Outcome())
        #expect(board.status?.time == Self.now)
        let other = try board.set(status: "building", tone: .warn, now: Self.later(5))
        #expect(other != MetadataBoard.Outcome())
    }

    @Test(arguments: ["", " ", "\n\t", "\u{200B}\u{202E}", "\u{1B}\u{7}"])
    func `what holds nothing to be seen is refused`(text: String) {
        var board = MetadataBoard()
        var errors: [ReeveError?] = []
        errors.append(#expect(throws: ReeveError.self) { _ = try board.set(status: text, tone: .info, now: Self.now) })
        errors.append(#expect(throws: ReeveError.self) { _ = try board.add(line: text, tone: .info, source: nil, now: Self.now) })
        errors.append(#expect(throws: ReeveError.self) { _ = try board.notify(text, title: "t", urgency: .low, now: Self.now) })
        #expect(errors.allSatisfy { $0?.kind == .invalidParams && $0?.hint != nil })
        #expect(board == MetadataBoard())
    }

    @Test(arguments: [
        ("info", MetadataTone.info), ("warn", .warn), ("error", .error), ("success", .success), ("neutral", .neutral),
    ])
    func `the tones are those of Opensessions`(word: String, tone: MetadataTone) {
        #expect(MetadataTone(word: word) == tone && tone.rawValue == word)
    }

    @Test(arguments: ["", "red", "INFO", "warning"]) func `a word that is no tone is neutral`(word: String) {
        #expect(MetadataTone(word: word) == .neutral)
    }

    @Test func `every tone has its own sign`() {
        #expect(MetadataTone.allCases.map(\.sign) == ["·", "ℹ", "✓", "⚠", "✗"])
    }

    // MARK: Progress

    @Test(arguments: [
        (MetadataProgress.Amount.percent(0), 0), (.percent(1), 1), (.percent(100), 100),
        (.init(fraction: 0), 0), (.init(fraction: 0.75), 75), (.init(fraction: 1), 100), (.init(fraction: 0.01), 1),
        (.init(fraction: 0.57), 57), (.init(fraction: 0.29), 29), (.init(fraction: 0.999_99), 99), (.init(fraction: 0.009), 0),
        (.steps(0, of: 1), 0), (.steps(1, of: 3), 33), (.steps(2, of: 3), 66), (.steps(3, of: 3), 100),
        (.steps(999, of: 1000), 99), (.steps(1_000_000_000_000, of: 1_000_000_000_000), 100), (.steps(.max / 2, of: .max), 50),
    ])
    func `percent, fraction and steps mean exactly one percentage, rounded down`(amount: MetadataProgress.Amount, percent: Int)
        throws
    {
        var board = MetadataBoard()
        _ = try board.set(progress: amount, label: nil, now: Self.now)
        #expect(board.progress?.amount.percent == percent)
    }

    @Test(arguments: [
        (MetadataProgress.Amount.percent(-1), "$.percent"), (.percent(101), "$.percent"), (.init(fraction: 1.01), "$.fraction"),
        (.init(fraction: -0.1), "$.fraction"), (.init(fraction: 75), "$.fraction"), (.init(fraction: .infinity), "$.fraction"),
        (.steps(1, of: 0), "$.total"), (.steps(-1, of: 4), "$.current"), (.steps(5, of: 4), "$.current"),
    ])
    func `an amount that cannot be is refused`(amount: MetadataProgress.Amount, path: String) {
        var board = MetadataBoard()
        let error = #expect(throws: ReeveError.self) { _ = try board.set(progress: amount, label: nil, now: Self.now) }
        #expect(error?.kind == .invalidParams && error?.path == path)
        #expect(board.progress == nil)
    }

    @Test(arguments: [
        (MetadataProgress.Amount.percent(50), MetadataProgress.Amount.percent(50), false),
        (.init(fraction: 0.501), .init(fraction: 0.509), false), (.init(fraction: 0.5), .percent(50), false),
        (.init(fraction: 0.509), .init(fraction: 0.51), true), (.steps(1, of: 1000), .steps(2, of: 1000), true),
        (.steps(1, of: 2), .percent(50), true),
    ])
    func `a progress that would look the same is not written again`(
        first: MetadataProgress.Amount, second: MetadataProgress.Amount, isNews: Bool
    ) throws {
        var board = MetadataBoard()
        _ = try board.set(progress: first, label: "l", now: Self.now)
        let outcome = try board.set(progress: second, label: "l", now: Self.later(1))
        #expect(outcome.changes.isEmpty == !isNews && outcome.facts.isEmpty == !isNews)
    }

    // MARK: Log and notifications

    @Test func `the log keeps its newest fifty lines, and says which go`() throws {
        var board = MetadataBoard()
        for number in 1...MetadataBoard.lines {
            let outcome = try board.add(line: "line \(number)", tone: .neutral, source: nil, now: Self.now)
            #expect(outcome.changes.count == 1)
        }
        let outcome = try board.add(line: "line 51", tone: .neutral, source: nil, now: Self.now)
        #expect(outcome.changes.last == .removeLines(upTo: 1))
        #expect(board.log.map(\.number) == Array(2...51))
    }

    @Test func `a notification is told once and leaves a line in the log`() throws {
        var board = MetadataBoard()
        let outcome = try board.notify("the build\nis red", title: "CI", urgency: .critical, now: Self.now)
        #expect(outcome.facts.first == .notify(MetadataNotice(title: "CI", body: "the build is red", urgency: .critical)))
        #expect(board.log.map(\.message) == ["CI: the build is red"])
        #expect(board.log.first?.tone == .warn && board.log.first?.source == "notify")
    }

    // MARK: Clearing

    private static let clearing: [(parts: Set<MetadataPart>, cleared: [MetadataPart])] = [
        (Set(MetadataPart.allCases), [.status, .progress, .log]), ([.status], [.status]), ([.progress], [.progress]),
        ([.log], [.log]), ([.status, .log], [.status, .log]), ([], []),
    ]

    @Test(arguments: clearing)
    func `each part can be cleared by itself`(parts: Set<MetadataPart>, cleared: [MetadataPart]) throws {
        var board = try Self.full()
        let outcome = board.clear(parts)
        #expect(outcome.facts == (cleared.isEmpty ? [] : [.cleared(cleared, expired: false)]))
        #expect((board.status == nil) == cleared.contains(.status) && (board.progress == nil) == cleared.contains(.progress))
        #expect(board.log.isEmpty == cleared.contains(.log))
    }

    @Test func `clearing what holds nothing tells nobody`() {
        var board = MetadataBoard()
        let outcome = board.clear(Set(MetadataPart.allCases))
        #expect(outcome == MetadataBoard.Outcome())
    }

    // MARK: Time to live

    @Test func `an entry is there until its time has come, and gone at it`() throws {
        var board = MetadataBoard()
        _ = try board.set(status: "s", tone: .info, timeToLive: .seconds(10), now: Self.now)
        _ = try board.set(progress: .percent(1), label: nil, timeToLive: .seconds(20), now: Self.now)
        _ = try board.add(line: "one", tone: .info, source: nil, timeToLive: .seconds(30), now: Self.now)
        _ = try board.add(line: "two", tone: .info, source: nil, now: Self.now)
        #expect(board.nextExpiry == Self.later(10))
        #expect(board.seen(at: Timestamp(milliseconds: Self.later(10).milliseconds - 1)) == board)
        #expect(board.seen(at: Self.later(10)).status == nil && board.status != nil)
        let first = board.expire(at: Self.later(25))
        #expect(first.facts == [.cleared([.status, .progress], expired: true)])
        #expect(board.nextExpiry == Self.later(30))
        let second = board.expire(at: Self.later(30))
        #expect(second.changes == [.removeLine(1)])
        #expect(board.log.map(\.message) == ["two"] && board.nextExpiry == nil)
        let third = board.expire(at: Self.later(99))
        #expect(third == MetadataBoard.Outcome())
    }

    @Test func `saying the same again begins its time to live anew`() throws {
        var board = MetadataBoard()
        _ = try board.set(status: "s", tone: .info, timeToLive: .seconds(10), now: Self.now)
        _ = try board.set(status: "s", tone: .info, timeToLive: .seconds(10), now: Self.later(5))
        #expect(board.status?.expires == Self.later(15))
        _ = try board.set(status: "s", tone: .info, now: Self.later(6))
        #expect(board.nextExpiry == nil)
    }

    private static func full() throws -> MetadataBoard {
        var board = MetadataBoard()
        _ = try board.set(status: "s", tone: .info, now: now)
        _ = try board.set(progress: .percent(1), label: "l", now: now)
        _ = try board.add(line: "m", tone: .info, source: "x", now: now)
        return board
    }
}
