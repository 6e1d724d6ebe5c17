import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct QueuePolicyTests {
    private let now = Samples.now

    private func policy(_ tickets: [Ticket], limits: QueueLimits = QueueLimits(maxParallel: 100)) -> QueuePolicy {
        var policy = QueuePolicy(limits: limits)
        for ticket in tickets { policy.enqueue(ticket, unmet: Set(ticket.after)) }
        return policy
    }

    /// Launches until nothing more may start, as the actor does.
    private func drain(_ policy: inout QueuePolicy) -> [String] {
        var order: [String] = []
        while let next = policy.nextLaunch(now: now) {
            policy.remove(next.id)
            policy.occupy(next.id, project: next.project, agent: next.agent)
            order.append(next.id.text)
        }
        return order
    }

    @Test func `in a switch the slot counts for both kinds until it is over`() {
        var policy = policy([])
        policy.limits.maxPerAgent = ["claude": 1, "codex": 1]
        policy.occupy(Samples.id("a"), project: nil, agent: "claude", coming: "codex")
        for kind in ["claude", "codex"] { #expect(policy.refusal(project: nil, agent: kind)?.kind == .conflict) }
        policy.occupy(Samples.id("a"), project: nil, agent: "codex")
        #expect(policy.refusal(project: nil, agent: "claude") == nil && policy.refusal(project: nil, agent: "codex") != nil)
        policy.release(Samples.id("a"))
        #expect(policy.refusal(project: nil, agent: "codex") == nil && policy.runningCount == 0)
    }

    @Test func `of paired types one ticket is in work at a time, and others go on`() {
        var policy = QueuePolicy(limits: QueueLimits(maxParallel: 100))
        policy.isPaired = { $0.type == "SPIKE" }
        var tickets = [Samples.ticket("s1", sequence: 1), Samples.ticket("s2", sequence: 2), Samples.ticket("t", sequence: 3)]
        tickets[0].type = "SPIKE"
        tickets[1].type = "SPIKE"
        for ticket in tickets { policy.enqueue(ticket, unmet: []) }
        let first = policy.nextLaunch(now: now)
        #expect(first?.id.text == "s1")
        policy.remove(Samples.id("s1"))
        policy.occupy(Samples.id("s1"), project: nil, agent: "claude", isPaired: true)
        #expect(policy.nextLaunch(now: now)?.id.text == "t")
        #expect(policy.refusal(launching: Samples.id("s2"), now: now)?.kind == .conflict)
        #expect(policy.waitingReason(Samples.id("s2"), now: now)?.contains("'s1' is in work") == true)
        // A switch of its agent keeps what it is.
        policy.occupy(Samples.id("s1"), project: nil, agent: "codex")
        #expect(policy.refusal(launching: Samples.id("s2"), now: now)?.kind == .conflict)
        policy.release(Samples.id("s1"))
        #expect(policy.refusal(launching: Samples.id("s2"), now: now) == nil)
    }

    @Test(arguments: ["paused", "held", "full", "by hand"])
    func `a back-off that is over wakes nobody, also while nothing may be launched`(reason: String) {
        var policy = policy([Samples.ticket("a", notBefore: Samples.now)])
        switch reason {
        case "paused": policy.isPaused = true
        case "held": policy.hold = "tmux is down"
        case "full":
            for number in 0..<policy.limits.maxParallel { policy.occupy(Samples.id("r\(number)"), project: nil, agent: "x") }
        default: policy.limits.autoLaunch = false
        }
        #expect(policy.nextLaunch(now: Samples.now) == nil)
        #expect(policy.nextWakeUp(now: Samples.now) == nil)
    }

    @Test func `priority first, then age, whatever the order of arrival`() {
        var policy = policy([
            Samples.ticket("old-p2", sequence: 1), Samples.ticket("young-p0", sequence: 9, priority: .p0),
            Samples.ticket("p3", sequence: 2, priority: .p3), Samples.ticket("old-p0", sequence: 3, priority: .p0),
            Samples.ticket("young-p2", sequence: 8, agent: "codex"),
            Samples.ticket("p1", sequence: 7, priority: .p1, project: "/p"),
        ])
        #expect(drain(&policy) == ["old-p0", "young-p0", "p1", "old-p2", "young-p2", "p3"])
    }

    @Test func `no more than the limit in total`() {
        var policy = policy((1...9).map { Samples.ticket("t\($0)", sequence: Int64($0)) }, limits: QueueLimits(maxParallel: 4))
        #expect(drain(&policy).count == 4)
        policy.release(Samples.id("t2"))
        #expect(drain(&policy) == ["t5"])
    }

    @Test func `who waits for the limit of all agents together says so, and for nothing when it is only the order`() {
        var policy = policy(
            [Samples.ticket("a", sequence: 1), Samples.ticket("b", sequence: 2)], limits: QueueLimits(maxParallel: 1))
        #expect(policy.waitingReason(Samples.id("b"), now: now) == nil)
        #expect(drain(&policy) == ["a"])
        #expect(policy.waitingReason(Samples.id("b"), now: now) == "limit: 1 of 1 agents in work")
    }

    @Test func `no more than the limit in one project, others go past it`() {
        var policy = policy([
            Samples.ticket("a1", sequence: 1, project: "/a"), Samples.ticket("a2", sequence: 2, project: "/a"),
            Samples.ticket("b1", sequence: 3, project: "/b"), Samples.ticket("none", sequence: 4),
        ])
        #expect(drain(&policy) == ["a1", "b1", "none"])
        #expect(policy.waitingReason(Samples.id("a2"), now: now) == "project limit: 1 of 1 in work")
    }

    @Test func `no more than the limit of one agent kind`() {
        var policy = policy(
            (1...3).map { Samples.ticket("c\($0)", sequence: Int64($0)) } + [Samples.ticket("x", sequence: 4, agent: "codex")],
            limits: QueueLimits(maxParallel: 9, maxPerAgent: ["claude": 2]))
        #expect(drain(&policy) == ["c1", "c2", "x"])
        #expect(policy.refusal(launching: Samples.id("c3"), now: now)?.kind == .conflict)
    }

    @Test func `a paused queue launches nothing from any door`() {
        var policy = policy([Samples.ticket("a")])
        policy.isPaused = true
        #expect(policy.nextLaunch(now: now) == nil)
        #expect(policy.refusal(launching: Samples.id("a"), now: now)?.kind == .conflict)
        #expect(policy.refusal(project: nil, agent: "claude")?.kind == .conflict)
        #expect(policy.refusal(project: nil, agent: "claude", except: Samples.id("a"))?.kind == .conflict)
        policy.isPaused = false
        #expect(policy.nextLaunch(now: now)?.id.text == "a")
    }

    @Test func `nothing is launched while the multiplexer is away`() {
        var policy = policy([Samples.ticket("a")])
        policy.hold = "tmux is down"
        #expect(policy.nextLaunch(now: now) == nil)
        #expect(policy.refusal(launching: Samples.id("a"), now: now)?.kind == .unavailable)
        #expect(policy.waitingReason(Samples.id("a"), now: now) == "tmux is down")
    }

    @Test func `without auto launch only an explicit launch starts a ticket`() {
        let policy = policy([Samples.ticket("a")], limits: QueueLimits(autoLaunch: false))
        var copy = policy
        #expect(copy.nextLaunch(now: now) == nil)
        #expect(policy.refusal(launching: Samples.id("a"), now: now) == nil)
    }

    @Test func `a ticket starts when everything before it is done`() {
        var policy = policy([
            Samples.ticket("first", sequence: 1),
            Samples.ticket("last", sequence: 2, priority: .p0, after: [Samples.id("first"), Samples.id("middle")]),
            Samples.ticket("middle", sequence: 3, after: [Samples.id("first")]),
        ])
        #expect(drain(&policy) == ["first"])
        #expect(policy.waitingReason(Samples.id("last"), now: now) == "after first, middle")
        policy.release(Samples.id("first"))
        policy.satisfy(Samples.id("first"))
        #expect(drain(&policy) == ["middle"])
        policy.satisfy(Samples.id("middle"))
        #expect(drain(&policy) == ["last"])
    }

    @Test func `a cycle of dependencies is found and named`() {
        let policy = policy([
            Samples.ticket("a", after: [Samples.id("b")]), Samples.ticket("b", after: [Samples.id("c")]), Samples.ticket("c"),
        ])
        #expect(policy.cycle(Samples.id("c"), after: [Samples.id("a")])?.map(\.text) == ["c", "a", "b", "c"])
        #expect(policy.cycle(Samples.id("c"), after: [Samples.id("c")]) != nil)
        #expect(policy.cycle(Samples.id("a"), after: [Samples.id("c")]) == nil)
    }

    /// What an update relies on, whether its commit succeeds or fails: both lists hold until one of them is chosen.
    @Test func `edges of a ticket that is out of the queue shrink with what is done, and still close no cycle`() {
        var policy = policy([Samples.ticket("old"), Samples.ticket("new"), Samples.ticket("t", after: [Samples.id("old")])])
        policy.remove(Samples.id("t"))
        policy.reserveDependencies(Samples.id("t"), [Samples.id("old"), Samples.id("new")])
        #expect(policy.cycle(Samples.id("new"), after: [Samples.id("t")]) != nil)
        policy.satisfy(Samples.id("new"))
        #expect(policy.unmet(Samples.id("t")) == [Samples.id("old")])
        #expect(policy.queuedTicket(Samples.id("t")) == nil)
    }

    @Test func `a ticket in back-off waits for its moment and not longer`() {
        let later = now.advanced(by: .seconds(30))
        var policy = policy([Samples.ticket("a", notBefore: later)])
        #expect(policy.nextLaunch(now: now) == nil)
        #expect(policy.nextWakeUp(now: Samples.now) == later)
        #expect(policy.waitingReason(Samples.id("a"), now: now) == "next try in 30 s")
        #expect(policy.waitingReason(Samples.id("a"), tried: "no room", now: now) == "next try in 30 s: no room")
        #expect(policy.nextLaunch(now: later)?.id.text == "a")
        #expect(policy.nextWakeUp(now: Samples.now) == nil)
    }

    @Test func `a ticket that switches its agent does not stand in its own way`() {
        var policy = QueuePolicy(limits: QueueLimits(maxParallel: 1, maxPerAgent: ["codex": 1]))
        policy.occupy(Samples.id("a"), project: "/p", agent: "claude")
        #expect(policy.refusal(project: "/p", agent: "codex", except: Samples.id("a")) == nil)
        #expect(policy.refusal(project: "/p", agent: "codex") != nil)
    }

    @Test func `removing, re-adding and releasing leave no trace`() {
        var policy = policy([Samples.ticket("a", project: "/p")])
        policy.remove(Samples.id("a"))
        policy.remove(Samples.id("a"))
        policy.release(Samples.id("a"))
        #expect(policy.nextLaunch(now: now) == nil)
        #expect(policy.queuedCount == 0)
        policy.enqueue(Samples.ticket("a", project: "/p"), unmet: [])
        policy.enqueue(Samples.ticket("a", priority: .p0, project: "/p"), unmet: [])
        #expect(policy.queuedCount == 1)
        #expect(drain(&policy) == ["a"])
        #expect(policy.runningCount == 1)
    }
}

@Suite struct RetryPolicyTests {
    @Test(arguments: [(1, 30), (2, 60), (3, 120), (6, 900), (9, 900)])
    func `the back-off doubles and stops at fifteen minutes`(launches: Int, seconds: Int) {
        let policy = RetryPolicy(attempts: 9, backoff: .seconds(30))
        #expect(policy.nextTry(launches: launches, now: Samples.now) == Samples.now.advanced(by: .seconds(seconds)))
    }

    @Test func `a spent budget gives no further try, and by default there is none`() {
        #expect(RetryPolicy(attempts: 2).nextTry(launches: 3, now: Samples.now) == nil)
        #expect(RetryPolicy().nextTry(launches: 1, now: Samples.now) == nil)
    }
}
