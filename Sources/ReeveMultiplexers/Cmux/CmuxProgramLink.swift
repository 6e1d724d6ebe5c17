import NIOCore
import Processes
import ReeveModel

/// cmux by its program: a process for each request. For a cmux whose socket does not let us in and whose program does, because it
/// carries what cmux gave to the terminal that the daemon was started in.
final class CmuxProgramLink: CmuxLink {
    let manner = "by its command line"
    /// What the program says of its version.
    let version: String
    private let binary: String
    private let environment: [String: String]
    private let group: any EventLoopGroup
    private let time: any TimeSource

    /// A process has to be started first, which takes its time on a busy machine.
    private static let leastPatience: Duration = .seconds(10)

    private init(
        version: String, binary: String, environment: [String: String], group: any EventLoopGroup, time: any TimeSource
    ) {
        self.version = version
        self.binary = binary
        self.environment = environment
        self.group = group
        self.time = time
    }

    /// - Parameter environment: complete; `CMUX_…` variables decide whom it reaches and as whom.
    /// - Throws: `CmuxRefusal.Told` when the program cannot reach cmux, a `ReeveError` when there is no such program.
    static func connect(
        binary: String, environment: [String: String], group: any EventLoopGroup, time: any TimeSource
    ) async throws -> CmuxProgramLink {
        var environment = environment
        // Legacy spellings print a hint on standard error, in the place of what we look for there.
        environment["CMUX_QUIET"] = "1"
        let first = CmuxProgramLink(version: "cmux", binary: binary, environment: environment, group: group, time: time)
        // Asks nobody: it is there, and it is cmux.
        let output = try await first.run(["--version"], patience: .seconds(5))
        _ = try await first.ask(.ping, patience: .seconds(5))
        return CmuxProgramLink(
            version: CmuxCommandLine.version(output.text), binary: binary, environment: environment, group: group, time: time)
    }

    func ask(_ request: CmuxRequest, patience: Duration) async throws -> CmuxResult {
        let invocation = CmuxCommandLine.invocation(request)
        guard CmuxCommandLine.fits(invocation) else {
            throw ReeveError(
                .invalidParams, "the text is too long for cmux's command line",
                hint: "let reeved use cmux's socket, or write the text into a file")
        }
        let output = try await run(invocation.arguments, patience: patience)
        guard output.status == 0 else {
            throw CmuxCommandLine.failure(status: output.status, errors: output.errors)
        }
        switch invocation.output {
        case .word: return .empty
        case .screen: return CmuxResult(screen: output.text)
        case .object:
            guard let result = CmuxResult(text: output.text) else {
                throw CmuxFailure(code: "malformed", message: "no JSON object came from '\(invocation.arguments[0])'")
            }
            return result
        }
    }

    func follow(after: Int64?, _ frame: @escaping @Sendable (CmuxFrame) -> Void) async throws {
        guard let (ours, theirs) = UnixSocket.pair() else {
            throw ReeveError.unavailable("no file descriptor is left for cmux", hint: "raise LimitNOFILE")
        }
        let stream: CmuxConnection
        do { stream = try await CmuxConnection.adopt(ours, group: group, onFrame: frame) } catch {
            UnixSocket.end(theirs)
            throw error
        }
        let arguments = [binary] + CmuxCommandLine.events(after: after)
        try await withTaskCancellationHandler {
            defer { stream.close() }
            _ = try await ProcessRunner.attach(arguments, environment: environment, descriptor: theirs)
        } onCancel: {
            stream.close()
        }
    }

    /// There is nothing that could end: each request finds its own way.
    func awaitEnd() async {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        // Ends when the task is cancelled; the continuation has to live until then.
        for await _ in stream {}
        continuation.finish()
    }

    func close() {}

    private func run(_ arguments: [String], patience: Duration) async throws -> ProcessRunner.Output {
        do {
            return try await ProcessRunner.run(
                [binary] + arguments, environment: environment, outputLimit: CmuxLineBuffer.longest,
                timeLimit: ProcessRunner.TimeLimit(max(patience, Self.leastPatience), time))
        } catch let error as ReeveError where ProcessRunner.isMissing(error) {
            throw Self.missing(binary)
        }
    }

    static func missing(_ binary: String) -> ReeveError {
        guard binary.contains("/") else {
            return .unavailable(
                "cmux binary not found: '\(binary)' is not in reeved's PATH",
                hint: "install cmux, or set [sessions.cmux] binary_path")
        }
        return .unavailable(
            "cmux binary not found at \(binary)",
            hint: "ls -la \(CmuxShellLine.quoted(binary)); if cmux is installed elsewhere, set [sessions.cmux] binary_path")
    }
}
