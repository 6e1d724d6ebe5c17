import ReeveModel
import ReeveTOML

/// `[panes]`. Names and defaults of the layout's numbers are those that people know from other planners of panes.
enum PaneKeys {
    static let keys: [ConfigurationKey] = [
        ConfigurationKeys.boolean("panes.enabled", "true", "`false`: agents get no panes in your windows", \.panes.sizes.enabled),
        word(
            "panes.layout", PaneLayout.vertical.rawValue, PaneLayout.allCases.map(\.rawValue),
            "where agents stand to the main pane: beside it above each other, below it in a row, or beside it in rows and columns"
        ) { $0.panes.layout = PaneLayout(rawValue: $1) ?? .vertical },
        word(
            "panes.isolation", PaneIsolation.inline.rawValue, PaneIsolation.allCases.map(\.rawValue),
            "in your own window, in a window of their own, or in a session of their own; never another one than that"
        ) { $0.panes.isolation = PaneIsolation(rawValue: $1) ?? .inline },
        ConfigurationKeys.integer(
            "panes.main_pane_size", "60", PaneConfiguration.mainPaneSizes, "the main pane's share, percent",
            \.panes.sizes.mainPaneSize),
        ConfigurationKeys.integer(
            "panes.main_pane_min_width", "100", cells, "columns that the main pane keeps", \.panes.sizes.mainPaneMinWidth),
        ConfigurationKeys.integer(
            "panes.main_pane_min_height", "11", cells, "rows that the main pane keeps", \.panes.sizes.mainPaneMinHeight),
        ConfigurationKeys.integer(
            "panes.agent_pane_min_width", "52", cells, "columns of an agent's pane at least", \.panes.sizes.agentPaneMinWidth),
        ConfigurationKeys.integer(
            "panes.agent_pane_min_height", "11", cells, "rows of an agent's pane at least", \.panes.sizes.agentPaneMinHeight),
        ConfigurationKeys.boolean(
            "panes.keep_main_size", "true", "a size that you have given the main pane is kept as far as the minimums allow",
            \.panes.sizes.keepMainSize),
        word(
            "panes.evict", PaneConfiguration.Evict.never.rawValue, PaneConfiguration.Evict.allCases.map(\.rawValue),
            "without room a new agent waits, or takes the pane of the one that has been idle longest; a busy one keeps its own"
        ) { $0.panes.sizes.evict = PaneConfiguration.Evict(rawValue: $1) ?? .never },
        ConfigurationKeys.integer(
            "panes.queue_size", "20", 0...500, "agents that may wait for room in one window", \.panes.queue.capacity),
        ConfigurationKeys.duration("panes.retry", "5s", "how often room is looked for when nothing is told", \.panes.queue.retry),
        ConfigurationKeys.duration(
            "panes.wait_at_most", "5m", "then an agent that was asked for waits for room no longer", \.panes.queue.lifetime),
        ConfigurationKeys.duration(
            "panes.poll", "3s", "how often the windows are looked at when nothing is told of them", \.panes.poll),
        ConfigurationKeys.duration(
            "panes.waiting_poll", "1s", "how often they are while an agent waits for room, if that is more often than `poll`",
            \.panes.waitingPoll),
        ConfigurationKeys.duration(
            "panes.ready_poll", "100ms", "how often a terminal that is still being made is asked for", \.panes.readyPoll),
        ConfigurationKeys.duration("panes.ready_timeout", "10s", "how long it may take to be made", \.panes.readyTimeout),
        ConfigurationKeys.duration(
            "panes.linger", "10s", "how long the pane of an agent that has ended stays", \.panes.linger, mayBeZero: true),
    ]

    private static let cells = 1...PaneWindow.largestSide

    private static func word(
        _ name: String, _ fallback: String, _ words: [String], _ note: String,
        _ set: @escaping @Sendable (inout Configuration, String) -> Void
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: words.map { "`\($0)`" }.joined(separator: " or "), fallback: fallback, note: note, keep: nil
        ) { (configuration, value) throws(Complaint) in set(&configuration, try Read.word(value, words)) }
    }
}
