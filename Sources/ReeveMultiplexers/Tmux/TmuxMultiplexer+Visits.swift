package import ReeveModel
import Synchronization

/// Servers of people's that sessions have been taken in on. The handle of such a session names its server behind the server's life, so
/// whatever is asked of it goes there, also by a daemon that comes later; and which servers there are is learnt from the handles.
extension TmuxMultiplexer {
    /// The way to the server that a session is on.
    func place(of handle: TerminalHandle) throws -> Connection {
        guard let server = Self.server(of: handle) else { return try current() }
        let connection = try visit(to: server, life: handle.epoch)
        note(server)
        return connection
    }

    /// The way to the server at a path that a client names.
    func place(at server: String) async throws -> Connection {
        let own = try current()
        let server = TmuxVisit.canonical(server)
        guard server != TmuxVisit.canonical(own.socketPath) else { return own }
        let visit = visit(to: server)
        try visit.check(path: "$.server")
        let life = try await visit.ask(TmuxCommand("display-message", "-p", "#{pid}.#{start_time}"), patience: patience)
        return try self.visit(to: server, life: "\(life.first ?? "") \(server)")
    }

    /// Nil: on ours.
    private static func server(of handle: TerminalHandle) -> String? {
        let words = handle.epoch.split(separator: " ", maxSplits: 1)
        return words.count == 2 ? String(words[1]) : nil
    }

    static func isVisited(_ handle: TerminalHandle) -> Bool { server(of: handle) != nil }

    private func visit(to server: String) -> TmuxVisit {
        TmuxVisit(server: server, binary: settings.binary, environment: settings.environment, time: self.server.time)
    }

    private func visit(to server: String, life: String) throws -> Connection {
        Connection(client: visit(to: server), epoch: life, socketPath: server, version: try current().version)
    }

    // MARK: Which there are

    package func recall(_ handle: TerminalHandle) {
        if let server = Self.server(of: handle) { note(server) }
    }

    /// From now on what is there is listed.
    func note(_ server: String) {
        let number = nextNumber()
        visits.withLock { $0[server] = number }
    }

    /// The sessions of ours there. A server that does not answer is left out: a person's own must not keep the others from being listed, and
    /// of what is not listed the engine asks what has become of it.
    func visitedSessions() async -> [TerminalSession] {
        await eachVisit { visit in
            let answers = try await visit.ask(
                [
                    TmuxCommand("display-message", "-p", "#{pid}.#{start_time}"),
                    TmuxCommand("list-panes", "-a", "-F", TmuxSessionList.format),
                ], patience: Self.patienceWithVisits)
            guard answers.count == 2, let life = answers[0].first else { return [] }
            let text = answers[1].map { $0 + "\n" }.joined()
            let found = TmuxSessionList.parse(Array(text.utf8), epoch: "\(life) \(visit.server)")
            // Whoever has had none there is not visited any more; its handle would bring it back.
            guard found.contains(where: { $0.owner == settings.instance }) else {
                throw ReeveError(.notFound, "nothing of ours is at \(visit.name)")
            }
            return found
        }
    }

    /// The sessions of ours there that somebody looks at.
    func seenOnVisits() async -> [SessionID] {
        await eachVisit { visit in Self.seen(try await visit.ask(Self.clients, patience: Self.patienceWithVisits)) }
    }

    private static let patienceWithVisits = Duration.seconds(2)

    private func eachVisit<Found: Sendable>(_ body: @Sendable (TmuxVisit) async throws -> [Found]) async -> [Found] {
        let known = visits.withLock { $0 }
        guard !known.isEmpty, let own = try? TmuxVisit.canonical(current().socketPath) else { return [] }
        var found: [Found] = []
        // Ours is listed anyhow: it may have been a person's when a session was taken in there.
        for (server, mark) in known.sorted(by: { $0.key < $1.key }) where server != own {
            do { found += try await body(visit(to: server)) } catch {
                guard (error as? ReeveError)?.kind == .notFound else { continue }
                // Unless somebody has come there meanwhile.
                visits.withLock { if $0[server] == mark { $0[server] = nil } }
            }
        }
        return found
    }

    /// Nothing there tells of an end: it is looked for.
    func watchVisits(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        var before: Set<String> = []
        while true {
            try await server.time.sleep(for: .seconds(2))
            guard visits.withLock({ !$0.isEmpty }) || !before.isEmpty else { continue }
            let now = await Set(visitedSessions().map { "\($0.handle.epoch) \($0.handle.session) \($0.dead) \($0.panes)" })
            if now != before { report(.changed) }
            before = now
        }
    }
}
