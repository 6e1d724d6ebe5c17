import Foundation
import ReeveClient
import ReeveModel
import ReeveTestSupport

#if canImport(Glibc)
import Glibc
#endif

/// A private `reeved` with a private tmux server for long runs: started, ended and started again at moments that a test chooses.
/// Everything it leads to carries its directory in arguments or environment; by that `tearDown` finds what is left of it.
final class DaemonUnderLoad: @unchecked Sendable {  // one task starts and ends it; others use its process between the two
    let directory: String
    let ledger: String
    private let programs: String
    private let tmuxName = "rv-load"
    private let isOurs: Bool
    private let limited: Set<String>
    private let ready: ReadySocket
    /// The runtime directory in which this user's systemd listens.
    private let userManager: String?
    private var process: SpawnedProgram?
    private var startedAt = ContinuousClock.now

    /// - Parameters:
    ///   - directory: where everything is; a new one when nil. A script that gives one removes it itself.
    ///   - programs: the folder of `reeved`; this build's when nil.
    ///   - limited: agents of these kinds get a memory limit, and with it a scope of their own, if a systemd user manager is there.
    init(_ configuration: String, directory: String?, programs: String?, limited: Set<String> = []) throws {
        self.programs = programs ?? Programs.directory
        let runtime = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"]
        self.limited = limited
        userManager = !limited.isEmpty ? runtime.flatMap { access("\($0)/systemd/private", F_OK) == 0 ? $0 : nil } : nil
        isOurs = directory == nil
        self.directory = try directory ?? Scratch().path
        ledger = "\(self.directory)/ledger"
        for name in ["r", "s", "t", "p"] {
            try FileManager.default.createDirectory(
                atPath: "\(self.directory)/\(name)", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        ready = try ReadySocket(path: "\(self.directory)/notify")
        try write(configuration)
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        _ = FileManager.default.createFile(atPath: ledger, contents: nil)
    }

    /// Its configuration: this, and what every run has. One that is running sees either the old file or the new one.
    func write(_ configuration: String) throws {
        func limit(_ kind: String) -> String {
            userManager != nil && limited.contains(kind) ? "memory_max = \"1GiB\"" : ""
        }
        let demo = "start = [\"reeve-demo-agent\", \"--ledger\", \"\(ledger)\", \"--work\", \"30\""
        // `stayer` and `other` stay until they are told to go, `few` too but has a limit, `stubborn` does not obey /exit.
        try """
        [sessions]
        wrapper = "tmux"
        directory = "\(directory)"
        linger = "1s"
        [sessions.tmux]
        socket_name = "\(tmuxName)"
        [switch]
        rung_timeout = "400ms"
        \(configuration)
        [agents.stayer]
        \(demo)]
        prompt = "none"
        enter_delay = "10ms"
        \(limit("stayer"))
        [agents.other]
        \(demo)]
        prompt = "none"
        enter_delay = "10ms"
        [agents.few]
        \(demo)]
        prompt = "none"
        enter_delay = "10ms"
        [agents.stubborn]
        \(demo), "--ignore-exit"]
        prompt = "none"
        enter_delay = "10ms"
        [agents.worker]
        \(demo), "--exit-when-done", "--", "{prompt}"]
        \(limit("worker"))
        [agents.failer]
        \(demo), "--exit-when-done", "--status", "3", "--", "{prompt}"]
        """.write(toFile: "\(directory)/reeve.toml", atomically: true, encoding: .utf8)
    }

    var socket: String { "\(directory)/r/control.sock" }
    var log: String { "\(directory)/log" }
    var stateDirectory: String { "\(directory)/s" }
    var runtimeDirectory: String { "\(directory)/r" }
    var pid: Int { process.map { Int($0.processIdentifier) } ?? 0 }
    var isRunning: Bool { process?.isRunning ?? false }
    var hasUserManager: Bool { userManager != nil }

    private var environment: [String: String] {
        let own = [
            "PATH": "\(programs):/usr/local/bin:/usr/bin:/bin", "HOME": directory, "REEVE_RUNTIME_DIR": runtimeDirectory,
            "REEVE_STATE_DIR": stateDirectory, "REEVE_CONFIG": "\(directory)/reeve.toml", "LANG": "C.UTF-8", "USER": "tester",
            "TMUX_TMPDIR": "\(directory)/t", "NOTIFY_SOCKET": ready.path,
        ]
        return own.merging(SwiftBacktrace.environment) { $1 }.merging(userManager.map { ["XDG_RUNTIME_DIR": $0] } ?? [:]) { $1 }
    }

    func start() throws {
        ready.forget()
        startedAt = .now
        process = try SpawnedProgram(
            ["\(programs)/reeved"], environment: environment, output: .file(log), errors: .file(log))
    }

    /// From before the exec to `READY=1`; nil when that does not come.
    func untilReady(within patience: Duration) -> Duration? {
        let said = ready.hear(until: startedAt + patience, isHopeless: { [process] in process?.isRunning != true }) {
            $0 == "READY=1"
        }
        return said.map { _ in .now - startedAt }
    }

    /// SIGKILL, and gone.
    /// - Returns: how it ended, which may have been before that; nil when it was never started.
    @discardableResult
    func kill() -> SpawnedProgram.End? {
        process?.send(SIGKILL)
        return process?.wait()
    }

    /// SIGTERM, as a service manager sends it. Blocks.
    /// - Returns: how it ended; nil when it has not within `patience`.
    func terminate(within patience: Duration) -> SpawnedProgram.End? {
        let deadline = ContinuousClock.now + patience
        process?.send(SIGTERM)
        while isRunning, .now < deadline { usleep(2000) }
        return process?.howItEnded
    }

    /// SIGHUP. Blocks.
    /// - Returns: what it says until it is ready again; nil when that does not come.
    func reload(within patience: Duration) -> [String]? {
        ready.forget()
        process?.send(SIGHUP)
        return ready.hear(until: .now + patience, isHopeless: { !isRunning }) { $0 == "READY=1" }
    }

    /// What tmux prints.
    func tmux(_ arguments: String...) async -> String {
        await ProgramRun.of(["/usr/bin/env", "tmux", "-L", tmuxName] + arguments, environment: environment).text
    }

    /// Ends everything, and removes everything unless it is `evidence`.
    func tearDown(keeping evidence: Bool) async {
        kill()
        _ = await tmux("kill-server")
        // Their terminals are gone and they have 2 s to go by themselves; what is still there then goes now.
        let places = ["\(directory)/"]
        _ = await eventually(within: .seconds(4)) { ProcessFacts.mentioning(places).isEmpty }
        for pid in ProcessFacts.mentioning(places) { Glibc.kill(pid_t(pid), SIGKILL) }
        if isOurs, !evidence { try? FileManager.default.removeItem(atPath: directory) }
    }

    /// The end of the daemon's log.
    var lastWords: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(20).joined(separator: "\n")
    }
}
