import Logging
import ReeveModel

/// Who waits for a pane, here and in the journal: a wait outlives the daemon, with its time going on.
extension PaneActor {
    /// Of `Journal.meta`.
    package static let memoryKey = "panes"

    /// All who wait, the eldest first.
    var waits: [PaneMemory.Wait] {
        let here = wanted.values.map { wish in
            PaneMemory.Wait(
                session: wish.session.name, sessionID: wish.session.id, ticket: wish.session.ticket, host: wish.wish.host,
                layout: wish.wish.layout, isolation: wish.wish.isolation, epoch: wish.epoch, since: wish.since,
                launch: wish.launch)
        }
        return (here + unresolved).sorted { ($0.since, $0.session.text) < ($1.since, $1.session.text) }
    }

    /// Puts what has changed in line for the next commit. Who answers a client awaits it.
    @discardableResult
    func keep() -> PendingCommit? {
        let text = PaneMemory(waits: waits, following: following).stored
        guard text != kept else { return nil }
        kept = text
        let commit = journal.enqueue([.setMeta(key: Self.memoryKey, value: text)])
        return PendingCommit { [weak self] in
            do { try await commit.value() } catch {
                await self?.writeAnew(text)
                throw error
            }
        }
    }

    /// It was not written: what is asked next is not taken for known.
    private func writeAnew(_ text: String) { if kept == text { kept = "?" } }

    /// What nobody has waited for may have met a full disk: it is written once there is room.
    func keepAgain() async {
        let text = kept
        guard let stored = try? await journal.meta(Self.memoryKey) ?? "", stored != text, kept == text else { return }
        kept = "?"
        keep()
    }

    /// Writes down whom new agents come beside from now on, before anything is done about it.
    func keep(_ wanted: PaneFollowing) async throws {
        let text = PaneMemory(waits: waits, following: wanted).stored
        try await journal.enqueue([.setMeta(key: Self.memoryKey, value: text)]).value()
        // Others may have written theirs meanwhile: what counts is what follows this.
        kept = "?"
    }

    // MARK: Beginning to wait

    /// - Parameter launch: that its host follows; nil: somebody has asked for it.
    func enqueue(
        _ session: SessionRecord, _ wish: PaneWish, because reason: PaneReason, following launch: LaunchID? = nil
    ) async throws -> Answer {
        let view = try await windows.look(wish.host)
        let name = session.name
        var since = time.wall()
        // A later wish for another place takes the place of the earlier one.
        if let earlier = wanted[name], earlier.wish.host != wish.host { removeWish(of: name) }
        if let earlier = unresolved.first(where: { $0.session == name }) {
            if earlier.host == wish.host, earlier.epoch == view.epoch { since = earlier.since }
            removeWish(of: name)
        }
        let arrival = add(
            Wanted(session: session, wish: wish, since: since, epoch: view.epoch, launch: launch), at: time.uptime())
        switch arrival {
        case .waits(let position):
            hostMarks[wish.host] = hostMarks[wish.host] ?? Self.mark(of: view)
            tell(.waiting, name, session.ticket, pane: nil, wish.host, reason.sentence)
            do { try await keep()?.value() } catch {
                forgetWish(of: name)
                throw error
            }
            line.yield(.tick)
            return Answer(decision: .defer(reason: reason), position: position)
        case .waitsAlready(let position):
            keep()
            return Answer(decision: .defer(reason: reason), position: position)
        case .overflow(let waiting, let oldest):
            keep()
            throw ReeveError.conflict(
                "\(waiting) sessions wait for a pane there already, '\(oldest ?? "")' for longest; and \(reason.sentence)",
                hint: "close a pane, or raise [panes] queue_size")
        }
    }

    private func add(_ wish: Wanted, at now: Duration) -> DeferredPanes.Arrival {
        var queue = queues[wish.wish.host] ?? DeferredPanes(settings: settings.queue)
        let waited = Duration.milliseconds(max(0, time.wall().milliseconds - wish.since.milliseconds))
        // Where an agent comes without being asked for it waits for as long as it works: nobody would ask again.
        let arrival = queue.add(wish.session.name.text, at: now, since: now - waited, isEndless: wish.launch != nil)
        if !queue.entries.isEmpty { queues[wish.wish.host] = queue }
        if case .waits = arrival { wanted[wish.session.name] = wish }
        return arrival
    }

    // MARK: Ceasing to wait

    /// - Returns: whether it was waiting.
    @discardableResult
    func forgetWish(of name: SessionName) -> Bool {
        defer { keep() }
        return removeWish(of: name)
    }

    /// Here, and not in the journal yet.
    @discardableResult
    func removeWish(of name: SessionName) -> Bool {
        let unasked = unresolved.count
        unresolved.removeAll { $0.session == name }
        guard let wish = wanted.removeValue(forKey: name) else { return unresolved.count < unasked }
        queues[wish.wish.host]?.remove(name.text)
        if queues[wish.wish.host]?.entries.isEmpty == true { queues[wish.wish.host] = nil }
        return true
    }

    func refuse(_ name: SessionName, _ reason: String) {
        guard let wait = waits.first(where: { $0.session == name }) else { return }
        forgetWish(of: name)
        tell(.refused, name, wait.ticket, pane: nil, wait.host, reason)
        logger.info("no pane for a session", metadata: ["session": "\(name)", "reason": "\(reason)"])
    }

    // MARK: Waits of before

    /// Whoever still can, waits on; the others are told. A server that does not answer is asked again.
    func resumeWaits() async {
        for wait in unresolved where !unrecovered.contains(wait.host.server) { await resume(wait) }
    }

    private func resume(_ wait: PaneMemory.Wait) async {
        let lifetime = settings.queue.lifetime
        if wait.launch == nil, time.wall().milliseconds - wait.since.milliseconds >= lifetime.milliseconds {
            return drop(wait, Self.noRoom(within: lifetime))
        }
        do {
            let session = try await subjects.find(.session(wait.session))
            guard session.id == wait.sessionID else { return drop(wait, "the session is over") }
            do {
                guard try await windows.look(wait.host).epoch == wait.epoch else { return drop(wait, Self.otherServer) }
            } catch let error as ReeveError where error.kind != .notFound {
                if windows.isGone(wait.host.server) { drop(wait, "the server has ended") }
                return
            }
            // Taken back meanwhile, asked for again, or given its pane.
            guard let place = unresolved.firstIndex(of: wait) else { return }
            unresolved.remove(at: place)
            guard placed[session.id] == nil, wanted[wait.session] == nil else {
                keep()
                return
            }
            let wish = PaneWish(.session(wait.session), host: wait.host, layout: wait.layout, isolation: wait.isolation)
            let arrival = add(
                Wanted(session: session, wish: wish, since: wait.since, epoch: wait.epoch, launch: wait.launch),
                at: time.uptime())
            if case .overflow(let waiting, _) = arrival {
                tell(.refused, wait.session, wait.ticket, pane: nil, wait.host, "\(waiting) sessions wait there already")
            }
            keep()
        } catch {
            guard let known = error as? ReeveError, known.kind != .unavailable, known.kind != .timeout else { return }
            drop(wait, known.kind == .notFound ? known.message : "the session has no terminal any more")
        }
    }

    private func drop(_ wait: PaneMemory.Wait, _ reason: String) {
        guard unresolved.contains(wait) else { return }
        refuse(wait.session, reason)
    }

    static let otherServer = "the server of before has ended"
    static func noRoom(within lifetime: Duration) -> String { "no room within \(DurationText.spoken(lifetime.milliseconds))" }
}
