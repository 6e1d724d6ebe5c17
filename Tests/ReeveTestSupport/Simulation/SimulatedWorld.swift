package import ReeveModel
import Synchronization

/// A multiplexer with its keepers and the programs in them, which live on when a daemon dies: answers come late, get lost, or say
/// that nobody is there; people close terminals, keepers are killed. Follows the contracts of `Ports/Multiplexer` and `Ports/Keepers`.
///
/// Beside this file: `+Multiplexer` (its connection and its terminals), `+Typing` (what goes into them), `+Keepers`, `+Agents` (what the
/// programs do), `+People` (what people and accidents do).
package final class SimulatedWorld: Sendable {
    /// How a program behaves, decided when it starts.
    package struct Program: Sendable {
        var leavesOn: Set<String>
        var ignoresTerminate: Bool
    }

    package struct Running: Sendable {
        package var launch: LaunchID
        package var kind: String
        /// Nil in a session without a ticket.
        package var ticket: TicketID?
        var startedAt: Duration
        var program: Program
    }

    struct Session: Sendable {
        var handle: TerminalHandle
        var name: String
        var keeperIsAlive = true
        var claim: String?
        var running: Running?
        /// Since when no program runs here; nil while one does.
        var emptySince: Duration?
        /// The last that ran here.
        var last: LaunchID?
        /// A person has opened a shell where no program runs.
        var hasShell = false
        /// The program reads nothing until then.
        var isDeafUntil = Duration.zero
        /// Something was typed where no program runs: it stands in the terminal's queue.
        var hasUnread = false
    }

    struct State {
        var generator: SeededGenerator
        var sessions: [SessionID: Session] = [:]
        /// The keepers' records, which outlive them and their terminals: everything that one has claimed, and what became of it.
        var records: [SessionID: [LaunchID: LaunchFact]] = [:]
        /// The same of all that there ever were: a record goes with its session.
        var history: [LaunchID: LaunchFact] = [:]
        var prompts: [LaunchID: String] = [:]
        var starts: [LaunchID: Int] = [:]
        /// The prompts that have reached each launch, as an argument or typed, and when.
        var reached: [LaunchID: [PromptName: Duration]] = [:]
        /// The ends that the daemon of now has been told of, and when.
        var toldEnds: [LaunchID: Duration] = [:]
        /// Whose keeper was killed, or whose terminal was closed: there is a reason when they are said to be lost.
        var killed: Set<SessionID> = []
        var listeners: [SessionID: [AsyncStream<KeeperEvent>.Continuation]] = [:]
        var hear: (@Sendable (TicketID, LaunchID, Word) -> Void)?
        var report: (@Sendable (MultiplexerEvent) -> Void)?
        var connection: UnsafeContinuation<Void, any Error>?
        var next = 0
        /// Whose questions are being answered.
        var daemon = 1
        var isUp = true
        /// It takes calls and answers none until then.
        var hangsUntil: Duration?
        var faults: Faults
        var violations: [String] = []
        var screen = 0
        var mutation: SimulationMutation?
        var mayStart: @Sendable (LaunchOrder, [Running], Int) -> String? = { _, _, _ in nil }

        mutating func write(_ fact: LaunchFact, of launch: LaunchID, in session: SessionID) {
            records[session, default: [:]][launch] = fact
            history[launch] = fact
        }

        /// In an order that depends on nothing but their names.
        var running: [Running] { sessions.values.compactMap(\.running).sorted { $0.launch.text < $1.launch.text } }
    }

    /// How often, once in so many calls, something goes wrong; 0 is never.
    package struct Faults: Sendable {
        package var unavailable = 0
        package var lostAnswer = 0
        package var slow = 0
        package var lostNews = 0
        /// A program that reads nothing for a while after something was typed.
        package var deaf = 0
        package init(unavailable: Int = 0, lostAnswer: Int = 0, slow: Int = 0, lostNews: Int = 0, deaf: Int = 0) {
            self.unavailable = unavailable
            self.lostAnswer = lostAnswer
            self.slow = slow
            self.lostNews = lostNews
            self.deaf = deaf
        }
    }

    /// The world's own timers outlive every daemon.
    static let owner = 0

    let state: Mutex<State>
    let clock: SimulationClock

    package init(seed: UInt64, clock: SimulationClock, faults: Faults, mutation: SimulationMutation? = nil) {
        self.clock = clock
        state = Mutex(State(generator: SeededGenerator(seed: seed), faults: faults, mutation: mutation))
    }

    // MARK: What a simulation asks

    package var violations: [String] { state.withLock(\.violations) }
    package var starts: [LaunchID: Int] { state.withLock(\.starts) }
    /// What has become of each launch that a keeper has begun.
    package var history: [LaunchID: LaunchFact] { state.withLock(\.history) }
    package var running: [Running] { state.withLock(\.running) }
    package var sessionIDs: [SessionID] { state.withLock { $0.sessions.keys.sorted { $0.text < $1.text } } }
    package var killed: Set<SessionID> { state.withLock(\.killed) }
    package func hasReached(_ launch: LaunchID, _ prompt: PromptName) -> Bool {
        state.withLock { $0.reached[launch]?[prompt] != nil }
    }
    /// Nil when its terminal is not there.
    package func keeperLives(in session: SessionID) -> Bool? { state.withLock { $0.sessions[session]?.keeperIsAlive } }

    // MARK: What a simulation does

    package func set(faults: Faults) { state.withLock { $0.faults = faults } }

    /// Asked before each start with what runs already and which daemon wants it; an answer is a broken promise.
    package func watchStarts(_ check: @escaping @Sendable (LaunchOrder, [Running], Int) -> String?) {
        state.withLock { $0.mayStart = check }
    }

    /// The daemon that listened is dead; the next one has this number.
    package func serve(daemon: Int) {
        state.withLock { state in
            state.daemon = daemon
            state.listeners = [:]
            state.toldEnds = [:]
            state.hear = nil
            state.report = nil
            state.connection = nil
        }
    }

    /// The time of the daemon that is asking: it dies with that.
    var time: SimulationTime { SimulationTime(clock: clock, owner: state.withLock(\.daemon)) }
}
