import Logging
package import ReeveModel

/// Panes that new agents come beside without being asked for.
extension PaneActor {
    /// From now on each agent that starts comes beside this pane, or waits for room there. What runs already is left as it is.
    ///
    /// - Returns: the pane of the same server that followed before.
    package func follow(_ host: PaneHost, layout: PaneLayout?, isolation: PaneIsolation?) async throws -> PaneHost? {
        guard settings.sizes.enabled else {
            throw ReeveError.conflict(PaneReason.disabled.sentence, hint: "[panes] enabled = true")
        }
        let host = PaneHost(server: windows.canonical(host.server), pane: host.pane)
        return try await inTurn(on: host.server) {
            let epoch = try await windows.look(host).epoch
            let agents = await subjects.agents()
            let fresh = PaneFollowing.Host(host, layout: layout, isolation: isolation, epoch: epoch, since: time.wall())
            var wanted = following
            wanted.begin(fresh, agents)
            try await keep(wanted)
            let earlier = following.begin(fresh, agents)
            if let earlier, earlier.host != host { letGo(of: earlier.host, "\(host.pane) follows instead") }
            keep()
            tell(.following, nil, nil, pane: nil, host, "a client wants it")
            line.yield(.tick)
            return earlier?.host
        }
    }

    /// - Returns: the pane of this server that followed.
    package func unfollow(on server: String) async throws -> PaneHost? {
        let server = windows.canonical(server)
        return try await inTurn(on: server) {
            guard let known = following.hosts.first(where: { $0.host.server == server }) else { return nil }
            var wanted = following
            wanted.end(known)
            try await keep(wanted)
            stop(known, "a client wants it no more")
            return known.host
        }
    }

    package var follows: [PaneFollowing.Host] { following.hosts }

    private func stop(_ host: PaneFollowing.Host, _ reason: String) {
        guard following.end(host) else { return }
        letGo(of: host.host, reason)
        keep()
    }

    /// Who waits there only because the pane followed waits no more, or comes beside another one that follows.
    private func letGo(of host: PaneHost, _ reason: String) {
        for wait in waits where wait.host == host {
            guard let launch = wait.launch else { continue }
            removeWish(of: wait.session)
            if following.hosts.isEmpty {
                tell(.refused, wait.session, wait.ticket, pane: nil, host, reason)
            } else {
                following.unsettle(launch)
            }
        }
        tell(.unfollowed, nil, nil, pane: nil, host, reason)
        logger.info("new agents come beside a pane no more", metadata: ["pane": "\(host.pane)", "reason": "\(reason)"])
    }

    // MARK: A look

    /// A pane that is gone is followed no more. A server that does not answer keeps it.
    func lookAtFollowing() async {
        for host in following.hosts {
            do {
                if try await windows.look(host.host).epoch != host.epoch { stop(host, Self.otherServer) }
            } catch let error as ReeveError where error.kind == .notFound {
                stop(host, "the pane is gone")
            } catch {
                if windows.isGone(host.host.server) { stop(host, "the server has ended") }
            }
        }
    }

    /// - Parameter again: also for those that could get none at the last look.
    func openForNewAgents(again: Bool) async {
        guard settings.sizes.enabled, !following.hosts.isEmpty else { return }
        let agents = await subjects.agents()
        guard let (host, wanting) = following.wanting(agents, again: again) else { return }
        for agent in wanting {
            do { try await open(agent, beside: host) } catch {
                following.postpone(agent.launch)
                logger.debug("an agent has no pane yet", metadata: ["session": "\(agent.session)", "error": "\(error)"])
            }
        }
        keep()
    }

    private func open(_ agent: PaneFollowing.Agent, beside host: PaneFollowing.Host) async throws {
        let session = try await subjects.find(.session(agent.session))
        guard session.id == agent.sessionID else { throw ReeveError.notFound("session", agent.session.text) }
        // One that has no terminal yet is asked again at the next look: nobody waits for it here.
        let command = try await subjects.command(session)
        try await inTurns(of: session.id, on: host.host.server) {
            guard following.hosts.contains(host), !following.settled.contains(agent.launch) else { return }
            // Somebody has asked for it already.
            if waits.contains(where: { $0.session == agent.session }) { return following.settle(agent.launch) }
            guard try await windows.look(host.host).epoch == host.epoch else { throw ReeveError(.notFound, Self.otherServer) }
            let wish = PaneWish(.session(agent.session), host: host.host, layout: host.layout, isolation: host.isolation)
            let answer = try await place(session, command, wish)
            if case .defer(let reason) = answer.decision {
                _ = try await enqueue(session, wish, because: reason, following: agent.launch)
            } else if answer.pane == nil {
                throw ReeveError.conflict(answer.decision.reason.sentence)
            }
            following.settle(agent.launch)
        }
    }
}
