/// The windows of people's multiplexers in which panes of agents stand. What is in a window is asked for each time and never remembered.
///
/// Errors are `ReeveError`: `not_found` when the pane that was asked about is not there, `unavailable` when its server cannot be reached —
/// which never means that there are no panes —, `conflict` when the window is not as it was looked at any more: nothing was done then.
package protocol PaneWindows: Sendable {
    /// The window that a pane is in, with all its panes.
    func look(_ host: PaneHost) async throws -> PaneView
    /// All panes of this instance on a server, whatever windows they are in.
    func tagged(on server: String) async throws -> [TaggedPane]
    /// Carries out a plan that was made for `view`, and nothing of it if the window has changed since.
    ///
    /// - Parameters:
    ///   - command: the program of a new pane; for plans that make one.
    ///   - tag: goes onto the new pane.
    /// - Returns: the new pane's id.
    func carryOut(_ plan: PanePlan, in view: PaneView, command: [String], tag: PaneTag?) async throws -> String?
    /// A first pane that stands alone, in a new window of the view's session or in a new session; nobody is taken there.
    /// - Returns: the new pane's id.
    func stand(alone isolation: PaneIsolation, beside view: PaneView, command: [String], tag: PaneTag) async throws -> String
    /// Ends a pane that has this instance's tag, and no other.
    func kill(_ pane: String, on server: String) async throws

    /// The servers that panes of this instance have been put on, also by daemons before this one.
    func servers() -> Set<String>
    func remember(_ servers: Set<String>)
    /// The one name of a server that may be named in several ways.
    func canonical(_ server: String) -> String
    /// Nobody listens there: its panes are gone with it.
    func isGone(_ server: String) -> Bool
}

/// A window as it was looked at.
package struct PaneView: Sendable, Hashable {
    package var server: String
    /// The multiplexer's own ids.
    package var windowID: String
    package var sessionID: String
    /// One life of the server.
    package var epoch: String
    /// What the layout was, for comparing.
    package var mark: String
    package var window: PaneWindow
    package var borderStatus: PaneBorderStatus
    /// By pane; of this instance only.
    package var tags: [String: PaneTag]

    package init(
        server: String, windowID: String, sessionID: String, epoch: String, mark: String, window: PaneWindow,
        borderStatus: PaneBorderStatus, tags: [String: PaneTag]
    ) {
        self.server = server
        self.windowID = windowID
        self.sessionID = sessionID
        self.epoch = epoch
        self.mark = mark
        self.window = window
        self.borderStatus = borderStatus
        self.tags = tags
    }

    /// Every pane as its program sees it when none is zoomed.
    package var rectangles: [String: PaneRectangle] {
        Dictionary(window.panes.map { ($0.id, borderStatus.inside($0.rectangle, windowHeight: window.height)) }) { $1 }
    }
}

/// A pane of ours on some server.
package struct TaggedPane: Sendable, Hashable {
    package var pane: String
    package var windowID: String
    /// Its program has ended.
    package var isDead: Bool
    package var width: Int
    package var height: Int
    /// What its window's layout is, for comparing.
    package var mark: String
    package var tag: PaneTag

    package init(
        pane: String, windowID: String, isDead: Bool, width: Int, height: Int, mark: String, tag: PaneTag
    ) {
        self.pane = pane
        self.windowID = windowID
        self.isDead = isDead
        self.width = width
        self.height = height
        self.mark = mark
        self.tag = tag
    }
}
