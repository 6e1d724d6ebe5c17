import ReeveModel
import ReeveTestSupport
import Testing

/// The steps of a ticket while its agent runs, and what the end of an agent means for them.
@Suite struct AgentStepsTests {
    /// plan{plan → plan} → build → code (codex){plan → build}.
    static let type = TicketType(
        name: "FEAT",
        steps: [
            WorkflowStep(name: "plan", prompt: "plan", review: .plan, onReject: .init(step: "plan")),
            WorkflowStep(name: "build", prompt: "build", doneWhen: [.report]),
            WorkflowStep(name: "code", prompt: "code", agent: "codex", review: .plan, onReject: .init(step: "build")),
        ])
    let reply = ReplyToken(7)

    func driver(_ step: String, visit: Int = 1, review: Bool = false, advance: StepProgress.Advance? = nil)
        -> MachineDriver
    {
        var progress = StepProgress(step: step, visit: visit, advance: advance)
        if review { progress.review = StepProgress.Review(kind: .plan, since: Samples.now) }
        var d = MachineDriver(type: Self.type, progress: progress, state: review ? .review : .running)
        d.start()
        d.events = []
        return d
    }

    func advances(_ effects: [AgentMachine.Effect]) -> [Ticket] {
        effects.compactMap { if case .advance(let ticket) = $0 { ticket } else { nil } }
    }

    private func deliveries(_ effects: [AgentMachine.Effect]) -> [String] {
        effects.compactMap { if case .deliver(_, let text, let claim) = $0 { "\(claim): \(text)" } else { nil } }
    }

    @Test func `a reported step with a review waits for a person`() {
        var d = driver("plan")
        d.feed(.report(StepReport(status: .complete, summary: "the plan"), reply: reply))
        #expect(d.machine.ticket.state == .review)
        #expect(d.machine.agent.state == .waiting && d.machine.agent.reason == "plan-review")
        #expect(d.kinds == ["agent.step", "ticket.updated", "agent.review", "agent.state"])
        #expect(d.take().contains { if case .moved(.running, .review) = $0 { true } else { false } })
        #expect(d.replies[reply] != nil)
    }

    @Test func `an agent that has ended decides no review: its ticket waits there for the queue`() {
        var d = driver("plan")
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        #expect(d.machine.ticket.state == .review)
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann"), reply: reply))
        #expect(d.replies[reply] == .success(.over) && d.machine.ticket.state == .review)
    }

    @Test func `an approval begins the next step, and its prompt is typed under its own name`() {
        var d = driver("plan", review: true)
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann"), reply: reply))
        #expect(d.machine.ticket.state == .running && d.machine.ticket.step == "build")
        #expect(advances(d.take()).map(\.step) == ["build"])
        d.feed(.prompt(visit: 2, "build it"))
        #expect(deliveries(d.take()) == ["L1.2: build it"])
        // Asked twice, typed once.
        d.feed(.prompt(visit: 2, "build it"))
        #expect(deliveries(d.take()).isEmpty)
        d.feed(.promptDelivered(visit: 2, nil))
        #expect(d.machine.ticket.progress == StepProgress(step: "build", visit: 2))
        #expect(d.machine.agent.state == .running)
        d.feed(.prompt(visit: 2, "build it"))
        #expect(deliveries(d.take()).isEmpty)
    }

    @Test func `a rejection goes where the step says, with the feedback`() {
        var d = driver("plan", visit: 4, review: true)
        d.feed(.review(ReviewVerdict(isApproval: false, text: "too long", reviewer: "ann"), reply: reply))
        #expect(
            d.machine.ticket.progress?.advance
                == StepProgress.Advance(step: "plan", visit: 5, feedback: "too long", rejected: "plan"))
        guard case .agentReview(let news)? = d.events.first(where: { $0.kind == "agent.review" }) else {
            Issue.record("no event")
            return
        }
        #expect(news.isApproved == false && news.text == "too long" && news.reviewer == "ann")
    }

    @Test func `with nothing to review, or another review than the one that is meant, it is a conflict`() {
        var d = driver("plan")
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann"), reply: reply))
        #expect(d.failure(reply)?.kind == .conflict)
        d = driver("plan", visit: 3, review: true)
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann", visit: 2), reply: reply))
        #expect(d.failure(reply)?.kind == .conflict)
        #expect(d.machine.ticket.state == .review)
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann", visit: 3), reply: ReplyToken(8)))
        #expect(d.machine.ticket.state == .running)
    }

    @Test func `a prompt that cannot be typed is tried again until it is there`() {
        var d = driver("build", advance: nil)
        d = driver("plan", visit: 1, advance: .init(step: "build", visit: 2))
        d.feed(.prompt(visit: 2, "build it"))
        _ = d.take()
        d.feed(.promptDelivered(visit: 2, .conflict("somebody is scrolling")))
        #expect(d.machine.agent.reason?.contains("somebody is scrolling") == true)
        let timer = d.take().compactMap { if case .timer(let timer, _) = $0 { timer } else { nil } }
        #expect(timer == [.deliver(visit: 2)])
        d.feed(.timer(.deliver(visit: 2)))
        #expect(deliveries(d.take()) == ["L1.2: build it"])
    }

    @Test func `no prompt is typed into a dialog, nor for an agent that is stopped`() {
        var d = driver("plan", advance: .init(step: "build", visit: 2))
        d.feed(.observed(d.machine.launch.id, Observation(state: .waiting, reason: "permission")))
        d.feed(.prompt(visit: 2, "build it"))
        #expect(deliveries(d.take()).isEmpty)
        d.feed(.keeper(.stopped(d.machine.launch.id)))
        d.feed(.observed(d.machine.launch.id, Observation(state: .running)))
        d.feed(.timer(.deliver(visit: 2)))
        #expect(deliveries(d.take()).isEmpty)
        d.feed(.keeper(.continued(d.machine.launch.id)))
        d.feed(.timer(.deliver(visit: 2)))
        #expect(deliveries(d.take()) == ["L1.2: build it"])
    }

    @Test func `a prompt that waited for a dialog goes in as soon as that is closed`() {
        var d = driver("plan", advance: .init(step: "build", visit: 2))
        d.feed(.observed(d.machine.launch.id, Observation(state: .waiting, reason: "question")))
        d.feed(.prompt(visit: 2, "build it"))
        #expect(deliveries(d.take()).isEmpty)
        d.feed(.observed(d.machine.launch.id, Observation(state: .waiting, reason: Observation.idlePrompt)))
        #expect(deliveries(d.take()) == ["L1.2: build it"])
    }

    @Test func `an agent that ends between two steps leaves the next one to another launch`() {
        for exit in [Exit.code(0), .code(1), .signal(9)] {
            var d = driver("build", visit: 2, advance: .init(step: "code", visit: 3))
            d.feed(.keeper(.ended(d.machine.launch.id, exit)))
            #expect(d.left.map(\.state) == [.queued])
            #expect(d.left.first?.agent == "codex" && d.left.first?.step == "code" && d.left.first?.attempts == 1)
        }
    }

    @Test func `an agent that ends while its prompt is typed is judged by whether it got it`() {
        var d = driver("plan", advance: .init(step: "plan", visit: 2))
        d.feed(.prompt(visit: 2, "again"))
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        #expect(d.left.isEmpty)
        d.feed(.promptDelivered(visit: 2, nil))
        #expect(d.left.map(\.state) == [.review])
        d = driver("plan", advance: .init(step: "plan", visit: 2))
        d.feed(.prompt(visit: 2, "again"))
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        d.feed(.promptDelivered(visit: 2, .conflict("the program has ended")))
        #expect(d.left.map(\.state) == [.queued] && d.left.first?.progress?.advance != nil)
    }

    @Test func `a report that is faster than the news of its prompt's arrival is that step's`() {
        var d = driver("plan")
        d.feed(.report(StepReport(status: .complete, summary: "one"), reply: reply))
        d.feed(.review(ReviewVerdict(isApproval: false, text: "more", reviewer: "ann"), reply: ReplyToken(8)))
        d.feed(.prompt(visit: 2, "again"))
        // Said again of the step before.
        d.feed(.report(StepReport(status: .complete, summary: "one"), reply: ReplyToken(9)))
        #expect(d.replies[ReplyToken(9)] != nil && d.machine.ticket.state == .running)
        d.feed(.report(StepReport(status: .complete, summary: "two"), reply: ReplyToken(10)))
        #expect(d.replies[ReplyToken(10)] == nil)
        // Not seen in the terminal yet, and asked again whether it is there.
        d.feed(.promptDelivered(visit: 2, .unavailable("tmux hangs")))
        #expect(d.replies[ReplyToken(10)] == nil && d.machine.ticket.state == .running)
        d.feed(.timer(.deliver(visit: 2)))
        d.feed(.promptDelivered(visit: 2, nil))
        #expect(d.replies[ReplyToken(10)] != nil && d.machine.ticket.state == .review)
        #expect(d.machine.ticket.progress?.visit == 2)
    }

    @Test func `a step that ended by its files may be reported once more, and that is no news of the next`() {
        var d = driver("plan", advance: .init(step: "plan", visit: 2))
        d.feed(.prompt(visit: 2, "again"))
        d.feed(.report(StepReport(status: .complete, summary: "late"), reply: reply))
        #expect(d.replies[reply] != nil)
        d.feed(.promptDelivered(visit: 2, nil))
        #expect(d.machine.ticket.state == .running)
    }

    @Test func `a daemon that did not hear the step before knows a report after its review to be of the next`() {
        var d = driver("plan", review: true)
        d.feed(.review(ReviewVerdict(isApproval: false, text: "more", reviewer: "ann"), reply: ReplyToken(8)))
        d.feed(.prompt(visit: 2, "again"))
        d.feed(.report(StepReport(status: .complete, summary: "two"), reply: reply))
        #expect(d.replies[reply] == nil)
        d.feed(.promptDelivered(visit: 2, nil))
        #expect(d.replies[reply] != nil && d.machine.ticket.state == .review)
    }

    @Test func `a report between two tries to see the prompt arrive waits for the second`() {
        var d = driver("plan")
        d.feed(.report(StepReport(status: .complete, summary: "one"), reply: reply))
        d.feed(.review(ReviewVerdict(isApproval: false, text: "more", reviewer: "ann"), reply: ReplyToken(8)))
        d.feed(.prompt(visit: 2, "again"))
        d.feed(.promptDelivered(visit: 2, .unavailable("tmux hangs")))
        d.feed(.report(StepReport(status: .complete, summary: "two"), reply: ReplyToken(9)))
        #expect(d.replies[ReplyToken(9)] == nil)
        d.feed(.timer(.deliver(visit: 2)))
        d.feed(.promptDelivered(visit: 2, nil))
        #expect(d.replies[ReplyToken(9)] != nil && d.machine.ticket.state == .review)
    }

    @Test func `a ticket that ends in review is worked on again when it is tried again`() {
        var d = driver("plan", review: true)
        d.feed(.request(.stop, next: nil, reply: reply))
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        #expect(d.left.last?.progress?.review == nil)
    }

    @Test func `a report of an agent that ends before its prompt is seen is answered`() {
        var d = driver("plan")
        d.feed(.report(StepReport(status: .complete, summary: "one"), reply: ReplyToken(5)))
        d.feed(.review(ReviewVerdict(isApproval: false, text: "more", reviewer: "ann"), reply: ReplyToken(8)))
        d.feed(.prompt(visit: 2, "again"))
        d.feed(.report(StepReport(status: .complete), reply: reply))
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        d.feed(.promptDelivered(visit: 2, .conflict("the program has ended")))
        #expect(d.replies[reply] != nil)
    }

    @Test func `an exit of 0 ends a step only if the step says so`() {
        var d = driver("build", visit: 2)
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        #expect(d.left.map(\.state) == [.failed] && d.left.first?.reason?.contains("before the step") == true)
        d = driver("plan")
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        #expect(d.left.map(\.state) == [.review])
        #expect(d.machine.agent.state == .waiting && d.machine.agent.reason == "plan-review")
    }

    @Test func `an agent that ends in review ends nothing, and its terminal stays to be seen`() {
        var d = driver("plan", review: true)
        d.feed(.keeper(.ended(d.machine.launch.id, .signal(15))))
        #expect(d.left.map(\.state) == [.review])
        #expect(!d.take().contains { if case .timer(.linger, _) = $0 { true } else { false } })
        #expect(!d.kinds.contains("agent.review"))
    }

    @Test func `the last step reported done lets the agent finish its sentence, then it leaves`() {
        var d = driver("code", visit: 3, review: true)
        d.feed(.review(ReviewVerdict(isApproval: true, reviewer: "ann"), reply: reply))
        let timers = d.take().compactMap { if case .timer(let timer, _) = $0 { timer } else { nil } }
        #expect(timers == [.farewell(d.machine.launch.id)])
        d.feed(.timer(.farewell(d.machine.launch.id)))
        #expect(d.take().contains { if case .sendKeys = $0 { true } else { false } })
        d.feed(.keeper(.ended(d.machine.launch.id, .signal(15))))
        #expect(d.left.map(\.state) == [.done])
    }

    @Test func `an agent that gives up fails its ticket`() {
        var d = driver("build", visit: 2)
        d.feed(.report(StepReport(status: .failed, summary: "no compiler"), reply: reply))
        d.feed(.timer(.farewell(d.machine.launch.id)))
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        #expect(d.left.map(\.state) == [.failed] && d.left.first?.reason?.contains("no compiler") == true)
    }

    @Test func `an agent that is blocked is shown as waiting until something else is seen of it`() {
        var d = driver("build", visit: 2)
        d.feed(.report(StepReport(status: .blocked, summary: "which\u{1B}[31m colour?"), reply: reply))
        #expect(d.machine.agent.state == .waiting && d.machine.agent.reason == "question: which[31m colour?")
        d.feed(.observed(d.machine.launch.id, Observation(state: .tool, reason: "Bash")))
        #expect(d.machine.agent.state == .tool && d.machine.agent.reason == "Bash")
    }

    @Test func `a report that comes before the keeper's word is heard after it`() {
        var d = MachineDriver(type: Self.type, progress: StepProgress(step: "plan"))
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind(), type: Self.type),
                switchedFrom: nil, reply: nil))
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        d.feed(.report(StepReport(status: .complete), reply: reply))
        #expect(d.replies[reply] == nil)
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(d.machine.ticket.state == .review && d.replies[reply] != nil)
    }

    @Test func `after a restart a step that was decided on goes on, and a review stays open`() {
        var launch = Samples.launch("L1", state: .running(pid: 42))
        launch.startedAt = Samples.now
        var d = MachineDriver(
            launch: launch, type: Self.type, progress: StepProgress(step: "plan", advance: .init(step: "build", visit: 2)))
        d.feed(.adopt(next: nil))
        #expect(advances(d.take()).isEmpty)
        d.feed(.fact(launch.id, .running(pid: 42, stopped: false)))
        #expect(advances(d.take()).map(\.step) == ["build"])
        var progress = StepProgress(step: "plan")
        progress.review = StepProgress.Review(kind: .plan, since: Samples.now)
        d = MachineDriver(launch: launch, type: Self.type, progress: progress, state: .review)
        d.feed(.adopt(next: nil))
        d.feed(.fact(launch.id, .running(pid: 42, stopped: false)))
        #expect(advances(d.take()).isEmpty && d.machine.agent.state == .waiting)
    }

    @Test func `a step that says idle ends when a turn does`() {
        let type = TicketType(
            name: "X", steps: [WorkflowStep(name: "a", prompt: "a", doneWhen: [.idle]), WorkflowStep(name: "b", prompt: "b")])
        var d = MachineDriver(type: type, progress: StepProgress(step: "a"))
        d.start()
        d.feed(.observed(d.machine.launch.id, Observation(state: .running)))
        #expect(advances(d.take()).isEmpty)
        d.feed(.observed(d.machine.launch.id, Observation(state: .done, endedTurn: true)))
        #expect(advances(d.take()).map(\.step) == ["b"])
    }
}

extension MachineDriver {
    func failure(_ token: ReplyToken) -> ReeveError? {
        if case .failure(let error)? = replies[token] { error } else { nil }
    }
}
