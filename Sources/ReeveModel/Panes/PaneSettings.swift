/// `[panes]`: how panes of agents are laid out in a person's window, and when.
package struct PaneSettings: Sendable, Hashable {
    package var layout: PaneLayout
    package var isolation: PaneIsolation
    package var sizes: PaneConfiguration
    package var queue: DeferredPanes.Settings
    /// How often the windows are looked at when nothing is told of them.
    package var poll: Duration
    /// How often they are while somebody waits for room in one, where that is more often.
    package var waitingPoll: Duration
    /// How often a session that is still being made is asked for, and for how long.
    package var readyPoll: Duration
    package var readyTimeout: Duration
    /// How long the pane of an agent that has ended stays.
    package var linger: Duration

    package init(
        layout: PaneLayout = .vertical, isolation: PaneIsolation = .inline, sizes: PaneConfiguration = PaneConfiguration(),
        queue: DeferredPanes.Settings = DeferredPanes.Settings(), poll: Duration = .seconds(3),
        waitingPoll: Duration = .seconds(1), readyPoll: Duration = .milliseconds(100), readyTimeout: Duration = .seconds(10),
        linger: Duration = .seconds(10)
    ) {
        self.layout = layout
        self.isolation = isolation
        self.sizes = sizes
        self.queue = queue
        self.poll = poll
        self.waitingPoll = waitingPoll
        self.readyPoll = readyPoll
        self.readyTimeout = readyTimeout
        self.linger = linger
    }
}
