import KeeperLink
import NIOCore
import Ownership
import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The connections to all built-in terminals, one each.
final class TerminalFleet: Sendable {
    private struct State {
        var connections: [SessionID: (number: Int, connection: TerminalConnection)] = [:]
        var nextConnection = 0
        /// What each said of itself last.
        var facts: [SessionID: TerminalFacts] = [:]
        /// Those that ended before they were entered.
        var closedEarly: Set<Int> = []
    }

    private let runtimeDirectory: String
    private let group: any EventLoopGroup
    private let state = Mutex(State())
    private let onEvent: @Sendable (SessionID, MultiplexerEvent) -> Void

    init(
        runtimeDirectory: String, group: any EventLoopGroup,
        onEvent: @escaping @Sendable (SessionID, MultiplexerEvent) -> Void
    ) {
        self.runtimeDirectory = runtimeDirectory
        self.group = group
        self.onEvent = onEvent
    }

    func socketPath(_ session: SessionID) -> String {
        TerminalPaths.socket(runtimeDirectory: runtimeDirectory, session: session.text)
    }

    /// All sessions that have a terminal's socket, dead ones' too.
    func names() throws -> [SessionID] {
        guard let directory = opendir("\(runtimeDirectory)/sessions") else {
            if errno == ENOENT { return [] }
            throw ReeveError.unavailable("\(runtimeDirectory)/sessions cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var names: [SessionID] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard name.hasSuffix(TerminalPaths.ending) else { continue }
            if let id = SessionID(String(name.dropLast(TerminalPaths.ending.count))) { names.append(id) }
        }
        return names
    }

    /// Whether a session's terminal lives, by its lock and not by its answers.
    func isAlive(_ session: SessionID) -> Bool {
        let path = TerminalPaths.lock(runtimeDirectory: runtimeDirectory, session: session.text)
        let descriptor: Int32
        do throws(Refusal) { descriptor = try PrivateFile.open(path, O_RDWR) } catch { return KeeperFleet.mayLive(error.code) }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    /// - Throws: `not_found` when the terminal is gone; `timeout` when it hangs.
    func ask(_ request: TerminalRequest, _ session: SessionID) async throws -> TerminalReply {
        // The end of a terminal takes as long as its agent has to take leave.
        let patience: TimeAmount = request == .end ? .seconds(8) : .seconds(5)
        do { return try await connection(session).ask(request, patience: patience) } catch let error as ReeveError
            where error.kind == .unavailable && !isAlive(session)
        {
            throw ReeveError(.notFound, "the terminal of session '\(session)' is gone")
        }
    }

    func facts(_ session: SessionID) async throws -> TerminalFacts {
        guard case .facts(let facts) = try await ask(.state, session) else {
            throw ReeveError.unavailable("the terminal of session '\(session)' says nothing of itself")
        }
        state.withLock { $0.facts[session] = facts }
        return facts
    }

    /// The same, and of a terminal that hangs what it said last: one that hangs is no reason to know nothing of the others.
    func latestFacts(_ session: SessionID) async throws -> TerminalFacts {
        do { return try await facts(session) } catch let error as ReeveError where error.kind == .timeout {
            guard let known = state.withLock({ $0.facts[session] }) else { throw error }
            return known
        }
    }

    private func connection(_ session: SessionID) async throws -> TerminalConnection {
        if let known = state.withLock({ $0.connections[session] }) { return known.connection }
        let number = state.withLock { state in
            state.nextConnection += 1
            return state.nextConnection
        }
        let fresh: TerminalConnection
        do {
            fresh = try await TerminalConnection.connect(
                to: socketPath(session), group: group,
                onPush: { [weak self] _ in self?.onEvent(session, .paneDied(session.text)) },
                onClose: { [weak self] in self?.closed(session, number) })
        } catch let error as Refusal {
            throw ReeveError.unavailable(error.reason, hint: error.mend)
        } catch {
            throw ReeveError.unavailable("the terminal of session '\(session)' does not answer")
        }
        // Two may have asked at once: one connection stays.
        let known = state.withLock { state -> TerminalConnection? in
            if let known = state.connections[session] { return known.connection }
            if state.closedEarly.remove(number) == nil { state.connections[session] = (number, fresh) }
            return nil
        }
        guard let known else { return fresh }
        fresh.close()
        return known
    }

    private func closed(_ session: SessionID, _ number: Int) {
        let isNews = state.withLock { state in
            guard let known = state.connections[session], known.number == number else {
                if state.connections[session] == nil { state.closedEarly.insert(number) }
                return false
            }
            state.connections[session] = nil
            return true
        }
        if isNews { onEvent(session, .changed) }
    }

    /// A daemon that stops leaves the terminals as they are.
    func disconnect() {
        let connections = state.withLock { state in
            defer { state.connections = [:] }
            return state.connections
        }
        for (_, connection) in connections.values { connection.close() }
    }

    /// What a terminal leaves behind that was killed.
    func removeFiles(_ session: SessionID) {
        unlink(socketPath(session))
        unlink(TerminalPaths.lock(runtimeDirectory: runtimeDirectory, session: session.text))
        state.withLock { $0.facts[session] = nil }
    }
}
