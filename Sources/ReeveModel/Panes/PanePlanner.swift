/// Decides where the panes of agents stand in a person's window. Pure; what it decides is carried out by `PanePlan.steps`.
///
/// - Ours are the panes that have our instance's tag. The main pane is the host's, wherever it stands. All others are foreign: their
///   rectangles do not change. One exception: when one of ours is closed that has only foreign panes beside it, somebody must get its room.
/// - A whole layout is planned, from the layout that is there: in the largest rectangle around the main pane in which only ours stand. If
///   foreign panes divide ours, each such rectangle is a part of its own, and a new pane goes to the first in which it fits: those that
///   have agents come before the main pane alone.
/// - Every agent has its minimum in width and height, and the main pane has its own: in width always, in height where it is divided from
///   them by rows (else it has all the rows there are), or nothing is done and the reason says what was missing.
/// - The main pane keeps its side if all agents stand on the other one; else it comes first, on the left or above.
/// - When no room is left and the configuration says so, the session that has been idle longest and whose pane is large enough gives its
///   pane to the new one. A busy one never does.
/// - Anything that cannot be true of a window is refused with what is wrong with it.
package enum PanePlanner {
    package static func plan(_ question: PaneQuestion) -> PanePlan {
        do {
            return try PanePlanning(question).plan()
        } catch {
            return PanePlan(decision: error)
        }
    }
}

/// One question on its way to a plan; what ends it early is thrown as a decision.
struct PanePlanning {
    let question: PaneQuestion
    let configuration: PaneConfiguration
    var window: PaneWindow { question.window }
    /// Numbers of the panes' ids, in the order of the panes.
    let numbers: [Int]
    let host: Int
    /// Main pane and agents.
    let ours: Set<Int>

    init(_ question: PaneQuestion) throws(PaneDecision) {
        self.question = question
        configuration = question.configuration.bounded
        guard configuration.enabled else { throw .skip(reason: .disabled) }
        numbers = try Self.numbers(question.window, configuration.borderStatus)
        guard let place = question.window.panes.firstIndex(where: { $0.id == question.host }) else {
            throw .skip(reason: .hostMissing(pane: question.host))
        }
        host = numbers[place]
        var ours: Set<Int> = [host]
        for (pane, number) in zip(question.window.panes, numbers) where pane.owner == question.instance { ours.insert(number) }
        self.ours = ours
    }

    /// The numbers of all panes' ids, if the window can be one.
    private static func numbers(_ window: PaneWindow, _ border: PaneBorderStatus) throws(PaneDecision) -> [Int] {
        func refused(_ fault: PaneFault) -> PaneDecision { .skip(reason: .invalid(fault)) }
        let sides = 1...PaneWindow.largestSide
        guard sides.contains(window.width), sides.contains(window.height) else {
            throw refused(.windowSize(width: window.width, height: window.height))
        }
        guard !window.panes.isEmpty else { throw refused(.noPanes) }
        guard window.panes.count <= PaneWindow.mostPanes else { throw refused(.tooManyPanes(window.panes.count)) }
        var numbers: [Int] = []
        var seen: Set<Int> = []
        for pane in window.panes {
            guard let number = PaneWindow.number(pane.id) else { throw refused(.paneID(pane.id)) }
            guard seen.insert(number).inserted else { throw refused(.doublePane(pane.id)) }
            let (r, sides) = (pane.rectangle, 0...PaneWindow.largestSide)
            guard sides.contains(r.left), sides.contains(r.top), sides.contains(r.width), sides.contains(r.height), r.width > 0,
                r.right <= window.width, r.bottom <= window.height,
                // A pane whose one row is its title has no row for its program (tmux 3.3a makes such with `split-window -f`).
                border.cell(r, windowHeight: window.height).height > 0
            else { throw refused(.outside(pane.id)) }
            numbers.append(number)
        }
        if window.isZoomed, let active = window.activePane, !window.panes.contains(where: { $0.id == active }) {
            throw refused(.noActivePane)
        }
        return numbers
    }

    func plan() throws(PaneDecision) -> PanePlan {
        switch question.request {
        case .open(let session):
            if let known = question.sessions.first(where: { $0.session == session }) {
                throw .skip(reason: .duplicate(session: session, pane: known.pane))
            }
            return try open(try tree())
        case .close(let session):
            guard let known = question.sessions.first(where: { $0.session == session }) else {
                throw .skip(reason: .unknownSession(session))
            }
            guard let place = window.panes.firstIndex(where: { $0.id == known.pane }) else {
                throw .skip(reason: .paneGone(session: session, pane: known.pane))
            }
            guard numbers[place] != host, ours.contains(numbers[place]) else {
                throw .skip(reason: .notOurs(session: session, pane: known.pane))
            }
            return close(numbers[place], of: session, in: try tree())
        case .arrange: return try arrange(try tree())
        }
    }

    /// The layout that is there.
    private func tree() throws(PaneDecision) -> PaneLayoutTree {
        let whole = PaneRectangle(left: 0, top: 0, width: window.width, height: window.height)
        let cells = zip(numbers, window.panes).map { number, pane in
            (pane: number, rectangle: configuration.borderStatus.cell(pane.rectangle, windowHeight: window.height))
        }
        // A pane that covers the window is the zoomed one, and hides where the panes are. If none does and none is named as the active one,
        // nobody knows which to zoom again.
        if window.isZoomed, window.activePane == nil || cells.contains(where: { $0.rectangle == whole }) {
            throw .defer(reason: .zoomed)
        }
        switch PaneLayoutBuilding.build(cells, in: whole) {
        case .tree(let tree): return tree
        case .orderDiffers: throw .defer(reason: .orderDiffers)
        case .notALayout:
            for (index, cell) in cells.enumerated() {
                if let other = cells[(index + 1)...].first(where: { $0.rectangle.overlaps(cell.rectangle) }) {
                    throw .skip(reason: .invalid(.overlap("%\(cell.pane)", "%\(other.pane)")))
                }
            }
            throw .skip(reason: .invalid(.notALayout))
        }
    }
}

/// Within the planner only: what ends a question before there is a layout.
extension PaneDecision: Error {}
