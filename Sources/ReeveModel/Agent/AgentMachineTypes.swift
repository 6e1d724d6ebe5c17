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

    package init(launch: Launch, kind: AgentKind) {
        self.launch = launch
        self.kind = kind
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

        package init(
            rungTimeout: Duration = .seconds(3), lastResort: LastResort = .signal, retry: RetryPolicy = RetryPolicy(),
            linger: Duration = .seconds(600), early: Duration = .seconds(10)
        ) {
            self.rungTimeout = rungTimeout
            self.lastResort = lastResort
            self.retry = retry
            self.linger = linger
            self.early = early
        }
    }

    package enum Timer: Sendable, Hashable {
        case ladder(generation: Int, step: Int)
        case linger(generation: Int)
        /// The launch has run long enough to be called good.
        case proven(LaunchID)
        /// A fact could not be had: ask again.
        case inspect
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
        case leaveWork(Ticket, LaunchOutcome)
        /// What the launch under way has shown, while its agent works on.
        case judged(kind: String, LaunchOutcome)
        /// A switch is over, one way or the other: the slot counts for this kind alone.
        case keepsKind(String)
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
}
