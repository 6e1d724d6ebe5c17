import ReeveModel
import Testing

@testable import ReeveTestSupport

/// What the simulation calls a broken promise, and what it does not.
@Suite struct SimulationPromisesTests {
    private static let id = Samples.id("F1")
    private static let name = Samples.name("s1")

    private func promises(_ log: [EventPayload], _ asked: [SimulationAsked] = [], tickets: [Ticket] = []) -> SimulationPromises {
        var ledger = SimulationLedger.State()
        ledger.asked = asked
        return SimulationPromises(
            limits: QueueLimits(), retry: RetryPolicy(), log: log, launches: [],
            tickets: Dictionary(uniqueKeysWithValues: tickets.map { ($0.id, $0) }), answers: [:], ledger: ledger, kills: [],
            records: [:], starts: [:], killedSessions: [], terminals: [])
    }

    private func asked(
        _ wish: SimulationAsked.Wish, _ outcome: SimulationAsked.Outcome = .answered, sent: Int = 1, log: Range<Int> = 0..<0
    ) -> SimulationAsked {
        SimulationAsked(
            wish: wish, ticket: Self.id, sent: sent, over: sent + 1, outcome: outcome, logBefore: log.lowerBound,
            logAfter: log.upperBound)
    }

    // MARK: Steps

    private static func begins(_ step: String, _ visit: Int) -> EventPayload {
        .agentStep(StepNews(ticket: id, step: step, visit: visit, agent: "claude", outcome: .running))
    }

    private static func opens(_ step: String, _ visit: Int) -> EventPayload {
        .agentReview(ReviewNews(ticket: id, step: step, visit: visit, review: .plan))
    }

    private static func decides(_ step: String, _ visit: Int, _ isApproval: Bool = true) -> EventPayload {
        .agentReview(
            ReviewNews(ticket: id, step: step, visit: visit, review: .plan, isApproved: isApproval, reviewer: "ann"))
    }

    private func ways(_ log: [EventPayload]) -> [String] {
        promises(log, [asked(.review(by: "ann", isApproval: true)), asked(.review(by: "ann", isApproval: false))]).stepsBroken
    }

    @Test func `a way through the steps, with rejections and launches that were made again, keeps every promise`() {
        let way = [
            Self.begins("plan", 1), Self.opens("plan", 1), Self.begins("plan", 1), Self.opens("plan", 1),
            Self.decides("plan", 1, false), Self.begins("plan", 2), Self.opens("plan", 2), Self.decides("plan", 2),
            Self.begins("build", 3), Self.begins("code", 4), Self.opens("code", 4), Self.decides("code", 4, false),
            Self.begins("build", 5), Self.begins("code", 6), Self.opens("code", 6), Self.decides("code", 6),
        ]
        // Done, and tried again from its first step.
        let again = [EventPayload.ticketUpdated(Samples.ticket("F1")), Self.begins("plan", 1)]
        #expect(ways(way + again) == [])
    }

    @Test(arguments: [
        ("decided twice", [begins("plan", 1), opens("plan", 1), decides("plan", 1), decides("plan", 1)], "had been decided"),
        ("decided and not open", [begins("plan", 1), decides("plan", 1)], "no review of it was open"),
        ("decided and begun again", [begins("plan", 1), opens("plan", 1), decides("plan", 1), begins("plan", 1)], "again"),
        ("begun without a decision", [begins("plan", 1), opens("plan", 1), begins("build", 2)], "nobody had decided"),
        ("approved and sent back", [begins("plan", 1), opens("plan", 1), decides("plan", 1), begins("plan", 2)], "leads to"),
        (
            "rejected and gone on", [begins("plan", 1), opens("plan", 1), decides("plan", 1, false), begins("build", 2)],
            "leads to"
        ),
        ("left out", [begins("plan", 1), opens("plan", 1), decides("plan", 1), begins("code", 3)], "after visit 1"),
    ])
    func `another way is a broken promise`(what: String, way: [EventPayload], says: String) {
        let broken = ways(way)
        #expect(broken.count == 1 && broken.first?.contains(says) == true, "\(what): \(broken)")
    }

    @Test func `a decision that nobody has asked for is a broken promise`() {
        let log = [Self.begins("plan", 1), Self.opens("plan", 1), Self.decides("plan", 1)]
        #expect(promises(log).stepsBroken.count == 1)
    }

    // MARK: Requests

    private static func shows(_ title: String, _ state: TicketState = .queued) -> EventPayload {
        .ticketUpdated(Samples.ticket("F1", state: state, title: title))
    }

    @Test(arguments: [
        SimulationAsked.Wish.create, .update(title: "b", agent: "claude", after: []), .retry, .cancel, .stop, .launch,
        .change(to: "codex"), .restart, .review(by: "ann", isApproval: true), .spawn(name), .destroy(name),
    ])
    func `an answered request of which nothing tells is a broken promise`(wish: SimulationAsked.Wish) {
        let log = [Self.shows("a", .review)]
        #expect(promises(log, [asked(wish, log: 0..<1)]).acknowledgedHappened.count == 1)
        // Neither answered nor refused, it may or may not have happened.
        #expect(promises(log, [asked(wish, .unanswered, log: 0..<1)]).acknowledgedHappened == [])
    }

    @Test func `what tells of a request is looked for between the request and its answer`() {
        let wish = SimulationAsked.Wish.update(title: "b", agent: "claude", after: [])
        let log = [Self.shows("a"), Self.shows("b"), Self.shows("a")]
        #expect(promises(log, [asked(wish, log: 0..<2)]).acknowledgedHappened == [])
        #expect(promises(log, [asked(wish, log: 2..<3)]).acknowledgedHappened.count == 1)
        #expect(promises(log, [asked(wish, .refused("no"), log: 2..<3)]).acknowledgedHappened.count == 1)
    }

    @Test func `the last answered change holds, unless another may have come after it`() {
        let wishes = ["b", "c"].map { SimulationAsked.Wish.update(title: $0, agent: "claude", after: []) }
        let ticket = Samples.ticket("F1", title: "b")
        #expect(promises([], [asked(wishes[0], sent: 1)], tickets: [ticket]).acknowledgedHolds == [])
        let both = [asked(wishes[0], sent: 1), asked(wishes[1], sent: 3)]
        #expect(promises([], both, tickets: [ticket]).acknowledgedHolds.count == 1)
        var unknown = both[0]
        (unknown.outcome, unknown.over) = (.unanswered, nil)
        #expect(promises([], [unknown, both[1]], tickets: [ticket]).acknowledgedHolds == [])
    }

    @Test func `cancelled is cancelled until somebody revives it`() {
        let ticket = Samples.ticket("F1", state: .done)
        let cancel = asked(.cancel, sent: 1)
        #expect(promises([], [cancel], tickets: [ticket]).acknowledgedHolds.count == 1)
        #expect(promises([], [cancel, asked(.retry, sent: 3)], tickets: [ticket]).acknowledgedHolds == [])
        #expect(promises([], [cancel, asked(.retry, .refused("no"), sent: 3)], tickets: [ticket]).acknowledgedHolds.count == 1)
    }

    // MARK: Sessions

    @Test func `a session that is over without a reason is a broken promise`() {
        let record = SessionRecord(
            id: Samples.session(), name: Self.name, backend: "fake", ticket: nil, openedAt: Samples.now)
        var spawn = asked(.spawn(Self.name))
        spawn.session = record.id
        let log = [EventPayload.sessionOpened(record), .sessionLost(record)]
        #expect(promises(log, [spawn]).sessionsBroken.count == 1)
        var killed = promises(log, [spawn])
        killed.killedSessions = [record.id]
        #expect(killed.sessionsBroken == [])
        let destroy = asked(.destroy(Self.name), log: 1..<2)
        #expect(promises(log, [spawn, destroy]).sessionsBroken == [])
        var still = promises(log, [spawn, destroy])
        still.terminals = [record.id]
        #expect(still.sessionsBroken.count == 1)
    }

    @Test func `a pause that was answered is on the disk, where nobody may have asked for anything since`() {
        let ledger = SimulationLedger()
        let pause = ledger.asks(.pause, of: nil, log: 0)
        #expect(ledger.current.brokenPause(isPaused: false) == nil)
        ledger.answered(pause, .answered, log: 1)
        #expect(ledger.current.brokenPause(isPaused: true) == nil)
        #expect(ledger.current.brokenPause(isPaused: false) != nil)
        _ = ledger.asks(.resume, of: nil, log: 1)
        #expect(ledger.current.brokenPause(isPaused: false) == nil)
        // Over with its daemon, it is older than what the next one is asked for.
        ledger.daemonWasKilled()
        ledger.answered(ledger.asks(.pause, of: nil, log: 1), .answered, log: 2)
        #expect(ledger.current.brokenPause(isPaused: false) != nil)
    }
}
