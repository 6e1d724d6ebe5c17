import NIOCore
import Ownership
import ReeveModel
import Synchronization

/// The connections to all keepers, or to all built-in terminals: one for each session, made when it is wanted.
final class LinkPool<Link: FrameLink>: Sendable {
    private struct State {
        var connections: [SessionID: (number: Int, connection: LinkConnection<Link>)] = [:]
        var nextNumber = 0
        /// Connections that ended before they were entered.
        var closedEarly: Set<Int> = []
    }

    private let group: any EventLoopGroup
    private let state = Mutex(State())

    init(group: any EventLoopGroup) { self.group = group }

    /// Sessions that have a connection now.
    var sessions: Set<SessionID> { state.withLock { Set($0.connections.keys) } }

    /// - Parameters:
    ///   - path: where the session's program listens.
    ///   - onClose: called when the connection that everybody uses has ended, and not by `disconnect`.
    /// - Throws: `unavailable` when nobody answers there, a `Refusal` when somebody else does.
    func connection(
        to session: SessionID, at path: String, onPush: @escaping @Sendable (Link.Push) -> Void,
        onClose: @escaping @Sendable () -> Void
    ) async throws -> LinkConnection<Link> {
        if let known = state.withLock({ $0.connections[session] }) { return known.connection }
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        let fresh: LinkConnection<Link>
        do {
            fresh = try await LinkConnection.connect(to: path, group: group, onPush: onPush) { [weak self] in
                if self?.closed(session, number) == true { onClose() }
            }
        } catch let error as Refusal {
            throw error
        } catch {
            throw ReeveError.unavailable("the \(Link.peer) of session '\(session)' does not answer")
        }
        // Two may have asked at once: one connection stays.
        let known = state.withLock { state -> LinkConnection<Link>? in
            if let known = state.connections[session] { return known.connection }
            if state.closedEarly.remove(number) == nil { state.connections[session] = (number, fresh) }
            return nil
        }
        guard let known else { return fresh }
        fresh.close()
        return known
    }

    /// - Returns: whether it was the one that everybody uses.
    private func closed(_ session: SessionID, _ number: Int) -> Bool {
        state.withLock { state in
            guard let known = state.connections[session], known.number == number else {
                // The loser of two, or one that ended before it was entered.
                if state.connections[session] == nil { state.closedEarly.insert(number) }
                return false
            }
            state.connections[session] = nil
            return true
        }
    }

    /// Leaves what is at the other ends as it is.
    func disconnect() {
        let connections = state.withLock { state in
            defer { state.connections = [:] }
            return state.connections
        }
        for (_, connection) in connections.values { connection.close() }
    }
}
