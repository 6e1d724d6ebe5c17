/// Leaves an agent: `/exit` → Ctrl+C → Ctrl+D → signal, as a pure machine on virtual time.
///
/// The only thing that ends it is the keeper's word that the launch has ended; a line that looks like a prompt is never evidence.
/// Each rung waits from the moment its keys are in the terminal, at most `rungTimeout`. Once `.left` is out, it asks for nothing more.
package struct SwitchLadder: Sendable, Hashable {
    package enum Rung: String, Sendable, Hashable, CaseIterable {
        case exit, interrupt, eof, signal
        case alreadyExited = "already-exited"
    }

    /// How one rung went.
    package struct Report: Sendable, Hashable {
        package var rung: Rung
        package var milliseconds: Int64
        /// The agent ended on this rung.
        package var ended: Bool
        /// Why keys of this rung could not be sent (a dead pane, somebody scrolling).
        package var note: String?

        package init(rung: Rung, milliseconds: Int64, ended: Bool, note: String? = nil) {
            self.rung = rung
            self.milliseconds = milliseconds
            self.ended = ended
            self.note = note
        }
    }

    package enum Signal: Sendable, Hashable { case terminate, kill }

    /// `step` is what a result refers to: one that names an older step is stale and ignored.
    package enum Event: Sendable, Hashable {
        case keysSent(step: Int)
        case keysFailed(step: Int, String)
        case timer(step: Int)
        case ended
    }

    package enum Action: Sendable, Hashable {
        case send(step: Int, [KeyInput])
        case signal(step: Int, Signal)
        case wait(step: Int, Duration)
        case report(Report)
        /// The agent is gone; `rung` is what worked.
        case left(Rung)
        /// Nothing worked, or the policy forbids what is left; the agent goes on.
        case gaveUp
    }

    private enum Act: Hashable { case keys([KeyInput]), signal(Signal) }
    private struct Step: Hashable { var rung: Rung, act: Act, patience: Duration }

    private var steps: [Step]
    private var index = -1
    private var rungBegan: Duration = .zero
    private var note: String?
    package private(set) var reports: [Report] = []
    package private(set) var isOver = false

    /// Time between two presses of one rung: agents that want a second Ctrl+C want it within about a second.
    package static let pressInterval: Duration = .milliseconds(600)

    package init(kind: AgentKind, rungTimeout: Duration, policy: LastResort) {
        var steps: [Step] = []
        if !kind.exit.isEmpty { steps.append(Step(rung: .exit, act: .keys(kind.exit), patience: rungTimeout)) }
        if !kind.interrupt.isEmpty {
            let presses = max(1, kind.interruptRepeat)
            let interval = min(Self.pressInterval, rungTimeout / presses)
            for press in 1...presses {
                let patience = press < presses ? interval : rungTimeout - interval * (presses - 1)
                steps.append(Step(rung: .interrupt, act: .keys(kind.interrupt), patience: patience))
            }
        }
        if !kind.eof.isEmpty { steps.append(Step(rung: .eof, act: .keys(kind.eof), patience: rungTimeout)) }
        if policy == .signal {
            steps.append(Step(rung: .signal, act: .signal(.terminate), patience: rungTimeout))
            steps.append(Step(rung: .signal, act: .signal(.kill), patience: rungTimeout))
        }
        self.steps = steps
    }

    /// From now on there are signals below the last rung: somebody wants the agent gone whatever it takes.
    package mutating func forbidGivingUp(patience: Duration) {
        guard !steps.contains(where: { $0.rung == .signal }) else { return }
        steps.append(Step(rung: .signal, act: .signal(.terminate), patience: patience))
        steps.append(Step(rung: .signal, act: .signal(.kill), patience: patience))
    }

    /// The first rung's actions. `now` is monotonic time.
    package mutating func begin(at now: Duration) -> [Action] { advance(to: 0, at: now) }

    package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        guard !isOver else { return [] }
        switch event {
        case .keysSent(let step):
            guard step == index else { return [] }
            return [.wait(step: step, steps[step].patience)]
        case .timer(let step):
            guard step == index else { return [] }
            return advance(to: index + 1, at: now)
        case .keysFailed(let step, let reason):
            guard step == index else { return [] }
            note = reason
            // Its time is waited all the same: the obstacle (somebody scrolling) may go, and then the next rung's keys arrive. If it
            // stays, the agent comes to the signals without a key having reached it, as one that ignores them does.
            return [.wait(step: step, steps[step].patience)]
        case .ended:
            isOver = true
            let rung = index < 0 ? .alreadyExited : steps[index].rung
            return [close(rung, ended: true, at: now), .left(rung)]
        }
    }

    private mutating func advance(to next: Int, at now: Duration) -> [Action] {
        var actions: [Action] = []
        let current = index >= 0 ? steps[index].rung : nil
        if let current, next >= steps.count || steps[next].rung != current {
            actions.append(close(current, ended: false, at: now))
        }
        guard next < steps.count else {
            isOver = true
            return actions + [.gaveUp]
        }
        if steps[next].rung != current { rungBegan = now }
        index = next
        switch steps[next].act {
        case .keys(let keys): actions.append(.send(step: next, keys))
        case .signal(let signal): actions += [.signal(step: next, signal), .wait(step: next, steps[next].patience)]
        }
        return actions
    }

    private mutating func close(_ rung: Rung, ended: Bool, at now: Duration) -> Action {
        let elapsed = rung == .alreadyExited ? 0 : (now - rungBegan).milliseconds
        let report = Report(rung: rung, milliseconds: elapsed, ended: ended, note: note)
        note = nil
        reports.append(report)
        return .report(report)
    }
}
