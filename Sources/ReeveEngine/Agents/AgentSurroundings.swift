import Logging
import ReeveModel

/// What an agent's actor has around it, and how its effects touch it.
struct AgentSurroundings: Sendable {
    var journal: any Journal
    var keepers: any Keepers
    var backends: Backends
    var environment: any LaunchEnvironment
    var board: StatusBoard
    var time: any TimeSource
    var logger: Logger
    var readyTimeout: Duration
    /// The agent kind of this name as it is configured now.
    var kind: @Sendable (String) -> AgentKind?
    var onLeaveWork: @Sendable (Ticket, TicketState, LaunchOutcome) -> Void
    var onMoved: @Sendable (TicketState, TicketState) -> Void
    /// A step is over and the next is decided on.
    var onAdvance: @Sendable (TicketID) -> Void
    var onJudged: @Sendable (TicketID, String, LaunchOutcome) -> Void
    var onKeepsKind: @Sendable (TicketID, String) -> Void
    var onFinish: @Sendable (TicketID, AgentActor) -> Void

    /// Carries out one effect; what comes of it is the next event.
    /// - Parameter ticketType: what an editor colours the session's terminal by.
    func perform(
        _ effect: AgentMachine.Effect, session: SessionRecord, launch: Launch, ticketType: String
    ) async -> AgentMachine.Event? {
        switch effect {
        case .openSession(let session): await open(session, ticketType)
        case .run(let launch): await run(launch, session)
        case .inspect(let launch): await inspect(launch, session)
        case .awaitQuiet(let id): .screenQuiet(id, await awaitQuiet(session))
        case .paste(let id): .pasted(id, await paste(id, session, launch.kind))
        case .sendKeys(let step, let keys): await send(keys, step, session, launch)
        case .signal(let id, let signal): await self.signal(id, signal, session)
        case .timer(let timer, let duration): await wait(timer, duration)
        case .diagnoseLoss: await diagnose(session, launch)
        case .closeSession(let session, let evenIfWatched): await close(session, launch.id, evenIfWatched)
        case .forgetLaunch(let id): await forget(id)
        case .deliver(let visit, let text, let claim): await deliver(visit, text, claim, session, launch)
        case .record, .intend, .reply, .leaveWork, .judged, .keepsKind, .advance, .moved, .finish: nil
        }
    }

    private func deliver(
        _ visit: Int, _ text: String, _ claim: String, _ session: SessionRecord, _ launch: Launch
    ) async -> AgentMachine.Event? {
        do {
            let evidence = try await backends.deliver(
                text, enter: true, delay: enterDelay(launch.kind), to: session, launch: launch.id, claim: claim)
            if evidence != .claim {
                _ = journal.enqueue([
                    .event(
                        .agentInput(session.ticket, session: session.name, by: "reeve", what: "prompt, \(text.utf8.count) bytes"))
                ])
            }
            return .promptDelivered(visit: visit, nil)
        } catch {
            return .promptDelivered(visit: visit, Self.wrap(error))
        }
    }

    private func forget(_ launch: LaunchID) async -> AgentMachine.Event? {
        await environment.discardPrompt(for: launch)
        return nil
    }

    private func awaitQuiet(_ session: SessionRecord) async -> ReeveError? {
        do {
            try await backends.awaitQuiet(session, within: readyTimeout)
            return nil
        } catch {
            return Self.wrap(error)
        }
    }

    private func open(_ session: SessionRecord, _ ticketType: String) async -> AgentMachine.Event? {
        do {
            let (handle, isNew) = try await backends.open(session, ticketType: ticketType)
            return .sessionOpened(handle, isNew: isNew)
        } catch {
            return .sessionFailed(Self.wrap(error))
        }
    }

    private func run(_ launch: Launch, _ session: SessionRecord) async -> AgentMachine.Event? {
        do {
            try await backends.settleInput(session)
            let order = LaunchOrder(
                id: launch.id, label: launch.kind, arguments: launch.arguments, directory: launch.directory,
                environment: try environment.environment(for: launch), standardInput: launch.standardInput,
                memoryMax: kind(launch.kind)?.memoryMax)
            return .fact(launch.id, try await keepers.run(order, in: launch.session))
        } catch let error as ReeveError where error.kind == .invalidParams {
            return .fact(launch.id, .refused(error.message))
        } catch {
            return .factUnavailable(launch.id, Self.wrap(error))
        }
    }

    private func inspect(_ launch: Launch, _ session: SessionRecord) async -> AgentMachine.Event? {
        do {
            let fact = try await keepers.inspect(launch.id, in: launch.session)
            // Intended, and the keeper has never heard of it: the daemon died before it could say so.
            if fact == .neverStarted, case .intended = launch.state { return await run(launch, session) }
            if fact == .lost { return .keeper(.gone) }
            return .fact(launch.id, fact)
        } catch {
            return .factUnavailable(launch.id, Self.wrap(error))
        }
    }

    private func paste(_ id: LaunchID, _ session: SessionRecord, _ kind: String) async -> ReeveError? {
        do {
            let text = try await environment.readPrompt(for: id)
            _ = try await backends.deliver(text, enter: true, delay: enterDelay(kind), to: session, launch: id)
            _ = journal.enqueue([
                .event(.agentInput(session.ticket, session: session.name, by: "reeve", what: "prompt, \(text.utf8.count) bytes"))
            ])
            return nil
        } catch {
            return Self.wrap(error)
        }
    }

    private func send(_ keys: [KeyInput], _ step: Int, _ session: SessionRecord, _ launch: Launch) async -> AgentMachine.Event? {
        do {
            try await backends.press(keys, delay: enterDelay(launch.kind), in: session, launch: launch.id, resumes: true)
            _ = journal.enqueue([
                .event(.agentInput(session.ticket, session: session.name, by: "switch ladder", what: Self.spoken(keys)))
            ])
            return .ladder(.keysSent(step: step))
        } catch {
            return .ladder(.keysFailed(step: step, Self.wrap(error).message))
        }
    }

    private func signal(_ id: LaunchID, _ signal: KeeperSignal, _ session: SessionRecord) async -> AgentMachine.Event? {
        do { try await keepers.signal(id, signal, in: session.id) } catch {
            logger.notice("signal not delivered", metadata: ["launch": "\(id)", "error": "\(Self.wrap(error).message)"])
        }
        return nil
    }

    private func wait(_ timer: AgentMachine.Timer, _ duration: Duration) async -> AgentMachine.Event? {
        do { try await time.sleep(for: duration) } catch { return nil }
        return .timer(timer)
    }

    /// The keeper's connection has ended: is it the keeper, the terminal, or only the connection?
    private func diagnose(_ session: SessionRecord, _ launch: Launch) async -> AgentMachine.Event? {
        // The lock goes with the process; a moment for the kernel to let go of it.
        for _ in 1...20 {
            guard await keepers.isAlive(session.id) else { break }
            // `lost` comes from the record of a keeper whose lock is just going.
            if let fact = try? await keepers.inspect(launch.id, in: session.id), fact != .lost { return .fact(launch.id, fact) }
            try? await time.sleep(for: .milliseconds(50))
        }
        guard await !keepers.isAlive(session.id) else {
            return .factUnavailable(launch.id, ReeveError(.timeout, "the keeper does not answer"))
        }
        let fact = (try? await keepers.inspect(launch.id, in: session.id)) ?? .lost
        // The server that took the keeper with it is just being connected to again: a moment's patience tells the one case from the other.
        var isAlive = false
        for _ in 0..<50 {
            switch try? await backends.life(of: session) {
            case .gone: return .keeperLost(launch.id, .terminalGone, fact)
            case .dead: return .keeperLost(launch.id, .keeperDied, fact)
            case .alive: isAlive = true
            case nil: break
            }
            do { try await time.sleep(for: .milliseconds(100)) } catch { return nil }
            if isAlive, await keepers.isAlive(session.id) { break }
        }
        // Its program runs, so it is the way to it that is missing: that is asked for again, and nothing is given up.
        if isAlive { return .factUnavailable(launch.id, ReeveError(.timeout, "the keeper cannot be reached")) }
        return .keeperLost(launch.id, .unclear, fact)
    }

    private func close(_ session: SessionRecord, _ launch: LaunchID, _ evenIfWatched: Bool) async -> AgentMachine.Event? {
        do {
            // A terminal whose time ran out while no daemon was there: put off now, it would stay for as long again.
            try await backends.awaitUp(for: session)
            if !evenIfWatched {
                if try await backends.isWatched(session) { return .closePostponed }
                // The journal may be an older one that was restored: its last launch here is over, and another one works.
                if try await keepers.runsOther(than: launch, in: session.id) {
                    logger.notice(
                        "session not closed: an agent runs there that the database does not know",
                        metadata: ["session": "\(session.name)"])
                    return .closePostponed
                }
            }
            try await backends.destroy(session)
            return .sessionClosed
        } catch {
            logger.notice("session not closed", metadata: ["session": "\(session.name)", "error": "\(Self.wrap(error).message)"])
            return .closePostponed
        }
    }

    private func enterDelay(_ name: String) -> Duration { kind(name)?.enterDelay ?? .milliseconds(150) }

    private static func wrap(_ error: any Error) -> ReeveError {
        error as? ReeveError ?? ReeveError(.unavailable, "\(error)")
    }

    private static func spoken(_ keys: [KeyInput]) -> String {
        keys.map { key in
            switch key {
            case .text(let text): "text, \(text.utf8.count) bytes"
            case .key(let key): key.name
            }
        }.joined(separator: " ")
    }
}
