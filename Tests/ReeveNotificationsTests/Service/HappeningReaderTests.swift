import Foundation
import ReeveModel
import ReeveNotifications
import ReeveTestSupport
import ReeveWire
import Testing

@Suite struct `Reading events` {
    static let a = Samples.id("A")
    static let agent = Agent(
        ticket: a, kind: "claude", state: .waiting, since: Samples.now, reason: "permission", session: Samples.name("op-A"),
        sessionID: Samples.session(), backend: "tmux", launch: Samples.launchID("l1"), startedAt: Samples.now)
    static var finished: Ticket {
        var ticket = Samples.ticket("A", state: .failed, title: "Write \"it\"")
        ticket.reason = "claude exited 1"
        return ticket
    }
    static func brake(_ scope: LaunchBreaker.Scope) -> LaunchBreaker.Brake {
        .init(scope: scope, failures: 5, reason: "no such program", since: Samples.now, nextTry: nil)
    }

    static let rows: [(EventPayload, Happening.Fact?)] = [
        (.agentState(agent), .agent(a, kind: "claude", .waiting, reason: "permission")),
        (.ticketFinished(finished), .finished(a, .failed, title: "Write \"it\"", reason: "claude exited 1")),
        (
            .agentReview(ReviewNews(ticket: a, step: "plan", visit: 2, review: .plan)),
            .reviewOpened(a, step: "plan", visit: 2, review: "plan")
        ),
        (.agentReview(ReviewNews(ticket: a, step: "plan", visit: 2, review: .plan, isApproved: true)), .reviewDecided(a)),
        (.queueBraked(brake(.all)), .braked(agent: nil, failures: 5, reason: "no such program")),
        (.queueBraked(brake(.kind("claude"))), .braked(agent: "claude", failures: 5, reason: "no such program")),
        (.queueUnbraked(.all), .unbraked(agent: nil)),
        (.queueUnbraked(.kind("claude")), .unbraked(agent: "claude")),
        (.queueResumed, .queueResumed),
        (.backendDown(name: "tmux", detail: "no answer"), .backend(name: "tmux", isUp: false, detail: "no answer")),
        (.backendUp(name: "tmux", detail: "3.3a"), .backend(name: "tmux", isUp: true, detail: "3.3a")),
        (.ticketRemoved(a), .removed(a)),
        (.ticketCreated(finished), nil), (.queuePaused, nil), (.agentExited(agent), nil), (.systemStopping, nil),
    ]

    @Test(arguments: rows) func `What the log holds is read as it was meant`(payload: EventPayload, fact: Happening.Fact?) {
        let event = StoredEvent(
            seq: 7, time: Samples.now, kind: payload.kind, ticket: payload.ticket, data: EventData.json(payload))
        #expect(Happening(event) == Happening(seq: 7, time: Samples.now, fact: fact))
    }

    @Test func `A message of an agent or of a session is read`() {
        let text = #"{"title":"Look","body":"red","urgency":"critical"}"#
        let event = StoredEvent(seq: 1, time: Samples.now, kind: "metadata.notify", ticket: Self.a, data: text)
        #expect(Happening(event).fact == .message(Self.a, sender: "A", title: "Look", body: "red", .critical))
        let session = StoredEvent(
            seq: 1, time: Samples.now, kind: "metadata.notify", ticket: nil, data: #"{"session":"s1","body":"red","urgency":"?"}"#
        )
        #expect(Happening(session).fact == .message(nil, sender: "s1", title: nil, body: "red", .normal))
    }

    @Test(arguments: [
        "", "{", "[]", "null", #"{"agent":[]}"#, #"{"agent":{"kind":1,"state":"waiting"}}"#,
        #"{"agent":{"kind":"a","state":"new"}}"#,
    ])
    func `An event that cannot be read says nothing, and is behind us`(data: String) {
        let event = StoredEvent(seq: 7, time: Samples.now, kind: "agent.state", ticket: Self.a, data: data)
        #expect(Happening(event) == Happening(seq: 7, time: Samples.now, fact: nil))
    }

    @Test func `For every kind of event it is decided whether anybody is told`() {
        let silent: Set<String> = [
            "ticket.created", "ticket.updated", "ticket.file", "queue.paused", "agent.exited", "agent.switch", "agent.step",
            "agent.input",
            "session.opened",
            "session.closed", "session.lost", "system.started", "system.stopping", "metadata.status", "metadata.progress",
            "metadata.log",
            "metadata.cleared", "pane.opened", "pane.closed", "pane.waiting", "pane.refused",
            "pane.following", "pane.unfollowed",
        ]
        for kind in EventPayload.allKinds { #expect(Happening.concerning.contains(kind) != silent.contains(kind), "\(kind)") }
    }
}

@Suite struct `Bookmarks` {
    @Test func `A bookmark reads back as it was written`() {
        var bookmark = Bookmark(
            memory: NotificationMemory(
                cursor: 42,
                told: ["A": .init(seq: 7, situation: "waiting \"x\""), "/backend/tmux": .init(seq: 8, situation: "")],
                held: [.init(kind: .done, subject: "B", name: "B")], uncounted: [.failed: 3]))
        let tally = Notice.Tally(kind: .done, count: 3, names: ["A", "B"])
        bookmark.put(
            Notice(
                key: "k", seq: 9, time: Samples.now, kind: .done, ticket: Samples.id("A"), urgency: .low, title: "t\"",
                body: "a\nb",
                tallies: [tally]), for: "webhook.ci")
        #expect(Bookmark(bookmark.text) == bookmark)
    }

    @Test(arguments: ["", "7", "{}", #"{"cursor":"7"}"#, "{\"cursor\":7", "[1]"]) func `What is no bookmark is none`(text: String)
    {
        #expect(Bookmark(text) == nil)
    }

    @Test(arguments: [
        #"{"cursor":7,"told":{"A":7,"B":["x",1],"C":[1]},"held":[7,["done"],["nothing","a","b"]],"uncounted":{"x":1,"done":-1},"waiting":{"w":[{}],"v":7}}"#,
        #"{"cursor":7,"told":[],"held":{},"uncounted":7,"waiting":null}"#,
    ]) func `What cannot be read in one is left out`(text: String) throws {
        let bookmark = try #require(Bookmark(text))
        #expect(bookmark.memory == NotificationMemory(cursor: 7))
        #expect(bookmark.waiting.values.allSatisfy { $0.isEmpty })
    }

    @Test func `Only the newest notices wait for a route`() {
        var bookmark = Bookmark(memory: NotificationMemory(cursor: 0))
        var lost = 0
        for number in 0..<250 { lost += bookmark.put(Doors.notice("\(number)"), for: "w") }
        #expect(lost == 150)
        #expect(bookmark.waiting["w"]?.map(\.key) == (150..<250).map { "\($0)" })
        for number in 0..<250 { bookmark.remove("\(number)", of: "w") }
        #expect(bookmark.waiting.isEmpty)
    }
}

@Suite struct `Local time` {
    @Test(arguments: ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z", "1999-12-31T23:59:59Z"])
    func `The offset is that of the user's zone at the moment`(text: String) throws {
        let moment = try #require(Timestamp(rfc3339: text))
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
        #expect(LocalTime.offset(at: moment) == TimeZone.autoupdatingCurrent.secondsFromGMT(for: date))
    }
}
