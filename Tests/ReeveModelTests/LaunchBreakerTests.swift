import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct LaunchBreakerTests {
    private let now = Samples.now

    private func later(_ seconds: Int64) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    /// A breaker after failures in a row, each of a ticket of its own.
    private func failed(_ times: Int, kind: String = "claude", settings: LaunchBreaker.Settings = .init()) -> LaunchBreaker {
        var breaker = LaunchBreaker(settings)
        for number in 0..<times { breaker.failed(Samples.id("f\(number)"), kind: kind, reason: "exited 1", now: now) }
        return breaker
    }

    @Test(arguments: [(0, true), (4, true), (5, false), (9, false)])
    func `launching stops at the fifth failure in a row`(failures: Int, admits: Bool) {
        let breaker = failed(failures)
        #expect((breaker.refusal(kind: "claude", now: now) == nil) == admits)
        #expect((breaker.refusal(now: now) == nil) == admits)
        #expect(breaker.brakes.count == (admits ? 0 : 1))
    }

    @Test func `a launch that works begins the count anew`() {
        var breaker = failed(4)
        breaker.worked(Samples.id("good"), kind: "claude")
        breaker.failed(Samples.id("a"), kind: "claude", reason: "exited 1", now: now)
        #expect(breaker.refusal(kind: "claude", now: now) == nil)
    }

    @Test func `no number of failures stops anything when the number is zero`() {
        #expect(failed(1000, settings: .init(failures: 0)).refusal(kind: "claude", now: now) == nil)
    }

    @Test func `an agent kind that always fails is stopped alone while others work`() {
        var breaker = LaunchBreaker()
        for number in 0..<5 {
            breaker.failed(Samples.id("f\(number)"), kind: "claude", reason: "not logged in", now: now)
            breaker.worked(Samples.id("g\(number)"), kind: "codex")
        }
        #expect(breaker.refusal(kind: "claude", now: now)?.message.contains("not logged in") == true)
        #expect(breaker.refusal(kind: "codex", now: now) == nil && breaker.refusal(now: now) == nil)
        #expect(breaker.brakes.map(\.scope) == [.kind("claude")])
    }

    @Test func `failures of many kinds stop all of them`() {
        var breaker = LaunchBreaker()
        for kind in ["a", "b", "c", "d", "e"] { breaker.failed(Samples.id(kind), kind: kind, reason: "no room", now: now) }
        #expect(breaker.refusal(kind: "never seen", now: now) != nil)
        #expect(breaker.brakes.map(\.scope) == [.all])
    }

    @Test func `after the cooldown one launch is let through and no second beside it`() {
        var breaker = failed(5)
        #expect(breaker.refusal(kind: "claude", now: later(299)) != nil)
        #expect(breaker.nextTry(after: later(299)) == later(300))
        #expect(breaker.refusal(kind: "claude", now: later(300)) == nil)
        #expect(breaker.nextTry(after: later(300)) == nil, "a moment that has come is no reason to wake up for any more")
        breaker.launched(Samples.id("probe"), kind: "claude")
        #expect(breaker.refusal(kind: "claude", now: later(300)) != nil)
        #expect(breaker.nextTry(after: later(300)) == nil)
        #expect(breaker.brakes.first?.nextTry == nil)
    }

    @Test func `a trial that works lets everything go on`() {
        var breaker = failed(5)
        breaker.launched(Samples.id("probe"), kind: "claude")
        breaker.worked(Samples.id("probe"), kind: "claude")
        #expect(breaker.brakes.isEmpty && breaker.refusal(kind: "claude", now: now) == nil)
    }

    @Test func `each trial that fails doubles the cooldown up to an hour`() {
        var breaker = failed(5)
        var moment = now
        var waits: [Int64] = []
        for number in 0..<6 {
            let next = breaker.nextTry(after: moment) ?? moment
            waits.append((next.milliseconds - moment.milliseconds) / 60_000)
            moment = next
            breaker.launched(Samples.id("p\(number)"), kind: "claude")
            breaker.failed(Samples.id("p\(number)"), kind: "claude", reason: "again", now: moment)
        }
        #expect(waits == [5, 10, 20, 40, 60, 60])
    }

    @Test func `a trial that came to nothing leaves the place to the next launch`() {
        var breaker = failed(5)
        breaker.launched(Samples.id("probe"), kind: "claude")
        breaker.unjudged(Samples.id("probe"))
        #expect(breaker.refusal(kind: "claude", now: later(300)) == nil)
    }

    @Test func `what was launched before the brake neither closes nor prolongs it`() {
        var breaker = failed(5)
        breaker.worked(Samples.id("early"), kind: "claude")
        #expect(breaker.refusal(kind: "claude", now: now) != nil)
        breaker.failed(Samples.id("late"), kind: "claude", reason: "x", now: later(200))
        #expect(breaker.nextTry(after: later(200)) == later(300))
    }

    @Test func `a person who resumes the queue closes every brake`() {
        var breaker = failed(5)
        breaker.reset()
        #expect(breaker.brakes.isEmpty && breaker.refusal(kind: "claude", now: now) == nil && breaker.stored.isEmpty)
    }

    @Test func `a wall clock that is put back keeps nothing stopped for a day`() {
        let breaker = failed(5)
        #expect(breaker.refusal(kind: "claude", now: now.advanced(by: .seconds(-86_400))) == nil)
    }

    @Test func `brake and count survive a restart, and a trial under way is tried again`() {
        var breaker = failed(5)
        breaker.failed(Samples.id("x"), kind: "codex", reason: "no program\n'codex' in the PATH", now: now)
        breaker.launched(Samples.id("probe"), kind: "claude")
        var restored = LaunchBreaker()
        restored.restore(breaker.stored)
        #expect(restored.brakes.count == 1 && restored.brakes.first?.failures == 6)
        #expect(restored.brakes.first?.reason == "no program 'codex' in the PATH")
        #expect(restored.refusal(kind: "claude", now: later(299)) != nil)
        #expect(restored.refusal(kind: "claude", now: later(300)) == nil)
        #expect(restored.stored == breaker.stored)
    }

    @Test(arguments: ["", "nonsense", "* x 1,2,3 r", "* 5 1,2 r", " 5 1,2,3 r", "claude"])
    func `what cannot be read of the past stops nothing`(text: String) {
        var breaker = LaunchBreaker()
        breaker.restore(text)
        #expect(breaker.refusal(kind: "claude", now: now) == nil)
    }

    @Test func `the queue launches nothing that is stopped, says why, and wakes up for the trial`() {
        var policy = QueuePolicy(limits: QueueLimits(maxParallel: 10))
        policy.breaker = failed(5)
        policy.enqueue(Samples.ticket("a"), unmet: [])
        #expect(policy.nextLaunch(now: now) == nil)
        #expect(policy.waitingReason(Samples.id("a"), now: now)?.hasPrefix("launching is stopped: 5 in a row failed") == true)
        #expect(policy.refusal(launching: Samples.id("a"), now: now)?.kind == .conflict)
        #expect(policy.nextWakeUp(now: now) == later(300))
        #expect(policy.nextLaunch(now: later(300))?.id == Samples.id("a"))
        #expect(policy.nextWakeUp(now: later(300)) == nil)
        policy.remove(Samples.id("a"))
        #expect(policy.nextWakeUp(now: now) == nil, "with nothing to launch there is nothing to wake up for")
    }

    @Test func `a ticket of another kind goes first while one kind is stopped`() {
        var policy = QueuePolicy(limits: QueueLimits(maxParallel: 10))
        policy.breaker = failed(4)
        policy.breaker.worked(Samples.id("w"), kind: "codex")
        policy.breaker.failed(Samples.id("x"), kind: "claude", reason: "r", now: now)
        policy.enqueue(Samples.ticket("a", sequence: 1), unmet: [])
        policy.enqueue(Samples.ticket("b", sequence: 2, agent: "codex"), unmet: [])
        #expect(policy.nextLaunch(now: now)?.id == Samples.id("b"))
    }

    @Test func `a back-off written before the clock was put back is over`() {
        var policy = QueuePolicy(limits: QueueLimits())
        policy.enqueue(Samples.ticket("a", notBefore: now.advanced(by: .seconds(86_400))), unmet: [])
        #expect(policy.nextLaunch(now: now)?.id == Samples.id("a"))
    }
}

@Suite struct RestartIntensityTests {
    private let policy = RetryPolicy(attempts: 50, backoff: .seconds(1), intensity: 3, period: .seconds(60))

    @Test(arguments: [([], false), ([0, 10], false), ([0, 10, 20], true), ([-100, -61, 0], false), ([-60, -30, 0], true)])
    func `as many starts within the period are too often`(seconds: [Int64], isTooOften: Bool) {
        let starts = seconds.map { Samples.now.advanced(by: .seconds($0)) }
        #expect(policy.isTooOften(starts, now: Samples.now) == isTooOften)
    }

    @Test func `starts of another day count neither way when the clock is put back or ahead`() {
        for day in [-86_400, 86_400] as [Int64] {
            let starts = (0..<5).map { Samples.now.advanced(by: .seconds(day + $0)) }
            #expect(!policy.isTooOften(starts, now: Samples.now))
        }
    }

    @Test func `a start that is put off is tried again later and later, at least every five minutes`() {
        #expect((0..<9).map { RetryPolicy.putOff($0) }.map(\.components.seconds) == [5, 10, 20, 40, 80, 160, 300, 300, 300])
    }

    @Test func `a ticket keeps its latest starts, as many as can matter`() {
        var ticket = Samples.ticket("T")
        ticket.staysDown = true
        for second in 0..<250 { ticket.noteStart(Samples.now.advanced(by: .seconds(Int64(second)))) }
        #expect(ticket.starts.count == RetryPolicy.mostIntensity && ticket.starts.last == Samples.now.advanced(by: .seconds(249)))
        #expect(!ticket.staysDown)
    }
}
