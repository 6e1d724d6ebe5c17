import Logging
import NIOCore
import ReeveModel
import ReeveMultiplexers

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The multiplexers of the configuration: where new sessions are made, and all others, for sessions of before and for whoever asks for them
/// by name.
struct Multiplexers {
    let configuration: Configuration
    let instance: String
    let directories: Directories
    /// The folder of `reeve-keeper` and `reeve-terminal`.
    let programs: String
    /// The daemon's own.
    let environment: [String: String]
    /// What programs in terminals are started with.
    let inherited: [String: String]
    let hasUserManager: Bool
    let group: any EventLoopGroup
    let time: any TimeSource
    let logger: Logger

    /// Editors whose windows hold terminals.
    func editors(isKeeperAlive: @escaping @Sendable (SessionID) async -> Bool) -> [EditorMultiplexer] {
        [EditorMultiplexer(name: "vscode", time: time, isKeeperAlive: isKeeperAlive)]
    }

    func all(with editors: [EditorMultiplexer]) -> (primary: any Multiplexer, others: [any Multiplexer]) {
        let all: [any Multiplexer] = [tmux, builtIn] + editors
        let wanted = configuration.wrapper == "auto" ? automatic : configuration.wrapper
        let primary = all.first { $0.name == wanted } ?? builtIn
        return (primary, all.filter { $0.name != primary.name })
    }

    /// tmux where it is installed, which most people with a server have anyway; without it Reeve's own terminals.
    private var automatic: String {
        let binary = expand(configuration.tmuxBinary)
        let candidates =
            binary.contains("/")
            ? [binary] : (inherited["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(binary)" }
        return candidates.contains { access($0, X_OK) == 0 } ? "tmux" : "reeve"
    }

    private func expand(_ path: String) -> String { AgentEnvironment.expand(path, home: directories.home) }

    private var tmux: TmuxMultiplexer {
        var values = inherited
        values["TMUX_TMPDIR"] = environment["TMUX_TMPDIR"]
        return TmuxMultiplexer(
            settings: TmuxSettings(
                binary: expand(configuration.tmuxBinary), socketName: configuration.tmuxSocket,
                configFile: expand(configuration.tmuxConfig), keepSession: configuration.prefix + "keep", instance: instance,
                runtimeDirectory: directories.runtime, environment: values, hasUserManager: hasUserManager),
            group: group, time: time, logger: logger)
    }

    private var builtIn: BuiltInMultiplexer {
        BuiltInMultiplexer(
            settings: BuiltInSettings(
                program: "\(programs)/reeve-terminal", scrollback: configuration.backends.scrollback,
                detachKey: configuration.backends.detachKey, runtimeDirectory: directories.runtime, environment: inherited,
                hasUserManager: hasUserManager),
            group: group)
    }
}
