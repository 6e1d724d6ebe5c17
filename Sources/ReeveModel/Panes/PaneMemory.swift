/// What must outlive the daemon: who waits for a pane, and which panes new agents come beside. Which panes there are is not in it: their
/// tags say so.
package struct PaneMemory: Sendable, Hashable {
    package struct Wait: Sendable, Hashable {
        package var session: SessionName
        package var sessionID: SessionID
        package var ticket: TicketID?
        package var host: PaneHost
        package var layout: PaneLayout?
        package var isolation: PaneIsolation?
        /// One life of the server.
        package var epoch: String
        /// By the wall clock, which goes on while no daemon runs.
        package var since: Timestamp
        /// It waits because the host follows this launch; nil: somebody has asked for it.
        package var launch: LaunchID?

        package init(
            session: SessionName, sessionID: SessionID, ticket: TicketID?, host: PaneHost, layout: PaneLayout?,
            isolation: PaneIsolation?, epoch: String, since: Timestamp, launch: LaunchID?
        ) {
            self.session = session
            self.sessionID = sessionID
            self.ticket = ticket
            self.host = host
            self.layout = layout
            self.isolation = isolation
            self.epoch = epoch
            self.since = since
            self.launch = launch
        }
    }

    /// In the order of their places.
    package var waits: [Wait]
    package var following: PaneFollowing

    package init(waits: [Wait] = [], following: PaneFollowing = PaneFollowing()) {
        self.waits = waits
        self.following = following
    }

    /// A line each, of words; `-` is none. A server's path may have spaces in it and comes last.
    package var stored: String {
        let waiting = waits.map { wait in
            let words = [
                "wait", wait.session.text, wait.sessionID.text, wait.ticket?.text, wait.launch?.text, wait.layout?.rawValue,
                wait.isolation?.rawValue, "\(wait.since.milliseconds)", wait.epoch, wait.host.pane, wait.host.server,
            ]
            return Self.line(words)
        }
        let hosts = following.hosts.map { host in
            Self.line([
                "follow", host.layout?.rawValue, host.isolation?.rawValue, "\(host.since.milliseconds)", host.epoch,
                host.host.pane, host.host.server,
            ])
        }
        let settled = following.settled.map { Self.line(["settled", $0.text]) }
        return (waiting + hosts + settled).joined(separator: "\n")
    }

    private static func line(_ words: [String?]) -> String { words.map { $0 ?? "-" }.joined(separator: " ") }

    /// A line that cannot be read is left out: what it says is worth no more than a pane that somebody asks for again.
    package init(stored: String) {
        self.init()
        var hosts: [PaneFollowing.Host] = []
        var settled: [LaunchID] = []
        for line in stored.split(separator: "\n") {
            switch line.prefix(while: { $0 != " " }) {
            case "wait": if let wait = Wait(line) { waits.append(wait) }
            case "follow": if let host = PaneFollowing.Host(line) { hosts.append(host) }
            case "settled": if let launch = LaunchID(String(line.dropFirst("settled ".count))) { settled.append(launch) }
            default: continue
            }
        }
        following = PaneFollowing(hosts: hosts, settled: settled)
    }

    /// The words of a line, of which the last one is all that is left.
    fileprivate static func words(_ line: Substring, _ count: Int) -> [String]? {
        let words = line.split(separator: " ", maxSplits: count - 1, omittingEmptySubsequences: false).map(String.init)
        return words.count == count ? words : nil
    }

    fileprivate static func host(_ words: ArraySlice<String>) -> PaneHost? {
        guard let pane = words.first, PaneWindow.number(pane) != nil, let server = words.last, !server.isEmpty else { return nil }
        return PaneHost(server: server, pane: pane)
    }
}

extension PaneMemory.Wait {
    fileprivate init?(_ line: Substring) {
        guard let words = PaneMemory.words(line, 11), let session = SessionName(words[1]), let id = SessionID(words[2]),
            let since = Int64(words[7]), let host = PaneMemory.host(words[9...])
        else { return nil }
        self.init(
            session: session, sessionID: id, ticket: TicketID(words[3]), host: host, layout: PaneLayout(rawValue: words[5]),
            isolation: PaneIsolation(rawValue: words[6]), epoch: words[8], since: Timestamp(milliseconds: since),
            launch: LaunchID(words[4]))
    }
}

extension PaneFollowing.Host {
    fileprivate init?(_ line: Substring) {
        guard let words = PaneMemory.words(line, 7), let since = Int64(words[3]), let host = PaneMemory.host(words[5...]) else {
            return nil
        }
        self.init(
            host, layout: PaneLayout(rawValue: words[1]), isolation: PaneIsolation(rawValue: words[2]), epoch: words[4],
            since: Timestamp(milliseconds: since))
    }
}
