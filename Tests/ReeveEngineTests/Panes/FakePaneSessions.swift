import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Synchronization

/// Sessions that a test says the state of.
final class FakePaneSessions: PaneSessions {
    private struct State {
        var sessions: [SessionName: SessionRecord] = [:]
        var standing: [SessionID: PaneStanding] = [:]
        var making: [SessionName: Int] = [:]
        var gone: Set<SessionName> = []
        var agents: [SessionName: PaneFollowing.Agent] = [:]
    }

    private let state = Mutex(State())

    /// - Parameter after: it is being made for so many questions.
    @discardableResult
    func add(
        _ name: String, ticket: String? = nil, id: String? = nil, handle: TerminalHandle? = nil, after: Int = 0
    ) -> SessionRecord {
        let record = SessionRecord(
            id: Samples.session(id ?? "s-" + name), name: Samples.name(name), backend: "tmux",
            ticket: ticket.flatMap { TicketID($0) }, handle: handle, openedAt: Timestamp(milliseconds: 0))
        state.withLock {
            $0.sessions[record.name] = record
            $0.standing[record.id] = PaneStanding(.busy, ticket: record.ticket)
            $0.making[record.name] = after
        }
        return record
    }

    func set(_ name: String, _ work: PaneStanding.Work, since: Timestamp? = nil) {
        state.withLock { state in
            guard let record = state.sessions[Samples.name(name)] else { return }
            state.standing[record.id] = PaneStanding(work, since: since, ticket: record.ticket)
        }
    }

    /// It is over, and known to be.
    func close(_ name: String) {
        state.withLock { state in
            guard let record = state.sessions.removeValue(forKey: Samples.name(name)) else { return }
            state.standing[record.id] = nil
        }
    }

    /// An agent starts in a session, which is made if there is none.
    func start(_ name: String, _ launch: String = "l1", ticket: String? = nil, after: Int = 0, at moment: Int64 = 0) {
        let session = Samples.name(name)
        let known = state.withLock { $0.sessions[session] }
        let record = known ?? add(name, ticket: ticket, after: after)
        state.withLock { state in
            state.standing[record.id] = PaneStanding(.busy, ticket: record.ticket)
            state.agents[session] = PaneFollowing.Agent(
                session: session, sessionID: record.id, launch: Samples.launchID("\(name)-\(launch)"),
                startedAt: Timestamp(milliseconds: moment), isRunning: true)
        }
    }

    /// An agent ends; its terminal stays.
    func end(_ name: String, at moment: Timestamp) {
        state.withLock { $0.agents[Samples.name(name)]?.isRunning = false }
        set(name, .ended, since: moment)
    }

    /// Its terminal is gone, and nobody knows that yet.
    func lose(_ name: String) { state.withLock { _ = $0.gone.insert(Samples.name(name)) } }

    func find(_ wanted: PaneSubject) async throws -> SessionRecord {
        let found = state.withLock { state in
            switch wanted {
            case .session(let name): state.sessions[name]
            case .ticket(let ticket): state.sessions.values.first { $0.ticket == ticket }
            }
        }
        guard let found else { throw ReeveError.notFound("session", "\(wanted)") }
        return found
    }

    func command(_ session: SessionRecord) async throws -> [String] {
        if state.withLock({ $0.gone.contains(session.name) }) { throw ReeveError.notFound("session", session.name.text) }
        let left = state.withLock { state in
            let left = state.making[session.name] ?? 0
            state.making[session.name] = max(0, left - 1)
            return left
        }
        guard left == 0 else { throw ReeveError.conflict("the session is still being made") }
        return ["show", session.name.text]
    }

    func standing(of sessions: Set<SessionID>) async -> [SessionID: PaneStanding] {
        state.withLock { state in
            Dictionary(uniqueKeysWithValues: sessions.map { ($0, state.standing[$0] ?? PaneStanding(.over)) })
        }
    }
    func agents() async -> [PaneFollowing.Agent] { state.withLock { Array($0.agents.values) } }
}
