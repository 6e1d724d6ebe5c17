import Ownership
import Processes
import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Zellij's command line: the only file that runs it for an answer. Every call has a time limit; every answer has its shape
/// looked at.
struct ZellijProgram: Sendable {
    let settings: ZellijSettings
    let time: any TimeSource

    /// Zellij's server gives an action one second and answers nothing after that; the rest is for a busy machine.
    static let patience: Duration = .seconds(5)
    /// A session's server has to start first.
    static let startLimit: Duration = .seconds(20)

    /// Refuses what is too old, with the reason.
    func checkVersion() async throws -> ZellijVersion {
        let output = try await call(ZellijCommand.version)
        guard let version = ZellijVersion(output.text) else {
            throw ReeveError.unavailable(
                "'\(settings.binary) --version' says '\(InertText.clean(String(output.text.prefix(80))))'",
                hint: "[sessions.zellij] binary_path")
        }
        guard version >= .oldest else {
            throw ReeveError.unavailable(
                "Zellij \(version) is too old; Reeve needs \(ZellijVersion.oldest) or newer",
                hint: "install a newer Zellij and name it in [sessions.zellij] binary_path")
        }
        return version
    }

    // MARK: Questions

    func sessions(within limit: Duration = patience) async throws -> [ZellijAnswer.Session] {
        let output = try await call(ZellijCommand.sessions, within: limit)
        if ZellijError.isEmptyList(output) { return [] }
        if let refusal = ZellijError.refusal(in: output) { throw refusal }
        guard let sessions = ZellijAnswer.sessions(output.text) else {
            throw ZellijError.misshapen(output, to: "what sessions there are")
        }
        return sessions
    }

    /// - Throws: `not_found` when there is no such session.
    func panes(_ session: String) async throws -> [ZellijPane] {
        try await ask(ZellijCommand.panes(session), "what panes '\(session)' has", ZellijPane.list)
    }

    func tabs(_ session: String, within limit: Duration = patience) async throws -> [ZellijTab] {
        try await ask(ZellijCommand.tabs(session), "what tabs '\(session)' has", within: limit, ZellijTab.list)
    }

    /// The panes in front of people, one for each.
    func clients(_ session: String) async throws -> [String] {
        try await ask(ZellijCommand.clients(session), "who looks at '\(session)'", ZellijAnswer.clients)
    }

    /// Has no shape: who asks looks for the pane before and after.
    func screen(_ session: String, _ pane: String, full: Bool, styled: Bool) async throws -> String {
        let output = try await call(
            ZellijCommand.screen(session, pane, full: full, styled: styled), outputLimit: 32 << 20)
        if let refusal = ZellijError.refusal(in: output) { throw refusal }
        return output.text
    }

    // MARK: Orders

    func newTab(_ session: String, name: String, command: [String], keepsFocus: Bool) async throws -> Int {
        try await ask(
            ZellijCommand.newTab(session, name: name, command: command, keepsFocus: keepsFocus), "a new tab", ZellijAnswer.tab)
    }

    /// - Returns: the pane's name.
    func newPane(_ session: String, tab: Int, _ direction: SplitDirection, keepsFocus: Bool) async throws -> String {
        try await ask(
            ZellijCommand.newPane(session, tab: tab, direction, keepsFocus: keepsFocus), "a new pane", ZellijAnswer.pane)
    }

    /// An order that is answered by nothing, also where it did nothing: who gives it looks afterwards.
    func order(_ words: [String], within limit: Duration = patience) async throws {
        if let refusal = ZellijError.refusal(in: try await call(words, within: limit)) { throw refusal }
    }

    /// A session without anybody in it, whose first tab runs `command`. Not with `new-tab`: in 0.45.0 that is lost without a
    /// client.
    func create(_ session: String, id: SessionID, name: String, command: [String]) async throws {
        let path = settings.layoutPath(id.text)
        do throws(Refusal) {
            try PrivateFile.write(ZellijLayout.text(name: name, command: command).utf8, to: path)
        } catch { throw ReeveError.unavailable(error.reason, hint: error.mend) }
        // Zellij has read it once the call has ended; if it stays, the next start of this session overwrites it.
        defer { unlink(path) }
        let words = ZellijCommand.create(session, layout: path)
        guard settings.hasUserManager else { return try await order(words, within: Self.startLimit) }
        // No plain start as a fallback: what it started would be stopped with us.
        let forwards = ZellijSettings.places.filter { settings.environment[$0] != nil }
        let output = try await ProcessRunner.run(
            UserManager.commandLine(
                unit: "reeve-zellij-\(session)", purpose: "Zellij session", forwards: forwards,
                running: [settings.binary] + words),
            environment: UserManager.environment(settings.callEnvironment), timeLimit: .init(Self.startLimit, time))
        if let refusal = ZellijError.refusal(in: output) { throw refusal }
    }

    // MARK: Calls

    private func ask<Answer>(
        _ words: [String], _ question: String, within limit: Duration = patience, _ read: (String) -> Answer?
    ) async throws -> Answer {
        let output = try await call(words, within: limit)
        if let refusal = ZellijError.refusal(in: output) { throw refusal }
        guard let answer = read(output.text) else { throw ZellijError.misshapen(output, to: question) }
        return answer
    }

    private func call(_ words: [String], within limit: Duration = patience, outputLimit: Int = 8 << 20) async throws
        -> ProcessRunner.Output
    {
        do {
            return try await ProcessRunner.run(
                [settings.binary] + words, environment: settings.callEnvironment, outputLimit: outputLimit,
                timeLimit: .init(limit, time))
        } catch let error as ReeveError where error.kind == .timeout {
            throw ReeveError(.timeout, "zellij does not answer", hint: "what was asked may still happen when it wakes")
        }
    }
}
