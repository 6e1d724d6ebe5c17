package import ReeveModel
import Synchronization

/// What the programs in the terminals do by themselves: they work on their prompts, say that a step is done, rest, and end.
extension SimulatedWorld {
    /// What an agent says of itself, as a hook or `reeve step done` would carry it to the daemon.
    package enum Word: Sendable, Hashable {
        case works
        /// It has ended its turn, and says nothing of its step.
        case rests
        case done
        case givesUp
    }

    /// Tells what agents say from now on to the daemon that runs.
    package func listen(_ hear: @escaping @Sendable (TicketID, LaunchID, Word) -> Void) { state.withLock { $0.hear = hear } }

    /// A program has got a prompt. That it gets one twice is a broken promise: a launch begins each visit once.
    /// - Parameter way: how it came.
    func reached(_ running: Running, by text: String, _ way: String, in state: inout State) {
        guard let prompt = PromptName(in: text) else { return }
        if let ticket = running.ticket, ticket != prompt.ticket {
            state.violations.append("\(prompt.spoken) was \(way) \(running.launch), which works on \(ticket)")
        }
        if let before = state.reached[running.launch]?[prompt] {
            state.violations.append(
                "\(prompt.spoken) was \(way) \(running.launch) at \(clock.now), which had got it at \(before)")
        } else {
            state.reached[running.launch, default: [:]][prompt] = clock.now
        }
        // Of plain tickets most agents say nothing and just end.
        guard state.generator.oneIn(running.isStepwise ? 1 : 6) else { return }
        let begins = state.generator.milliseconds(50...1500)
        say(.works, running, after: begins)
        // Some only work on, until somebody or something ends them.
        guard let word = state.generator.pick([Word.done, .done, .done, .rests, .rests, .givesUp, nil]) else { return }
        say(word, running, after: begins + state.generator.milliseconds(100...9000))
    }

    private func say(_ word: Word, _ running: Running, after delay: Duration) {
        guard let ticket = running.ticket else { return }
        clock.after(delay, owner: Self.owner) { [weak self] in
            let hear = self?.state.withLock { state in
                state.sessions.values.contains { $0.running?.launch == running.launch } ? state.hear : nil
            }
            hear?(ticket, running.launch, word)
        }
    }

    /// How a program that has just been started will end, if it does so by itself.
    func endByItself(_ running: Running, in state: inout State) {
        // Who has steps to go through ends in the middle of them less often.
        guard running.isStepwise ? state.generator.oneIn(3) : !state.generator.oneIn(3) else { return }
        let exit: Exit = state.generator.oneIn(4) ? .code(1) : .code(0)
        clock.after(state.generator.milliseconds(0...30_000), owner: Self.owner) { [weak self] in
            self?.end(running.launch, exit)
        }
    }

    /// Every program ends, as if all work were done at last.
    package func endAll(_ exit: Exit) { for running in running { end(running.launch, exit) } }

    package func end(_ launch: LaunchID, _ exit: Exit) {
        let news = state.withLock {
            state -> (listeners: [AsyncStream<KeeperEvent>.Continuation], isLost: Bool)? in
            guard let id = state.sessions.first(where: { $0.value.running?.launch == launch })?.key else { return nil }
            state.write(.ended(exit), of: launch, in: id)
            state.sessions[id]?.running = nil
            state.sessions[id]?.emptySince = clock.now
            let isLost = state.faults.lostNews > 0 && state.generator.oneIn(state.faults.lostNews)
            return (state.listeners[id] ?? [], isLost)
        }
        // What is lost is lost with its connection, and the end of that is told: a stream gives all or breaks.
        if let news { tell(news.listeners, news.isLost ? .gone : .ended(launch, exit)) }
    }
}

extension SimulatedWorld.Running {
    fileprivate var isStepwise: Bool { ticket.map(SimulatedWorkflows.isStepwise) ?? false }
}
