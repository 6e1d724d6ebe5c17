import Processes
import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A tmux server of a person's: each request is a run of tmux. A connection to a server that a person may end at any time is none to keep,
/// and a client that is attached to it would be seen in it. (Commands: tmux 3.2 to 3.7; measured with 3.3a.)
struct TmuxVisit: TmuxLine {
    /// The path of its socket.
    let server: String
    private let binary: String
    private let environment: [String: String]
    private let time: any TimeSource

    init(server: String, binary: String, environment: [String: String], time: any TimeSource) {
        self.server = server
        self.binary = binary
        // What a client is inside of must not decide where its commands go.
        self.environment = environment.filter { !["TMUX", "TMUX_PANE"].contains($0.key) }
        self.time = time
    }

    /// The same name for the same server, however a client has come to it.
    static func canonical(_ server: String) -> String {
        guard let real = realpath(server, nil) else { return server }
        defer { free(real) }
        return String(validatingCString: real) ?? server
    }

    /// What a client names is used only if it is a socket of this very user.
    /// - Parameter path: where in the request it stands.
    func check(path: String) throws {
        var info = stat()
        guard server.hasPrefix("/"), stat(server, &info) == 0 else {
            throw ReeveError.unavailable("there is no tmux server at \(name)", hint: "$TMUX begins with its path")
        }
        guard info.st_mode & S_IFMT == S_IFSOCK, info.st_uid == getuid() else {
            throw ReeveError.invalid(
                path, "\(name) is no socket of yours", hint: "$TMUX begins with the path of the server's socket")
        }
    }

    /// For people.
    var name: String { InertText.clean(String(server.prefix(200))) }

    // MARK: Asking

    func ask(_ commands: [TmuxCommand], patience: Duration) async throws -> [[String]] {
        // Nothing but the order tells the outputs of several commands from each other.
        let between = TmuxCommand("display-message", "-p", Self.fence)
        let sequence = commands.flatMap { [between, $0] }.dropFirst()
        let lines = try await Self.lines(request(Array(sequence), patience))
        return lines.split(separator: Self.fence, maxSplits: max(0, commands.count - 1), omittingEmptySubsequences: false)
            .map { Array($0) }
    }

    func askText(_ command: TmuxCommand, patience: Duration) async throws -> [UInt8] {
        Array(try await request([command], patience).utf8)
    }

    func askFenced(_ commands: [TmuxCommand], fence: String, patience: Duration) async throws -> [String] {
        Self.lines(try await request(commands, patience))
    }

    /// By tmux's standard input: a command line can be read by every user, is kept by tmux (`show-messages`), and has at most 16 KiB.
    func fill(_ buffer: String, with text: String, patience: Duration) async throws -> [TmuxCommand] {
        try requireLife()
        _ = try await run(["load-buffer", "-b", buffer, "-"], input: Array(text.utf8), patience: patience)
        return []
    }

    private static let fence = "REEVE-BETWEEN-TWO"

    private static func lines(_ text: String) -> [String] {
        // By bytes: a carriage return and a line feed are one character.
        text.utf8.split(separator: 10, omittingEmptySubsequences: false).dropLast().map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: How

    /// A server that has ended has nothing of what is asked for, and that is known. One that is stopped still listens.
    private func requireLife() throws {
        guard UnixSocket.answers(at: server) else { throw ReeveError(.notFound, "the tmux server at \(name) has ended") }
        // Of a directory that others may write into its name may be another user's now.
        try check(path: "$.server")
    }

    private func request(_ commands: [TmuxCommand], _ patience: Duration) async throws -> String {
        try requireLife()
        return try await run(Self.words(commands), patience: patience)
    }

    /// As one string that tmux parses itself: no word of ours is taken for the end of a command.
    static func words(_ commands: [TmuxCommand]) -> [String] { ["if-shell", "-F", "1", TmuxCommand.sequence(commands).line] }

    func run(_ words: [String], input: [UInt8]? = nil, patience: Duration) async throws -> String {
        let output = try await ProcessRunner.run(
            [binary, "-u", "-S", server] + words, environment: environment, input: input, outputLimit: 32 << 20,
            timeLimit: .init(patience, time))
        guard output.status == 0 else {
            throw TmuxError.translate(InertText.clean(output.errors.split(whereSeparator: \.isNewline).joined(separator: " ")))
        }
        return output.text
    }
}
