import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// The real `reeved` with a private tmux server, driven by the real `reeve`.
final class RealDaemon: @unchecked Sendable {  // used by one test at a time; the processes in it are only replaced by that test
    let scratch: Scratch
    let server: String
    private var process: SpawnedProgram?

    typealias Result = ProgramRun

    /// What a shell does before it becomes the daemon, such as `ulimit -n 100`.
    private let prelude: String?
    /// Beside what every daemon of the tests gets.
    private let extra: [String: String]

    /// What `reeve wait` gets as its time for something that has to come: it bounds nothing but a failure. An agent whose terminal
    /// cannot be opened at once is launched again after five, ten, twenty seconds.
    static let patience = "300s"

    /// - Parameters:
    ///   - descriptors: how many files the daemon may have open; nil for as many as this process may.
    ///   - rungTimeout: how long an agent has to obey before it is left in a ruder way. Short, so that those that do not obey cost
    ///     little time; longer where a test says which way it was: on a busy machine an agent that obeys is late.
    static func with(
        _ configuration: String = "", descriptors: Int? = nil, prelude: String? = nil, environment: [String: String] = [:],
        wrapper: String = "tmux", rungTimeout: String = "500ms", _ body: (RealDaemon) async throws -> Void
    ) async throws {
        let daemon = try RealDaemon(
            configuration, descriptors.map { "ulimit -n \($0)" } ?? prelude, environment, wrapper, rungTimeout)
        do {
            try await daemon.start()
            try await body(daemon)
        } catch {
            await daemon.tearDown()
            throw error
        }
        await daemon.tearDown()
    }

    private init(
        _ configuration: String, _ prelude: String?, _ extra: [String: String], _ wrapper: String, _ rungTimeout: String
    ) throws {
        self.prelude = prelude
        self.extra = extra
        scratch = try Scratch()
        server = "rv-test"
        _ = try scratch.directory("r")
        _ = try scratch.directory("s")
        // tmux leaves the file of a dead server's socket behind; here it goes with the rest.
        _ = try scratch.directory("t")
        try """
        [queue]
        max_parallel = 20
        default_agent = "worker"
        [sessions]
        wrapper = "\(wrapper)"
        linger = "60s"
        [sessions.tmux]
        socket_name = "\(server)"
        [switch]
        rung_timeout = "\(rungTimeout)"
        [agents.worker]
        start = ["reeve-demo-agent", "--work", "100", "--exit-when-done", "--ledger", "\(scratch.path)/ledger", "--", "{prompt}"]
        [agents.talker]
        start = ["reeve-demo-agent", "--work", "50", "--ledger", "\(scratch.path)/ledger", "--", "{prompt}"]
        [agents.sleeper]
        start = ["/bin/sleep", "1000"]
        prompt = "none"
        \(configuration)
        """.write(toFile: "\(scratch.path)/reeve.toml", atomically: true, encoding: .utf8)
    }

    var socket: String { "\(scratch.path)/r/control.sock" }
    var log: String { (try? String(contentsOfFile: "\(scratch.path)/log", encoding: .utf8)) ?? "" }
    var pid: Int32 { process?.processIdentifier ?? 0 }

    var environment: [String: String] {
        let own = [
            "PATH": "\(Programs.directory):/usr/local/bin:/usr/bin:/bin", "HOME": scratch.path,
            "REEVE_RUNTIME_DIR": "\(scratch.path)/r",
            "REEVE_STATE_DIR": "\(scratch.path)/s", "REEVE_CONFIG": "\(scratch.path)/reeve.toml", "LANG": "C.UTF-8",
            "USER": "tester", "TMUX_TMPDIR": "\(scratch.path)/t",
        ]
        return own.merging(SwiftBacktrace.environment) { $1 }.merging(extra) { $1 }
    }

    /// Another daemon for the same directories, whatever becomes of it.
    func rival() throws -> SpawnedProgram {
        // The shell becomes the daemon, so the process is the daemon's.
        let shell = prelude.map { ["/bin/sh", "-c", "\($0) && exec \"$0\""] } ?? []
        return try SpawnedProgram(
            shell + [Programs.path("reeved")], environment: environment, output: .file("\(scratch.path)/log"),
            errors: .file("\(scratch.path)/log"))
    }

    func start() async throws {
        process = try rival()
        let log = "\(scratch.path)/log"
        let isUp = await eventually { await reeve("status", "--json").text.contains(#""state":"up""#) }
        #expect(isUp, "\((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
    }

    /// Binds a stream socket to a path.
    static func bind(_ descriptor: Int32, to path: String) -> Bool { withAddress(path) { Glibc.bind(descriptor, $0, $1) == 0 } }

    static func withAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// Whether anybody answers at the socket.
    var answers: Bool {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return Self.withAddress(socket) { connect(descriptor, $0, $1) == 0 }
    }

    /// `kill -9`, and gone.
    func kill() async {
        Glibc.kill(pid, SIGKILL)
        await ended()
    }

    func stop() async -> Int32 {
        Glibc.kill(pid, SIGTERM)
        return await ended()
    }

    @discardableResult
    private func ended() async -> Int32 {
        guard let process else { return -1 }
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let status: Int32 =
                    switch process.wait() {
                    case .exited(let code), .signalled(let code): code
                    }
                continuation.resume(returning: status)
            }
        }
    }

    @discardableResult
    func reeve(_ arguments: String...) async -> Result { await reeve(arguments) }
    func reeve(_ arguments: [String]) async -> Result { await run([Programs.path("reeve")] + arguments) }

    @discardableResult
    func tmux(_ arguments: String...) async -> Result { await run(["/usr/bin/env", "tmux", "-u", "-L", server] + arguments) }

    func run(_ arguments: [String]) async -> Result {
        await ProgramRun.of(arguments, environment: environment)
    }

    /// The tickets in the ledger, as the agents themselves wrote it.
    var ledger: [String] {
        let text = (try? String(contentsOfFile: "\(scratch.path)/ledger", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    func agentPid(_ ticket: String) async -> Int32? {
        let text = await reeve("agents", "--json").text
        guard let data = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
            let agents = data["agents"] as? [[String: Any]]
        else { return nil }
        return agents.first { $0["ticket"] as? String == ticket }.flatMap { $0["pid"] as? Int }.map { Int32($0) }
    }

    func state(_ ticket: String) async -> String {
        await reeve("show", ticket, "-q").text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Waits for the prompt of a demo agent: from then on it takes what is typed. That it runs says only that it was started.
    func isAtPrompt(_ ticket: String) async -> Bool {
        await eventually {
            await reeve("preview", ticket).text.split(separator: "\n").last?.trimmingCharacters(in: .whitespaces) == ">"
        }
    }

    /// What `reeve doctor` says in the end: it gives the daemon two seconds for an answer, and a busy machine takes longer.
    func doctor(_ arguments: String..., until isExpected: (Result) -> Bool) async -> Result {
        var said = Result.notRun
        _ = await eventually {
            said = await reeve(["doctor"] + arguments)
            return isExpected(said)
        }
        return said
    }

    private func tearDown() async {
        if process?.isRunning == true { _ = await stop() }
        await tmux("kill-server")
        _ = await run(["/usr/bin/env", "pkill", "-KILL", "-f", "reeve-terminal serve .*--runtime-dir \(scratch.path)/r "])
        scratch.remove()
    }
}
