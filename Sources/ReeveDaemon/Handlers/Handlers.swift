import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveStore
import ReeveWire

/// What the handlers of every noun need. Each file beside this one is a noun: decode, call an actor, encode.
struct Handlers: Sendable {
    let engine: Engine
    let panes: PaneActor
    let runs: RunDesk
    let journal: any Journal
    let database: DatabaseDesk
    /// Nil: tickets are no files.
    let folder: FolderActor?
    let senses: Senses
    let hosts: HostDesk
    /// Registrations whose connections are followed.
    let watchedHosts: AsyncStream<String>.Continuation
    let environment: AgentEnvironment
    let cursor: @Sendable () -> Int64
    let time: any TimeSource
    let startedAt: Timestamp
    let reload: @Sendable () async throws(ReeveError) -> (changed: [String], needsRestart: [String])
    let shutDown: @Sendable () async -> Void

    func register(in router: inout Router) {
        registerSystem(&router)
        registerTickets(&router)
        registerFolder(&router)
        registerSteps(&router)
        registerQueue(&router)
        registerAgents(&router)
        registerKnowing(&router)
        registerPrograms(&router)
        registerSessions(&router)
        registerRuns(&router)
        registerBackends(&router)
        hosts.serve(on: &router, telling: watchedHosts)
        registerPanes(&router)
        registerDatabase(&router)
        registerMetadata(&router)
        registerEvents(&router)
    }

    static func ticketID(_ text: String, _ path: String = "$.ticket") throws(ReeveError) -> TicketID {
        guard let id = TicketID(text) else {
            throw .invalid(path, "not a valid id: \(SafeName.rule)", hint: "ids look like FEAT-7KQ2; reeve list shows them")
        }
        return id
    }

    static func sessionName(_ text: String) throws(ReeveError) -> SessionName {
        guard let name = SessionName(text) else {
            throw .invalid("$.name", "not a valid name: \(SafeName.rule)", hint: "reeve session list shows them")
        }
        return name
    }

    /// A ticket as it is shown: why a queued one waits is derived now.
    func shape(_ ticket: Ticket, withBody: Bool = true) async -> TicketShape {
        let reason = ticket.state == .queued ? await engine.queue.waitingReason(ticket.id, tried: ticket.reason) : nil
        return TicketShape(ticket, reason: reason, withBody: withBody)
    }
}

extension RequestContext {
    /// The answer to remember in the commit of a command about one ticket.
    var ticketCommand: CommandContext {
        guard idempotency != nil else { return CommandContext() }
        let context = self
        return CommandContext(answer: { ticket in
            // `idempotency` is there, so the record is too; the fallback keeps the types honest without a force unwrap.
            context.recorded(TicketAnswer(TicketShape(ticket)))
                ?? RecordedAnswer(key: "", method: "", fingerprint: "", result: nil)
        })
    }
}
