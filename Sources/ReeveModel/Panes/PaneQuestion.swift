/// Everything that a plan depends on.
package struct PaneQuestion: Sendable, Hashable {
    /// A session and the pane that was made for it.
    package struct Session: Sendable, Hashable {
        package var session: String
        package var pane: String
        package var createdAt: Timestamp
        /// When its agent last did something; nil if that is not known, then `createdAt` counts.
        package var lastActiveAt: Timestamp?
        package var isBusy: Bool

        package init(session: String, pane: String, createdAt: Timestamp, lastActiveAt: Timestamp? = nil, isBusy: Bool) {
            self.session = session
            self.pane = pane
            self.createdAt = createdAt
            self.lastActiveAt = lastActiveAt
            self.isBusy = isBusy
        }
    }

    package enum Request: Sendable, Hashable {
        /// A pane for a session that has none.
        case open(session: String)
        /// The pane of a session that is over.
        case close(session: String)
        /// What is there laid out again, e.g. after the window's size has changed.
        case arrange
    }

    package var window: PaneWindow
    /// The pane that the agents are for: the main pane, wherever it stands.
    package var host: String
    /// What the tag of our own panes says. Panes with another tag are foreign.
    package var instance: String
    package var layout: PaneLayout
    package var configuration: PaneConfiguration
    package var sessions: [Session]
    package var request: Request

    package init(
        window: PaneWindow, host: String, instance: String, layout: PaneLayout = .vertical,
        configuration: PaneConfiguration = PaneConfiguration(), sessions: [Session] = [], request: Request
    ) {
        self.window = window
        self.host = host
        self.instance = instance
        self.layout = layout
        self.configuration = configuration
        self.sessions = sessions
        self.request = request
    }
}
