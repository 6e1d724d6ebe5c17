package import Logging
package import ReeveModel

/// The panes of agents in people's own windows: query, decide, execute, verify, update. A pane shows a session and is not it: whatever
/// becomes of the pane, the agent goes on.
///
/// The windows are the truth. What is kept here is which session has which pane, so that a closed one can be told; the tags on the panes
/// say the same, and a daemon that comes later reads them. One change at a time on each server.
package actor PaneActor {
    /// What became of a wish.
    package struct Answer: Sendable, Hashable {
        package var decision: PaneDecision
        /// The session's pane, if it has one now.
        package var pane: String?
        /// Its place among those that wait; the first is 1.
        package var position: Int?
    }

    /// A pane, or a wait for one.
    package struct Entry: Sendable, Hashable {
        package var session: SessionName
        package var ticket: TicketID?
        package var host: PaneHost
        package var isolation: PaneIsolation
        package var since: Timestamp
        /// Nil while it waits.
        package var pane: String?
        package var windowID: String?
        package var width: Int?
        package var height: Int?
    }

    struct Placed: Sendable {
        var server: String
        var pane: String
        var tag: PaneTag
        var ticket: TicketID?
    }

    struct Wanted: Sendable {
        var session: SessionRecord
        var wish: PaneWish
        var since: Timestamp
        /// One life of the server: in the next its panes' ids mean others.
        var epoch: String
        /// It waits because its host follows this launch; nil: somebody has asked for it.
        var launch: LaunchID?
    }

    package enum Signal: Sendable, Hashable {
        /// Sessions have changed.
        case look
        /// It is time to see whether something is due.
        case tick
    }

    package nonisolated let signals: AsyncStream<Signal>
    package nonisolated let line: AsyncStream<Signal>.Continuation
    let windows: any PaneWindows
    let subjects: any PaneSessions
    let journal: any Journal
    let live: LiveSettings
    let time: any TimeSource
    let instance: String
    let logger: Logger
    var placed: [SessionID: Placed] = [:]
    var queues: [PaneHost: DeferredPanes] = [:]
    /// By session; those in `queues`.
    var wanted: [SessionName: Wanted] = [:]
    /// Which panes new agents come beside.
    var following: PaneFollowing
    /// Waits that a daemon before this one has left and whose session and window have not been asked after yet.
    var unresolved: [PaneMemory.Wait]
    /// As it was last written.
    var kept: String
    /// Windows' layouts as they were last seen: where one has changed there may be room.
    var marks: [String: String] = [:]
    /// The same of the windows that are waited for.
    var hostMarks: [PaneHost: String] = [:]
    /// Servers of before that have not answered yet.
    var unrecovered: Set<String> = []
    /// When the windows were last looked at.
    var lastLook: Duration?
    private var turns = TurnQueue<String>()

    /// - Parameter memory: what the journal has below `memoryKey`.
    package init(
        windows: any PaneWindows, subjects: any PaneSessions, journal: any Journal, memory: PaneMemory = PaneMemory(),
        settings: LiveSettings, time: any TimeSource, instance: String, logger: Logger
    ) {
        // However much happens, it is one look.
        (signals, line) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(8))
        self.windows = windows
        self.subjects = subjects
        self.journal = journal
        following = memory.following
        unresolved = memory.waits
        kept = memory.stored
        live = settings
        self.time = time
        self.instance = instance
        self.logger = logger
    }

    var settings: PaneSettings { live.current.panes }

    // MARK: What people ask

    /// A pane for a session beside `wish.host`, now or as soon as there is room.
    package func open(_ wish: PaneWish) async throws -> Answer {
        guard settings.sizes.enabled else { return Answer(decision: .skip(reason: .disabled)) }
        var wish = wish
        wish.host.server = windows.canonical(wish.host.server)
        let (session, command) = try await ready(wish.subject)
        return try await inTurns(of: session.id, on: wish.host.server) {
            let answer = try await place(session, command, wish)
            guard case .defer(let reason) = answer.decision, wish.waits else { return answer }
            return try await enqueue(session, wish, because: reason)
        }
    }

    /// Takes a session's pane away, or its wait for one.
    package func close(_ subject: PaneSubject) async throws -> Answer {
        let name: SessionName
        switch subject {
        case .session(let known): name = known
        case .ticket(let ticket):
            let known =
                placed.values.first { $0.ticket == ticket }?.tag.name
                ?? wanted.values.first { $0.session.ticket == ticket }?.session.name
                ?? unresolved.first { $0.ticket == ticket }?.session
            // Its agent may have ended, and its pane be gone with it.
            if let known { name = known } else { name = try await subjects.find(subject).name }
        }
        let host = wanted[name]?.wish.host ?? unresolved.first { $0.session == name }?.host
        if host != nil {
            removeWish(of: name)
            try await keep()?.value()
        }
        func known() -> Placed? { placed.values.first { $0.tag.name == name } }
        guard let server = host?.server ?? known()?.server else {
            return Answer(decision: .skip(reason: .unknownSession(name.text)))
        }
        return try await inTurn(on: server) {
            // Who waited may have got its pane a moment ago: that is then the one to be closed.
            guard let known = known() else {
                return Answer(decision: .skip(reason: host == nil ? .unknownSession(name.text) : .waitsNoMore(name.text)))
            }
            return Answer(decision: try await take(away: known, because: "closed by a client"))
        }
    }

    /// Panes first, then who waits, each by age.
    package func list() async -> [Entry] {
        var seen: [String: TaggedPane] = [:]
        for server in Set(placed.values.map(\.server)) {
            for pane in (try? await windows.tagged(on: server)) ?? [] { seen["\(server) \(pane.pane)"] = pane }
        }
        let open = placed.values.map { known in
            let now = seen["\(known.server) \(known.pane)"]
            return Entry(
                session: known.tag.name, ticket: known.ticket, host: PaneHost(server: known.server, pane: known.tag.host),
                isolation: known.tag.isolation, since: known.tag.createdAt, pane: known.pane, windowID: now?.windowID,
                width: now?.width, height: now?.height)
        }
        let waiting = waits.map { wait in
            Entry(
                session: wait.session, ticket: wait.ticket, host: wait.host, isolation: wait.isolation ?? settings.isolation,
                since: wait.since)
        }
        func byAge(_ entries: [Entry]) -> [Entry] { entries.sorted { ($0.since, $0.session.text) < ($1.since, $1.session.text) } }
        return byAge(open) + byAge(waiting)
    }

    // MARK: Turns

    /// One at a time on a server: what is planned for a window holds until it is carried out.
    func inTurn<Outcome>(on server: String, _ body: () async throws -> Outcome) async rethrows -> Outcome {
        if !turns.tryTake(server) { await withCheckedContinuation { turns.wait(server, $0) } }
        defer { turns.give(server) }
        return try await body()
    }

    /// Two wishes for one session on two servers would both find that it has no pane. First the session's turn, then the server's: nobody who
    /// has the latter waits for the former.
    func inTurns<Outcome>(of session: SessionID, on server: String, _ body: () async throws -> Outcome) async rethrows -> Outcome
    {
        try await inTurn(on: "session \(session)") { try await inTurn(on: server, body) }
    }

    // MARK: Waiting

    /// A session that was just made has a terminal in a moment.
    private func ready(_ subject: PaneSubject) async throws -> (SessionRecord, [String]) {
        let deadline = time.uptime() + settings.readyTimeout
        while true {
            let session = try await subjects.find(subject)
            do {
                return (session, try await subjects.command(session))
            } catch let error as ReeveError where error.kind == .conflict || error.kind == .unavailable {
                guard time.uptime() < deadline else {
                    throw ReeveError(
                        .timeout,
                        "'\(session.name)' had no terminal within \(DurationText.spoken(settings.readyTimeout.milliseconds)): \(error.message)",
                        hint: error.hint)
                }
            }
            try await time.sleep(for: settings.readyPoll)
        }
    }

    // MARK: Telling

    func tell(
        _ what: PaneNews.What, _ session: SessionName?, _ ticket: TicketID?, pane: String?, _ host: PaneHost, _ reason: String
    ) {
        // News, not a promise: which panes there are is asked of the windows.
        _ = journal.enqueue([
            .event(.pane(PaneNews(what, ticket: ticket, session: session, pane: pane, host: host, reason: reason)))
        ])
    }
}
