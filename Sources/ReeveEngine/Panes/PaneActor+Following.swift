import Logging
import ReeveModel

/// What happens without being asked for: panes of sessions that are over go, those that a person has closed are forgotten, and whoever waits
/// gets the room that there is.
extension PaneActor {
    /// To be called from when it is known which sessions there are: others are taken for over.
    /// - Returns: when to be asked again at the latest.
    package func take(_ signal: Signal) async -> Duration {
        if lastLook == nil { unrecovered = windows.servers() }
        let isDue = lastLook.map { time.uptime() >= $0 + pace } ?? true
        if isDue {
            lastLook = time.uptime()
            await recover()
            await resumeWaits()
            await lookAtFollowing()
            await keepAgain()
        }
        var freed = await closeWhatIsOver()
        var changed: Set<PaneHost> = []
        if isDue {
            for server in Set(placed.values.map(\.server)) {
                if await followWindows(of: server) { freed = true }
            }
            changed = await changedHosts()
        }
        for host in queues.keys { await serve(host, isFreed: freed || changed.contains(host)) }
        // Behind those: they have waited.
        await openForNewAgents(again: isDue)
        let idle =
            placed.isEmpty && queues.isEmpty && unrecovered.isEmpty && unresolved.isEmpty && following.hosts.isEmpty
        let look = idle ? Self.rest : pace
        return min(time.uptime() + look, queues.values.compactMap(\.nextLook).min() ?? .seconds(Int64.max / 4))
    }

    /// With no panes there is nothing to look at.
    private static let rest = Duration.seconds(3600)

    /// While somebody waits, room that a person makes is found within `waitingPoll`. Asking is the simplest that is true: an attached client,
    /// or hooks in a person's server, would tell of it at once, and would be seen in it.
    private var pace: Duration { queues.isEmpty ? settings.poll : min(settings.poll, settings.waitingPoll) }

    /// Panes that a daemon before this one has made.
    private func recover() async {
        guard !unrecovered.isEmpty else { return }
        for server in unrecovered {
            // One that does not answer is asked again; where nobody listens any more there is nothing to find.
            guard !windows.isGone(server) else {
                unrecovered.remove(server)
                continue
            }
            guard let found = try? await windows.tagged(on: server) else { continue }
            unrecovered.remove(server)
            await adopt(found, on: server)
        }
        rememberServers()
    }

    /// Of two panes of one session the older one stays.
    private func adopt(_ found: [TaggedPane], on server: String) async {
        let standing = await subjects.standing(of: Set(found.map(\.tag.session)))
        for pane in found.sorted(by: { $0.tag.createdAt < $1.tag.createdAt }) {
            if let known = placed[pane.tag.session] {
                if known.server != server || known.pane != pane.pane { try? await windows.kill(pane.pane, on: server) }
                continue
            }
            placed[pane.tag.session] = Placed(
                server: server, pane: pane.pane, tag: pane.tag, ticket: standing[pane.tag.session]?.ticket)
            logger.info("a pane is found again", metadata: ["pane": "\(pane.pane)", "session": "\(pane.tag.name)"])
        }
    }

    // MARK: A look

    /// By what sessions tell, before the windows are asked.
    private func closeWhatIsOver() async -> Bool {
        let standing = await subjects.standing(of: Set(placed.keys).union(wanted.values.map(\.session.id)))
        for wish in wanted.values {
            let work = standing[wish.session.id]?.work
            guard work == .over || work == .ended else { continue }
            refuse(wish.session.name, work == .over ? "the session is over" : "its program has ended")
        }
        var freed = false
        for (id, known) in placed {
            guard let now = standing[id], isOver(now) else { continue }
            do {
                let decision = try await inTurn(on: known.server) {
                    try await take(away: known, because: now.work == .over ? "the session is over" : "its program has ended")
                }
                if case .close = decision { freed = true }
            } catch {
                logger.debug("a pane is not closed yet", metadata: ["pane": "\(known.pane)", "error": "\(error)"])
            }
        }
        return freed
    }

    private func isOver(_ standing: PaneStanding) -> Bool {
        switch standing.work {
        case .busy, .idle: false
        case .over: true
        case .ended: standing.since.map { time.wall().milliseconds - $0.milliseconds >= settings.linger.milliseconds } ?? true
        }
    }

    /// - Returns: whether there may be more room than before.
    private func followWindows(of server: String) async -> Bool {
        let found: [TaggedPane]
        do { found = try await inTurn(on: server) { try await windows.tagged(on: server) } } catch {
            // A server that does not answer has its panes; one that has ended has none, and says so by its socket.
            guard windows.isGone(server) else { return false }
            found = []
        }
        var freed = false
        var taken: Set<String> = []
        for known in placed.values where known.server == server {
            guard let pane = found.first(where: { $0.pane == known.pane && $0.tag == known.tag }) else {
                forget(known, because: "somebody closed it")
                freed = true
                continue
            }
            if pane.isDead {
                // What showed the session has ended: detached by a person, or its multiplexer is gone.
                _ = try? await inTurn(on: server) { try await take(away: known, because: "somebody detached it") }
                if placed[known.tag.session] == nil { taken.insert(pane.pane) }
                freed = true
            }
        }
        // Made by a call to tmux that was given up, and carried out after that.
        let left = found.filter { !taken.contains($0.pane) }
        if left.contains(where: { placed[$0.tag.session] == nil }) { await adopt(left, on: server) }
        var now: [String: String] = [:]
        for pane in found { now["\(server) \(pane.windowID)"] = pane.mark }
        if now.contains(where: { marks[$0.key] != nil && marks[$0.key] != $0.value }) { freed = true }
        marks = marks.filter { !$0.key.hasPrefix("\(server) ") }.merging(now) { $1 }
        return freed
    }

    /// Panes that somebody waits beside and whose windows are not as they were: a person has closed a pane of his own there, the window has
    /// grown.
    private func changedHosts() async -> Set<PaneHost> {
        var changed: Set<PaneHost> = []
        for host in queues.keys {
            guard let now = try? await inTurn(on: host.server, { try await windows.look(host) }) else { continue }
            let mark = Self.mark(of: now)
            if hostMarks[host] != mark { changed.insert(host) }
            hostMarks[host] = mark
        }
        hostMarks = hostMarks.filter { queues[$0.key] != nil }
        return changed
    }

    static func mark(of view: PaneView) -> String { "\(view.windowID) \(view.mark) \(view.window.isZoomed)" }

    // MARK: Who waits

    private static func names(_ entries: [DeferredPanes.Entry]) -> [SessionName] {
        entries.compactMap { SessionName($0.session) }
    }

    private func serve(_ host: PaneHost, isFreed: Bool) async {
        guard let queue = queues[host], let due = queue.nextLook, isFreed || time.uptime() >= due else { return }
        var fitted: Set<String> = []
        var lost: String?
        for entry in queue.entries where !queue.isOver(entry, at: time.uptime()) {
            guard let name = SessionName(entry.session), let wish = wanted[name], lost == nil else { continue }
            let command: [String]
            do { command = try await subjects.command(wish.session) } catch {
                // The others' host is not to blame for it.
                if (error as? ReeveError)?.kind == .notFound { refuse(name, "the session is gone") }
                continue
            }
            do {
                let answer = try await inTurns(of: wish.session.id, on: host.server) { () -> Answer? in
                    // Taken back meanwhile, or wanted elsewhere.
                    guard wanted[name]?.wish == wish.wish else { return nil }
                    guard try await windows.look(host).epoch == wish.epoch else {
                        throw ReeveError(.notFound, Self.otherServer)
                    }
                    return try await place(wish.session, command, wish.wish)
                }
                guard let answer else { continue }
                switch answer.decision {
                case .defer: continue
                case .skip(let reason): refuse(name, reason.sentence)
                case .spawn, .replace, .close, .arrange: break
                }
                fitted.insert(entry.session)
            } catch let error as ReeveError where error.kind == .notFound {
                lost = error.message
            } catch {
                if windows.isGone(host.server) { lost = "the server has ended" }
            }
        }
        // Those that have got one are out of the queue already.
        guard var rest = queues[host] else { return }
        let outcome = rest.take(at: time.uptime()) { fitted.contains($0.session) }
        queues[host] = rest.entries.isEmpty ? nil : rest
        for name in Self.names(outcome.taken) { wanted[name] = nil }
        for name in Self.names(outcome.expired) { refuse(name, Self.noRoom(within: rest.settings.lifetime)) }
        if let lost { for name in Self.names(rest.entries) { refuse(name, lost) } }
        keep()
    }
}
