import Logging
import NIOPosix
import Processes
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// Every multiplexer on programs that a test has written, in a PATH of its own.
struct MultiplexersOfChecks {
    /// Folders, as in `PATH`.
    var path: String
    var directory: String
    /// In place of the names that are looked for.
    var binary: String?

    private var loops: MultiThreadedEventLoopGroup { .singleton }
    private var environment: [String: String] { ["PATH": path, "HOME": directory, "LANG": "C.UTF-8"] }
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init(path: String, directory: String, binary: String? = nil) {
        self.path = path
        self.directory = directory
        self.binary = binary
    }

    func named(_ name: String) -> (any Multiplexer)? {
        switch name {
        case "tmux":
            TmuxMultiplexer(
                settings: TmuxSettings(
                    binary: binary ?? "tmux", socketName: "x", configFile: "", keepSession: "k", instance: "i",
                    runtimeDirectory: directory, environment: environment, hasUserManager: false),
                group: loops, time: RealTime(), logger: logger)
        case "screen":
            ScreenMultiplexer(
                settings: ScreenSettings(
                    binary: binary ?? "screen", socketDirectory: "\(directory)/screen", runtimeDirectory: directory,
                    environment: environment, hasUserManager: false), time: RealTime(), logger: logger)
        case "zellij": zellij(session: nil)
        case "wezterm": wezterm(socket: "\(directory)/nobody")
        case "kitty": kitty(socket: "\(directory)/nobody")
        case "cmux": cmux(requires: false)
        default: nil
        }
    }

    func zellij(session: String?, requires: Bool = false) -> ZellijMultiplexer {
        ZellijMultiplexer(
            settings: ZellijSettings(
                binary: binary ?? "zellij", session: session, requireInZellij: requires, prefix: "op-", instance: "i",
                runtimeDirectory: directory, environment: environment, hasUserManager: false),
            group: loops, time: RealTime(), logger: logger)
    }

    func wezterm(socket: String) -> WeztermMultiplexer {
        WeztermMultiplexer(
            settings: WeztermSettings(
                binary: binary ?? "wezterm", socketPath: socket, runtimeDirectory: directory, environment: environment),
            time: RealTime(), logger: logger)
    }

    func kitty(socket: String) -> KittyMultiplexer {
        KittyMultiplexer(
            settings: KittySettings(
                binary: binary ?? "kitten", socketPath: socket, runtimeDirectory: directory, environment: environment),
            time: RealTime())
    }

    func cmux(requires: Bool) -> CmuxMultiplexer {
        CmuxMultiplexer(
            settings: CmuxSettings(
                binary: binary ?? "cmux", requireInCmux: requires, socketPath: "\(directory)/nobody", instance: "i",
                runtimeDirectory: directory, environment: environment),
            group: loops, time: RealTime(), logger: logger)
    }

    /// Written by a process of its own: nobody can run a file that another test's process has inherited open for writing.
    func write(_ name: String, _ script: String) async throws {
        let output = try await ProcessRunner.run(
            ["/bin/sh", "-c", #"printf '#!/bin/sh\n%s\n' "$TEXT" >"$FILE" && chmod 755 "$FILE""#],
            environment: ["PATH": "/usr/bin:/bin", "TEXT": script, "FILE": "\(directory)/\(name)"])
        try #require(output.status == 0, "\(output)")
    }
}
