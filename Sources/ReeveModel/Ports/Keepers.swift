/// The keepers, one in each session's terminal: they start, watch and signal what runs there. Implemented by `ReeveMultiplexers`.
package protocol Keepers: Sendable {
    /// Waits until the keeper of a session that has just been spawned answers.
    func await(_ session: SessionID) async throws
    /// Starts the launch, or says what became of it: told the same launch again, nothing starts twice.
    func run(_ order: LaunchOrder, in session: SessionID) async throws -> LaunchFact
    func signal(_ launch: LaunchID, _ signal: KeeperSignal, in session: SessionID) async throws
    /// What is known of a launch now: from the keeper if it lives, from its record otherwise.
    func inspect(_ launch: LaunchID, in session: SessionID) async throws -> LaunchFact
    /// Whether something else than this launch runs there: an agent that was started after the backup that is in the journal's place.
    /// - Throws: when the keeper lives and does not answer.
    func runsOther(than launch: LaunchID, in session: SessionID) async throws -> Bool
    /// Whether a program has read all that was typed: evidence of a delivery that the screen does not show.
    func inputConsumed(in session: SessionID) async throws -> Bool
    /// Whether the session's keeper lives, by its lock, not by its answers.
    func isAlive(_ session: SessionID) async -> Bool
    /// News of one session, from now on. Ends with `.gone`.
    func events(of session: SessionID) -> AsyncStream<KeeperEvent>
    /// The keeper is to end and to close its terminal, whatever runs in it.
    func dismiss(_ session: SessionID) async
    /// The session is over and its end is written down: nobody will ask about it again.
    func forget(_ session: SessionID) async
    /// The command line of a keeper for this session.
    func command(for session: SessionID) -> [String]
}

/// Everything a keeper needs to start a program. The environment is complete: nothing else is inherited.
package struct LaunchOrder: Sendable, Hashable {
    package var id: LaunchID
    /// The short name shown to people in the terminal.
    package var label: String
    package var arguments: [String]
    package var directory: String
    package var environment: [String: String]
    package var standardInput: String?
    /// Bytes that it and everything it starts may take together, where the system can see to that.
    package var memoryMax: Int64?

    package init(
        id: LaunchID, label: String, arguments: [String], directory: String, environment: [String: String],
        standardInput: String?,
        memoryMax: Int64? = nil
    ) {
        self.id = id
        self.label = label
        self.arguments = arguments
        self.directory = directory
        self.environment = environment
        self.standardInput = standardInput
        self.memoryMax = memoryMax
    }
}

/// What became of a launch, as far as anybody can know.
package enum LaunchFact: Sendable, Hashable {
    case neverStarted
    case running(pid: Int, stopped: Bool)
    case ended(Exit)
    /// The keeper could not start it: no such program, no such directory.
    case refused(String)
    /// The keeper did not start it because somebody else has the terminal: a person's shell, an earlier launch.
    case occupied(String)
    /// The keeper did not start it because the disk did not take the record of that.
    case unwritten(String)
    /// Recorded as begun, and no more known: the keeper died in between.
    case lost
}

package enum KeeperSignal: Sendable, Hashable { case terminate, kill, interrupt, resume }

package enum KeeperEvent: Sendable, Hashable {
    case ended(LaunchID, Exit)
    /// Ctrl+Z: the program is stopped, the keeper has the terminal.
    case stopped(LaunchID)
    case continued(LaunchID)
    /// The keeper itself is gone.
    case gone
}
