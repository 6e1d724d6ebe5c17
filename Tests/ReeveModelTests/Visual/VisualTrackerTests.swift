import ReeveModel
import ReeveTestSupport
import Testing

/// What a reviewer gets to see, as tables. One row is a story: each event, when it comes, and the effects that it has.
@Suite struct VisualTrackerTests {
    private static let url = "http://localhost:3000/T-1"
    private static let trouble = ReeveError.unavailable("no such directory")

    typealias Story = [(at: Duration, event: VisualTracker.Event, effects: [VisualTracker.Effect])]

    private static func page(_ command: String = "make serve") -> VisualPage {
        do { return try VisualPage(command: command, directory: "/w", url: url, timeout: .seconds(30)) } catch {
            // The tables are constants, and the address is one.
            preconditionFailure("\(error)")
        }
    }

    private static func offered(_ visit: Int = 3, _ page: VisualPage = page(), isServed: Bool = false) -> VisualTracker.Event {
        .offered(page, visit: visit, since: Samples.now, isServed: isServed)
    }

    /// Up to a page that is open in front of its reviewer.
    private static let opening: Story = [
        (.zero, offered(), [.record, .serve(page())]),
        (.seconds(1), .served, [.look(url: url)]),
        (.seconds(1), .looked(problem: "no connection"), [.wait(.milliseconds(250))]),
        (.seconds(2), .due, [.look(url: url)]),
        (.seconds(2), .looked(problem: nil), [.record, .tell(.ready(url: url)), .open(url: url)]),
        (.seconds(3), .opened(problem: nil), []),
    ]

    private static let stories: [(String, VisualRecord?, Story)] = [
        ("served, shown, reviewed", nil, opening + [(.seconds(90), .ended, [.record, .stop])]),
        ("told twice", nil, opening + [(.seconds(4), offered(), [])]),
        (
            "shown again for the next visit", nil,
            opening + [
                (.seconds(90), .ended, [.record, .stop]), (.seconds(120), offered(5), [.record, .serve(page())]),
                (.seconds(121), .served, [.look(url: url)]),
                (.seconds(122), .looked(problem: nil), [.record, .tell(.ready(url: url)), .open(url: url)]),
            ]
        ),
        (
            "the server is there without us", nil,
            [
                (.zero, offered(3, page("")), [.record, .look(url: url)]),
                (.seconds(1), .looked(problem: nil), [.record, .tell(.ready(url: url)), .open(url: url)]),
                (.seconds(2), .ended, [.record, .stop]),
            ]
        ),
        (
            "late, told once, and shown when it comes", nil,
            [
                (.zero, offered(), [.record, .serve(page())]), (.seconds(1), .served, [.look(url: url)]),
                (.seconds(30), .looked(problem: "it answers 502"), [.wait(.milliseconds(250))]),
                (
                    .seconds(31), .looked(problem: "it answers 502"),
                    [.tell(.late(url: url, after: .seconds(30), problem: "it answers 502")), .wait(.seconds(5))]
                ), (.seconds(36), .due, [.look(url: url)]),
                (.seconds(37), .looked(problem: "it answers 502"), [.wait(.seconds(5))]), (.seconds(42), .due, [.look(url: url)]),
                (.seconds(43), .looked(problem: nil), [.record, .tell(.ready(url: url)), .open(url: url)]),
            ]
        ),
        (
            "the server does not start", nil,
            [
                (.zero, offered(), [.record, .serve(page())]), (.seconds(1), .refused(trouble), [.tell(.refused(trouble))]),
                (.seconds(1), .due, []), (.seconds(9), .ended, [.record, .stop]),
            ]
        ),
        (
            "the server ends by itself", nil,
            [
                (.zero, offered(), [.record, .serve(page())]), (.seconds(1), .served, [.look(url: url)]),
                (.seconds(2), .serverEnded(.code(1)), [.tell(.serverEnded(.code(1)))]), (.seconds(2), .looked(problem: "x"), []),
                (.seconds(3), .due, []), (.seconds(9), .ended, [.record, .stop]),
            ]
        ),
        (
            "a command that leaves its server behind and ends well", nil,
            [
                (.zero, offered(), [.record, .serve(page())]), (.seconds(1), .served, [.look(url: url)]),
                (.seconds(2), .serverEnded(.code(0)), []),
                (.seconds(3), .looked(problem: nil), [.record, .tell(.ready(url: url)), .open(url: url)]),
            ]
        ),
        (
            "ended while its server was being started", nil,
            [
                (.zero, offered(), [.record, .serve(page())]), (.seconds(1), .ended, [.record, .stop]),
                (.seconds(2), .served, [.stop]), (.seconds(3), .due, []),
            ]
        ),
        (
            "another visit while the server of the last one was being started", nil,
            [
                (.zero, offered(), [.record, .serve(page())]), (.seconds(1), .ended, [.record, .stop]),
                (.seconds(2), offered(5, page("make other")), [.record]),
                (.seconds(3), .served, [.stop, .serve(page("make other"))]), (.seconds(4), .served, [.look(url: url)]),
            ]
        ),
        (
            "the same when the last one could not be started", nil,
            [
                (.zero, offered(), [.record, .serve(page())]), (.seconds(1), .ended, [.record, .stop]),
                (.seconds(2), offered(5, page("make other")), [.record]),
                (.seconds(3), .refused(trouble), [.serve(page("make other"))]),
            ]
        ),
        (
            "it cannot be opened", nil,
            opening + [(.seconds(4), .opened(problem: trouble), [.tell(.notOpened(url: url, trouble))])]
        ),
        (
            "a restart goes on waiting", VisualRecord(visit: 3, since: Samples.now),
            [
                (.zero, offered(isServed: true), [.record, .look(url: url)]),
                (.seconds(1), .looked(problem: nil), [.record, .tell(.ready(url: url)), .open(url: url)]),
            ]
        ),
        (
            "a restart opens no second window", VisualRecord(visit: 3, since: Samples.now, isShown: true),
            [(.zero, offered(isServed: true), [.record, .look(url: url)]), (.seconds(1), .looked(problem: nil), [])]
        ),
        (
            "after a restart a server that is gone is started again, for a window that is open",
            VisualRecord(visit: 3, since: Samples.now, isShown: true),
            [
                (.zero, offered(), [.record, .serve(page())]), (.seconds(1), .served, [.look(url: url)]),
                (.seconds(1), .looked(problem: nil), []),
            ]
        ),
        (
            "the first visit of a ticket that is tried again is another review",
            VisualRecord(visit: 3, since: Samples.now.advanced(by: .seconds(-9)), isShown: true),
            [
                (.zero, offered(), [.record, .serve(page())]), (.seconds(1), .served, [.look(url: url)]),
                (.seconds(1), .looked(problem: nil), [.record, .tell(.ready(url: url)), .open(url: url)]),
            ]
        ),
    ]

    @Test(arguments: stories.map(\.0)) func `what people get to see`(_ name: String) throws {
        let (_, record, story) = try #require(Self.stories.first { $0.0 == name })
        var tracker = VisualTracker(record: record)
        for (index, line) in story.enumerated() {
            #expect(tracker.handle(line.event, at: line.at) == line.effects, "\(name), line \(index + 1)")
        }
    }

    @Test func `of a review that is over nothing is kept`() {
        var tracker = VisualTracker(record: nil)
        for line in Self.opening { _ = tracker.handle(line.event, at: line.at) }
        #expect(!tracker.isOver && tracker.record == VisualRecord(visit: 3, since: Samples.now, isShown: true))
        _ = tracker.handle(.ended, at: .seconds(9))
        #expect(tracker.isOver && tracker.record == nil)
    }

    @Test func `a record is read as it was written`() {
        for record in [VisualRecord(visit: 1, since: Samples.now), VisualRecord(visit: 12, since: Samples.now, isShown: true)] {
            #expect(VisualRecord(stored: record.stored) == record)
        }
        for text in ["", "+", "x", "0", "-1 5", "1", "1 x shown"] { #expect(VisualRecord(stored: text) == nil, "\(text)") }
    }

    @Test(arguments: [
        "", "localhost:3000", "file:///etc/passwd", "javascript:alert(1)", "--help", "http://", "http:///x", "https://?",
        "http://a b",
        "http://a\u{1B}[2J", "http://a\n", "http://ä.example", "http://\(String(repeating: "x", count: 3000))",
    ]) func `what no browser may be given is no page`(_ url: String) {
        #expect(throws: ReeveError.self) { try VisualPage(command: "", directory: "/", url: url, timeout: .seconds(1)) }
    }

    @Test(arguments: ["http://localhost:3000", "HTTPS://[::1]:8443/a?b=c&d=%20#e", "http://x.test/~u/(1)"])
    func `an address of the web is a page`(_ url: String) throws {
        #expect(try VisualPage(command: "", directory: "/", url: url, timeout: .seconds(1)).url == url)
    }
}
