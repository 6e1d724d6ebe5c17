import ReeveModel
import ReeveTestSupport
import Testing

/// What a ticket's end says of launches, and when its agent is not started again.
@Suite struct RunawayTests {
    private func ended(
        _ exit: Exit, after: Duration, _ driver: MachineDriver = MachineDriver()
    ) -> MachineDriver {
        var d = driver
        d.start()
        d.now += after
        d.feed(.keeper(.ended(d.machine.launch.id, exit)))
        return d
    }

    @Test(
        arguments: [
            (Exit.code(0), 0, LaunchOutcome.worked), (.code(0), 9, .worked), (.code(1), 9, .failed("claude exited 1")),
            (.signal(9), 0, .failed("claude killed by signal 9")), (.code(1), 10, .worked), (.code(1), 3600, .worked),
        ] as [(Exit, Int, LaunchOutcome)])
    func `an agent that ends with an error right away is a failed launch`(exit: Exit, after: Int, outcome: LaunchOutcome) {
        #expect(ended(exit, after: .seconds(after)).outcomes == [outcome])
    }

    @Test func `one that has run long enough is called good once, while it works on`() throws {
        var d = MachineDriver()
        d.feed(
            .begin(
                d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: nil))
        d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        d.feed(.fact(d.machine.launch.id, .running(pid: 42, stopped: false)))
        let proven = AgentMachine.Timer.proven(d.machine.launch.id)
        #expect(d.take().contains { if case .timer(proven, .seconds(10)) = $0 { true } else { false } })
        d.now = .seconds(10)
        d.feed(.timer(proven))
        d.feed(.timer(proven))
        #expect(d.outcomes == [.worked])
        d.feed(.keeper(.ended(d.machine.launch.id, .code(1))))
        #expect(d.outcomes == [.worked, .unjudged])
    }

    @Test func `an end that its people wanted says nothing of launches`() {
        var d = MachineDriver()
        d.start()
        d.feed(.request(.stop, next: nil, reply: nil))
        d.feed(.keeper(.ended(d.machine.launch.id, .code(1))))
        #expect(d.outcomes == [.unjudged])
    }

    @Test func `a terminal that is gone says nothing of launches`() {
        var d = MachineDriver()
        d.start()
        d.feed(.keeperLost(d.machine.launch.id, .terminalGone, .lost))
        #expect(d.outcomes == [.unjudged])
    }

    @Test func `what the keeper refuses is a failed launch, what waits for a terminal or the disk is none`() {
        for (fact, outcome) in [
            (LaunchFact.refused("no such program"), LaunchOutcome.failed("no such program")), (.occupied("a shell"), .unjudged),
            (.unwritten("a full disk"), .unjudged),
        ] {
            var d = MachineDriver()
            d.feed(
                .begin(
                    d.machine.ticket, PreparedLaunch(launch: d.machine.launch, kind: Samples.kind()), switchedFrom: nil,
                    reply: nil))
            d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
            d.feed(.fact(d.machine.launch.id, fact))
            #expect(d.outcomes == [outcome])
        }
    }

    @Test func `an agent that was started too often stays down and says so`() {
        let starts = [-50, -30, 0].map { Samples.now.advanced(by: .seconds($0)) }
        let policy = RetryPolicy(attempts: 50, backoff: .seconds(1), intensity: 3, period: .seconds(60))
        let d = ended(.code(1), after: .seconds(5), MachineDriver(attempts: 3, starts: starts, retry: policy))
        #expect(d.machine.ticket.state == .failed && d.machine.ticket.staysDown && d.machine.ticket.notBefore == nil)
        #expect(d.machine.ticket.reason == "claude exited 1; stays down: started 3 times within 1 min")
        #expect(d.kinds.contains("ticket.finished"))
        let patient = ended(.code(1), after: .seconds(20), MachineDriver(attempts: 3, starts: starts, retry: policy))
        #expect(patient.machine.ticket.state == .queued && !patient.machine.ticket.staysDown, "one start has left the period")
    }

    @Test func `with its budget spent a ticket is failed and no more than that`() {
        let starts = [Timestamp](repeating: Samples.now, count: 9)
        let d = ended(.code(1), after: .zero, MachineDriver(attempts: 9, starts: starts, retry: RetryPolicy(attempts: 2)))
        #expect(d.machine.ticket.state == .failed && !d.machine.ticket.staysDown)
    }

    @Test func `starts that were put off wait longer each time, until one runs`() {
        var d = MachineDriver()
        var waits: [Int64] = []
        for number in 1...4 {
            d.feed(
                .begin(
                    d.machine.ticket, PreparedLaunch(launch: Samples.launch("P\(number)"), kind: Samples.kind()),
                    switchedFrom: nil, reply: nil))
            d.feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: number == 1))
            guard number < 4 else { break }
            d.feed(.fact(d.machine.launch.id, .occupied("a shell")))
            waits.append(((d.machine.ticket.notBefore ?? Samples.now).milliseconds - Samples.now.milliseconds) / 1000)
        }
        #expect(waits == [5, 10, 20] && d.machine.ticket.putOffs == 3)
        d.feed(.fact(d.machine.launch.id, .running(pid: 1, stopped: false)))
        #expect(d.machine.ticket.putOffs == 0)
    }
}
