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
    private let runtimeDirectory: String
    private let pool: LinkPool<TerminalFrames>
    /// What each said of itself last.
    private let known: Mutex<[SessionID: TerminalFacts]> = Mutex([:])
    private let onEvent: @Sendable (SessionID, MultiplexerEvent) -> Void

    init(
        runtimeDirectory: String, group: any EventLoopGroup,
        onEvent: @escaping @Sendable (SessionID, MultiplexerEvent) -> Void
    ) {
        self.runtimeDirectory = runtimeDirectory
        pool = LinkPool(group: group)
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
        LockFile.isHeld(TerminalPaths.lock(runtimeDirectory: runtimeDirectory, session: session.text))
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
        known.withLock { $0[session] = facts }
        return facts
    }

    /// The same, and of a terminal that hangs what it said last: one that hangs is no reason to know nothing of the others.
    func latestFacts(_ session: SessionID) async throws -> TerminalFacts {
        do { return try await facts(session) } catch let error as ReeveError where error.kind == .timeout {
            guard let latest = known.withLock({ $0[session] }) else { throw error }
            return latest
        }
    }

    private func connection(_ session: SessionID) async throws -> LinkConnection<TerminalFrames> {
        do {
            return try await pool.connection(
                to: session, at: socketPath(session),
                onPush: { [weak self] _ in self?.onEvent(session, .paneDied(session.text)) },
                onClose: { [weak self] in self?.onEvent(session, .changed) })
        } catch let error as Refusal {
            throw ReeveError.unavailable(error.reason, hint: error.mend)
        }
    }

    /// A daemon that stops leaves the terminals as they are.
    func disconnect() { pool.disconnect() }

    /// What a terminal leaves behind that was killed.
    func removeFiles(_ session: SessionID) {
        unlink(socketPath(session))
        unlink(TerminalPaths.lock(runtimeDirectory: runtimeDirectory, session: session.text))
        known.withLock { $0[session] = nil }
    }
}
