package import ReeveModel
import Synchronization

/// The part of the configuration that the engine works by. A reload replaces it; what is under way keeps what it began with.
package struct EngineSettings: Sendable, Hashable {
    package var limits: QueueLimits
    package var retry: RetryPolicy
    package var breaker: LaunchBreaker.Settings
    /// An agent that ends with an error sooner than this after its start is a failed launch.
    package var early: Duration
    package var defaultAgent: String
    package var sessionPrefix: String
    package var linger: Duration
    package var rungTimeout: Duration
    package var lastResort: LastResort
    package var readyTimeout: Duration
    package var kinds: [String: AgentKind]
    package var delegators: [String: Delegator]
    /// Each ticket with a project has a worktree of its own.
    package var usesWorktrees: Bool
    package var retention: Retention
    package var panes: PaneSettings

    package init(
        limits: QueueLimits, retry: RetryPolicy, breaker: LaunchBreaker.Settings = LaunchBreaker.Settings(),
        early: Duration = .seconds(10), defaultAgent: String, sessionPrefix: String, linger: Duration,
        rungTimeout: Duration, lastResort: LastResort, readyTimeout: Duration, kinds: [String: AgentKind],
        delegators: [String: Delegator] = [:], usesWorktrees: Bool = false, retention: Retention = Retention(),
        panes: PaneSettings = PaneSettings()
    ) {
        self.panes = panes
        self.delegators = delegators
        self.usesWorktrees = usesWorktrees
        self.limits = limits
        self.retry = retry
        self.breaker = breaker
        self.early = early
        self.defaultAgent = defaultAgent
        self.sessionPrefix = sessionPrefix
        self.linger = linger
        self.rungTimeout = rungTimeout
        self.lastResort = lastResort
        self.readyTimeout = readyTimeout
        self.kinds = kinds
        self.retention = retention
    }

    /// Who works on which step.
    package var delegation: Delegation {
        Delegation(delegators: delegators, kinds: Set(kinds.keys), standard: defaultAgent)
    }

    var machine: AgentMachine.Settings {
        AgentMachine.Settings(rungTimeout: rungTimeout, lastResort: lastResort, retry: retry, linger: linger, early: early)
    }

    /// Throws with the nearest names when there is no such kind.
    package func kind(_ name: String, path: String = "$.agent") throws -> AgentKind {
        if let kind = kinds[name] { return kind }
        throw ReeveError.invalid(
            path, "no agent kind '\(name)'",
            hint: NearestName.hint(name, in: kinds.keys) ?? "known: \(kinds.keys.sorted().joined(separator: ", "))")
    }
}

/// The settings in force, readable from everywhere.
package final class LiveSettings: Sendable {
    private let value: Mutex<EngineSettings>

    package init(_ settings: EngineSettings) { value = Mutex(settings) }

    package var current: EngineSettings { value.withLock { $0 } }
    package func replace(_ settings: EngineSettings) { value.withLock { $0 = settings } }
}
