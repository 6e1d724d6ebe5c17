import ReeveModel
import ReeveTestSupport
import Testing

/// What is seen of an agent at moments at which nothing can be done with it: it is told once, so it must not be lost.
@Suite struct AgentObservationTests {
    private static let question = Observation(state: .waiting, reason: "question")
    private static let works = Observation(state: .running)
    private static let rests = Observation(state: .waiting, reason: Observation.idlePrompt)
    private static let ended = Observation(state: .waiting, reason: Observation.idlePrompt, endedTurn: true)
    /// a and b, each until a turn ends.
    private static let type = TicketType(
        name: "X",
        steps: [
            WorkflowStep(name: "a", prompt: "a", doneWhen: [.idle]), WorkflowStep(name: "b", prompt: "b", doneWhen: [.idle]),
            WorkflowStep(name: "c", prompt: "c", doneWhen: [.idle]),
        ])

    private func advances(_ effects: [AgentMachine.Effect]) -> [String] {
        effects.compactMap { if case .advance(let ticket) = $0 { ticket.step } else { nil } }
    }

    // MARK: Before its start is known

    private static let moments: [(String, @Sendable (inout MachineDriver) -> Void)] = [
        ("its terminal is being made", { _ in }),
        (
            "its keeper has been told",
            { $0.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true)) }
        ),
    ]

    @Test(arguments: moments.map(\.0)) func `what is seen before the keeper's word is shown after it`(moment: String) throws {
        var d = MachineDriver()
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: nil))
        for (name, reach) in Self.moments {
            reach(&d)
            if name == moment { d.feed(.observed(d.machine.launch.id, Self.question)) }
        }
        #expect(d.machine.agent.state == .launching && d.machine.agent.dialog == nil)
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        #expect(d.machine.agent.state == .waiting && d.machine.agent.dialog == "question")
        guard case .agentState(let agent)? = d.events.last else {
            Issue.record("no event")
            return
        }
        #expect(agent.state == .waiting)
    }

    @Test func `a turn that ended before the keeper's word ends its step, whatever was seen after it`() {
        for later in [Self.rests, Self.works] {
            var d = MachineDriver(type: Self.type, progress: StepProgress(step: "a"))
            d.feed(
                .begin(
                    d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind(), type: Self.type),
                    switchedFrom: nil, reply: nil))
            d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
            var first = Self.ended
            first.conversation = "c-1"
            d.feed(.observed(d.machine.launch.id, first))
            d.feed(.observed(d.machine.launch.id, later))
            _ = d.take()
            d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
            #expect(advances(d.take()) == ["b"])
            #expect(d.machine.launch.conversation == "c-1")
        }
    }

    @Test func `what is seen of one launch is not the next one's`() {
        var d = MachineDriver()
        d.start()
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .signal), next: d.next(), reply: nil))
        d.feed(.observed(Samples.launchID("L1"), Self.question))
        d.feed(.keeper(.ended(Samples.launchID("L1"), .code(0))))
        d.feed(.observed(Samples.launchID("L1"), Self.question))
        d.feed(.fact(Samples.launchID("L2"), .running(pid: 43, stopped: false)))
        #expect(d.machine.agent.launch == Samples.launchID("L2"))
        #expect(d.machine.agent.state == .running && d.machine.agent.dialog == nil)
    }

    @Test func `what is seen of an agent that ends is not the next one's in its terminal`() {
        var d = MachineDriver()
        d.start()
        d.feed(.request(.stop, next: nil, reply: nil))
        d.feed(.observed(Samples.launchID("L1"), Self.question))
        d.feed(.keeper(.ended(Samples.launchID("L1"), .code(0))))
        d.feed(.observed(Samples.launchID("L1"), Self.question))
        d.feed(.begin(d.machine.ticket, d.next(), switchedFrom: nil, reply: nil))
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: false))
        d.feed(.fact(Samples.launchID("L2"), .running(pid: 43, stopped: false)))
        #expect(d.machine.agent.state == .running && d.machine.agent.dialog == nil)
    }

    // MARK: While it is made to leave

    @Test func `a dialog that opens while an agent is made to leave is shown when it stays`() {
        var d = MachineDriver()
        d.start()
        d.feed(.observed(d.machine.launch.id, Self.works))
        d.feed(.request(.switch(to: "codex", prompt: nil, policy: .giveUp), next: d.next(), reply: nil))
        d.feed(.observed(d.machine.launch.id, Self.question))
        #expect(d.machine.agent.state == .switching && d.machine.agent.dialog == nil)
        for step in 0..<4 {
            d.feed(.ladder(.keysSent(step: step)))
            d.now += .seconds(1)
            d.feed(.timer(.ladder(generation: 2, step: step)))
        }
        #expect(d.machine.agent.state == .waiting && d.machine.agent.dialog == "question")
        #expect(d.machine.agent.reason?.hasPrefix("switch_failed") == true)
    }

    @Test func `a dialog that opens while a switch is written down is shown when the disk refuses that`() {
        var d = MachineDriver()
        d.start()
        // The commit is under way.
        _ = d.machine.handle(
            .request(.switch(to: "codex", prompt: nil, policy: .signal), next: d.next(), reply: nil), at: d.moment)
        d.feed(.observed(d.machine.launch.id, Self.question))
        d.feed(.intentRefused(.unavailable("the disk is full")))
        #expect(d.machine.agent.state == .waiting && d.machine.agent.dialog == "question")
    }

    // MARK: While the next step's prompt is on its way

    struct Way: Sendable, CustomTestStringConvertible {
        var name: String
        /// Before the prompt is typed, and while it is.
        var before: Observation?
        var during: [Observation]
        /// What is shown once the prompt is known to have arrived.
        var state: AgentState
        var reason: String?
        var advances: [String] = []

        var testDescription: String { name }

        static let all = [
            Way(name: "nothing is seen", before: ended, during: [], state: .running),
            Way(name: "the turn before ends late", before: works, during: [ended], state: .running),
            Way(name: "it rests, told once more", before: ended, during: [rests], state: .running),
            Way(name: "it begins", before: ended, during: [works], state: .running),
            Way(name: "it asks at once", before: ended, during: [question], state: .waiting, reason: "question"),
            Way(name: "it begins and asks", before: ended, during: [works, question], state: .waiting, reason: "question"),
            Way(
                name: "it asks, of which nothing was known", before: nil, during: [question], state: .waiting, reason: "question"),
            Way(
                name: "it is done already", before: ended, during: [works, ended], state: .waiting,
                reason: Observation.idlePrompt, advances: ["c"]),
            Way(
                name: "the turn before ends late, then it is done already", before: works, during: [ended, works, ended],
                state: .waiting, reason: Observation.idlePrompt, advances: ["c"]),
            Way(
                name: "it fails at once", before: ended, during: [works, Observation(state: .error, reason: "no key")],
                state: .error,
                reason: "no key"),
        ]
    }

    @Test(arguments: Way.all) func `what an agent does upon a prompt counts, however late it is known to have arrived`(way: Way) {
        var d = MachineDriver(type: Self.type, progress: StepProgress(step: "a", advance: .init(step: "b", visit: 2)))
        d.start()
        if let before = way.before { d.feed(.observed(d.machine.launch.id, before)) }
        d.feed(.prompt(visit: 2, "b"))
        for seen in way.during { d.feed(.observed(d.machine.launch.id, seen)) }
        _ = d.take()
        d.feed(.promptDelivered(visit: 2, nil))
        #expect(d.machine.ticket.step == (way.advances.last ?? "b"))
        #expect(d.machine.agent.state == way.state && d.machine.agent.reason == way.reason)
        #expect(advances(d.take()) == way.advances)
    }

    @Test func `what an agent did between two tries to type a prompt is not taken for that prompt's`() {
        var d = MachineDriver(type: Self.type, progress: StepProgress(step: "a", advance: .init(step: "b", visit: 2)))
        d.start()
        d.feed(.observed(d.machine.launch.id, Self.ended))
        d.feed(.prompt(visit: 2, "b"))
        d.feed(.promptDelivered(visit: 2, .conflict("somebody is scrolling")))
        for seen in [Self.works, Self.ended] { d.feed(.observed(d.machine.launch.id, seen)) }
        d.feed(.timer(.deliver(visit: 2)))
        d.feed(.promptDelivered(visit: 2, nil))
        #expect(d.machine.ticket.step == "b")
        #expect(d.machine.agent.state == .running)
        #expect(advances(d.take()).isEmpty)
    }
}
