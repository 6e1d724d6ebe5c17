import ReeveModel
import ReeveTestSupport
import Testing

/// A step is decided on while its agent is exchanged, started or asks something.
extension AgentStepsTests {
    @Test(arguments: [("plan", "build", TicketState.queued), ("code", "code", .done)])
    func `a review that is decided while its agent is exchanged counts, and its successor does not take the ticket back`(
        step: String, then: String, state: TicketState
    ) {
        var d = driver(step, review: true)
        var next = d.next()
        next.progress = d.machine.ticket.progress
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .signal), next: next, reply: ReplyToken(8)))
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann"), reply: reply))
        guard case .success? = d.replies[reply] else {
            Issue.record("it was not decided")
            return
        }
        _ = d.take()
        d.feed(.keeper(.ended(d.machine.launch.id, .signal(15))))
        #expect(!d.take().contains { if case .run = $0 { true } else { false } })
        #expect(d.machine.ticket.state == state && d.machine.ticket.step == then)
        #expect(d.machine.ticket.intent == nil && d.machine.ticket.progress?.review == nil)
        #expect(d.left.count == 1 && d.outcomes == [.unjudged])
        guard case .failure(let error)? = d.replies[ReplyToken(8)] else {
            Issue.record("the switch was not answered with what became of it")
            return
        }
        #expect(error.kind == .conflict && error.message.contains("another step"))
    }

    @Test func `an agent whose last step is approved while it is being started leaves once it runs`() {
        var d = driver("code", review: true)
        var next = d.next()
        next.progress = d.machine.ticket.progress
        d.feed(.request(.restart, next: next, reply: nil))
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann"), reply: reply))
        _ = d.take()
        d.feed(.fact(next.launch.id, .running(pid: 43, stopped: false)))
        #expect(d.take().contains { if case .timer(.farewell, .zero) = $0 { true } else { false } })
        d.feed(.timer(.farewell(next.launch.id)))
        d.feed(.keeper(.ended(next.launch.id, .signal(15))))
        #expect(d.machine.ticket.state == .done)
    }

    @Test func `an agent that was prepared for a step that is over meanwhile does not come`() {
        var d = driver("plan")
        var next = d.next()
        next.progress = d.machine.ticket.progress
        d.feed(.report(StepReport(status: .complete), reply: nil))
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .signal), next: next, reply: reply))
        guard case .failure(let error)? = d.replies[reply] else {
            Issue.record("it was begun")
            return
        }
        #expect(error.kind == .conflict && error.message.contains("another step"))
        #expect(d.machine.ticket.state == .review && d.machine.ticket.intent == nil && d.machine.isRunning)
    }

    @Test func `an interrupted switch of a step that was decided on meanwhile leaves the next one to the agent that runs`() {
        var launch = Samples.launch("L1", state: .running(pid: 42))
        launch.startedAt = Samples.now
        var progress = StepProgress(step: "plan")
        progress.review = StepProgress.Review(kind: .plan, since: Samples.now)
        var d = MachineDriver(
            launch: launch, intent: .switch(to: "codex", prompt: nil, policy: .signal), type: Self.type, progress: progress,
            state: .review)
        var next = d.next()
        next.progress = progress
        d.feed(.adopt(next: next))
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann"), reply: reply))
        #expect(d.machine.ticket.step == "build")
        _ = d.take()
        d.feed(.fact(launch.id, .running(pid: 42, stopped: false)))
        #expect(d.machine.ticket.intent == nil && d.machine.launch.id == launch.id && d.machine.ticket.state == .running)
        #expect(advances(d.take()).map(\.step) == ["build"])
    }

    @Test(arguments: ["plan", "code"])
    func `an interrupted switch whose next agent cannot be prepared again takes no decision back`(step: String) {
        var launch = Samples.launch("L1", state: .running(pid: 42))
        launch.startedAt = Samples.now
        var progress = StepProgress(step: step)
        progress.review = StepProgress.Review(kind: .plan, since: Samples.now)
        var d = MachineDriver(
            launch: launch, intent: .switch(to: "codex", prompt: nil, policy: .signal), type: Self.type, progress: progress,
            state: .review)
        d.feed(.adopt(next: nil))
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann"), reply: reply))
        _ = d.take()
        d.feed(.fact(launch.id, .running(pid: 42, stopped: false)))
        #expect(d.machine.isRunning && d.machine.launch.id == launch.id)
        if step == "plan" {
            #expect(d.machine.ticket.intent == nil && advances(d.take()).map(\.step) == ["build"])
        } else {
            #expect(d.take().contains { if case .timer(.farewell, .zero) = $0 { true } else { false } })
            d.feed(.timer(.farewell(launch.id)))
            d.feed(.keeper(.ended(launch.id, .signal(15))))
            #expect(d.machine.ticket.state == .done)
        }
    }

    @Test func `a step that another agent could not begin because of a dialog is asked for once that is closed`() {
        var d = driver("plan", review: true)
        d.feed(.observed(d.machine.launch.id, Observation(state: .waiting, reason: "question")))
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann"), reply: reply))
        #expect(advances(d.take()).map(\.step) == ["build"])
        d.feed(.observed(d.machine.launch.id, Observation(state: .waiting, reason: "permission")))
        #expect(advances(d.take()).isEmpty)
        d.feed(.observed(d.machine.launch.id, Observation(state: .running)))
        #expect(advances(d.take()).map(\.step) == ["build"])
    }
}
