/// A moment on both clocks: `wall` is written down, `uptime` measures.
package struct Moment: Sendable, Hashable {
    package var wall: Timestamp
    package var uptime: Duration

    package init(wall: Timestamp, uptime: Duration) {
        self.wall = wall
        self.uptime = uptime
    }
}

/// A launch that is ready to be handed to a keeper, with the kind it belongs to.
package struct PreparedLaunch: Sendable, Hashable {
    package var launch: Launch
    package var kind: AgentKind
    /// The ticket's type as it is defined now; nil leaves it as it was.
    package var type: TicketType?
    /// Where the ticket stands once this launch has been made: its prompt is this step's.
    package var progress: StepProgress?
    /// The worktree that it works in.
    package var place: WorktreePlace?

    package init(
        launch: Launch, kind: AgentKind, type: TicketType? = nil, progress: StepProgress? = nil, place: WorktreePlace? = nil
    ) {
        self.place = place
        self.launch = launch
        self.kind = kind
        self.type = type
        self.progress = progress
    }
}

/// Names the caller that waits for an answer.
package struct ReplyToken: Sendable, Hashable {
    package var number: Int
    package init(_ number: Int) { self.number = number }
}

package struct SwitchResult: Sendable, Hashable {
    package var ticket: TicketID
    package var from: String
    package var to: String
    package var rung: SwitchLadder.Rung
    package var rungs: [SwitchLadder.Report]
    package var agent: Agent

    package init(
        ticket: TicketID, from: String, to: String, rung: SwitchLadder.Rung, rungs: [SwitchLadder.Report], agent: Agent
    ) {
        self.ticket = ticket
        self.from = from
        self.to = to
        self.rung = rung
        self.rungs = rungs
        self.agent = agent
    }
}

extension AgentMachine {
    package struct Settings: Sendable, Hashable {
        package var rungTimeout: Duration
        package var lastResort: LastResort
        package var retry: RetryPolicy
        /// How long a finished ticket's terminal stays open.
        package var linger: Duration
        /// An agent that ends with an error sooner than this after its start is a failed launch.
        package var early: Duration
        /// How long an agent that has reported its last step may go on talking before it is made to leave.
        package var farewell: Duration

        package init(
            rungTimeout: Duration = .seconds(3), lastResort: LastResort = .signal, retry: RetryPolicy = RetryPolicy(),
            linger: Duration = .seconds(600), early: Duration = .seconds(10), farewell: Duration = .seconds(5)
        ) {
            self.rungTimeout = rungTimeout
            self.lastResort = lastResort
            self.retry = retry
            self.linger = linger
            self.early = early
            self.farewell = farewell
        }
    }

    package enum Timer: Sendable, Hashable {
        case ladder(generation: Int, step: Int)
        case linger(generation: Int)
        /// The launch has run long enough to be called good.
        case proven(LaunchID)
        /// A fact could not be had: ask again.
        case inspect
        /// The prompt of this visit could not be delivered: try again.
        case deliver(visit: Int)
        /// The agent has had its time to finish what it was saying.
        case farewell(LaunchID)
    }

    /// Why a keeper is gone: decides whether the retry policy may launch again by itself.
    package enum LossCause: Sendable, Hashable {
        /// The multiplexer's server or the session is gone: the agent died with it.
        case terminalGone
        /// The terminal is there and its keeper is not: never relaunched by itself.
        case keeperDied
        /// The multiplexer cannot be asked.
        case unclear
    }

    package enum Event: Sendable {
        /// The queue has committed this launch as intended.
        case begin(Ticket, PreparedLaunch, switchedFrom: String?, reply: ReplyToken?)
        /// After a restart: a ticket in work; `next` is prepared when a switch or restart was under way.
        case adopt(next: PreparedLaunch?)
        /// After a restart: a finished ticket whose terminal is open.
        case adoptFinished
        case sessionOpened(TerminalHandle, isNew: Bool)
        case sessionFailed(ReeveError)
        case fact(LaunchID, LaunchFact)
        case factUnavailable(LaunchID, ReeveError)
        case keeper(KeeperEvent)
        /// What was found out about a keeper that is gone, for the launch that was under way when it was asked: said late, it says nothing
        /// of the next launch, which has its terminal made anew.
        case keeperLost(LaunchID, LossCause, LaunchFact)
        case request(AgentIntent, next: PreparedLaunch?, reply: ReplyToken?)
        /// The commit of what was requested is durable, or was refused.
        case intentDurable
        case intentRefused(ReeveError)
        case ladder(SwitchLadder.Event)
        case timer(Timer)
        case backend(isUp: Bool, detail: String)
        /// The agent's screen has come to rest, or has not within its time.
        case screenQuiet(LaunchID, ReeveError?)
        case pasted(LaunchID, ReeveError?)
        /// The multiplexer, asked for all its sessions, does not know this one.
        case sessionMissing
        case sessionClosed
        case closePostponed
        /// A launch for which the terminal was held has not come about.
        case released
        /// What the agent says of its step.
        case report(StepReport, reply: ReplyToken?)
        case review(ReviewVerdict, reply: ReplyToken?)
        /// The next step's prompt, for the agent that runs.
        case prompt(visit: Int, String)
        case promptDelivered(visit: Int, ReeveError?)
        /// The next step cannot be begun, for this reason.
        case stepRefused(visit: Int, ReeveError)
        /// Reviewed while no agent ran for it.
        case reviewed(Ticket)
        /// What the agent's own signals say of it.
        case observed(LaunchID, Observation)
        /// All that the step of this visit was to make is there.
        case artifacts(visit: Int)
    }

    package enum Effect: Sendable {
        /// Facts: committed, again and again until they are; then the rest.
        case record([JournalChange], then: [Effect])
        /// A wish: committed once; `.intentDurable` or `.intentRefused` comes back.
        case intend([JournalChange])
        case openSession(SessionRecord)
        case run(Launch)
        case inspect(Launch)
        case awaitQuiet(LaunchID)
        case paste(LaunchID)
        case sendKeys(step: Int, [KeyInput])
        case signal(LaunchID, KeeperSignal)
        case timer(Timer, Duration)
        case diagnoseLoss
        /// A lingering terminal that somebody looks at stays open; a cancelled ticket's does not.
        case closeSession(SessionRecord, evenIfWatched: Bool)
        case reply(ReplyToken, Result<AgentReply, ReeveError>)
        /// The ticket's slot is free; the queue takes the ticket back as it is now.
        case leaveWork(Ticket, from: TicketState, LaunchOutcome)
        /// What the launch under way has shown, while its agent works on.
        case judged(kind: String, LaunchOutcome)
        /// A switch is over, one way or the other: the slot counts for this kind alone.
        case keepsKind(String)
        /// A step follows: the queue decides who does it, and words its prompt.
        case advance(Ticket)
        /// Types a step's prompt. `claim` is its name in the terminal: what was typed under this name is not typed again.
        case deliver(visit: Int, text: String, claim: String)
        /// The ticket has gone from one state to another and keeps its slot.
        case moved(from: TicketState, to: TicketState)
        /// The launch is over: what was kept for it alone can go.
        case forgetLaunch(LaunchID)
        /// Nothing is left to watch over.
        case finish
    }
}

package enum AgentReply: Sendable, Hashable {
    case agent(Agent)
    case ticket(Ticket)
    case switched(SwitchResult)
    /// Nothing was done: the agent has ended, and what was asked is the queue's to do once its slot is free.
    case over
}

/// What a reviewer decides.
package struct ReviewVerdict: Sendable, Hashable {
    package var isApproval: Bool
    /// Why it is rejected, or what was said with the approval.
    package var text: String?
    /// Who, and by which door.
    package var reviewer: String
    /// The visit that is meant; nil: the review that is open now.
    package var visit: Int?

    package init(isApproval: Bool, text: String? = nil, reviewer: String, visit: Int? = nil) {
        self.isApproval = isApproval
        self.text = text
        self.reviewer = reviewer
        self.visit = visit
    }
}

/// What an agent's own signals say of it while its program runs.
package struct Observation: Sendable, Hashable {
    package var state: AgentState
    package var reason: String?
    /// The reason of an agent that has ended its turn, or was not asked anything yet.
    package static let idlePrompt = "idle-prompt"

    /// It works, or asks something in the middle of its work.
    var isAtWork: Bool { state == .running || state == .tool || isDialog }

    /// What is typed would answer a question that was not meant.
    package var isDialog: Bool { state == .waiting && reason != Self.idlePrompt }

    /// It has ended a turn in which it worked, by evidence better than a look at its screen.
    package var endedTurn: Bool
    /// Its conversation's own id, for an agent that names it itself.
    package var conversation: String?

    package init(state: AgentState, reason: String? = nil, endedTurn: Bool = false, conversation: String? = nil) {
        self.conversation = conversation
        self.state = state
        self.reason = reason
        self.endedTurn = endedTurn
    }
}
