import Processes
import ReeveModel

/// A terminal program that is driven by a command line of its own, which talks to it through a Unix socket: WezTerm, kitty.
struct RemoteProgram: Sendable {
    /// For people: "wezterm".
    let name: String
    /// What every call begins with.
    let command: [String]
    let environment: [String: String]
    /// Where it listens.
    let socketPath: String
    /// Where the keepers of this daemon listen. Their ids are anybody's: another daemon of the same person may have the same one.
    let runtimeDirectory: String
    let time: any TimeSource
    /// What people can do when nobody listens there.
    let hint: String

    static let patience: Duration = .seconds(5)

    /// Who listens now. The ids of panes and windows hold within one such life.
    func epoch() throws -> String {
        guard let epoch = UnixSocket.listener(at: socketPath) else {
            throw ReeveError.unavailable("no \(name) listens at \(socketPath)", hint: hint)
        }
        return epoch
    }

    /// What it says of its version, in one line. Asks nobody who listens.
    func version() async throws -> String {
        let output = try await ProcessRunner.run(
            command.prefix(1) + ["--version"], environment: environment, timeLimit: .init(Self.patience, time))
        guard output.status == 0, let line = output.text.split(whereSeparator: \.isNewline).first else {
            throw ReeveError.unavailable(
                "'\(command.first ?? name) --version' says '\(InertText.clean(String((output.text + output.errors).prefix(80))))'",
                hint: "[sessions.\(name)] binary_path")
        }
        return InertText.clean(String(line))
    }

    /// Whether somebody listens, and answers.
    /// - Parameter mend: what to do where nobody listens.
    func listenerFinding(mend: String, _ probe: () async throws -> Void) async -> MultiplexerCheck.Finding {
        guard UnixSocket.answers(at: socketPath) else { return .fault("nobody listens at \(socketPath)", mend: mend) }
        do { try await probe() } catch { return .fault(error, mend: "docs/\(name).md") }
        return .fine("answers at \(socketPath)")
    }

    /// - Returns: its output, for the exit code 0.
    /// - Throws: what `translate` makes of what it says otherwise; `timeout` when it does not answer in time.
    func run(_ arguments: [String], input: [UInt8]? = nil, limit: Int = 1 << 20) async throws -> String {
        let output: ProcessRunner.Output
        do {
            output = try await ProcessRunner.run(
                command + arguments, environment: environment, input: input, outputLimit: limit,
                timeLimit: .init(Self.patience, time))
        } catch let error as ReeveError where error.kind == .timeout {
            throw ReeveError(.timeout, diagnosis, hint: "what was asked may still happen when it wakes")
        }
        guard output.status == 0 else { throw RemoteProgram.translate(output.errors + output.text, name: name, hint: hint) }
        return output.text
    }

    private var diagnosis: String {
        guard let pid = UnixSocket.listener(at: socketPath).flatMap({ Int($0.prefix { $0 != "." }) }) else {
            return "\(name) does not answer"
        }
        return ["T", "t"].contains(ProcessTable.state(pid))
            ? "\(name) (pid \(pid)) is stopped; kill -CONT \(pid) lets it go on" : "\(name) (pid \(pid)) does not answer"
    }

    /// By their words; the raw text is always kept in the message.
    static func translate(_ text: String, name: String, hint: String) -> ReeveError {
        let said = "\(name): \(InertText.clean(text.split(whereSeparator: \.isNewline).joined(separator: " ")))"
        let lower = text.lowercased()
        func says(_ fragments: String...) -> Bool { fragments.contains { lower.contains($0) } }
        if says("no matching windows", "no matching tabs", "no such pane", "not found in mux", "invalid pane") {
            return ReeveError(.notFound, said)
        }
        if says("no space for split", "no room", "too small") {
            return .conflict(said, hint: "the pane is too small to split")
        }
        if says("remote control is disabled", "permission denied", "access denied", "password") {
            return .unavailable(said, hint: hint)
        }
        return .unavailable(said, hint: hint)
    }

    /// A keeper of this session lives, wherever its terminal is.
    func keeperLives(_ id: SessionID) -> Bool { keeper(of: id) != nil }

    /// What this session's keeper runs now: an agent, or a person's shell after it. Nothing is told here of which it is.
    func programs(in id: SessionID) -> Set<Int> {
        let all = keeper(of: id).map { ProcessTable.children($0) } ?? []
        return Set(all.filter { !["Z", "X"].contains(ProcessTable.state($0)) })
    }

    private func keeper(of id: SessionID) -> Int? {
        ProcessTable.all().first { pid in
            // The words of `KeeperFleet.command`.
            guard let words = ProcessTable.arguments(pid), words.count > 3,
                words[1...3].elementsEqual([id.text, "--runtime-dir", runtimeDirectory])
            else { return false }
            return !["Z", "X"].contains(ProcessTable.state(pid))
        }
    }

    /// The last `count` lines without the blank tail.
    static func tail(_ text: String, _ count: Int) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let blank = lines.reversed().prefix { $0.allSatisfy { $0 == " " || $0 == "\r" } }.count
        return lines.dropLast(blank).suffix(count).joined(separator: "\n")
    }
}
