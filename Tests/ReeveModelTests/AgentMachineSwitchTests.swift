import ReeveModel
import ReeveTestSupport
import Testing

/// Switching, stopping and cancelling an agent.
@Suite struct AgentMachineSwitchTests {
    private let reply = ReplyToken(1)

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
}
