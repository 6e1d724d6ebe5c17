/// Which of a person's panes new agents come beside without being asked for, and for which agents that is settled. Pure.
///
/// One pane on each server; where several servers have one, agents go to the pane that began last. Settled is a launch, not a session: a
/// pane that a person has closed is not opened again for what runs now, and is for the next agent in the same terminal.
package struct PaneFollowing: Sendable, Hashable {
    package struct Host: Sendable, Hashable {
        package var host: PaneHost
        /// Those of the settings where nil.
        package var layout: PaneLayout?
        package var isolation: PaneIsolation?
        /// One life of the server: in the next its panes' ids mean others.
        package var epoch: String
        package var since: Timestamp

        package init(
            _ host: PaneHost, layout: PaneLayout? = nil, isolation: PaneIsolation? = nil, epoch: String, since: Timestamp
        ) {
            self.host = host
            self.layout = layout
            self.isolation = isolation
            self.epoch = epoch
            self.since = since
        }
    }

    package struct Agent: Sendable, Hashable {
        package var session: SessionName
        package var sessionID: SessionID
        package var launch: LaunchID
        package var startedAt: Timestamp
        /// Its program runs: not before, when it has no terminal, and not after.
        package var isRunning: Bool

        package init(session: SessionName, sessionID: SessionID, launch: LaunchID, startedAt: Timestamp, isRunning: Bool) {
            self.session = session
            self.sessionID = sessionID
            self.launch = launch
            self.startedAt = startedAt
            self.isRunning = isRunning
        }
    }

    /// By their beginning.
    package private(set) var hosts: [Host] = []
    /// The latest last.
    package private(set) var settled: [LaunchID] = []
    /// What could not be done at the last look.
    private var postponed: Set<LaunchID> = []

    /// More than there are agents: what of it is on no board any more goes first.
    private static let mostSettled = 500

    package init(hosts: [Host] = [], settled: [LaunchID] = []) {
        for host in hosts.sorted(by: { $0.since < $1.since }) {
            self.hosts.removeAll { $0.host.server == host.host.server }
            self.hosts.append(host)
        }
        self.settled = settled
    }

    /// From now on: agents that run already are left as they are, unless somebody has followed before.
    ///
    /// - Returns: the one that followed on this server.
    @discardableResult
    package mutating func begin(_ host: Host, _ agents: [Agent]) -> Host? {
        if hosts.isEmpty {
            settled = []
            for agent in agents where agent.isRunning { settle(agent.launch) }
        }
        let earlier = hosts.first { $0.host.server == host.host.server }
        hosts.removeAll { $0.host.server == host.host.server }
        hosts.append(host)
        postponed = []
        return earlier
    }

    /// - Returns: whether it did follow.
    @discardableResult
    package mutating func end(_ host: Host) -> Bool {
        guard let place = hosts.firstIndex(of: host) else { return false }
        hosts.remove(at: place)
        if hosts.isEmpty { (settled, postponed) = ([], []) }
        return true
    }

    /// Who is to get a pane now, the eldest first, and where.
    ///
    /// - Parameter again: also those that could not get one at the last look.
    package mutating func wanting(_ agents: [Agent], again: Bool) -> (host: Host, agents: [Agent])? {
        guard let host = hosts.last else { return nil }
        if again { postponed = [] }
        if settled.count > Self.mostSettled {
            let known = Set(agents.map(\.launch))
            var surplus = settled.count - Self.mostSettled
            settled.removeAll { launch in
                guard surplus > 0, !known.contains(launch) else { return false }
                surplus -= 1
                return true
            }
        }
        let wanting = agents.filter { $0.isRunning && !postponed.contains($0.launch) && !settled.contains($0.launch) }
        return (host, wanting.sorted { ($0.startedAt, $0.session.text) < ($1.startedAt, $1.session.text) })
    }

    /// It has a pane, or waits for one.
    package mutating func settle(_ launch: LaunchID) {
        postponed.remove(launch)
        if !settled.contains(launch) { settled.append(launch) }
    }

    /// It waited where nobody follows any more.
    package mutating func unsettle(_ launch: LaunchID) { settled.removeAll { $0 == launch } }

    package mutating func postpone(_ launch: LaunchID) { postponed.insert(launch) }
}
