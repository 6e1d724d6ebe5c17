import KeeperLink
import Ownership
package import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Making, finding and ending sessions: tabs of a person's Zellij session, or Zellij sessions of their own.
extension ZellijMultiplexer {
    /// A pane of ours, and where it is.
    struct Found: Sendable {
        var session: String
        var pane: ZellijPane
        var tag: ZellijTag
        /// The terminal panes in its tab, itself among them.
        var neighbours: Set<String>

        /// How many of the people, each with a pane in front, have its tab in front of them. Whoever works in a shell beside the
        /// agent's pane is not to lose that with it.
        func watchers(among clients: [String]) -> Int { clients.count { neighbours.contains($0) } }

        var handle: TerminalHandle {
            TerminalHandle(session: session, pane: pane.name, epoch: ZellijEpoch(tab: pane.tab, life: tag.life).text)
        }
    }

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        let version = try current()
        defer { lookSoon() }
        guard let session = settings.session else {
            let session = ZellijNames.mapped(request.name.text)
            return try await turns.alone(session) { try await makeSession(session, request) }
        }
        return try await turns.alone(session) { try await makeTab(session, request, version) }
    }

    private func makeSession(_ session: String, _ request: SpawnRequest) async throws -> TerminalHandle {
        if let known = try await program.sessions().first(where: { $0.name == session }) {
            // Perhaps it is the one that we made before a crash or a time-out.
            if !known.isExited, let ours = try await found(in: session, request.id) { return ours.handle }
            throw ReeveError.conflict(
                "there is a Zellij session '\(session)'\(known.isExited ? ", dead," : "") that is not ours",
                hint: "zellij delete-session --force \(session) takes it away")
        }
        do {
            try await program.create(
                session, id: request.id, name: request.name.text, command: ZellijTag.command(for: request, life: nextLife()))
            return try await appearing(in: session, request.id)
        } catch {
            // What it was made for is not in it, and under this name it would be in the way of the next try.
            if let error = error as? ReeveError, error.kind != .conflict, error.kind != .timeout {
                try? await program.order(ZellijCommand.kill(session))
            }
            throw error
        }
    }

    private func makeTab(_ session: String, _ request: SpawnRequest, _ version: ZellijVersion) async throws -> TerminalHandle {
        let before: [ZellijTab]
        do {
            if let ours = try await found(in: session, request.id) { return ours.handle }
            before = try await program.tabs(session)
            if version.has(.losesTabsWithoutClient), try await program.clients(session).isEmpty {
                throw ReeveError.unavailable(
                    "nobody is attached to the Zellij session '\(session)', and Zellij \(version) loses tabs that are made then",
                    hint: "zellij attach \(session)")
            }
        } catch let error as ReeveError where error.kind == .notFound { throw noSession(session) }
        guard !before.contains(where: { $0.name == request.name.text }) else {
            throw ReeveError.conflict(
                "the Zellij session '\(session)' has a tab '\(request.name)' that is not ours", hint: "rename or close it")
        }
        let keepsFocus = version.has(.opensWithoutFocus)
        do {
            let tab = try await program.newTab(
                session, name: request.name.text, command: ZellijTag.command(for: request, life: nextLife()),
                keepsFocus: keepsFocus)
            if !keepsFocus { try await giveBackFocus(session, from: tab, before) }
        } catch let error as ReeveError where error.kind == .unavailable {
            // An answer that did not come is not a tab that did not come.
            guard let ours = try await found(in: session, request.id) else { throw error }
            if !keepsFocus { try? await giveBackFocus(session, from: ours.pane.tab, before) }
            return ours.handle
        }
        return try await appearing(in: session, request.id)
    }

    /// Only if it has really gone to the new tab: a person may have gone elsewhere in the meantime.
    private func giveBackFocus(_ session: String, from tab: Int, _ before: [ZellijTab]) async throws {
        guard let old = before.first(where: \.isActive),
            try await program.tabs(session).contains(where: { $0.id == tab && $0.isActive })
        else { return }
        try await program.order(ZellijCommand.goToTab(session, old.id))
    }

    /// Zellij's server starts the program after it has answered.
    private func appearing(in session: String, _ id: SessionID) async throws -> TerminalHandle {
        let deadline = time.uptime() + .seconds(10)
        var pause = Duration.milliseconds(20)
        while true {
            var reason: ReeveError?
            do {
                if let ours = try await found(in: session, id) { return ours.handle }
            } catch let error as ReeveError where error.kind == .notFound || error.kind == .unavailable { reason = error }
            guard time.uptime() < deadline else {
                throw ReeveError.unavailable(
                    "the terminal that was made in the Zellij session '\(session)' does not appear"
                        + (reason.map { ": \($0.message)" } ?? ""), hint: "zellij attach \(session) shows what is there")
            }
            try await time.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(250))
        }
    }

    package func destroy(_ handle: TerminalHandle, id: SessionID) async throws {
        _ = try current()
        defer { lookSoon() }
        // Also the turn in which tabs are made there.
        try await turns.alone(handle.session) {
            let found = try await self.found(handle, id)
            guard !hasOwnSession(found) else {
                try await program.order(ZellijCommand.kill(handle.session))
                // What is left of a session that is kept for coming back; there is none where ours are not kept.
                do { try await program.order(ZellijCommand.delete(handle.session)) } catch let error as ReeveError
                    where error.kind == .notFound
                {}
                return try await awaitEnd(handle, id)
            }
            // By its tab and not by its pane: that would leave an empty tab. Not if a person has put it beside panes of theirs.
            guard found.neighbours.count == 1 || ZellijEpoch(handle.epoch)?.tab == found.pane.tab else {
                throw ReeveError.conflict(
                    "the agent's pane was moved into the tab '\(InertText.clean(found.pane.tabName))', beside others",
                    hint: "close it there")
            }
            try await program.order(ZellijCommand.closeTab(handle.session, found.pane.tab))
            try await awaitEnd(handle, id)
        }
    }

    /// An order that was not carried out ends with 0 as well.
    private func awaitEnd(_ handle: TerminalHandle, _ id: SessionID) async throws {
        let deadline = time.uptime() + .seconds(3)
        while true {
            do { _ = try await found(handle, id) } catch let error as ReeveError where error.kind == .notFound { return }
            guard time.uptime() < deadline else {
                throw ReeveError.unavailable(
                    "Zellij has not closed \(handle.pane) of '\(handle.session)'", hint: "try again in a moment")
            }
            try await time.sleep(for: .milliseconds(50))
        }
    }

    package func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife {
        _ = try current()
        return try await alone(handle) {
            do {
                // Half a second: a keeper that was only just started does not hold its lock yet.
                for _ in 1...10 {
                    if try await found(handle, id).pane.isDead { return .dead }
                    guard keeperHasEnded(id) else { return .alive }
                    try await time.sleep(for: .milliseconds(50))
                }
                return .dead
            } catch let error as ReeveError where error.kind == .notFound { return .gone }
        }
    }

    /// Whether the keeper's lock is there and nobody holds it. False where that cannot be seen.
    private func keeperHasEnded(_ id: SessionID) -> Bool {
        let path = KeeperPaths.lock(runtimeDirectory: settings.runtimeDirectory, session: id.text)
        guard let descriptor = try? PrivateFile.open(path, O_RDWR) else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0
    }

    package func list() async throws -> [TerminalSession] {
        _ = try current()
        let all = try await found()
        let clients = try await gather(Set(all.map(\.session))) { [program] in try await program.clients($0) }
        return all.map { found in
            let people = clients[found.session] ?? []
            return TerminalSession(
                id: found.tag.id, name: found.tag.name ?? found.pane.tabName, handle: found.handle, width: found.pane.columns,
                height: found.pane.rows,
                attached: hasOwnSession(found) ? people.count : found.watchers(among: people), panes: found.neighbours.count,
                dead: found.pane.isDead, owner: found.tag.owner ?? settings.instance)
        }
    }

    // MARK: Looking

    /// All panes of keepers of this daemon's directory, where they are made today and where earlier ones are known to be.
    func found() async throws -> [Found] {
        let elsewhere = places.withLock { $0 }
        guard let session = settings.session else {
            let sessions = try await program.sessions().filter {
                !$0.isExited && (ZellijNames.isOurs($0.name, prefix: settings.prefix) || elsewhere.contains($0.name))
            }
            return try await found(in: Set(sessions.map(\.name)))
        }
        do { return try await found(in: session) + found(in: elsewhere) } catch let error as ReeveError
            where error.kind == .notFound
        { throw noSession(session) }
    }

    /// Looks once into each session where panes are not made today: an earlier setting may have put some there. One that does not
    /// answer is known as soon as somebody asks for an agent in it.
    func findPlaces() async {
        guard let sessions = try? await program.sessions() else { return }
        let others = Set(sessions.lazy.filter { !$0.isExited && !self.isLookedInto($0.name) }.map(\.name))
        let answers = try? await gather(others) { (try? await self.found(in: $0)) ?? [] }
        places.withLock { $0.formUnion((answers ?? [:]).filter { !$0.value.isEmpty }.keys) }
    }

    private func found(in sessions: Set<String>) async throws -> [Found] {
        let answers = try await gather(sessions) { try await self.found(in: $0) }
        // What has ended is not asked about again.
        places.withLock { $0.subtract(sessions.subtracting(answers.keys)) }
        return answers.values.flatMap(\.self)
    }

    /// Asks about each session, some at a time; one that has ended since is left out.
    func gather<Answer: Sendable>(
        _ sessions: Set<String>, _ ask: @escaping @Sendable (String) async throws -> Answer
    ) async throws -> [String: Answer] {
        try await withThrowingTaskGroup(of: (session: String, answer: Answer?).self) { group in
            var answers: [String: Answer] = [:]
            for (number, session) in sessions.enumerated() {
                if number >= Self.atOnce, let done = try await group.next() { answers[done.session] = done.answer }
                group.addTask {
                    do { return (session, try await ask(session)) } catch let error as ReeveError where error.kind == .notFound {
                        return (session, nil)
                    }
                }
            }
            for try await done in group { answers[done.session] = done.answer }
            return answers
        }
    }

    /// Most calls of one look under way: each is a process.
    private static let atOnce = 8

    func found(in session: String) async throws -> [Found] {
        let panes = try await program.panes(session)
        return panes.compactMap { pane in
            pane.tag(settings.runtimeDirectory).map { tag in
                let neighbours = panes.lazy.filter { $0.tab == pane.tab }.map(\.name)
                return Found(session: session, pane: pane, tag: tag, neighbours: Set(neighbours))
            }
        }
    }

    private func found(in session: String, _ id: SessionID) async throws -> Found? {
        try await found(in: session).first { $0.tag.id == id }
    }

    /// - Throws: `not_found` unless this very pane is there, with this session's keeper and in this life of it.
    func found(_ handle: TerminalHandle, _ id: SessionID) async throws -> Found {
        guard let epoch = ZellijEpoch(handle.epoch) else { throw gone(handle) }
        let all: [Found]
        do { all = try await found(in: handle.session) } catch let error as ReeveError where error.kind == .notFound {
            throw gone(handle)
        }
        guard let found = all.first(where: { $0.pane.name == handle.pane }), found.tag.id == id, epoch.isLife(of: found.tag)
        else {
            throw gone(handle)
        }
        if !isLookedInto(handle.session) { places.withLock { _ = $0.insert(handle.session) } }
        return found
    }

    /// Whether agents' panes in it are found without anything that says that there are any.
    private func isLookedInto(_ session: String) -> Bool {
        settings.session.map { $0 == session } ?? ZellijNames.isOurs(session, prefix: settings.prefix)
    }

    /// Whether its Zellij session was made for this agent alone, and ends with it. That is read from the session and not from
    /// where agents get their places today: the setting may have been another when this one got its own. Where Zellij does not
    /// show the name, no: to close too little is better than to close what is a person's.
    func hasOwnSession(_ found: Found) -> Bool {
        settings.session != found.session && found.tag.name.map(ZellijNames.mapped) == found.session
    }

    /// In the order in which it was asked for, for each agent. Where a session is one agent's it is the turn in which the session
    /// is made and ended as well: its name may be another's afterwards, whose panes have the same numbers. Whether one elsewhere
    /// is, is known only after a look; if it is not, its agents wait for each other, and that is all.
    func alone<Outcome>(_ handle: TerminalHandle, _ body: () async throws -> Outcome) async throws -> Outcome {
        let isOwnSession = settings.session != handle.session
        return try await turns.alone(isOwnSession ? handle.session : "\(handle.session) \(handle.pane)", body)
    }
}
