import ReeveModel
import ReeveTestSupport
import Testing

/// An agent's prompts, and its terminal before, during and after its work.
@Suite struct AgentMachineTerminalTests {
    private let reply = ReplyToken(1)

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

    @Test func `a terminal that cannot be closed yet is looked at again after a second at the earliest`() {
        var d = MachineDriver()
        d.machine.settings.linger = .zero
        d.start()
        d.feed(.keeper(.ended(d.machine.launch.id, .code(0))))
        func pause(_ effects: [AgentMachine.Effect]) -> (AgentMachine.Timer, Duration)? {
            for case .timer(let timer, let duration) in effects { if case .linger = timer { return (timer, duration) } }
            return nil
        }
        guard let (timer, first) = pause(d.take()) else {
            Issue.record("no timer")
            return
        }
        #expect(first == .zero)
        d.feed(.timer(timer))
        _ = d.take()
        d.feed(.closePostponed)
        #expect(pause(d.take())?.1 == .seconds(1))
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
