import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct `What is told` {
    static let a = Samples.id("A")

    struct Row: Sendable, CustomTestStringConvertible {
        var fact: Happening.Fact
        var kind: NoticeKind?
        var urgency: NoticeUrgency = .normal
        var title = ""
        var body = ""
        var testDescription: String { kind.map { "\($0.rawValue): \(title)" } ?? "nothing of \(fact)" }
    }

    static let rows: [Row] = [
        Row(
            fact: .agent(a, kind: "claude", .waiting, reason: "permission"), kind: .waiting, title: "A waits for you",
            body: "claude: permission"),
        Row(fact: .agent(a, kind: "claude", .waiting, reason: nil), kind: .waiting, title: "A waits for you", body: "claude"),
        Row(
            fact: .agent(a, kind: "claude", .error, reason: "rate limit"), kind: .error, urgency: .critical,
            title: "A: claude has an error", body: "rate limit"),
        Row(
            fact: .finished(a, .done, title: "Write it", reason: "claude exited 0"), kind: .done, urgency: .low,
            title: "A is done", body: "Write it"),
        Row(
            fact: .finished(a, .failed, title: "Write it", reason: "claude exited 1"), kind: .failed, urgency: .critical,
            title: "A failed", body: "Write it\nclaude exited 1"),
        Row(
            fact: .finished(a, .lost, title: "Write it", reason: "its keeper is gone"), kind: .lost, urgency: .critical,
            title: "A is lost", body: "Write it\nits keeper is gone"),
        Row(
            fact: .reviewOpened(a, step: "plan", visit: 1, review: "plan"), kind: .review, title: "A wants a plan review",
            body: "step plan; reeve approve A, or reeve reject A"),
        Row(
            fact: .agent(a, kind: "claude", .running, reason: "switch_failed: claude did not leave (exit 3000 ms)"),
            kind: .switchFailed,
            urgency: .critical, title: "A was not switched", body: "claude did not leave (exit 3000 ms)"),
        Row(
            fact: .braked(agent: nil, failures: 5, reason: "no such program"), kind: .queueHeld, urgency: .critical,
            title: "Launching is stopped",
            body: "5 launches failed one after another: no such program\nreeve queue resume goes on"),
        Row(
            fact: .braked(agent: "claude", failures: 5, reason: "x"), kind: .queueHeld, urgency: .critical,
            title: "Launching claude is stopped",
            body: "5 launches failed one after another: x\nreeve queue resume goes on"),
        Row(
            fact: .backend(name: "tmux", isUp: false, detail: "no answer in 2 s"), kind: .backendDown, urgency: .critical,
            title: "tmux does not answer", body: "no answer in 2 s"),
        Row(
            fact: .message(a, sender: "A", title: "Look", body: "the build is red", .critical), kind: .message,
            urgency: .critical, title: "A: Look",
            body: "the build is red"),
        Row(
            fact: .message(nil, sender: "s1", title: nil, body: "hello", .low), kind: .message, urgency: .low,
            title: "s1: a message", body: "hello"),
        // Nobody is told of what somebody asked for, of what goes well, and of what is not known.
        Row(fact: .finished(a, .cancelled, title: "Write it", reason: nil)),
        Row(fact: .agent(a, kind: "claude", .running, reason: nil)),
        Row(fact: .agent(a, kind: "claude", .unknown, reason: nil)),
        Row(fact: .agent(a, kind: "claude", .lost, reason: nil)),
        Row(fact: .agent(a, kind: "claude", .waiting, reason: "plan-review")),
        Row(fact: .reviewDecided(a)),
        Row(fact: .backend(name: "tmux", isUp: true, detail: "")),
        Row(fact: .queueResumed),
        Row(fact: .removed(a)),
    ]

    @Test(arguments: rows) func `Each event is told in its words, or not at all`(row: Row) {
        var fixture = PolicyFixture()
        fixture.take(row.fact)
        let told = fixture.tell()
        #expect(told.map(\.kind) == (row.kind.map { [$0] } ?? []))
        guard let notice = told.first else { return }
        #expect(notice.title == row.title)
        #expect(notice.body == row.body)
        #expect(notice.urgency == row.urgency)
    }

    struct Story: Sendable, CustomTestStringConvertible {
        var name: String
        /// Each group happens at once; between them the window passes.
        var groups: [[Happening.Fact]]
        var told: [NoticeKind]
        var testDescription: String { name }
    }

    private static func state(_ state: AgentState, _ reason: String? = nil) -> Happening.Fact {
        .agent(a, kind: "claude", state, reason: reason)
    }
    private static let failure = "switch_failed: claude did not leave"
    private static let down = Happening.Fact.backend(name: "tmux", isUp: false, detail: "")
    private static let up = Happening.Fact.backend(name: "tmux", isUp: true, detail: "")
    private static let brake = Happening.Fact.braked(agent: "claude", failures: 5, reason: "x")
    private static func review(_ visit: Int64) -> Happening.Fact { .reviewOpened(a, step: "plan", visit: visit, review: "plan") }
    private static let done = Happening.Fact.finished(a, .done, title: "", reason: nil)

    static let stories: [Story] = [
        Story(
            name: "the same wait again", groups: [[state(.waiting, "permission")], [state(.waiting, "permission")]],
            told: [.waiting]),
        Story(
            name: "another reason", groups: [[state(.waiting, "permission")], [state(.waiting, "question")]],
            told: [.waiting, .waiting]),
        Story(
            name: "answered, and another wait",
            groups: [[state(.waiting, "permission")], [state(.running)], [state(.waiting, "permission")]],
            told: [.waiting, .waiting]),
        Story(
            name: "unknown for a moment, as after a restart",
            groups: [[state(.waiting, "permission")], [state(.unknown)], [state(.waiting, "permission")]], told: [.waiting]),
        Story(name: "answered within the window", groups: [[state(.waiting, "permission"), state(.running)]], told: []),
        Story(name: "an error that passes within the window", groups: [[state(.error, "x"), state(.running)]], told: []),
        Story(
            name: "the last of two reasons within the window",
            groups: [[state(.waiting, "permission"), state(.waiting, "question")]],
            told: [.waiting]),
        Story(
            name: "an error and the end that follows it",
            groups: [[state(.error, "x"), .finished(a, .failed, title: "", reason: nil)]],
            told: [.failed]),
        Story(name: "a wait that the end overtakes", groups: [[state(.waiting, "permission"), done]], told: [.done]),
        Story(name: "an end is not taken back", groups: [[done, state(.launching), state(.running)]], told: [.done]),
        Story(name: "two runs of one ticket", groups: [[done], [state(.running)], [done]], told: [.done, .done]),
        Story(
            name: "a switch that fails, told again by later states",
            groups: [[state(.running, failure)], [state(.waiting, failure)]],
            told: [.switchFailed]),
        Story(
            name: "a second switch that fails",
            groups: [[state(.running, failure)], [state(.running)], [state(.running, failure)]],
            told: [.switchFailed, .switchFailed]),
        Story(name: "a review open twice over a restart", groups: [[review(1)], [review(1)]], told: [.review]),
        Story(
            name: "the next visit of a step", groups: [[review(1)], [.reviewDecided(a)], [review(2)]], told: [.review, .review]),
        Story(name: "a review decided within the window", groups: [[review(1), .reviewDecided(a)]], told: []),
        Story(name: "down twice", groups: [[down], [down]], told: [.backendDown]),
        Story(name: "down, up, down", groups: [[down], [up], [down]], told: [.backendDown, .backendDown]),
        Story(name: "a hiccup of the multiplexer", groups: [[down, up]], told: []),
        Story(name: "a brake that a failed trial confirms", groups: [[brake], [brake]], told: [.queueHeld]),
        Story(
            name: "a brake that is off and on again", groups: [[brake], [.unbraked(agent: "claude")], [brake]],
            told: [.queueHeld, .queueHeld]),
        Story(
            name: "a brake that a person takes off", groups: [[brake], [.queueResumed], [brake]], told: [.queueHeld, .queueHeld]),
        Story(
            name: "the same message twice is two messages",
            groups: [
                [.message(a, sender: "A", title: nil, body: "x", .normal)],
                [.message(a, sender: "A", title: nil, body: "x", .normal)],
            ],
            told: [.message, .message]),
    ]

    @Test(arguments: stories) func `One transition is told once`(story: Story) {
        var fixture = PolicyFixture()
        var told: [NoticeKind] = []
        for group in story.groups {
            for fact in group { fixture.take(fact) }
            told += fixture.tell().map(\.kind)
        }
        #expect(told == story.told)
    }

    @Test func `Everybody's notices have keys of their own, and the same event always the same key`() {
        var keys: Set<String> = []
        for _ in 0..<2 {
            var fixture = PolicyFixture()
            for row in Self.rows {
                fixture.take(row.fact)
                for notice in fixture.tell() { keys.insert(notice.key) }
            }
        }
        #expect(keys.count == Self.rows.count { $0.kind != nil })
    }
}

@Suite struct `Bursts, visibility, texts` {
    @Test(arguments: [(1, 1), (2, 2), (3, 1), (5, 1), (200, 1)]) func `Three or more of a kind within the window are one notice`(
        agents: Int, notices: Int
    ) {
        var fixture = PolicyFixture()
        for number in 1...agents { fixture.waiting("T\(number)") }
        let told = fixture.tell()
        #expect(told.count == notices)
        guard agents >= 3, let notice = told.first else { return }
        #expect(notice.title == "\(agents) agents wait for you")
        #expect(notice.ticket == nil)
        #expect(notice.tallies == [.init(kind: .waiting, count: agents, names: (1...min(agents, 8)).map { "T\($0)" })])
        #expect(agents <= 8 || notice.body.hasSuffix("and \(agents - 8) more"))
    }

    @Test func `Kinds are not mixed, and single news stay single`() {
        var fixture = PolicyFixture()
        for name in ["A", "B", "C"] { fixture.waiting(name) }
        fixture.finished("D", .done)
        #expect(fixture.tell().map(\.title) == ["3 agents wait for you", "D is done"])
    }

    @Test func `While bursts follow each other there is one notice in ten windows`() {
        var fixture = PolicyFixture()
        var told = 0
        // A hundred agents over ten seconds.
        for number in 0..<100 {
            fixture.waiting("T\(number)")
            told += fixture.tell(within: .milliseconds(100)).count
        }
        told += fixture.tell(within: .seconds(20)).count
        #expect(told <= 3)
        // And the next single one is as quick as ever.
        fixture.pass(.seconds(60))
        fixture.waiting("LAST")
        #expect(fixture.policy.nextLook(at: fixture.now) == .seconds(1))
    }

    @Test func `Who looks at a pane is not told of it, then or later`() {
        var fixture = PolicyFixture()
        fixture.waiting("A")
        fixture.waiting("B")
        #expect(fixture.policy.tickets == [Samples.id("A"), Samples.id("B")])
        #expect(fixture.tell(visible: [Samples.id("A")]).map(\.title) == ["B waits for you"])
        fixture.waiting("A")
        #expect(fixture.tell().isEmpty)
    }

    @Test func `What is old when it is read goes into one summary`() {
        var fixture = PolicyFixture()
        for name in ["A", "B"] { fixture.take(.finished(Samples.id(name), .done, title: "", reason: nil), age: .seconds(3600)) }
        fixture.take(.finished(Samples.id("C"), .failed, title: "", reason: nil), age: .seconds(601))
        fixture.take(.finished(Samples.id("D"), .failed, title: "", reason: nil), age: .seconds(599))
        #expect(fixture.tell().map(\.title) == ["Meanwhile: 2 done, 1 failed", "D failed"])
    }

    @Test func `A summary is cut to the kinds of its door`() throws {
        let tallies: [Notice.Tally] = [
            .init(kind: .done, count: 2, names: ["A", "B"]), .init(kind: .failed, count: 1, names: ["C"]),
        ]
        let notice = Notice(
            key: "k", seq: 1, time: Samples.now, kind: .summary, ticket: nil, urgency: .normal, title: "", body: "",
            tallies: tallies)
        let narrow = try #require(notice.narrowed(to: [.failed, .lost]))
        #expect(narrow.title == "Meanwhile: 1 failed")
        #expect(narrow.body == "failed: C")
        #expect(notice.narrowed(to: [.lost]) == nil)
    }

    @Test func `Texts of agents are cleaned and bounded`() throws {
        var fixture = PolicyFixture()
        let hostile = "\u{1B}]0;owned\u{07}a\u{202E}b\u{0}c" + String(repeating: "e\u{301}", count: 100_000)
        fixture.take(
            .message(nil, sender: "\u{1B}[2Js1", title: hostile, body: String(repeating: hostile + "\n", count: 20), .normal))
        fixture.agent("A", .waiting, hostile)
        fixture.take(.backend(name: hostile, isUp: false, detail: hostile))
        fixture.take(.finished(Samples.id("B"), .failed, title: hostile, reason: hostile))
        let told = fixture.tell()
        #expect(told.count == 4)
        for notice in told {
            #expect(notice.title.unicodeScalars.count <= NoticeText.longestTitle + 1)
            #expect(notice.body.unicodeScalars.count <= NoticeText.longestBody + 1)
            #expect(!notice.title.unicodeScalars.contains(where: InertText.isActive))
            #expect(!notice.body.unicodeScalars.contains { InertText.isActive($0) && $0 != "\n" })
        }
    }
}

@Suite struct `Quiet hours and clocks` {
    /// 2026-03-10, UTC; local time is UTC unless a test says otherwise.
    static func day(_ time: String) -> Timestamp { Timestamp(rfc3339: "2026-03-10T\(time):00Z") ?? Samples.now }

    static func settings(_ spans: [String] = ["22:00-07:00"], passing: Set<NoticeKind> = []) throws -> NotificationPolicy.Settings
    {
        .init(quiet: try QuietHours(parsing: spans), passing: passing)
    }

    @Test func `What comes in quiet hours is summed up once, when they are over`() throws {
        var fixture = PolicyFixture(try Self.settings(), at: Self.day("23:00"))
        for name in ["A", "B", "C"] { fixture.finished(name, .done) }
        fixture.finished("D", .failed)
        #expect(fixture.tell(within: .seconds(3600)).isEmpty)
        fixture.waiting("E")
        let told = fixture.tell(within: .seconds(8 * 3600))
        #expect(told.map(\.title) == ["Meanwhile: 1 waiting, 3 done, 1 failed"])
        #expect(told.first?.time == Timestamp(rfc3339: "2026-03-11T07:00:00Z"))
        #expect(fixture.tell(within: .seconds(3600)).isEmpty)
    }

    @Test func `A wait that was answered in quiet hours is not in the summary`() throws {
        var fixture = PolicyFixture(try Self.settings(), at: Self.day("23:00"))
        fixture.waiting("A")
        #expect(fixture.tell().isEmpty)
        fixture.agent("A", .running)
        #expect(fixture.tell(within: .seconds(10 * 3600)).isEmpty)
    }

    @Test func `Kinds that may pass are told in quiet hours`() throws {
        var fixture = PolicyFixture(try Self.settings(passing: [.lost]), at: Self.day("23:00"))
        fixture.finished("A", .lost)
        fixture.finished("B", .done)
        #expect(fixture.tell().map(\.kind) == [.lost])
    }

    @Test func `News that wait when quiet hours begin are held`() throws {
        var fixture = PolicyFixture(try Self.settings(), at: Timestamp(rfc3339: "2026-03-10T21:59:59.500Z") ?? Samples.now)
        fixture.finished("A", .done)
        #expect(fixture.tell().isEmpty)
    }

    @Test func `A night with more news than are kept by name still counts them all`() throws {
        var fixture = PolicyFixture(try Self.settings(), at: Self.day("23:00"))
        for number in 0..<500 {
            fixture.finished("T\(number)", .done)
            _ = fixture.tell()
        }
        #expect(fixture.policy.memory.held.count == NotificationMemory.mostHeld)
        #expect(fixture.tell(within: .seconds(10 * 3600)).map(\.title) == ["Meanwhile: 500 done"])
    }

    @Test func `A clock set forward into the day ends the quiet within a minute, one set back makes it quiet again`() throws {
        var fixture = PolicyFixture(try Self.settings(), at: Self.day("23:00"))
        fixture.finished("A", .done)
        #expect(fixture.tell().isEmpty)
        fixture.wall = fixture.wall.advanced(by: .seconds(12 * 3600))
        #expect((fixture.policy.nextLook(at: fixture.now) ?? .seconds(999)) <= .seconds(60))
        #expect(fixture.tell(within: .seconds(60)).map(\.title) == ["Meanwhile: 1 done"])
        fixture.wall = fixture.wall.advanced(by: .seconds(-12 * 3600))
        fixture.finished("B", .done)
        #expect(fixture.tell(within: .seconds(60)).isEmpty)
    }

    @Test(arguments: [-86_400, -3600, 3600, 86_400 * 365]) func `A clock that jumps does not make news wait longer`(seconds: Int)
    {
        var fixture = PolicyFixture()
        fixture.waiting("A")
        fixture.wall = fixture.wall.advanced(by: .seconds(seconds))
        #expect(fixture.tell(within: .seconds(1)).map(\.kind) == [.waiting])
    }

    @Test func `The offset of local time is asked for each moment`() throws {
        // Summer time begins at 01:00 UTC on 2026-03-29: 02:00 to 03:00 is left out, and 07:00 comes an hour earlier.
        let change = Timestamp(rfc3339: "2026-03-29T01:00:00Z") ?? Samples.now
        var fixture = PolicyFixture(
            try Self.settings(), at: Timestamp(rfc3339: "2026-03-28T23:00:00Z") ?? Samples.now,
            offset: { $0 < change ? 3600 : 7200 })
        fixture.finished("A", .done)
        let told = fixture.tell(within: .seconds(12 * 3600))
        #expect(told.map(\.time.rfc3339) == ["2026-03-29T05:00:00.000Z"])
    }
}

@Suite struct `Over a restart` {
    @Test func `What was read is not told again, and what waits is told by the next one`() {
        var first = PolicyFixture()
        first.waiting("A")
        _ = first.tell()
        let memory = first.policy.memory
        #expect(first.policy.isSettled)
        first.waiting("B")
        #expect(!first.policy.isSettled, "its memory is not kept until it is told")

        var second = PolicyFixture(memory: memory)
        // The log from the cursor on, and one event from before it.
        second.policy.take(
            Happening(
                seq: memory.cursor, time: Samples.now, fact: .agent(Samples.id("A"), kind: "claude", .waiting, reason: "other")),
            at: second.now)
        second.waiting("B")
        #expect(second.tell().map(\.title) == ["B waits for you"])
        second.waiting("A")
        #expect(second.tell().isEmpty, "the same wait, seen again after the restart")
    }

    @Test func `What is held in quiet hours is summed up by the next one`() throws {
        let settings = try `Quiet hours and clocks`.settings()
        var first = PolicyFixture(settings, at: `Quiet hours and clocks`.day("23:00"))
        first.finished("A", .done)
        #expect(first.tell().isEmpty)
        var second = PolicyFixture(settings, memory: first.policy.memory, at: `Quiet hours and clocks`.day("08:00"))
        #expect(second.tell().map(\.title) == ["Meanwhile: 1 done"])
    }

    @Test func `What it remembers is bounded, and the oldest goes first`() {
        var fixture = PolicyFixture()
        for number in 0..<5000 {
            fixture.waiting("T\(number)")
            if number % 100 == 99 { _ = fixture.tell(within: .seconds(20)) }
        }
        #expect(fixture.policy.memory.told.count <= NotificationMemory.mostTold)
        #expect(fixture.policy.memory.told["T4999"] != nil)
        #expect(fixture.policy.memory.told["T0"] == nil)
    }
}
