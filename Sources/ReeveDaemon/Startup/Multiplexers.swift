import Logging
import NIOCore
import Processes
import ReeveModel
import ReeveMultiplexers

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
        let all: [any Multiplexer] = [tmux, builtIn, zellij, cmux, screen, wezterm, kitty] + editors
        let wanted = configuration.wrapper == "auto" ? automatic : configuration.wrapper
        let primary = all.first { $0.name == wanted } ?? builtIn
        return (primary, all.filter { $0.name != primary.name })
    }

    /// tmux where it is installed, which most people with a server have anyway; without it Reeve's own terminals.
    private var automatic: String {
        let path = inherited["PATH"] ?? ProgramFile.usualPath
        return ProgramFile.find(expand(configuration.tmuxBinary), in: path) == nil ? "reeve" : "tmux"
    }

    /// In people's own tmux servers, whatever holds the sessions.
    var panes: TmuxPanes {
        TmuxPanes(
            binary: expand(configuration.tmuxBinary), environment: inherited, instance: instance,
            runtimeDirectory: directories.runtime, time: time)
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

    /// The daemon's own variables of a multiplexer that it may have been started in, with all that programs in terminals get.
    private func inherited(with prefix: String) -> [String: String] {
        inherited.merging(environment.filter { $0.key.hasPrefix(prefix) }) { $1 }
    }

    private var zellij: ZellijMultiplexer {
        let keys = configuration.backends
        let around = environment["ZELLIJ_SESSION_NAME"] ?? ""
        let session = keys.zellijSession.isEmpty ? around : keys.zellijSession
        return ZellijMultiplexer(
            settings: ZellijSettings(
                binary: expand(keys.zellijBinary), session: session.isEmpty ? nil : session,
                requireInZellij: keys.requiresZellij, prefix: configuration.prefix, instance: instance,
                runtimeDirectory: directories.runtime, environment: inherited(with: "ZELLIJ"),
                hasUserManager: hasUserManager), group: group, time: time, logger: logger)
    }

    private var cmux: CmuxMultiplexer {
        let keys = configuration.backends
        return CmuxMultiplexer(
            settings: CmuxSettings(
                binary: expand(keys.cmuxBinary), requireInCmux: keys.requiresCmux,
                placement: CmuxPlacement(rawValue: keys.placement) ?? .auto, instance: instance,
                runtimeDirectory: directories.runtime, environment: inherited(with: "CMUX_")),
            group: group, time: time, logger: logger)
    }

    private var screen: ScreenMultiplexer {
        ScreenMultiplexer(
            settings: ScreenSettings(
                binary: expand(configuration.backends.screenBinary), socketDirectory: "\(directories.runtime)/screen",
                runtimeDirectory: directories.runtime, environment: inherited,
                hasUserManager: hasUserManager), time: time, logger: logger)
    }

    private var wezterm: WeztermMultiplexer {
        let values = inherited(with: "WEZTERM_")
        return WeztermMultiplexer(
            settings: WeztermSettings(
                binary: expand(configuration.backends.weztermBinary),
                socketPath: WeztermSettings.usualSocket(values.merging(environment) { $1 }),
                runtimeDirectory: directories.runtime, environment: values), time: time,
            logger: logger)
    }

    private var kitty: KittyMultiplexer {
        let keys = configuration.backends
        let place = keys.kittyListenOn.isEmpty ? environment["KITTY_LISTEN_ON"] ?? "" : keys.kittyListenOn
        return KittyMultiplexer(
            settings: KittySettings(
                binary: expand(keys.kittyBinary), socketPath: KittySettings.socketPath(place) ?? "",
                runtimeDirectory: directories.runtime, environment: inherited), time: time)
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
