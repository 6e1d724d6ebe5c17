import ReeveModel
import ReeveTestSupport
import Testing

/// An agent's launch, and what becomes of it.
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
}
