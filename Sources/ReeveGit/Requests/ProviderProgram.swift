import Processes
import ReeveJSON
import ReeveModel

/// One provider's own command line. Both are asked in the same way; what they are asked and how they answer is in `GitHubProgram` and
/// `GitLabProgram`.
protocol ProviderProgram: Sendable {
    /// `gh`, `glab`.
    var name: String { get }
    var run: ProviderRun { get }
    /// The request of this branch that is open; nil when there is none.
    func find(_ branch: BranchName) async throws(ReeveError) -> (number: Int64, url: String)?
    func create(_ branch: BranchName, into base: BranchName, title: String, body: String) async throws(ReeveError)
    func view(_ number: Int64) async throws(ReeveError) -> RequestReading
    /// What a person would run to make the request.
    func createCommand(_ branch: BranchName, into base: BranchName, title: String) -> [String]
    func viewCommand(_ number: Int64) -> [String]
}

/// Runs `gh` or `glab`.
struct ProviderRun: Sendable {
    var program: String
    var host: String
    /// The worktree: some of their settings are looked for by directory.
    var directory: String
    var environment: [String: String]
    var time: any TimeSource

    static let timeout = Duration.seconds(60)
    /// A request with its reviews. More is an error, not a guess.
    static let outputLimit = 4 << 20

    /// - Throws: `unavailable` with `signIn` or `install` as its hint where that is the reason.
    func say(_ arguments: [String], input: String? = nil, hint: String) async throws(ReeveError) -> String {
        let output = try await output(arguments, input: input)
        if output.status == 0 { return output.text }
        // `gh help exit-codes`: 4 is "requires authentication". glab says 1 for everything, so both are asked.
        var isSignedOut = output.status == 4
        if !isSignedOut { isSignedOut = try await !isSignedIn() }
        guard !isSignedOut else {
            throw ReeveError(.unavailable, "\(program) is not signed in to \(host)", hint: signIn)
        }
        throw ReeveError(
            .unavailable, "'\(program) \(arguments.prefix(2).joined(separator: " "))' failed: \(GitProgram.lastWords(output))",
            hint: hint)
    }

    func json(_ arguments: [String], hint: String) async throws(ReeveError) -> JSONDocument {
        let text = try await say(arguments, hint: hint)
        do throws(ReeveError) { return try JSONDocument(Array(text.utf8), allowsLoneSurrogates: true) } catch {
            throw ReeveError(
                .unavailable,
                "'\(program) \(arguments.prefix(2).joined(separator: " "))' does not answer in JSON: \(error.message)",
                hint: "\(program) --version; docs/git.md names the versions that are known")
        }
    }

    var signIn: String { "\(program) auth login --hostname \(host)" }

    private func isSignedIn() async throws(ReeveError) -> Bool {
        try await output(["auth", "status", "--hostname", host], input: nil).status == 0
    }

    private func output(_ arguments: [String], input: String?) async throws(ReeveError) -> ProcessRunner.Output {
        do {
            return try await ProcessRunner.run(
                [program] + arguments, environment: environment, directory: directory, input: input.map { Array($0.utf8) },
                outputLimit: Self.outputLimit, timeLimit: .init(Self.timeout, time))
        } catch let error as ReeveError {
            throw error
        } catch {
            throw ReeveError(.unavailable, "'\(program)' was stopped: \(error)")
        }
    }
}

/// What foreign JSON has to have.
extension JSONView {
    func text(_ name: String) -> String? { member(name)?.string }
    func number(_ name: String) -> Int64? { member(name)?.integer }
    /// The items of an array; none for anything else.
    func list(_ name: String) -> [JSONView] {
        guard let value = member(name), value.kind == .array else { return [] }
        return value.items
    }

    /// A commit's name: 40 or 64 hexadecimal digits, and nothing else is taken for one.
    func commit(_ name: String) -> String? {
        guard let text = text(name), [40, 64].contains(text.utf8.count) else { return nil }
        return text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } ? text : nil
    }
}
