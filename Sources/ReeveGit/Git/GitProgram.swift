import Processes
import ReeveModel

/// Runs git in one directory: by argument vectors, never through a shell, asking nobody anything. Git 2.31 or later (`--path-format`).
struct GitProgram: Sendable {
    var directory: String
    var environment: [String: String]
    var time: any TimeSource

    /// What only reads and writes on this machine is done in an instant; the limit is for a disk that hangs.
    static let localTimeout = Duration.seconds(60)
    static let outputLimit = 16 << 20

    init(directory: String, environment: [String: String], time: any TimeSource) {
        self.directory = directory
        self.environment = ToolEnvironment.git(environment)
        self.time = time
    }

    /// - Throws: what `ProcessRunner.run` throws; a code other than 0 is no error here.
    func run(_ arguments: [String], within limit: Duration = localTimeout) async throws(ReeveError) -> ProcessRunner.Output {
        do {
            return try await ProcessRunner.run(
                ["git"] + arguments, environment: environment, directory: directory, outputLimit: Self.outputLimit,
                timeLimit: .init(limit, time))
        } catch let error as ReeveError {
            throw error
        } catch {
            throw ReeveError(.unavailable, "'git \(arguments.first ?? "")' was stopped: \(error)")
        }
    }

    /// What a command that has to succeed says, without the line break at its end.
    @discardableResult
    func say(_ arguments: [String], within limit: Duration = localTimeout) async throws(ReeveError) -> String {
        let output = try await run(arguments, within: limit)
        guard output.status == 0 else { throw Self.failure(arguments, output, in: directory) }
        return output.text.hasSuffix("\n") ? String(output.text.dropLast()) : output.text
    }

    /// The same, nil where it does not succeed: for questions that may have no answer.
    func ask(_ arguments: [String]) async throws(ReeveError) -> String? {
        let output = try await run(arguments)
        guard output.status == 0 else { return nil }
        return output.text.hasSuffix("\n") ? String(output.text.dropLast()) : output.text
    }

    /// The commit that a name means; nil when it means none.
    func commit(_ name: String) async throws(ReeveError) -> String? {
        try await ask(["rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"])
    }

    /// Whether all of `commit` is in `other`.
    func contains(_ other: String, _ commit: String) async throws(ReeveError) -> Bool {
        try await run(["merge-base", "--is-ancestor", commit, other]).status == 0
    }

    static func failure(_ arguments: [String], _ output: ProcessRunner.Output, in directory: String) -> ReeveError {
        .unavailable(
            "'git \(arguments.first ?? "")' in \(InertText.clean(directory)) failed: \(lastWords(output))",
            hint: saysDiskFull(output.errors) ? ReeveError.makeRoom : "git -C \(ShellText.quoted(directory)) status")
    }

    /// The C library's words (`LC_ALL=C.UTF-8`) for ENOSPC and EDQUOT somewhere in what a program said.
    static func saysDiskFull(_ text: String) -> Bool {
        ["No space left on device", "Disk quota exceeded"].contains { text.contains($0) }
    }

    /// The line of its complaint that says why: the last of those that git marks, else the last at all. Clean and bounded.
    static func lastWords(_ output: ProcessRunner.Output) -> String {
        let lines = InertText.clean(output.errors.isEmpty ? output.text : output.errors, keepingLines: true)
            .split(separator: "\n").map { $0.trimmingWhitespace() }.filter { !$0.isEmpty && !$0.hasPrefix("hint:") }
        let marked = lines.last { line in ["fatal: ", "error: ", "ERROR: ", "remote: "].contains { line.hasPrefix($0) } }
        guard let line = marked ?? lines.last else { return "exit code \(output.status)" }
        return String(line.prefix(300))
    }
}

/// Text for a person's shell.
enum ShellText {
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "/._-:=@+,".utf8.contains(byte)
            }
        return isPlain ? word : "'\(word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'"
    }

    static func command(_ arguments: [String]) -> String { InertText.clean(arguments.map(quoted).joined(separator: " ")) }
}

extension StringProtocol {
    func trimmingWhitespace() -> String {
        let start = self.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
