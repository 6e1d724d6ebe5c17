/// The durable memory: what was acknowledged is in it. Implemented by `ReeveStore`.
package protocol Journal: Sendable {
    /// Puts a change set in line for the next commit and returns at once; sets are committed in the order of these calls, each
    /// whole or not at all. What arrives while a commit runs shares the next one.
    func enqueue(_ changes: [JournalChange]) -> PendingCommit

    /// Everything that is not finished, read once at the start.
    func load() async throws -> JournalSnapshot

    func ticket(_ id: TicketID) async throws -> Ticket?
    func tickets(_ query: TicketQuery) async throws -> [Ticket]
    /// The most recent session and launch of a ticket; for switching an agent that has already exited.
    func lastWork(of ticket: TicketID) async throws -> (session: SessionRecord, launch: Launch)?
    func counts() async throws -> [TicketState: Int]
    /// The steps that a ticket has entered, in order.
    func stepRuns(of ticket: TicketID) async throws -> [StepRun]

    /// The tickets that have a file, or are to get one.
    func filedTickets() async throws -> [(file: TicketFileRecord, ticket: Ticket)]
    /// Nil where the ticket has none.
    func file(of ticket: TicketID) async throws -> TicketFileRecord?

    /// What was kept of threads, as JSON.
    func threads() async throws -> [String]
    /// What is told of a ticket or session; empty when nothing is, or it is not there.
    func metadata(of owner: MetadataOwner) async throws -> MetadataBoard
    /// Status and progress of those of `tickets` that have any; for lists, without their logs.
    func metadata(of tickets: [TicketID]) async throws -> [TicketID: MetadataBoard]
    /// The owners of entries whose time is over at `moment`, and when the first of all others is over.
    func expiringMetadata(at moment: Timestamp) async throws -> (over: [MetadataOwner], next: Timestamp?)

    /// Events after `cursor`, oldest first. Throws `cursor_expired` when the log no longer reaches back that far.
    func events(after cursor: Int64, limit: Int) async throws -> [StoredEvent]

    func answer(to key: String) async throws -> RecordedAnswer?
    func meta(_ key: String) async throws -> String?
    /// What has been over since before `moment` and nothing in the database needs any more, the oldest first.
    func remains(before moment: Timestamp, limit: Int) async throws -> [Remains]
    /// A step of keeping house: drops some of what is older than `Retention` says, gives free pages back. False when nothing was left
    /// to do. Short, so that commits are not held up.
    func tidy() async throws -> Bool
    /// Answers a trivial query from the database: the watchdog's canary.
    func probe() async throws
}

/// One row to write or one event to tell.
package enum JournalChange: Sendable {
    /// A new ticket: refused with `conflict` when the id is taken.
    case addTicket(Ticket)
    /// Refused with `not_found` when there is no such ticket.
    case putTicket(Ticket)
    /// With its launches and sessions. Refused with `conflict` when it is not finished, its terminal is open, or another ticket comes
    /// after it.
    case removeTicket(TicketID)
    /// A closed session without a ticket, with its launch; nothing when it is open.
    case removeSession(SessionID)
    case putLaunch(Launch)
    case putSession(SessionRecord)
    /// The entry into a step; an earlier one of the same visit is replaced.
    case putStepRun(StepRun)
    case updateStepRun(StepRunChange)
    case putTicketFile(TicketFileRecord)
    /// What is known of a thread, as JSON; nil: it is forgotten.
    case putThread(ThreadKey, data: String?)
    /// Refused with `not_found` when there is no such ticket, or the session is closed. The first of its set.
    case changeMetadata(MetadataOwner, [MetadataChange])
    case setMeta(key: String, value: String)
    case recordAnswer(RecordedAnswer)
    /// The request with this key ended with an error: it may be tried again.
    case forgetAnswer(key: String)
    case event(EventPayload)
}

/// The first answer to a request with an idempotency key.
package struct RecordedAnswer: Sendable, Hashable {
    package var key: String
    package var method: String
    /// Tells a repeat from another request that happens to use the same key.
    package var fingerprint: String
    /// The JSON of the result; nil while the first request is still being worked on.
    package var result: String?

    package init(key: String, method: String, fingerprint: String, result: String?) {
        self.key = key
        self.method = method
        self.fingerprint = fingerprint
        self.result = result
    }
}

package struct TicketQuery: Sendable, Hashable {
    package var states: Set<TicketState>
    package var limit: Int
    /// Only tickets with a lower sequence: the cursor of a page.
    package var before: Int64?

    package init(states: Set<TicketState> = Set(TicketState.allCases), limit: Int = 100, before: Int64? = nil) {
        self.states = states
        self.limit = limit
        self.before = before
    }
}

/// What a daemon finds when it starts.
package struct JournalSnapshot: Sendable {
    package struct Work: Sendable {
        package var ticket: Ticket
        package var session: SessionRecord
        package var launch: Launch

        package init(ticket: Ticket, session: SessionRecord, launch: Launch) {
            self.ticket = ticket
            self.session = session
            self.launch = launch
        }

        /// An agent may be running for it. In review, one that has ended is not expected to.
        package var isInWork: Bool {
            switch (ticket.state, launch.state) {
            case (.running, _), (.review, .intended), (.review, .running): true
            default: false
            }
        }
    }

    package var queued: [Ticket] = []
    /// Of `after` in `queued`: the ids that are done.
    package var done: Set<TicketID> = []
    /// Tickets in work, and finished ones whose terminal is still open.
    package var work: [Work] = []
    /// Tickets in work without an open terminal: the trace of a crash between two commits.
    package var strays: [Ticket] = []
    /// Open sessions without a ticket, with the launch in them.
    package var sessions: [(session: SessionRecord, launch: Launch?)] = []
    package var counts: [TicketState: Int] = [:]
    package var lastSequence: Int64 = 0
    package var cursor: Int64 = 0
    package var isPaused = false
    /// As `LaunchBreaker.stored`.
    package var breaker = ""
    /// Finished tickets that were started too often, the latest last.
    package var staysDown: [TicketID] = []

    package init() {}
}

/// A commit that is under way. Await `value`; it can be awaited once or never.
package struct PendingCommit: Sendable {
    private let wait: @Sendable () async throws -> Void
    package init(_ wait: @escaping @Sendable () async throws -> Void) { self.wait = wait }

    /// Returns when the changes are on the disk.
    package func value() async throws { try await wait() }
}
