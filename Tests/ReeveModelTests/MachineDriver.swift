import ReeveModel
import ReeveTestSupport

/// Drives one machine: facts in, effects out, on virtual time. Commits succeed unless the test says otherwise.
struct MachineDriver {
    var machine: AgentMachine
    var now = Duration.zero
    var log: [AgentMachine.Effect] = []
    var replies: [ReplyToken: Result<AgentReply, ReeveError>] = [:]
    var events: [EventPayload] = []
    var left: [Ticket] = []
    var outcomes: [LaunchOutcome] = []
    var refusesIntents = false

    init(
        attempts: Int = 1, starts: [Timestamp] = [], retry: RetryPolicy = RetryPolicy(), policy: LastResort = .signal,
        launch: Launch = Samples.launch("L1"),
        intent: AgentIntent? = nil, type: TicketType? = nil, progress: StepProgress? = nil, state: TicketState = .running
    ) {
        var ticket = Samples.ticket("T", state: state, attempts: attempts)
        ticket.isAgentChosen = false
        ticket.progress = progress
        ticket.starts = starts
        ticket.intent = intent
        machine = AgentMachine(
            ticket: ticket, session: Samples.record(), launch: PreparedLaunch(launch: launch, kind: Samples.kind(), type: type),
            settings: AgentMachine.Settings(lastResort: policy, retry: retry), now: Samples.now)
    }

    var moment: Moment { Moment(wall: Samples.now.advanced(by: now), uptime: now) }

    mutating func feed(_ event: AgentMachine.Event) {
        perform(machine.handle(event, at: moment))
    }

    private mutating func perform(_ effects: [AgentMachine.Effect]) {
        for effect in effects {
            log.append(effect)
            switch effect {
            case .record(let changes, let then):
                note(changes)
                perform(then)
            case .intend(let changes):
                if refusesIntents {
                    feed(.intentRefused(.unavailable("the disk is full")))
                } else {
                    note(changes)
                    feed(.intentDurable)
                }
            case .reply(let token, let result): replies[token] = result
            case .leaveWork(let ticket, _, let outcome):
                left.append(ticket)
                outcomes.append(outcome)
            case .judged(_, let outcome): outcomes.append(outcome)
            default: break
            }
        }
    }

    private mutating func note(_ changes: [JournalChange]) {
        for case .event(let payload) in changes { events.append(payload) }
    }

    /// Takes the effects seen so far.
    mutating func take() -> [AgentMachine.Effect] {
        defer { log = [] }
        return log
    }

    mutating func start(reply: ReplyToken? = nil) {
        feed(
            .begin(machine.ticket, PreparedLaunch(launch: machine.launch, kind: Samples.kind()), switchedFrom: nil, reply: reply))
        feed(.sessionOpened(TerminalHandle(session: "$1", pane: "%1", epoch: "e"), isNew: true))
        feed(.fact(machine.launch.id, .running(pid: 42, stopped: false)))
        _ = take()
    }

    func next(_ name: String = "L2", kind: String = "codex") -> PreparedLaunch {
        PreparedLaunch(launch: Samples.launch(name, kind: kind), kind: Samples.kind(kind))
    }

    var kinds: [String] { events.map(\.kind) }
}
