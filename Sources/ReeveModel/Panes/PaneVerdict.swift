/// What a look after a new pane was made says of the window. Pure.
///
/// A plan is carried out in one turn of the server, and only if the window was still the one that was looked at. What differs afterwards
/// somebody else has done since, as a rule. It is kept where no harm can have come from us, and taken back where that cannot be told.
package enum PaneVerdict: Sendable, Hashable {
    /// Every pane is where it was planned.
    case asPlanned
    /// Not as planned, and what must hold does.
    case changedByPerson
    case broken(Fault)

    package enum Fault: Sendable, Hashable {
        /// It is not in the main pane's window, or has not its tag.
        case newPaneMissing
        case newPaneTooSmall
        case hostMissing
        /// It is below its minimum, and was not before.
        case hostTooSmall
        /// One of ours stands on cells that this foreign pane had.
        case foreignCovered(String)
    }

    /// - Parameters:
    ///   - made: the new pane.
    ///   - before: what the plan was made for.
    ///   - now: the window of the main pane after it.
    package init(
        opening plan: PanePlan, made: String, tag: PaneTag, question: PaneQuestion, before: PaneView, now: PaneView
    ) {
        let found = now.rectangles
        guard now.tags[made] == tag, let pane = found[made] else {
            self = .broken(.newPaneMissing)
            return
        }
        guard let host = found[question.host], let hostBefore = before.rectangles[question.host] else {
            self = .broken(.hostMissing)
            return
        }
        if plan.isCarriedOut(in: now, made: made) {
            self = .asPlanned
            return
        }
        let sizes = question.configuration.bounded
        if pane.width < sizes.agentPaneMinWidth || pane.height < sizes.agentPaneMinHeight {
            self = .broken(.newPaneTooSmall)
        } else if host.width < min(sizes.mainPaneMinWidth, hostBefore.width)
            || host.height < min(sizes.mainPaneMinHeight, hostBefore.height)
        {
            self = .broken(.hostTooSmall)
        } else if let covered = Self.covered(question, before, now) {
            self = .broken(.foreignCovered(covered))
        } else {
            self = .changedByPerson
        }
    }

    /// A foreign pane that has lost cells to one of ours.
    ///
    /// No plan takes any, so either tmux has done something else than it was told, or a person has pulled at that very line in that very
    /// moment. Nobody can tell which, so the new pane goes, and the window is planned for as it is then: a person's line stays where it was
    /// pulled to. All else that may have happened to a foreign pane is its person's business and stands: nothing of ours ends one, so one
    /// that is gone was closed, and its room is nobody's; and what foreign panes and the main pane share among themselves is theirs. In a
    /// window of another size all have moved by tmux's own rule, and cells of before mean nothing.
    private static func covered(_ question: PaneQuestion, _ before: PaneView, _ now: PaneView) -> String? {
        guard before.window.width == now.window.width, before.window.height == now.window.height else { return nil }
        // With the lines around them: one that has moved is a cell that somebody has lost.
        let ours = now.window.panes.filter { $0.owner == question.instance }.map { pane in
            let cell = pane.rectangle
            return PaneRectangle(left: cell.left - 1, top: cell.top - 1, width: cell.width + 2, height: cell.height + 2)
        }
        return before.window.panes.first { foreign in
            foreign.owner != question.instance && foreign.id != question.host
                && now.window.panes.contains { $0.id == foreign.id }
                && ours.contains { $0.overlaps(foreign.rectangle) }
        }?.id
    }
}

extension PanePlan {
    /// The window is as it was planned.
    package func isCarriedOut(in view: PaneView, made: String? = nil) -> Bool {
        let found = view.rectangles
        return found.count == panes.count
            && panes.allSatisfy { found[$0.id == Self.newPane ? made ?? $0.id : $0.id] == $0.rectangle }
    }
}
