import Logging
import ReeveModel

/// How a pane comes and goes: each in its server's turn.
extension PaneActor {
    /// So often a window that somebody changes meanwhile is looked at anew.
    static let attempts = 3

    static func isChange(_ error: any Error) -> Bool { (error as? ReeveError)?.kind == .conflict }

    /// One look, one plan, carried out and looked at again.
    func place(_ session: SessionRecord, _ command: [String], _ wish: PaneWish) async throws -> Answer {
        if let known = placed[session.id] {
            let there = windows.isGone(known.server) ? [] : try await windows.tagged(on: known.server)
            let isThere = there.contains { $0.pane == known.pane && $0.tag == known.tag }
            if isThere {
                return Answer(
                    decision: .skip(reason: .duplicate(session: session.name.text, pane: known.pane)), pane: known.pane)
            }
            forget(known, because: "somebody closed it")
        }
        let isolation = wish.isolation ?? settings.isolation
        let tag = PaneTag(
            instance: instance, session: session.id, host: wish.host.pane, isolation: isolation, createdAt: time.wall(),
            name: session.name)
        for _ in 1...Self.attempts {
            let beside = try await windows.look(wish.host)
            try refuseMirror(session, beside)
            // Before anything is made there: a daemon that is killed right after it must find it again.
            rememberServers(and: wish.host.server)
            guard let (view, host) = try await container(isolation, of: wish.host, beside) else {
                var sizes = settings.sizes
                sizes.borderStatus = beside.borderStatus
                let room = PaneRoom.alone(as: beside.window, sizes)
                guard room.capacity > 0 else { return Answer(decision: .defer(reason: .noRoom(room))) }
                let pane = try await windows.stand(alone: isolation, beside: beside, command: command, tag: tag)
                if let lack = try await lack(of: pane, tag, on: wish.host.server) {
                    return Answer(decision: .defer(reason: lack))
                }
                note(session, pane, tag, wish.host.server)
                return Answer(decision: .spawn(targetPaneId: pane, reason: .fits(room)), pane: pane)
            }
            let question = await question(view, host: host, wish.layout, isolation, .open(session: session.name.text))
            let plan = PanePlanner.plan(question)
            guard !plan.steps.isEmpty else { return Answer(decision: plan.decision) }
            let made: String?
            do { made = try await windows.carryOut(plan, in: view, command: command, tag: tag) } catch {
                guard Self.isChange(error) else { throw error }
                continue
            }
            // Whatever becomes of the new pane, this one has gone for it.
            if case .replace(_, let victim, let reason) = plan.decision,
                let known = placed.values.first(where: { $0.tag.name.text == victim })
            {
                forget(known, because: reason.sentence)
            }
            guard let made, try await holds(plan, made, tag, question, view) else { continue }
            note(session, made, tag, wish.host.server)
            return Answer(decision: plan.decision, pane: made)
        }
        return Answer(decision: .defer(reason: .changing))
    }

    /// The window in which panes for a host stand, and the pane there that they are laid out beside. Nil: there is none yet.
    private func container(
        _ isolation: PaneIsolation, of host: PaneHost, _ beside: PaneView
    ) async throws -> (PaneView, host: String)? {
        guard isolation != .inline else { return (beside, host.pane) }
        // A person may have moved one of them into the host's own window: that is no place for the next.
        let there = try await windows.tagged(on: host.server).filter {
            $0.tag.host == host.pane && $0.tag.isolation == isolation && $0.windowID != beside.windowID
        }
        guard let first = there.min(by: { $0.tag.createdAt < $1.tag.createdAt }) else { return nil }
        return (try await windows.look(PaneHost(server: host.server, pane: first.pane)), first.pane)
    }

    func question(
        _ view: PaneView, host: String, _ layout: PaneLayout?, _ isolation: PaneIsolation, _ request: PaneQuestion.Request
    ) async -> PaneQuestion {
        let settings = settings
        var sizes = settings.sizes
        sizes.borderStatus = view.borderStatus
        if isolation != .inline {
            // Where only agents stand the first of them is no main pane; it gets what the others get.
            sizes.mainPaneMinWidth = sizes.agentPaneMinWidth
            sizes.mainPaneMinHeight = sizes.agentPaneMinHeight
        }
        let standing = await subjects.standing(of: Set(view.tags.values.map(\.session)))
        let sessions = view.tags.map { pane, tag in
            let now = standing[tag.session]
            return PaneQuestion.Session(
                session: tag.name.text, pane: pane, createdAt: tag.createdAt, lastActiveAt: now?.since,
                isBusy: now?.work == .busy || now == nil)
        }
        return PaneQuestion(
            window: view.window, host: host, instance: instance, layout: layout ?? settings.layout, configuration: sizes,
            sessions: sessions.sorted { ($0.createdAt, $0.session) < ($1.createdAt, $1.session) }, request: request)
    }

    /// A terminal that shows itself would draw for ever.
    private func refuseMirror(_ session: SessionRecord, _ view: PaneView) throws {
        guard let handle = session.handle, handle.isIn(life: view.epoch), handle.session == view.sessionID else { return }
        throw ReeveError.conflict(
            "this is the terminal of '\(session.name)' itself", hint: "ask from another pane; --host names one")
    }

    /// Whether the window is as it was planned, or at least as it must be: see `PaneVerdict`. If not, the new pane goes again.
    private func holds(
        _ plan: PanePlan, _ made: String, _ tag: PaneTag, _ question: PaneQuestion, _ before: PaneView
    ) async throws -> Bool {
        do {
            let now = try await windows.look(PaneHost(server: before.server, pane: question.host))
            let verdict = PaneVerdict(opening: plan, made: made, tag: tag, question: question, before: before, now: now)
            guard case .broken(let fault) = verdict else { return true }
            logger.debug(
                "a window is not as it was planned",
                metadata: ["pane": "\(made)", "window": "\(now.windowID)", "fault": "\(fault)"])
        } catch let error as ReeveError where error.kind == .notFound {
            // The main pane is gone, perhaps with its window.
        } catch {
            // Made, and perhaps there: it is found by its tag as soon as the server answers.
            unrecovered.insert(before.server)
            throw error
        }
        try await windows.kill(made, on: before.server)
        return false
    }

    /// What a first pane that stands alone lacks; it goes then.
    private func lack(of pane: String, _ tag: PaneTag, on server: String) async throws -> PaneReason? {
        var lack = PaneReason.changing
        do {
            let now = try await windows.look(PaneHost(server: server, pane: pane))
            var sizes = settings.sizes
            sizes.borderStatus = now.borderStatus
            let room = PaneRoom.alone(as: now.window, sizes)
            if now.tags[pane] == tag {
                guard room.capacity == 0 else { return nil }
                lack = .noRoom(room)
            }
        } catch let error as ReeveError where error.kind == .notFound {
            // A person has closed it in the very moment.
        } catch {
            unrecovered.insert(server)
            throw error
        }
        try await windows.kill(pane, on: server)
        return lack
    }

    private func note(_ session: SessionRecord, _ pane: String, _ tag: PaneTag, _ server: String) {
        placed[session.id] = Placed(server: server, pane: pane, tag: tag, ticket: session.ticket)
        forgetWish(of: session.name)
        rememberServers()
        tell(.opened, session.name, session.ticket, pane: pane, PaneHost(server: server, pane: tag.host), "there is room")
    }
}
