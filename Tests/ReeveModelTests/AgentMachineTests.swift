import ReeveModel
import ReeveTestSupport
import Testing

/// Drives one machine: facts in, effects out, on virtual time. Commits succeed unless the test says otherwise.
struct MachineDriver {
    var machine: AgentMachine
    var now = Duration.zero
    var log: [AgentMachine.Effect] = []
    var replies: [ReplyToken: Result<AgentReply, ReeveError>] = [:]
    var events: [EventPayload] = []
    var left: [Ticket] = []
    var outcomes: [LaunchOutcome] = []
    var refusesIntents = false

    init(
        attempts: Int = 1, starts: [Timestamp] = [], retry: RetryPolicy = RetryPolicy(), policy: LastResort = .signal,
        launch: Launch = Samples.launch("L1"),
        intent: AgentIntent? = nil, type: TicketType? = nil, progress: StepProgress? = nil, state: TicketState = .running
    ) {
        var ticket = Samples.ticket("T", state: state, attempts: attempts)
        ticket.isAgentChosen = false
        ticket.progress = progress
        ticket.starts = starts
        ticket.intent = intent
        machine = AgentMachine(
            ticket: ticket, session: Samples.record(), launch: PreparedLaunch(launch: launch, kind: Samples.kind(), type: type),
            settings: AgentMachine.Settings(lastResort: policy, retry: retry), now: Samples.now)
    }

    var moment: Moment { Moment(wall: Samples.now.advanced(by: now), uptime: now) }

    mutating func feed(_ event: AgentMachine.Event) {
        perform(machine.handle(event, at: moment))
    }

    private mutating func perform(_ effects: [AgentMachine.Effect]) {
        for effect in effects {
            log.append(effect)
            switch effect {
            case .record(let changes, let then):
                note(changes)
                perform(then)
            case .intend(let changes):
                if refusesIntents {
                    feed(.intentRefused(.unavailable("the disk is full")))
                } else {
                    note(changes)
                    feed(.intentDurable)
                }
            case .reply(let token, let result): replies[token] = result
            case .leaveWork(let ticket, _, let outcome):
                left.append(ticket)
                outcomes.append(outcome)
            case .judged(_, let outcome): outcomes.append(outcome)
            default: break
            }
        }
    }

    private mutating func note(_ changes: [JournalChange]) {
        for case .event(let payload) in changes { events.append(payload) }
    }

    /// Takes the effects seen so far.
    mutating func take() -> [AgentMachine.Effect] {
        defer { log = [] }
        return log
    }

    mutating func start(reply: ReplyToken? = nil) {
        feed(
            .begin(machine.ticket, PreparedLaunch(launch: machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: reply))
        feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        feed(.fact(machine.launch.id, .running(pid: 42, stopped: false)))
        _ = take()
    }

    func next(_ name: String = "L2", kind: String = "codex") -> PreparedLaunch {
        PreparedLaunch(launch: Samples.launch(name, kind: kind), kind: Samples.kind(kind))
    }

    var kinds: [String] { events.map(\.kind) }
}

@Suite struct AgentMachineTests {
    private let reply = ReplyToken(1)

    @Test func `a launch opens its terminal, then runs, then says so`() {
        var d = MachineDriver()
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: reply)
        )
        #expect(d.take().contains { if case .openSession = $0 { true } else { false } })
        #expect(d.machine.agent.state == .launching)
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        #expect(d.take().contains { if case .run(let launch) = $0 { launch.id.text == "L1" } else { false } })
        #expect(d.replies.isEmpty)
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(d.machine.agent.state == .running)
        #expect(d.machine.agent.pid == 42)
        #expect(d.kinds == ["session.opened", "agent.state"])
        guard case .success(.agent(let agent))? = d.replies[reply] else {
            Issue.record("no answer")
            return
        }
        #expect(agent.state == .running)
    }

    @Test(arguments: [
        (Exit.code(0), TicketState.done, AgentState.done), (.code(7), .failed, .exited), (.code(127), .failed, .exited),
        (.signal(9), .failed, .exited),
    ])
    func `a ticket's end follows from its agent's exit`(exit: Exit, ticket: TicketState, agent: AgentState) {
        var d = MachineDriver()
        d.start()
        d.feed(.keeper(.ended(d.machine.launch.id, exit)))
        #expect(d.machine.ticket.state == ticket)
        #expect(d.machine.ticket.reason == "claude \(exit.spoken)")
        #expect(d.machine.agent.state == agent)
        #expect(d.machine.agent.exit == exit)
        #expect(d.left.map(\.state) == [ticket])
        #expect(d.kinds.contains("agent.exited") && d.kinds.contains("ticket.finished"))
        #expect(!d.machine.isInWork)
    }

    @Test func `an end that is told before the start was answered is not lost`() {
        var d = MachineDriver()
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: reply)
        )
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        d.feed(.keeper(.ended(d.machine.launch.id, .code(3))))
        #expect(d.machine.isInWork)
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(d.machine.ticket.state == .failed)
        #expect(d.machine.agent.exit == .code(3))
    }

    @Test func `a keeper whose connection breaks while the order to start is on its way has lost nothing`() {
        var d = MachineDriver()
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: nil))
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        d.feed(.keeper(.gone))
        // Looked at by its connection's end, before the order has reached it.
        d.feed(.fact(d.machine.launch.id, .neverStarted))
        #expect(d.left.isEmpty)
        d.feed(.fact(d.machine.launch.id, .running(pid: 7, stopped: false)))
        #expect(d.machine.agent.state == .running && d.left.isEmpty)
    }

    @Test func `a terminal is closed after the end of its agent is written down, and lingers from then on`() {
        for isCancelled in [true, false] {
            var d = MachineDriver()
            d.feed(
                .begin(
                    d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil,
                    reply: nil))
            d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
            d.feed(.fact(d.machine.launch.id, .running(pid: 7, stopped: false)))
            if isCancelled { d.feed(.request(.cancel, next: nil, reply: ReplyToken(9))) }
            let effects = d.machine.handle(.keeper(.ended(d.machine.launch.id, .code(0))), at: d.moment)
            func goes(_ effect: AgentMachine.Effect) -> Bool {
                switch effect {
                case .closeSession: isCancelled
                case .timer(.linger, _): !isCancelled
                default: false
                }
            }
            #expect(!effects.contains(where: goes))
            #expect(effects.contains { if case .record(_, let then) = $0 { then.contains(where: goes) } else { false } })
        }
    }

    @Test func `a program that does not exist fails the ticket with the reason and answers the caller`() {
        var d = MachineDriver()
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: reply)
        )
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        d.feed(.fact(d.machine.launch.id, .refused("no program 'claude' in its PATH")))
        #expect(d.machine.ticket.state == .failed)
        #expect(d.machine.ticket.reason?.contains("no program") == true)
        guard case .failure(let error)? = d.replies[reply] else {
            Issue.record("no answer")
            return
        }
        #expect(error.kind == .unavailable)
    }

    @Test func `a multiplexer that cannot be reached sends the ticket back into the queue at no cost`() {
        var d = MachineDriver(attempts: 1)
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: nil))
        d.feed(.sessionFailed(.unavailable("tmux is down")))
        #expect(d.left.map(\.state) == [.queued])
        #expect(d.left.first?.attempts == 0)
        #expect(d.left.first?.notBefore == Samples.now.advanced(by: .seconds(5)))
    }

    // MARK: Switching

    @Test func `a switch climbs, starts the next agent in the same session, and answers when it runs`() {
        var d = MachineDriver()
        d.start()
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .signal), next: d.next(), reply: reply))
        #expect(d.machine.agent.state == .switching)
        #expect(d.take().contains { if case .sendKeys(step: 0, _) = $0 { true } else { false } })
        d.feed(.ladder(.keysSent(step: 0)))
        d.now = .milliseconds(120)
        d.feed(.keeper(.ended(Samples.launchID("L1"), .code(0))))
        #expect(d.machine.ticket.agent == "codex")
        #expect(d.machine.ticket.state == .running)
        #expect(d.replies.isEmpty)
        #expect(d.take().contains { if case .run(let launch) = $0 { launch.id.text == "L2" } else { false } })
        d.feed(.fact(Samples.launchID("L2"), .running(pid: 43, stopped: false)))
        guard case .success(.switched(let result))? = d.replies[reply] else {
            Issue.record("no answer: \(d.replies)")
            return
        }
        #expect(result.from == "claude" && result.to == "codex" && result.rung == .exit)
        #expect(result.rungs == [SwitchLadder.Report(rung: .exit, milliseconds: 120, ended: true)])
        #expect(result.agent.session.text == "op-T" && result.agent.pid == 43)
        #expect(d.kinds.filter { $0 == "agent.switch" }.count == 1)
        #expect(d.left.isEmpty)
    }

    @Test func `an agent that exits by itself in the middle of the ladder stops it at once`() {
        var d = MachineDriver()
        d.start()
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .signal), next: d.next(), reply: reply))
        d.feed(.ladder(.keysSent(step: 0)))
        d.now = .seconds(3)
        d.feed(.timer(.ladder(generation: 2, step: 0)))
        _ = d.take()
        d.feed(.keeper(.ended(Samples.launchID("L1"), .code(1))))
        d.feed(.timer(.ladder(generation: 2, step: 1)))
        d.feed(.ladder(.keysSent(step: 1)))
        #expect(!d.take().contains { if case .sendKeys = $0 { true } else { false } })
        d.feed(.fact(Samples.launchID("L2"), .running(pid: 43, stopped: false)))
        guard case .success(.switched(let result))? = d.replies[reply] else {
            Issue.record("no answer")
            return
        }
        #expect(result.rung == .interrupt)
    }

    @Test func `switching during a switch is a conflict and the first goes on`() {
        var d = MachineDriver()
        d.start()
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .signal), next: d.next(), reply: reply))
        d.feed(
            .request(
                .switch(to: "gemini", prompt: nil, policy: .signal), next: d.next("L3", kind: "gemini"), reply: ReplyToken(2)))
        guard case .failure(let error)? = d.replies[ReplyToken(2)] else {
            Issue.record("no answer")
            return
        }
        #expect(error.kind == .conflict && error.message.contains("being switched to codex"))
        d.feed(.keeper(.ended(Samples.launchID("L1"), .code(0))))
        #expect(d.machine.ticket.agent == "codex")
    }

    @Test func `a new agent whose program does not exist fails the ticket and answers with the reason`() {
        var d = MachineDriver()
        d.start()
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .signal), next: d.next(), reply: reply))
        d.feed(.keeper(.ended(Samples.launchID("L1"), .code(0))))
        d.feed(.fact(Samples.launchID("L2"), .refused("no program 'codex' in its PATH")))
        #expect(d.machine.ticket.state == .failed)
        guard case .failure(let error)? = d.replies[reply] else {
            Issue.record("no answer")
            return
        }
        #expect(error.message.contains("codex could not be started"))
    }

    @Test func `with give-up an agent that does not leave goes on, and the answer says what was tried`() {
        var d = MachineDriver()
        d.start()
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .giveUp), next: d.next(), reply: reply))
        for step in 0..<4 {
            d.feed(.ladder(.keysSent(step: step)))
            d.now += .seconds(1)
            d.feed(.timer(.ladder(generation: 2, step: step)))
        }
        #expect(d.machine.agent.state == .running)
        #expect(d.machine.agent.reason?.hasPrefix("switch_failed") == true)
        #expect(d.machine.ticket.agent == "claude" && d.machine.ticket.intent == nil)
        guard case .failure(let error)? = d.replies[reply] else {
            Issue.record("no answer")
            return
        }
        #expect(error.kind == .conflict && error.message.contains("exit"))
        #expect(!d.log.contains { if case .signal = $0 { true } else { false } })
    }

    @Test func `a switch that cannot be written down does not begin`() {
        var d = MachineDriver()
        d.start()
        d.refusesIntents = true
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .signal), next: d.next(), reply: reply))
        #expect(!d.log.contains { if case .sendKeys = $0 { true } else { false } })
        #expect(d.machine.isRunning && d.machine.ticket.intent == nil)
        guard case .failure(let error)? = d.replies[reply] else {
            Issue.record("no answer")
            return
        }
        #expect(error.kind == .unavailable)
    }

    @Test func `switching a ticket whose agent has already exited starts the next at once`() {
        var d = MachineDriver()
        d.start()
        d.feed(.keeper(.ended(Samples.launchID("L1"), .code(0))))
        var ticket = d.machine.ticket
        ticket.state = .running
        ticket.agent = "codex"
        d.feed(.begin(ticket, d.next(), switchedFrom: "claude", reply: reply))
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: false))
        d.feed(.fact(Samples.launchID("L2"), .running(pid: 44, stopped: false)))
        guard case .success(.switched(let result))? = d.replies[reply] else {
            Issue.record("no answer")
            return
        }
        #expect(result.rung == .alreadyExited && result.rungs.isEmpty && result.from == "claude")
    }

    // MARK: Stopping

    @Test func `stop ends in cancelled and keeps the terminal, cancel closes it`() {
        for (intent, closes) in [(AgentIntent.stop, false), (.cancel, true)] {
            var d = MachineDriver()
            d.start()
            d.feed(.request(intent, next: nil, reply: reply))
            d.feed(.keeper(.ended(Samples.launchID("L1"), .code(0))))
            #expect(d.machine.ticket.state == .cancelled)
            #expect(d.log.contains { if case .closeSession = $0 { true } else { false } } == closes)
            #expect(d.replies[reply] != nil)
            #expect(!d.kinds.contains("agent.switch"))
        }
    }

    @Test func `cancelling overtakes a switch, and both callers are answered`() {
        var d = MachineDriver()
        d.start()
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .signal), next: d.next(), reply: reply))
        d.feed(.request(.cancel, next: nil, reply: ReplyToken(2)))
        d.feed(.keeper(.ended(Samples.launchID("L1"), .signal(15))))
        #expect(d.machine.ticket.state == .cancelled)
        guard case .failure? = d.replies[reply], case .success(.ticket)? = d.replies[ReplyToken(2)] else {
            Issue.record("answers: \(d.replies)")
            return
        }
    }

    @Test func `a cancel that comes while launching is carried out once the agent runs`() {
        var d = MachineDriver()
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: nil))
        d.feed(.request(.cancel, next: nil, reply: reply))
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(d.log.contains { if case .sendKeys = $0 { true } else { false } })
    }

    @Test func `a stopped agent is continued before it is asked to leave`() {
        var d = MachineDriver()
        d.start()
        d.feed(.keeper(.stopped(d.machine.launch.id)))
        #expect(d.machine.agent.state == .interrupted)
        d.feed(.request(.stop, next: nil, reply: reply))
        let resume = d.log.firstIndex { if case .signal(_, .resume) = $0 { true } else { false } }
        let keys = d.log.firstIndex { if case .sendKeys = $0 { true } else { false } }
        #expect(resume != nil && keys != nil)
        if let resume, let keys { #expect(resume < keys) }
    }

    // MARK: Losing

    @Test(arguments: [
        (AgentMachine.LossCause.terminalGone, TicketState.queued), (.keeperDied, .lost), (.unclear, .lost),
    ])
    func `a lost agent is launched again only when its terminal died with it`(cause: AgentMachine.LossCause, state: TicketState) {
        var d = MachineDriver(retry: RetryPolicy(attempts: 3))
        d.start()
        d.feed(.keeper(.gone))
        #expect(d.log.contains { if case .diagnoseLoss = $0 { true } else { false } })
        #expect(d.machine.agent.state == .unknown)
        d.feed(.keeperLost(d.machine.launch.id, cause, .lost))
        #expect(d.left.map(\.state) == [state])
    }

    @Test func `a keeper that died after writing down the end tells how it ended`() {
        var d = MachineDriver()
        d.start()
        d.feed(.keeper(.gone))
        d.feed(.keeperLost(d.machine.launch.id, .keeperDied, .ended(.code(0))))
        #expect(d.machine.ticket.state == .done)
    }

    @Test func `a multiplexer that is down makes agents unknown and ends none`() {
        var d = MachineDriver()
        d.start()
        d.feed(.backend(isUp: false, detail: "the tmux server is stopped"))
        #expect(d.machine.agent.state == .unknown)
        #expect(d.machine.agent.reason == "the tmux server is stopped")
        #expect(d.left.isEmpty && d.machine.isInWork)
        d.feed(.backend(isUp: true, detail: "tmux 3.3a"))
        #expect(d.machine.agent.state == .running)
    }

    @Test func `a failed run is tried again until its budget is spent`() {
        for (attempts, state) in [(1, TicketState.queued), (2, .queued), (3, .failed)] {
            var d = MachineDriver(attempts: attempts, retry: RetryPolicy(attempts: 2, backoff: .seconds(30)))
            d.start()
            d.feed(.keeper(.ended(d.machine.launch.id, .code(1))))
            #expect(d.left.map(\.state) == [state])
        }
    }

    // MARK: After a restart

    @Test func `a running launch is asked after, and shown as unknown until its keeper speaks`() {
        var d = MachineDriver(launch: Samples.launch("L1", state: .running(pid: 42)))
        d.feed(.adopt(next: nil))
        #expect(d.machine.agent.state == .unknown)
        #expect(d.take().contains { if case .inspect = $0 { true } else { false } })
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(d.machine.agent.state == .running)
    }

    @Test func `an intended launch is carried out after a restart, with the same id`() {
        var d = MachineDriver()
        d.feed(.adopt(next: nil))
        #expect(d.take().contains { if case .openSession = $0 { true } else { false } })
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: false))
        #expect(d.take().contains { if case .run(let launch) = $0 { launch.id.text == "L1" } else { false } })
        d.feed(.fact(d.machine.launch.id, .ended(.code(0))))
        #expect(d.machine.ticket.state == .done)
    }

    @Test func `a switch that was under way goes on after a restart`() {
        var d = MachineDriver(
            launch: Samples.launch("L1", state: .running(pid: 42)), intent: .switch(to: "codex", prompt: nil, policy: .signal))
        d.feed(.adopt(next: d.next()))
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(d.machine.agent.state == .switching)
        d.feed(.keeper(.ended(Samples.launchID("L1"), .code(0))))
        #expect(d.machine.ticket.agent == "codex")
    }

    // MARK: Prompts and terminals

    @Test func `a prompt to paste is written down as being delivered before it is pasted, and not before its agent is ready`() {
        var d = MachineDriver(launch: Samples.launch("L1", prompt: .pending))
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: nil))
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(d.machine.launch.prompt == .pending)
        #expect(d.take().contains { if case .awaitQuiet = $0 { true } else { false } })
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(!d.take().contains { if case .awaitQuiet = $0 { true } else { false } })
        d.feed(.screenQuiet(d.machine.launch.id, nil))
        #expect(d.machine.launch.prompt == .delivering)
        #expect(d.take().contains { if case .paste = $0 { true } else { false } })
        d.feed(.pasted(d.machine.launch.id, nil))
        #expect(d.machine.launch.prompt == .delivered)
        d.feed(.pasted(d.machine.launch.id, nil))
        #expect(d.machine.launch.prompt == .delivered)
    }

    @Test func `a prompt under delivery when the daemon ended is not pasted again`() {
        var d = MachineDriver(launch: Samples.launch("L1", state: .running(pid: 42), prompt: .delivering))
        d.feed(.adopt(next: nil))
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(!d.log.contains { if case .paste = $0 { true } else { false } })
        #expect(d.machine.agent.reason?.hasPrefix("its prompt may not have arrived") == true)
    }

    @Test func `a prompt that waited for its agent when the daemon ended is pasted after the restart`() {
        var d = MachineDriver(launch: Samples.launch("L1", state: .running(pid: 42), prompt: .pending))
        d.feed(.adopt(next: nil))
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        d.feed(.screenQuiet(d.machine.launch.id, nil))
        #expect(d.log.contains { if case .paste = $0 { true } else { false } })
    }

    @Test func `an agent whose screen never rests keeps running, and its reason says that the prompt is missing`() {
        var d = MachineDriver(launch: Samples.launch("L1", prompt: .pending))
        d.start()
        d.feed(.screenQuiet(d.machine.launch.id, ReeveError(.timeout, "no rest")))
        #expect(d.machine.agent.state == .running && d.machine.agent.reason == "prompt not delivered: no rest")
        #expect(d.machine.launch.prompt == .pending)
    }

    @Test func `a cancel while the agent is launched overtakes what else waits for it`() {
        var d = MachineDriver()
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: nil))
        d.feed(.request(.restart, next: d.next(), reply: ReplyToken(1)))
        d.feed(.request(.cancel, next: nil, reply: ReplyToken(2)))
        guard case .failure(let error)? = d.replies[ReplyToken(1)] else {
            Issue.record("the restart was not answered")
            return
        }
        #expect(error.message == "'T' was cancelled meanwhile" && d.replies[ReplyToken(2)] == nil)
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        #expect(d.machine.ticket.state == .cancelled)
    }

    @Test(arguments: [LaunchFact.occupied("no luck: shell open"), .unwritten("no luck: disk full")])
    func `a person's shell in the terminal, or a full disk, postpones a launch and costs no attempt`(fact: LaunchFact) {
        var d = MachineDriver()
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: nil))
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: false))
        d.feed(.fact(d.machine.launch.id, fact))
        #expect(d.machine.ticket.state == .queued && d.machine.ticket.attempts == 0)
        #expect(d.machine.ticket.reason?.contains("no luck") == true && d.machine.ticket.notBefore != nil)
    }

    @Test func `since is when it happened, also after a restart`() {
        var launch = Samples.launch("L1", state: .running(pid: 42))
        launch.startedAt = Samples.now.advanced(by: .seconds(-100))
        var d = MachineDriver(launch: launch)
        d.feed(.adopt(next: nil))
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(d.machine.agent.since == launch.startedAt)
    }

    @Test func `a session that the multiplexer no longer lists is looked into, whatever its agent does`() {
        var d = MachineDriver()
        d.feed(.sessionMissing)
        d.start()
        d.feed(.sessionMissing)
        #expect(d.take().contains { if case .diagnoseLoss = $0 { true } else { false } })
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        _ = d.take()
        d.feed(.sessionMissing)
        #expect(d.take().contains { if case .diagnoseLoss = $0 { true } else { false } })
        d.feed(.keeperLost(d.machine.launch.id, .terminalGone, .ended(.code(0))))
        #expect(d.take().contains { if case .finish = $0 { true } else { false } })
    }

    @Test func `what is found out late about the terminal of one launch does not end the next`() {
        var d = MachineDriver()
        d.start()
        d.feed(.keeper(.ended(d.machine.launch.id, .code(1))))
        d.feed(.sessionMissing)
        let asked = d.machine.launch.id
        d.feed(.begin(d.machine.ticket, d.next(kind: "claude"), switchedFrom: nil, reply: nil))
        d.feed(.sessionOpened(TerminalHandle(session: "$2", pane: "%2", epoch: "e"), isNew: true))
        d.feed(.keeperLost(asked, .terminalGone, .lost))
        #expect(d.machine.isInWork && d.machine.agent.state == .launching)
    }

    @Test func `a lingering terminal that is closed while a launch for it is prepared is made anew`() {
        var d = MachineDriver()
        d.start()
        d.feed(.keeper(.ended(d.machine.launch.id, .code(1))))
        #expect(d.machine.holdSession() != nil)
        d.feed(.keeperLost(d.machine.launch.id, .terminalGone, .ended(.code(1))))
        _ = d.take()
        d.feed(.begin(d.machine.ticket, d.next(kind: "claude"), switchedFrom: nil, reply: nil))
        #expect(d.take().contains { if case .openSession = $0 { true } else { false } })
        #expect(d.machine.isInWork && !d.kinds.contains("session.closed"))
    }

    @Test func `one that is given up again lingers on, and its end is noticed then`() {
        var d = MachineDriver()
        d.start()
        d.feed(.keeper(.ended(d.machine.launch.id, .code(1))))
        #expect(d.machine.holdSession() != nil)
        d.feed(.released)
        #expect(d.take().contains { if case .timer(.linger, _) = $0 { true } else { false } })
        d.feed(.keeperLost(d.machine.launch.id, .terminalGone, .ended(.code(1))))
        #expect(d.kinds.last == "session.closed")
    }

    @Test func `a finished ticket's terminal stays for a while and is then closed`() {
        var d = MachineDriver()
        d.start()
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        guard case .timer(let timer, let linger)? = d.take().last(where: { if case .timer = $0 { true } else { false } }) else {
            Issue.record("no timer")
            return
        }
        #expect(linger == .seconds(600))
        d.feed(.timer(timer))
        #expect(d.take().contains { if case .closeSession(_, evenIfWatched: false) = $0 { true } else { false } })
        d.feed(.closePostponed)
        #expect(d.take().contains { if case .timer = $0 { true } else { false } })
        d.feed(.sessionClosed)
        #expect(d.take().contains { if case .finish = $0 { true } else { false } })
    }

    @Test func `a terminal that could not be made after a restart is asked for again, also if its old keeper is found dead`() {
        var d = MachineDriver()
        d.feed(.adopt(next: nil))
        d.feed(.sessionFailed(ReeveError(.timeout, "tmux does not answer")))
        _ = d.take()
        d.feed(.keeper(.gone))
        d.feed(.keeperLost(d.machine.launch.id, .terminalGone, .neverStarted))
        _ = d.take()
        d.feed(.timer(.inspect))
        #expect(d.take().contains { if case .openSession = $0 { true } else { false } })
        #expect(d.left.isEmpty)
    }
}
