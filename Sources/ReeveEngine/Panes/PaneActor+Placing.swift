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
            guard let made, try await holds(plan, made, tag, PaneHost(server: wish.host.server, pane: host), question) else {
                continue
            }
            if case .replace(_, let victim, let reason) = plan.decision,
                let known = placed.values.first(where: { $0.tag.name.text == victim })
            {
                forget(known, because: reason.sentence)
            }
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
        guard let handle = session.handle, handle.epoch == view.epoch, handle.session == view.sessionID else { return }
        throw ReeveError.conflict(
            "this is the terminal of '\(session.name)' itself", hint: "ask from another pane; --host names one")
    }

    /// Whether the window is as it was planned. If a person has changed it in the very moment, it is enough that the new pane is there,
    /// ours and large enough, and the main pane with it; else the new one goes again.
    private func holds(
        _ plan: PanePlan, _ made: String, _ tag: PaneTag, _ host: PaneHost, _ question: PaneQuestion
    ) async throws -> Bool {
        let sizes = question.configuration
        do {
            let now = try await windows.look(host)
            let found = now.rectangles
            if now.tags[made] == tag, let pane = found[made] {
                let isAsPlanned = plan.panes.allSatisfy { found[$0.id == PanePlan.newPane ? made : $0.id] == $0.rectangle }
                if isAsPlanned { return true }
                if pane.width >= sizes.agentPaneMinWidth, pane.height >= sizes.agentPaneMinHeight { return true }
            }
            logger.debug("a window is not as it was planned", metadata: ["pane": "\(made)", "window": "\(now.windowID)"])
        } catch let error as ReeveError where error.kind == .notFound {
            // The main pane is gone, perhaps with its window.
        }
        try await windows.kill(made, on: host.server)
        return false
    }

    private func note(_ session: SessionRecord, _ pane: String, _ tag: PaneTag, _ server: String) {
        placed[session.id] = Placed(server: server, pane: pane, tag: tag, ticket: session.ticket)
        forgetWish(of: session.name)
        rememberServers()
        tell(.opened, session.name, session.ticket, pane: pane, PaneHost(server: server, pane: tag.host), "there is room")
    }

    // MARK: Away

    /// Takes a pane away and gives its room to those beside it. What cannot be laid out is closed nevertheless: a session that is over has no
    /// pane.
    func take(away known: Placed, because reason: String) async throws -> PaneDecision {
        for _ in 1...Self.attempts {
            let view: PaneView
            do { view = try await windows.look(PaneHost(server: known.server, pane: known.pane)) } catch let error as ReeveError
                where error.kind == .notFound
            {
                forget(known, because: "somebody closed it")
                return .skip(reason: .paneGone(session: known.tag.name.text, pane: known.pane))
            }
            guard view.tags[known.pane] == known.tag else {
                forget(known, because: "its pane is not ours any more")
                return .skip(reason: .notOurs(session: known.tag.name.text, pane: known.pane))
            }
            let plan = PanePlanner.plan(
                await question(
                    view, host: main(for: known, in: view), nil, known.tag.isolation, .close(session: known.tag.name.text)))
            do {
                if case .close = plan.decision {
                    _ = try await windows.carryOut(plan, in: view, command: [], tag: nil)
                } else {
                    try await windows.kill(known.pane, on: known.server)
                }
            } catch {
                guard Self.isChange(error) else { throw error }
                continue
            }
            forget(known, because: reason)
            if case .close = plan.decision { return plan.decision }
            return .close(paneId: known.pane, reason: .ended(session: known.tag.name.text, grown: []))
        }
        return .defer(reason: .changing)
    }

    /// The host, or where only agents stand the oldest other one.
    private func main(for known: Placed, in view: PaneView) -> String {
        guard known.tag.isolation != .inline else { return known.tag.host }
        let others = view.tags.filter { $0.key != known.pane && $0.value.host == known.tag.host }
        return others.min { ($0.value.createdAt, $0.key) < ($1.value.createdAt, $1.key) }?.key ?? known.tag.host
    }

    func forget(_ known: Placed, because reason: String) {
        guard placed[known.tag.session]?.pane == known.pane else { return }
        placed[known.tag.session] = nil
        rememberServers()
        tell(
            .closed, known.tag.name, known.ticket, pane: known.pane, PaneHost(server: known.server, pane: known.tag.host), reason)
    }

    func rememberServers(and server: String? = nil) {
        windows.remember(Set(placed.values.map(\.server)).union(unrecovered).union(server.map { [$0] } ?? []))
    }
}
