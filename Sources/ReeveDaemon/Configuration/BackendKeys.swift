import ReeveModel
import ReeveTOML

/// `[sessions.NAME]` of every multiplexer but tmux, as it is written.
package struct BackendKeys: Sendable, Hashable {
    /// Lines of a built-in terminal that are kept after they have scrolled away.
    package var scrollback = 10_000
    package var detachKey = #"C-\"#
    package init() {}

    /// Whoever holds sessions, in the order of `docs/multiplexers.md`.
    static let wrappers = ["auto", "tmux", "reeve", "vscode"]

    static let keys: [ConfigurationKey] = [
        ConfigurationKey(
            name: "sessions.reeve.scrollback", type: "integer, 0–1000000", fallback: "10000",
            note: "lines of a built-in terminal that are kept after they have scrolled away, at most 4 MiB of them",
            keep: ConfigurationKeys.kept(\.backends.scrollback)
        ) { (configuration, value) throws(Complaint) in
            configuration.backends.scrollback = try Read.integer(value, 0...1_000_000)
        },
        ConfigurationKey(
            name: "sessions.reeve.detach_key", type: "key", fallback: #"C-\"#,
            note: "leaves a built-in terminal that you look at", keep: ConfigurationKeys.kept(\.backends.detachKey)
        ) { (configuration, value) throws(Complaint) in
            let name = try Read.string(value)
            guard case .control? = Key(name: name) else {
                throw Complaint(message: "'\(name)' is not a key with control", hint: #"for example "C-\\" or "C-]""#)
            }
            configuration.backends.detachKey = name
        },
    ]
}
