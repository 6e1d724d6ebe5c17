package import ReeveModel

extension PaneLayout: WireWord {}
extension PaneBorderStatus: WireWord {}
extension PaneConfiguration.Evict: WireWord {}

package enum PanesPlan: WireMethod {
    package static let name = "panes.plan"
    package static let summary =
        "Where the panes of agents go beside a person's own: a window and what is wanted in, a decision and a layout out. Nothing is done."
    package struct Params: WireObject {
        package var window = PaneWindowShape()
        package var host = ""
        package var layout = PaneLayout.vertical
        package var config = PaneConfigurationShape()
        package var sessions: [PaneSessionShape] = []
        package var request = PaneRequestShape()
        package var instance = "reeve"
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("window", \.window, "the window as it is"),
            .required("host", \.host, "the main pane's id, which agents stand beside", .line(1...32)),
            .defaulted("layout", \.layout, "how they stand to it"),
            .defaulted("config", \.config, "sizes, and what happens when there is no room"),
            .defaulted("sessions", \.sessions, "who has a pane already"),
            .required("request", \.request, "what is wanted"),
            .defaulted("instance", \.instance, "the owner that marks panes as ours; all others are obstacles", .line(1...128)),
        ]

        package var question: PaneQuestion {
            get throws(ReeveError) {
                var times: [PaneQuestion.Session] = []
                for (index, session) in sessions.enumerated() { times.append(try session.model("$.sessions[\(index)]")) }
                return PaneQuestion(
                    window: window.model, host: host, instance: instance, layout: layout, configuration: config.model,
                    sessions: times, request: try request.model())
            }
        }
    }
    package struct Result: WireObject {
        package var decision = PaneDecisionShape()
        package var reason = PaneReasonShape()
        package var panes: [PlannedPaneShape] = []
        package var layout: String?
        package var commands: [[String]] = []
        package var keepsZoom = false
        package init() {}

        package init(_ plan: PanePlan) {
            decision = PaneDecisionShape(plan.decision)
            reason = PaneReasonShape(plan.decision.reason)
            panes = plan.panes.map { PlannedPaneShape(id: $0.id, $0.rectangle) }
            layout = plan.layout
            commands = plan.steps.map(\.arguments)
            keepsZoom = plan.keepsZoom
        }

        package static let fields: [Field<Result>] = [
            .required("decision", \.decision, "what becomes of the request"),
            .required("reason", \.reason, "why, with its numbers"),
            .required("panes", \.panes, "all panes afterwards, in tmux's order; `%new` is the one to be made"),
            .optional("layout", \.layout, "for `select-layout`; absent when all stay where they are"),
            .required("commands", \.commands, "tmux's commands that carry it out, in order, each as an argument vector"),
            .required("keepsZoom", \.keepsZoom, "the window is zoomed and stays so"),
        ]
    }
}

package struct PaneWindowShape: WireObject {
    package var width = 0
    package var height = 0
    package var zoomed = false
    package var activePane: String?
    package var panes: [WindowPaneShape] = []
    package init() {}
    package static let fields: [Field<PaneWindowShape>] = [
        .required("width", \.width, "columns"),
        .required("height", \.height, "rows"),
        .defaulted("zoomed", \.zoomed, "one pane is shown over all others; the rectangles are those without the zoom"),
        .optional("activePane", \.activePane, "the pane that has the focus; a zoomed window without it gets `defer`"),
        .required("panes", \.panes, "in the order of `list-panes`"),
    ]

    var model: PaneWindow {
        PaneWindow(
            width: width, height: height, isZoomed: zoomed, activePane: activePane,
            panes: panes.map {
                PaneWindow.Pane(
                    id: $0.id, rectangle: PaneRectangle(left: $0.left, top: $0.top, width: $0.width, height: $0.height),
                    owner: $0.owner)
            })
    }
}

package struct WindowPaneShape: WireObject {
    package var id = ""
    package var left = 0
    package var top = 0
    package var width = 0
    package var height = 0
    package var owner: String?
    package init() {}
    package static let fields: [Field<WindowPaneShape>] = [
        .required("id", \.id, "e.g. %3"),
        .required("left", \.left, "column of its first cell"),
        .required("top", \.top, "row of its first cell"),
        .required("width", \.width, "columns"),
        .required("height", \.height, "rows"),
        .optional("owner", \.owner, "the instance that made it; absent: a person's"),
    ]
}

/// Names as in the configuration file.
package struct PaneConfigurationShape: WireObject {
    package var value = PaneConfiguration()
    package init() {}
    package static let fields: [Field<PaneConfigurationShape>] = [
        .defaulted("enabled", \.value.enabled, "without it every request is skipped"),
        .defaulted("main_pane_size", \.value.mainPaneSize, "the main pane's share, percent", .range(20...80)),
        .defaulted("main_pane_min_width", \.value.mainPaneMinWidth, "columns", .range(1...10_000)),
        .defaulted("main_pane_min_height", \.value.mainPaneMinHeight, "rows", .range(1...10_000)),
        .defaulted("agent_pane_min_width", \.value.agentPaneMinWidth, "columns", .range(1...10_000)),
        .defaulted("agent_pane_min_height", \.value.agentPaneMinHeight, "rows", .range(1...10_000)),
        .defaulted("evict", \.value.evict, "whether an idle agent gives way when there is no room"),
        .defaulted("border_status", \.value.borderStatus, "the window's `pane-border-status`"),
        .defaulted("keep_main_size", \.value.keepMainSize, "a size that a person has given the main pane is kept"),
    ]

    var model: PaneConfiguration { value }
}

package struct PaneSessionShape: WireObject {
    package var session = ""
    package var pane = ""
    package var createdAt = ""
    package var lastActiveAt: String?
    package var busy = true
    package init() {}
    package static let fields: [Field<PaneSessionShape>] = [
        .required("session", \.session, "its id or name", .line(1...200)),
        .required("pane", \.pane, "e.g. %3", .line(1...32)),
        .required("createdAt", \.createdAt, "RFC 3339"),
        .optional("lastActiveAt", \.lastActiveAt, "RFC 3339; when its agent last did something"),
        .defaulted("busy", \.busy, "a busy agent never gives way"),
    ]

    func model(_ path: String) throws(ReeveError) -> PaneQuestion.Session {
        PaneQuestion.Session(
            session: session, pane: pane, createdAt: try Self.time(createdAt, "\(path).createdAt"),
            lastActiveAt: try lastActiveAt.map { (text) throws(ReeveError) in try Self.time(text, "\(path).lastActiveAt") },
            isBusy: busy)
    }

    private static func time(_ text: String, _ path: String) throws(ReeveError) -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw .invalid(path, "'\(text.prefix(64))' is no time", hint: "RFC 3339, e.g. 2026-01-31T10:00:00.000Z")
        }
        return time
    }
}

package struct PaneRequestShape: WireObject {
    package enum Kind: String, WireWord, Sendable { case open, close, arrange }

    package var kind = Kind.open
    package var session: String?
    package init() {}
    package static let fields: [Field<PaneRequestShape>] = [
        .required("kind", \.kind, "a pane for a session, the end of one, or everything laid out again"),
        .optional("session", \.session, "whose; for open and close", .line(1...200)),
    ]

    func model() throws(ReeveError) -> PaneQuestion.Request {
        switch (kind, session) {
        case (.open, let session?): .open(session: session)
        case (.close, let session?): .close(session: session)
        case (.arrange, nil): .arrange
        case (.arrange, _?): throw .invalid("$.request.session", "arrange is about all of them")
        case (_, nil): throw .invalid("$.request.session", "the member is missing", hint: "whose pane?")
        }
    }
}

package struct PaneDecisionShape: WireObject {
    package var type = ""
    package var targetPaneId: String?
    package var victimSessionId: String?
    package var paneId: String?
    package var reason: String?
    package init() {}

    init(_ decision: PaneDecision) {
        switch decision {
        case .spawn(let target, _): (type, targetPaneId) = ("spawn", target)
        case .replace(let target, let victim, _): (type, targetPaneId, victimSessionId) = ("replace", target, victim)
        case .defer(let why): (type, reason) = ("defer", why.sentence)
        case .skip(let why): (type, reason) = ("skip", why.sentence)
        case .close(let pane, _): (type, paneId) = ("close", pane)
        case .arrange: type = "arrange"
        }
    }

    package static let fields: [Field<PaneDecisionShape>] = [
        .required("type", \.type, "`spawn`, `replace`, `defer`, `skip`, `close` or `arrange`"),
        .optional("targetPaneId", \.targetPaneId, "of spawn: the pane that is split; of replace: the one that is taken"),
        .optional("victimSessionId", \.victimSessionId, "of replace: who gives way"),
        .optional("paneId", \.paneId, "of close"),
        .optional("reason", \.reason, "of defer and skip: why, for people; its code is in the `reason` beside the decision"),
    ]
}

package struct PaneReasonShape: WireObject {
    package var code = ""
    package var sentence = ""
    package var room: PaneRoomShape?
    package init() {}

    init(_ reason: PaneReason) {
        code = reason.code
        sentence = reason.sentence
        room = reason.room.map { PaneRoomShape($0) }
    }

    package static let fields: [Field<PaneReasonShape>] = [
        .required("code", \.code, "the stable word to program against"),
        .required("sentence", \.sentence, "for people"),
        .optional("room", \.room, "where it is about room: how much there is"),
    ]
}

package struct PaneRoomShape: WireObject {
    package var agents = 0
    package var capacity = 0
    package var neededWidth = 0
    package var neededHeight = 0
    package var availableWidth = 0
    package var availableHeight = 0
    package var foreignPanes = 0
    package var otherInstancePanes = 0
    package var isDivided = false
    package init() {}

    init(_ room: PaneRoom) {
        agents = room.agents
        capacity = room.capacity
        neededWidth = room.neededWidth
        neededHeight = room.neededHeight
        availableWidth = room.availableWidth
        availableHeight = room.availableHeight
        foreignPanes = room.foreignPanes
        otherInstancePanes = room.otherInstancePanes
        isDivided = room.isDivided
    }

    package static let fields: [Field<PaneRoomShape>] = [
        .required("agents", \.agents, "so many are to stand there"),
        .required("capacity", \.capacity, "so many fit"),
        .required("neededWidth", \.neededWidth, "columns that main pane and agents need"),
        .required("neededHeight", \.neededHeight, "rows that they need"),
        .required("availableWidth", \.availableWidth, "columns that there are"),
        .required("availableHeight", \.availableHeight, "rows that there are"),
        .required("foreignPanes", \.foreignPanes, "panes that are not ours, those of other instances among them"),
        .required("otherInstancePanes", \.otherInstancePanes, "of these, panes that another instance has made"),
        .required(
            "isDivided", \.isDivided, "foreign panes stand between the main pane and its agents, so no room holds both"),
    ]
}

package struct PlannedPaneShape: WireObject {
    package var id = ""
    package var left = 0
    package var top = 0
    package var width = 0
    package var height = 0
    package init() {}

    init(id: String, _ rectangle: PaneRectangle) {
        self.id = id
        left = rectangle.left
        top = rectangle.top
        width = rectangle.width
        height = rectangle.height
    }

    package static let fields: [Field<PlannedPaneShape>] = [
        .required("id", \.id, "its id"),
        .required("left", \.left, "column of its first cell"),
        .required("top", \.top, "row of its first cell"),
        .required("width", \.width, "columns"),
        .required("height", \.height, "rows"),
    ]
}
