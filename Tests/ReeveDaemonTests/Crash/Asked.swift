import ReeveJSON
import ReeveModel
import ReeveWire

/// A request that a client of a crash run has made, and what it was told.
struct Asked: Sendable {
    enum Wish: Sendable, Hashable {
        case create(kind: String, after: String?, project: String?)
        case update(title: String)
        case retry, cancel, stop, restart
        case change(to: String)
        case send
        case pause, resume

        var method: String {
            switch self {
            case .create: TicketCreate.name
            case .update: TicketUpdate.name
            case .retry: TicketRetry.name
            case .cancel: TicketCancel.name
            case .stop: AgentStop.name
            case .restart: AgentRestart.name
            case .change: AgentSwitch.name
            case .send: AgentSend.name
            case .pause: QueuePause.name
            case .resume: QueueResume.name
            }
        }

        /// An agent that runs may leave because of it.
        var endsAgents: Bool {
            switch self {
            case .cancel, .stop, .restart, .change: true
            case .create, .update, .retry, .send, .pause, .resume: false
            }
        }

        /// Its answer is in the same commit as its effect: repeated with its key, it tells what became of it, also after an error.
        var isAnsweredWithItsEffect: Bool {
            switch self {
            case .create, .update, .retry: true
            case .cancel, .stop, .restart, .change, .send, .pause, .resume: false
            }
        }

        /// A ticket that is out of work may come to work again because of it.
        var revives: Bool {
            switch self {
            case .retry, .restart, .change: true
            case .create, .update, .cancel, .stop, .send, .pause, .resume: false
            }
        }
    }

    enum Outcome: Sendable, Hashable {
        /// The daemon was killed first, or told to stop; it may or may not have happened, and may happen yet.
        case unanswered
        case answered
        /// An error: it has not happened.
        case refused
        /// Repeated after a kill, and the daemon says that it cannot tell.
        case unknown
    }

    var wish: Wish
    /// Nil for the queue as a whole.
    var ticket: String?
    /// Moments are numbers that grow with each request and each answer, over all clients.
    var sent: Int
    var over: Int?
    var outcome = Outcome.unanswered

    /// Whether something of it can be seen in the daemon's state.
    var mayHaveHappened: Bool { outcome != .refused }

    /// Not over before `other` was sent: it may have taken effect after it.
    func mayComeAfter(_ other: Asked) -> Bool { over.map { $0 > other.sent } ?? true }

    /// The request's parameters; the same bytes each time it is repeated.
    func parameters(key: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        func member(_ name: String, _ value: String?) {
            guard let value else { return }
            writer.key(name)
            writer.value(value)
        }
        switch wish {
        case .create(let kind, let after, let project):
            member("id", ticket)
            member("title", ticket)
            member("agent", kind)
            member("project", project)
            if let after {
                writer.key("after")
                writer.beginArray()
                writer.value(after)
                writer.endArray()
            }
        case .update(let title):
            member("ticket", ticket)
            member("title", title)
        case .change(let kind):
            member("ticket", ticket)
            member("to", kind)
        case .send:
            member("ticket", ticket)
            member("text", "hello")
        case .retry, .cancel, .stop, .restart: member("ticket", ticket)
        case .pause, .resume: break
        }
        member(IdempotencyKey.member, key)
        writer.endObject()
        return writer.bytes
    }
}
