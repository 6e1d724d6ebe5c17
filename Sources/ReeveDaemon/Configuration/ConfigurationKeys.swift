import ReeveModel
import ReeveTOML

/// One key of the configuration: its name, type, default and meaning, and where it goes. `docs/configuration.md` is generated from these.
package struct ConfigurationKey: Sendable {
    package var name: String
    package var type: String
    package var fallback: String
    package var note: String
    /// For a key that counts only at a start: takes its value over from what works into what a reload has read.
    let keep: Keep?
    /// Throws a message.
    let apply: @Sendable (inout Configuration, TOMLTree) throws(Complaint) -> Void

    typealias Keep = @Sendable (_ old: Configuration, _ new: inout Configuration) -> Void

    /// A change counts only after a restart.
    package var needsRestart: Bool { keep != nil }
}

/// What is wrong with a value, without its place.
struct Complaint: Error {
    var message: String
    var hint: String?
    /// Where inside the value.
    var member: [String] = []

    func inside(_ name: String) -> Complaint { Complaint(message: "\(name): \(message)", hint: hint, member: [name] + member) }
}

package enum ConfigurationKeys {
    package static let all = engine + BackendKeys.keys + PaneKeys.keys + WorkflowKeys.keys + GitKeys.keys + NotificationKeys.keys

    private static let engine: [ConfigurationKey] = [
        integer("queue.max_parallel", "5", 1...100_000, "running and waiting agents together", \.limits.maxParallel),
        integer(
            "queue.max_per_project", "1", 1...100_000,
            "agents in work in one project directory; tickets without a project do not count", \.limits.maxPerProject),
        ConfigurationKey(
            name: "queue.max_per_agent", type: "table of integers", fallback: "{ }",
            note: "agents of one kind in work together, e.g. `{ claude = 3 }`", keep: nil
        ) { (configuration, value) throws(Complaint) in
            configuration.limits.maxPerAgent = try Read.integers(value, 0...1000)
        },
        boolean("queue.auto_launch", "true", "`false`: only `queue.launch` starts tickets", \.limits.autoLaunch),
        string("queue.default_agent", "claude", "the kind for tickets that name none", \.defaultAgent),
        ConfigurationKey(
            name: "tickets.directory", type: "path", fallback: "",
            note: "a folder with `queue`, `in-progress` and `completed`, in which tickets are Markdown files; empty: none",
            keep: kept(\.ticketDirectory)
        ) { (configuration, value) throws(Complaint) in
            configuration.ticketDirectory = value == .string("") ? "" : try Read.path(value)
        },
        integer("retry.attempts", "0", 0...100, "further tries after a failed or lost run", \.retry.attempts),
        duration("retry.backoff", "30s", "before the first further try; doubles, at most 15m", \.retry.backoff),
        integer(
            "retry.intensity", "5", 1...RetryPolicy.mostIntensity,
            "starts of one ticket's agent within `retry.period`, by whomever, after which it stays down until somebody retries it",
            \.retry.intensity),
        duration("retry.period", "10m", "what `retry.intensity` counts in", \.retry.period),
        integer(
            "breaker.failures", "5", 0...1000,
            "launches that fail one after another, of one agent kind or of all, after which no more are made; 0: never",
            \.breaker.failures),
        duration(
            "breaker.early", "10s", "an agent that ends with an error sooner than this after its start is a failed launch",
            \.early),
        duration(
            "breaker.cooldown", "5m", "then one launch is tried; doubles with each that fails, at most 1h", \.breaker.cooldown),
        words(
            "sessions.wrapper", "auto", BackendKeys.wrappers,
            "where new sessions are made; `auto`: tmux if it is installed, else `reeve`, the built-in terminals", \.wrapper),
        ConfigurationKey(
            name: "sessions.prefix", type: "string", fallback: "op-", note: "before the ticket's id in a session's name",
            keep: nil
        ) { (configuration, value) throws(Complaint) in
            let prefix = try Read.string(value)
            guard SafeName.isValid(prefix + "X"), prefix.utf8.count <= 20 else {
                throw Complaint(message: "'\(prefix)' cannot begin a session's name", hint: "up to 20 of A-Z a-z 0-9 _ . -")
            }
            configuration.prefix = prefix
        },
        duration(
            "sessions.linger", "10m", "how long the terminal of a finished ticket stays open", \.linger, mayBeZero: true),
        ConfigurationKey(
            name: "sessions.directory", type: "path", fallback: "~",
            note: "where agents of tickets without a project, and sessions without a cwd, work", keep: kept(\.directory)
        ) { (configuration, value) throws(Complaint) in configuration.directory = try Read.path(value) },
        ConfigurationKey(
            name: "sessions.tmux.binary_path", type: "name or path", fallback: "tmux",
            note: "the program; a name is looked up in the PATH", keep: kept(\.tmuxBinary)
        ) { (configuration, value) throws(Complaint) in
            let name = try Read.string(value)
            guard !name.isEmpty else { throw Complaint(message: "an empty name", hint: #"the default is "tmux""#) }
            configuration.tmuxBinary = name.contains("/") ? try Read.path(value) : name
        },
        ConfigurationKey(
            name: "sessions.tmux.socket_name", type: "string", fallback: "reeve",
            note: "the tmux server's name (`tmux -L`); `default` is your own server", keep: kept(\.tmuxSocket)
        ) { (configuration, value) throws(Complaint) in
            let name = try Read.string(value)
            guard SafeName.isValid(name) else { throw Complaint(message: "'\(name)' is no server name", hint: SafeName.rule) }
            configuration.tmuxSocket = name
        },
        ConfigurationKey(
            name: "sessions.tmux.config_file", type: "path", fallback: "",
            note: "for a server that Reeve starts; empty: Reeve's own quiet one", keep: kept(\.tmuxConfig)
        ) { (configuration, value) throws(Complaint) in
            configuration.tmuxConfig = value == .string("") ? "" : try Read.path(value)
        },
        duration("switch.rung_timeout", "3s", "how long each rung of the ladder is waited for", \.rungTimeout),
        ConfigurationKey(
            name: "switch.last_resort", type: "`signal` or `give-up`", fallback: "signal",
            note: "below the last rung: SIGTERM and SIGKILL, or leave the old agent running", keep: nil
        ) { (configuration, value) throws(Complaint) in
            let word = try Read.word(value, LastResort.allCases.map(\.rawValue))
            configuration.lastResort = LastResort(rawValue: word) ?? .signal
        },
        duration(
            "switch.ready_timeout", "30s", "how long a new agent's screen may take to come to rest before its prompt is pasted",
            \.readyTimeout, keep: kept(\.readyTimeout)),
        duration("retention.events", "7d", "how long events are kept", \.retention.events),
        integer(
            "retention.max_events", "1000000", 1000...1_000_000_000, "the most events that are kept, however young",
            \.retention.maxEvents),
        ConfigurationKey(
            name: "retention.finished_tickets", type: "duration above 0, or `never`", fallback: "90d",
            note: "how long after its end a ticket is removed, with all that belongs to it; `never`: it stays", keep: nil
        ) { (configuration, value) throws(Complaint) in
            configuration.retention.finishedTickets =
                value == .string("never") ? nil : try Read.duration(value, mayBeZero: false, orElse: "never")
        },
    ]

    // MARK: Makers

    static func integer(
        _ name: String, _ fallback: String, _ range: ClosedRange<Int>, _ note: String,
        _ path: any WritableKeyPath<Configuration, Int> & Sendable
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: "integer, \(range.lowerBound)–\(range.upperBound)", fallback: fallback, note: note,
            keep: nil
        ) { (configuration, value) throws(Complaint) in configuration[keyPath: path] = try Read.integer(value, range) }
    }

    static func boolean(
        _ name: String, _ fallback: String, _ note: String, _ path: any WritableKeyPath<Configuration, Bool> & Sendable
    ) -> ConfigurationKey {
        ConfigurationKey(name: name, type: "boolean", fallback: fallback, note: note, keep: nil) {
            (configuration, value) throws(Complaint) in configuration[keyPath: path] = try Read.boolean(value)
        }
    }

    private static func string(
        _ name: String, _ fallback: String, _ note: String, _ path: any WritableKeyPath<Configuration, String> & Sendable
    ) -> ConfigurationKey {
        ConfigurationKey(name: name, type: "string", fallback: fallback, note: note, keep: nil) {
            (configuration, value) throws(Complaint) in configuration[keyPath: path] = try Read.string(value)
        }
    }

    static func words(
        _ name: String, _ fallback: String, _ words: [String], _ note: String,
        _ path: any WritableKeyPath<Configuration, String> & Sendable
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: words.map { "`\($0)`" }.joined(separator: " or "), fallback: fallback, note: note,
            keep: kept(path)
        ) { (configuration, value) throws(Complaint) in configuration[keyPath: path] = try Read.word(value, words) }
    }

    static func kept<Value>(
        _ path: any WritableKeyPath<Configuration, Value> & Sendable
    ) -> ConfigurationKey.Keep {
        { old, new in new[keyPath: path] = old[keyPath: path] }
    }

    static func duration(
        _ name: String, _ fallback: String, _ note: String, _ path: any WritableKeyPath<Configuration, Duration> & Sendable,
        keep: ConfigurationKey.Keep? = nil, mayBeZero: Bool = false
    ) -> ConfigurationKey {
        let type = mayBeZero ? "duration" : "duration above 0"
        return ConfigurationKey(name: name, type: type, fallback: fallback, note: note, keep: keep) {
            (configuration, value) throws(Complaint) in
            configuration[keyPath: path] = try Read.duration(value, mayBeZero: mayBeZero)
        }
    }
}
