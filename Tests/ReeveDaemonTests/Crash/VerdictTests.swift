import ReeveModel
import ReeveWire
import Testing

/// What a crash run would say of facts that it has not met: each fault planted here has to be found by the rule for it.
@Suite struct VerdictTests {
    private static func asked(
        _ wish: Asked.Wish, _ outcome: Asked.Outcome = .answered, sent: Int, over: Int? = nil
    ) -> Asked {
        var asked = Asked(wish: wish, ticket: "T", sent: sent)
        asked.outcome = outcome
        asked.over = outcome == .unanswered ? nil : over ?? sent + 1
        return asked
    }

    private static let line = LedgerLine(ticket: "T", pid: 7, launch: "L1")
    private static let create = asked(.create(kind: "stayer", after: nil, project: nil), sent: 1)

    /// A ticket that is in work, as it should be.
    private static func sound(_ state: TicketState = .running, _ more: Asked...) -> Verdict.Case {
        var c = Verdict.Case(id: "T", asked: [create] + more)
        var ticket = TicketShape()
        ticket.id = "T"
        ticket.title = "T"
        ticket.agent = "stayer"
        ticket.state = state
        c.ticket = ticket
        c.past = EventHistory.TicketPast(shape: ticket, kind: "stayer", created: 1, titles: ["T"])
        c.launches = ["L1": EventHistory.LaunchPast(ticket: "T", kind: "stayer", pid: 7)]
        c.ledger = [line]
        guard state == .running else { return c }
        var agent = AgentShape()
        agent.ticket = "T"
        agent.kind = "stayer"
        agent.state = .running
        agent.launch = "L1"
        agent.pid = 7
        c.agent = agent
        c.alive = [line]
        return c
    }

    private func promises(_ c: Verdict.Case) -> Set<Violation.Promise> { Set(Verdict.violations(of: c).map(\.promise)) }

    @Test func `what is as it should be is no violation`() {
        #expect(Verdict.violations(of: Self.sound()).isEmpty)
        #expect(Verdict.violations(of: Self.sound(.cancelled, Self.asked(.cancel, sent: 3))).isEmpty)
        #expect(Verdict.violations(of: Self.sound(.cancelled, Self.asked(.cancel, .unanswered, sent: 3))).isEmpty)
    }

    @Test func `a ledger line that is there twice is a launch started twice`() {
        var c = Self.sound()
        c.ledger.append(Self.line)
        #expect(promises(c) == [.launches])
    }

    @Test func `a start that no event tells of is found`() {
        var c = Self.sound()
        c.ledger.append(LedgerLine(ticket: "T", pid: 8, launch: "L2"))
        #expect(promises(c) == [.launches])
    }

    @Test func `an acknowledged ticket that is missing is found, one that was never answered is not`() {
        var c = Verdict.Case(id: "T", asked: [Self.create])
        #expect(promises(c) == [.commands])
        c.asked[0].outcome = .unanswered
        #expect(promises(c).isEmpty)
    }

    @Test func `a ticket that nobody asked for is found`() {
        var c = Self.sound()
        c.asked[0].outcome = .refused
        #expect(promises(c) == [.states])
    }

    @Test(arguments: [Asked.Wish.cancel, .stop])
    func `a cancelled ticket that goes on is found, unless somebody asked for that later`(wish: Asked.Wish) {
        var c = Self.sound(.running, Self.asked(wish, sent: 5))
        #expect(promises(c) == [.commands])
        c.asked.append(Self.asked(.retry, .unanswered, sent: 7))
        #expect(promises(c).isEmpty)
        c.asked[2].outcome = .refused
        #expect(promises(c) == [.commands])
    }

    @Test func `a retry that was asked for while a cancel was under way may have come after it`() {
        let cancel = Self.asked(.cancel, sent: 5, over: 9)
        var c = Self.sound(.running, Self.asked(.retry, sent: 4, over: 6), cancel)
        c.past?.requeued = 1
        #expect(promises(c).isEmpty)
        c.asked[1].over = 5
        c.asked[1].sent = 3
        #expect(promises(c) == [.commands])
    }

    @Test func `an edit and a switch that were acknowledged and are not there are found`() {
        #expect(promises(Self.sound(.running, Self.asked(.update(title: "new"), sent: 3))) == [.commands])
        #expect(promises(Self.sound(.running, Self.asked(.change(to: "other"), sent: 3))) == [.commands])
        #expect(promises(Self.sound(.running, Self.asked(.change(to: "other"), .unanswered, sent: 3))).isEmpty)
    }

    @Test func `retries are counted: none is lost and none is done twice`() {
        var c = Self.sound(.running, Self.asked(.retry, sent: 3))
        #expect(promises(c) == [.commands])
        c.past?.requeued = 1
        #expect(promises(c).isEmpty)
        c.past?.requeued = 2
        #expect(promises(c) == [.commands])
    }

    @Test func `an agent that died and was not asked to is found`() {
        var c = Self.sound()
        c.alive = []
        #expect(promises(c) == [.agents])
        #expect(promises(Self.sound(.lost)) == [.agents])
        #expect(promises(Self.sound(.done)) == [.agents, .states])
    }

    @Test func `an agent that lives on without its ticket, beside another or as another launch is found`() {
        var orphan = Self.sound(.cancelled, Self.asked(.cancel, sent: 3))
        orphan.alive = [Self.line]
        #expect(promises(orphan) == [.agents])
        var two = Self.sound(.running, Self.asked(.restart, sent: 3))
        let other = LedgerLine(ticket: "T", pid: 8, launch: "L2")
        two.launches["L2"] = EventHistory.LaunchPast(ticket: "T", kind: "stayer", pid: 8)
        two.ledger.append(other)
        two.alive.insert(other)
        #expect(promises(two) == [.agents])
    }

    @Test func `a ticket in work without an agent, or with one that nobody knows of, is found`() {
        var c = Self.sound()
        c.agent?.state = .unknown
        #expect(promises(c) == [.states])
        c.agent = nil
        #expect(promises(c) == [.agents, .states])
    }

    @Test func `a state that the event log does not tell of is found`() {
        var c = Self.sound()
        c.past?.shape.state = .queued
        #expect(promises(c) == [.states])
    }

    // MARK: While other things move

    private static let start = ContinuousClock.now
    private static func after(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    /// Looks at one ticket at moments in milliseconds; gives what has stood for more than 2 s at the last of them.
    private func standing(_ looks: [(at: Int, c: Verdict.Case)]) -> [Violation] {
        var standing = StandingViolations()
        var last = Self.start
        for look in looks {
            last = Self.after(look.at)
            standing.see(Verdict.violations(of: look.c), facts: [look.c.id: look.c.facts], at: last)
        }
        return standing.longer(than: .seconds(2), at: last)
    }

    private static var unknown: Verdict.Case {
        var c = sound()
        c.agent?.state = .unknown
        return c
    }

    @Test func `a ticket that is wrong and does not change is found, however much moves elsewhere`() {
        let found = standing([(0, Self.unknown), (700, Self.unknown), (1400, Self.unknown), (2001, Self.unknown)])
        #expect(found.map(\.promise) == [.states] && found.map(\.ticket) == ["T"])
        #expect(standing([(0, Self.unknown), (2000, Self.unknown)]).isEmpty)
    }

    @Test func `one that was right between, or that changes, has its time anew`() {
        #expect(standing([(0, Self.unknown), (1000, Self.sound()), (1500, Self.unknown), (3000, Self.unknown)]).isEmpty)
        var other = Self.unknown
        other.agent?.launch = "L2"
        #expect(standing([(0, Self.unknown), (1500, other), (3000, Self.unknown), (4500, other)]).isEmpty)
    }

    @Test func `all have been right once each was in some look, and not before`() {
        func wrong(_ tickets: String...) -> [Violation] {
            tickets.map { Violation(.states, "\($0) is odd", of: $0) }
        }
        var standing = StandingViolations()
        #expect(!standing.haveAllBeenRight)
        standing.see(wrong("A", "B"), facts: [:], at: Self.start)
        #expect(!standing.haveAllBeenRight && standing.neverRight == wrong("A", "B"))
        // What is wrong for the first time now was right before.
        standing.see(wrong("B", "C"), facts: [:], at: Self.after(100))
        #expect(!standing.haveAllBeenRight && standing.neverRight == wrong("B"))
        standing.see(wrong("A", "C"), facts: [:], at: Self.after(200))
        #expect(standing.haveAllBeenRight && standing.neverRight.isEmpty)
        var none = StandingViolations()
        none.see([], facts: [:], at: Self.start)
        #expect(none.haveAllBeenRight)
    }

    @Test func `words that go with a ticket are no change of it`() {
        var other = Self.unknown
        other.ticket?.reason = "tried for 3 s"
        other.agent?.reason = "not heard of for 3 s"
        #expect(standing([(0, Self.unknown), (1500, other), (3000, other)]).count == 1)
    }

    @Test func `what is wrong with no one ticket has its time too`() {
        var standing = StandingViolations()
        let paused = Verdict.pause([Self.asked(.pause, sent: 1)], isPaused: false)
        for moment in [0, 1000, 2001] { standing.see(paused, facts: [:], at: Self.after(moment)) }
        #expect(standing.longer(than: .seconds(2), at: Self.after(2001)) == paused)
    }

    @Test func `the queue is paused as the last answer says, where that is clear`() {
        let paused = [Self.asked(.resume, sent: 1), Self.asked(.pause, sent: 3)]
        #expect(Verdict.pause(paused, isPaused: true).isEmpty)
        #expect(Verdict.pause(paused, isPaused: false).map(\.promise) == [.commands])
        #expect(Verdict.pause(paused + [Self.asked(.resume, .unanswered, sent: 5)], isPaused: false).isEmpty)
        #expect(Verdict.pause([], isPaused: true).isEmpty)
    }
}
