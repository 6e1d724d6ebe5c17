package import ReeveEngine
package import ReeveModel

/// Everything that can be set, with its defaults. `docs/configuration.md` lists the keys; `ConfigurationKeys` reads them.
package struct Configuration: Sendable, Hashable {
    package var limits = QueueLimits()
    package var defaultAgent = "claude"
    package var retry = RetryPolicy()
    package var breaker = LaunchBreaker.Settings()
    package var early: Duration = .seconds(10)
    package var wrapper = "auto"
    package var prefix = "op-"
    package var linger: Duration = .seconds(600)
    package var directory = "~"
    /// Empty: tickets are no files.
    package var ticketDirectory = ""
    package var tmuxBinary = "tmux"
    package var tmuxSocket = "reeve"
    package var tmuxConfig = ""
    package var backends = BackendKeys()
    package var panes = PaneSettings()
    package var rungTimeout: Duration = .seconds(3)
    package var lastResort = LastResort.signal
    package var readyTimeout: Duration = .seconds(30)
    package var retention = Retention()
    package var agents: [String: AgentKind]
    package var delegators: [String: Delegator] = [:]
    package var workflows = WorkflowKeys()
    package var git = GitKeys()
    package var notifications = NotificationKeys()

    package init(kinds: [AgentKind]) {
        agents = Dictionary(uniqueKeysWithValues: kinds.map { ($0.name, $0) })
    }

    package var engine: EngineSettings {
        EngineSettings(
            limits: limits, retry: retry, breaker: breaker, early: early, defaultAgent: defaultAgent, sessionPrefix: prefix,
            linger: linger,
            rungTimeout: rungTimeout, lastResort: lastResort, readyTimeout: readyTimeout, kinds: agents,
            delegators: delegators, usesWorktrees: git.usesWorktrees, retention: retention, panes: panes)
    }
}

/// A fault in the file: where, what, and what was probably meant.
package struct ConfigurationFault: Error, Sendable, Hashable {
    package var file: String
    package var line: Int?
    package var message: String
    package var hint: String?

    package var spoken: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return "\(place): \(message)" + (hint.map { "; \($0)" } ?? "")
    }
}
