/// What becomes of a request.
package enum PaneDecision: Sendable, Hashable {
    /// A pane is split off this one.
    case spawn(targetPaneId: String, reason: PaneReason)
    /// The pane of an idle session gets the new one; where all panes stand does not change.
    case replace(targetPaneId: String, victimSessionId: String, reason: PaneReason)
    /// Not now: asking again later may have another answer. See `DeferredPanes`.
    case `defer`(reason: PaneReason)
    /// Not at all.
    case skip(reason: PaneReason)
    case close(paneId: String, reason: PaneReason)
    case arrange(reason: PaneReason)

    package var reason: PaneReason {
        switch self {
        case .spawn(_, let reason), .replace(_, _, let reason), .defer(let reason), .skip(let reason), .close(_, let reason),
            .arrange(let reason):
            reason
        }
    }
}

/// A decision and all that carries it out.
package struct PanePlan: Sendable, Hashable {
    package struct Pane: Sendable, Hashable {
        /// `PanePlan.newPane` for the one that does not exist yet.
        package var id: String
        /// As `list-panes` will tell it when no pane is zoomed.
        package var rectangle: PaneRectangle
    }

    /// Stands for the id of the pane that will be made.
    package static let newPane = "%new"

    package var decision: PaneDecision
    /// All panes of the window afterwards, in the order of their indexes. Empty when nothing is done.
    package var panes: [Pane] = []
    /// What `select-layout` takes; nil when all stay where they are.
    package var layout: String?
    package var steps: [PaneStep] = []
    /// The window is zoomed and stays so.
    package var keepsZoom = false

    package subscript(_ id: String) -> PaneRectangle? { panes.first { $0.id == id }?.rectangle }
}
