/// The clocks: `wall` for records, `uptime` for measuring, `sleep` for waiting. The only way to time, so that tests can own it.
package protocol TimeSource: Sendable {
    func wall() -> Timestamp
    /// Monotonic; only differences mean anything.
    func uptime() -> Duration
    func sleep(for duration: Duration) async throws
}

/// Where new names come from.
package protocol IDGenerator: Sendable {
    /// Lower-case letters and digits, `length` of them.
    func token(_ length: Int) -> String
    /// An RFC 9562 version 4 UUID in lower case: several agents insist on this form for their conversation id.
    func uuid() -> String
}

/// What the engine needs to know of the machine it runs on.
package protocol LaunchEnvironment: Sendable {
    /// The complete environment of an agent: a documented base, ours, and the kind's, with `$NAME` looked up.
    func environment(for launch: Launch) throws -> [String: String]
    /// Nil when `program` can be run in that environment from `directory`; else the reason.
    func missingProgram(_ program: String, environment: [String: String], directory: String) -> String?
    /// Writes a prompt where only its owner can read it, and returns the path that `promptPath` promised.
    func writePrompt(_ text: String, for launch: LaunchID) async throws
    func readPrompt(for launch: LaunchID) async throws -> String
    func promptPath(for launch: LaunchID) -> String
    /// The launch is over: its prompt file goes.
    func discardPrompt(for launch: LaunchID) async
    /// The version of the program that agents of this kind are; nil when it does not say.
    func installedVersion(of kind: AgentKind) async -> ToolVersion?
    /// Where this file of a ticket is while an agent works on it; nil where tickets are no files.
    func path(of file: TicketFileRecord) -> String?
    /// The working directory of tickets without a project.
    var defaultDirectory: String { get }
    /// The user's shell.
    var shell: String { get }
    /// Nil when it is a directory that can be entered; else the reason.
    func badDirectory(_ path: String) -> String?
    /// The one path of a directory that has many: links followed, `.`, `..` and doubled slashes gone. The path itself where there is no
    /// such directory.
    func canonical(_ path: String) -> String
}

extension LaunchEnvironment {
    package func path(of file: TicketFileRecord) -> String? { nil }
    package func installedVersion(of kind: AgentKind) async -> ToolVersion? { nil }
}
