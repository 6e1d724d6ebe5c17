/// The room that a plan has, in numbers.
package struct PaneRoom: Sendable, Hashable {
    /// So many agents are to stand there.
    package var agents: Int
    /// So many fit, each with its minimum, the main pane with its own, dividers and titles counted.
    package var capacity: Int
    /// What main pane and agents need, in cells.
    package var neededWidth: Int
    package var neededHeight: Int
    /// Where they may stand.
    package var availableWidth: Int
    package var availableHeight: Int
    /// Panes that are not ours, those of other instances among them.
    package var foreignPanes: Int
    package var otherInstancePanes: Int
    /// Foreign panes stand between the main pane and its agents, so there is no room that holds both.
    package var isDivided: Bool
}

extension PaneRoom {
    /// Of a new window, as large as this one, that one agent has for itself.
    package static func alone(as window: PaneWindow, _ configuration: PaneConfiguration) -> PaneRoom {
        let sizes = configuration.bounded
        let cell = PaneRectangle(left: 0, top: 0, width: window.width, height: window.height)
        let inside = sizes.borderStatus.inside(cell, windowHeight: window.height)
        let fits = inside.width >= sizes.agentPaneMinWidth && inside.height >= sizes.agentPaneMinHeight
        return PaneRoom(
            agents: 1, capacity: fits ? 1 : 0, neededWidth: sizes.agentPaneMinWidth,
            neededHeight: sizes.agentPaneMinHeight + cell.height - inside.height, availableWidth: cell.width,
            availableHeight: cell.height, foreignPanes: 0, otherInstancePanes: 0, isDivided: false)
    }
}

/// What is wrong with a question.
package enum PaneFault: Sendable, Hashable {
    case windowSize(width: Int, height: Int)
    case noPanes
    case tooManyPanes(Int)
    case paneID(String)
    case doublePane(String)
    /// Smaller than one cell, or not in the window.
    case outside(String)
    case overlap(String, String)
    /// The panes do not fill the window.
    case notALayout
    /// The active pane of a zoomed window, which is the one that is zoomed again, is none of its panes.
    case noActivePane

    package var sentence: String {
        switch self {
        case .windowSize(let width, let height):
            "a window of \(width)×\(height) is none; each side has 1 to \(PaneWindow.largestSide) cells"
        case .noPanes: "a window without panes is none"
        case .tooManyPanes(let count): "\(count) panes are more than the \(PaneWindow.mostPanes) that a plan is made for"
        case .paneID(let id): "'\(shown(id))' is not a pane's id, which is % and digits"
        case .doublePane(let id): "pane \(shown(id)) is named twice"
        case .outside(let id): "pane \(shown(id)) is not in its window"
        case .overlap(let one, let other): "panes \(shown(one)) and \(shown(other)) overlap"
        case .notALayout: "the panes do not fill their window"
        case .noActivePane: "the window is zoomed, but the pane that is named as the active one is not in it"
        }
    }
}

/// Why a plan is as it is.
package enum PaneReason: Sendable, Hashable {
    /// There is room for one more.
    case fits(PaneRoom)
    /// There is none; there may be later.
    case noRoom(PaneRoom)
    /// There is none, and an idle session gives way.
    case evicts(session: String, room: PaneRoom)
    /// The panes are told as a zoomed window shows them, so where they really are is not known; or which of them is zoomed is not.
    case zoomed
    /// It was changed by others each time while it was laid out.
    case changing
    /// tmux's indexes do not follow the layout, so it cannot be set without moving foreign panes.
    case orderDiffers
    /// The pane that would be split has not the three cells that a split takes.
    case cannotSplit(pane: String)
    case disabled
    case hostMissing(pane: String)
    case duplicate(session: String, pane: String)
    case unknownSession(String)
    case paneGone(session: String, pane: String)
    /// The session's pane has not our tag, or is the main pane.
    case notOurs(session: String, pane: String)
    case invalid(PaneFault)
    /// It waited for a pane and does not any more.
    case waitsNoMore(String)
    /// A session's pane is closed. `grown`: foreign panes that get its pane's room, because none of ours is beside it.
    case ended(session: String, grown: [String])
    case arranged(PaneRoom)
    case alreadyArranged
    /// No agent stands there.
    case nothingToArrange

    /// The stable word of it.
    package var code: String {
        switch self {
        case .fits: "fits"
        case .noRoom: "no_room"
        case .evicts: "evicts"
        case .zoomed: "zoomed"
        case .changing: "changing"
        case .orderDiffers: "order_differs"
        case .cannotSplit: "cannot_split"
        case .disabled: "disabled"
        case .hostMissing: "host_missing"
        case .duplicate: "duplicate"
        case .unknownSession: "unknown_session"
        case .paneGone: "pane_gone"
        case .notOurs: "not_ours"
        case .invalid: "invalid"
        case .waitsNoMore: "waits_no_more"
        case .ended: "ended"
        case .arranged: "arranged"
        case .alreadyArranged: "already_arranged"
        case .nothingToArrange: "nothing_to_arrange"
        }
    }

    /// Its numbers, where it is about room.
    package var room: PaneRoom? {
        switch self {
        case .fits(let room), .noRoom(let room), .evicts(_, let room), .arranged(let room): room
        default: nil
        }
    }

    /// For people; names from outside are made harmless.
    package var sentence: String {
        switch self {
        case .fits(let room):
            "\(counted(room.capacity, "agent fits", "agents fit")), this is number \(room.agents)\(Self.others(room))"
        case .noRoom(let room): Self.lack(room)
        case .evicts(let session, let room): "\(shown(session)) is idle and gives way: \(Self.lack(room))"
        case .zoomed: "the window is zoomed and shows one pane only, so nothing is moved in it now"
        case .changing: "the window is being changed by somebody else"
        case .orderDiffers: "the window's panes are numbered in another order than they stand, so no layout can be set"
        case .cannotSplit(let pane): "pane \(shown(pane)) is too small to be split"
        case .disabled: "panes are turned off"
        case .hostMissing(let pane): "the main pane \(shown(pane)) is not in this window"
        case .duplicate(let session, let pane): "\(shown(session)) has pane \(shown(pane)) already"
        case .unknownSession(let session): "\(shown(session)) has no pane"
        case .paneGone(let session, let pane): "pane \(shown(pane)) of \(shown(session)) is not in this window"
        case .notOurs(let session, let pane): "pane \(shown(pane)) of \(shown(session)) is not ours, so it is left alone"
        case .invalid(let fault): fault.sentence
        case .waitsNoMore(let session): "\(shown(session)) waits for a pane no more"
        case .ended(let session, let grown):
            grown.isEmpty
                ? "the pane of \(shown(session)) is closed"
                : "the pane of \(shown(session)) is closed; its room goes to \(grown.map(shown).joined(separator: ", "))"
        case .arranged(let room): "\(room.agents) of \(room.capacity) agents that fit\(Self.others(room))"
        case .alreadyArranged: "everything is where it belongs"
        case .nothingToArrange: "no agent stands beside the main pane"
        }
    }

    private static func lack(_ room: PaneRoom) -> String {
        "\(counted(room.agents, "agent needs", "agents need")) \(room.neededWidth)×\(room.neededHeight) cells, there are "
            + "\(room.availableWidth)×\(room.availableHeight); \(room.capacity) fit\(others(room))"
    }

    private static func others(_ room: PaneRoom) -> String {
        guard room.foreignPanes > 0 else { return "" }
        let instances = room.otherInstancePanes > 0 ? ", \(room.otherInstancePanes) of them of other instances" : ""
        let between = room.isDivided ? ", some between the main pane and its agents" : ""
        return "; \(counted(room.foreignPanes, "foreign pane", "foreign panes"))\(instances)\(between)"
    }
}

private func counted(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }

/// Ids and names come from a multiplexer and from agents.
private func shown(_ name: String) -> String { String(InertText.clean(String(name.prefix(200))).prefix(60)) }
