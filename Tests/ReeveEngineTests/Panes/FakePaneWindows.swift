import ReeveEngine
import ReeveTestSupport
import Synchronization

@testable import ReeveModel

/// Windows in memory. What a plan says is what then is; a person may do anything between two calls.
final class FakePaneWindows: PaneWindows {
    struct Window: Sendable {
        var id: String
        var window: PaneWindow
        var tags: [String: PaneTag] = [:]
        var dead: Set<String> = []
        var version = 0
    }

    private struct State {
        var windows: [String: Window] = [:]
        var next = 100
        var known: Set<String> = []
        var isListening = true
        var epoch = "1.1"
        var answers = true
        /// What a person does right after the next looks, one for each.
        var afterLook: [@Sendable (inout Window) -> Void] = []
        /// After a plan was carried out, before it is looked at again.
        var afterPlan: [@Sendable (inout Window) -> Void] = []
        var killed: [String] = []
        var plans = 0
    }

    static let server = "/server"
    static let host = PaneHost(server: server, pane: "%0")
    private let state = Mutex(State())

    init(width: Int = 200, height: Int = 50) {
        let pane = PaneWindow.Pane(id: "%0", rectangle: PaneRectangle(left: 0, top: 0, width: width, height: height))
        state.withLock {
            $0.windows["@0"] = Window(
                id: "@0", window: PaneWindow(width: width, height: height, activePane: "%0", panes: [pane]))
        }
    }

    // MARK: What tests ask and do

    var agents: [String] { state.withLock { $0.windows.values.flatMap { $0.tags.values.map(\.name.text) }.sorted() } }
    var windowCount: Int { state.withLock(\.windows.count) }
    var planCount: Int { state.withLock(\.plans) }
    var killed: [String] { state.withLock(\.killed) }
    func pane(of session: String) -> String? {
        state.withLock { $0.windows.values.lazy.flatMap(\.tags).first { $0.value.name.text == session }?.key }
    }
    func change(_ window: String = "@0", _ body: (inout Window) -> Void) {
        state.withLock { state in
            guard var there = state.windows[window] else { return }
            body(&there)
            there.version += 1
            state.windows[window] = there
        }
    }
    func afterLook(_ body: @escaping @Sendable (inout Window) -> Void) { state.withLock { $0.afterLook.append(body) } }
    func afterPlan(_ body: @escaping @Sendable (inout Window) -> Void) { state.withLock { $0.afterPlan.append(body) } }
    func hang(_ hangs: Bool) { state.withLock { $0.answers = !hangs } }
    /// The server ends, and another begins at the same place.
    func replace() { state.withLock { $0.epoch = "2.2" } }
    func end() {
        state.withLock {
            $0.isListening = false
            $0.windows = [:]
        }
    }
    /// A pane of ours that a daemon before this one has made.
    func put(_ pane: String, _ tag: PaneTag) {
        state.withLock { _ = $0.known.insert(Self.server) }
        change { there in
            let last = there.window.panes[there.window.panes.count - 1].rectangle
            var left = last
            left.width = last.width / 2
            let right = PaneRectangle(
                left: left.right + 1, top: last.top, width: last.width - left.width - 1, height: last.height)
            there.window.panes[there.window.panes.count - 1].rectangle = left
            there.window.panes.append(PaneWindow.Pane(id: pane, rectangle: right, owner: tag.instance))
            there.tags[pane] = tag
        }
    }

    // MARK: PaneWindows

    func look(_ host: PaneHost) async throws -> PaneView {
        try state.withLock { state in
            try Self.check(state)
            guard let there = state.windows.values.first(where: { $0.window.panes.contains { $0.id == host.pane } }) else {
                throw ReeveError(.notFound, "can't find pane: \(host.pane)")
            }
            let view = Self.view(there, state.epoch)
            if !state.afterLook.isEmpty {
                var changed = there
                state.afterLook.removeFirst()(&changed)
                changed.version += 1
                state.windows[there.id] = changed
            }
            return view
        }
    }

    private static func check(_ state: State) throws {
        guard state.answers, state.isListening else { throw ReeveError.unavailable("no answer") }
    }

    private static func view(_ there: Window, _ epoch: String) -> PaneView {
        PaneView(
            server: server, windowID: there.id, sessionID: "$0", epoch: epoch, mark: "\(there.version)", window: there.window,
            borderStatus: .off, tags: there.tags)
    }

    func tagged(on server: String) async throws -> [TaggedPane] {
        try state.withLock { state in
            try Self.check(state)
            return state.windows.values.flatMap { there in
                there.tags.map { pane, tag in
                    TaggedPane(
                        pane: pane, windowID: there.id, isDead: there.dead.contains(pane), width: 1, height: 1,
                        windowWidth: there.window.width, windowHeight: there.window.height, tag: tag)
                }
            }
        }
    }

    func carryOut(_ plan: PanePlan, in view: PaneView, command: [String], tag: PaneTag?) async throws -> String? {
        try state.withLock { state in
            try Self.check(state)
            guard var there = state.windows[view.windowID], "\(there.version)" == view.mark else {
                throw ReeveError.conflict("the window has changed meanwhile")
            }
            state.plans += 1
            var made: String?
            if let tag, case .split? = plan.steps.first {
                state.next += 1
                let pane = "%\(state.next)"
                there.tags[pane] = tag
                made = pane
            }
            there.window.panes = plan.panes.map { planned in
                let id = planned.id == PanePlan.newPane ? made ?? planned.id : planned.id
                return PaneWindow.Pane(id: id, rectangle: planned.rectangle, owner: there.tags[id]?.instance)
            }
            there.tags = there.tags.filter { tag in there.window.panes.contains { $0.id == tag.key } }
            there.version += 1
            if !state.afterPlan.isEmpty {
                state.afterPlan.removeFirst()(&there)
                there.version += 1
            }
            state.windows[there.id] = there
            return made
        }
    }

    func stand(alone isolation: PaneIsolation, beside view: PaneView, command: [String], tag: PaneTag) async throws -> String {
        try state.withLock { state in
            try Self.check(state)
            state.next += 1
            let pane = "%\(state.next)"
            let whole = PaneRectangle(left: 0, top: 0, width: view.window.width, height: view.window.height)
            let window = PaneWindow(
                width: whole.width, height: whole.height, activePane: pane,
                panes: [PaneWindow.Pane(id: pane, rectangle: whole, owner: tag.instance)])
            state.windows["@\(state.next)"] = Window(id: "@\(state.next)", window: window, tags: [pane: tag])
            return pane
        }
    }

    func kill(_ pane: String, on server: String) async throws {
        try state.withLock { state in
            try Self.check(state)
            guard var there = state.windows.values.first(where: { $0.tags[pane] != nil }) else { return }
            state.killed.append(pane)
            there.remove(pane)
            state.windows[there.id] = there.window.panes.isEmpty ? nil : there
        }
    }

    func servers() -> Set<String> { state.withLock(\.known) }
    func remember(_ servers: Set<String>) { state.withLock { $0.known = servers } }
    func canonical(_ server: String) -> String { server }
    func isGone(_ server: String) -> Bool { state.withLock { !$0.isListening } }
}

extension FakePaneWindows.Window {
    /// A pane is closed; one beside it gets its room.
    mutating func remove(_ pane: String) {
        let whole = PaneRectangle(left: 0, top: 0, width: window.width, height: window.height)
        let cells = window.panes.compactMap { pane in PaneWindow.number(pane.id).map { (pane: $0, rectangle: pane.rectangle) } }
        guard case .tree(let tree) = PaneLayoutBuilding.build(cells, in: whole), let number = PaneWindow.number(pane) else {
            return
        }
        let rest = tree.removing(number, isOurs: { _ in true })?.leaves ?? []
        window.panes = rest.map { left in
            PaneWindow.Pane(id: "%\(left.pane)", rectangle: left.rectangle, owner: tags["%\(left.pane)"]?.instance)
        }
        tags[pane] = nil
        dead.remove(pane)
        version += 1
    }
}

/// Sessions that a test says the state of.
final class FakePaneSessions: PaneSessions {
    private struct State {
        var sessions: [SessionName: SessionRecord] = [:]
        var standing: [SessionID: PaneStanding] = [:]
        var making: [SessionName: Int] = [:]
        var gone: Set<SessionName> = []
    }

    private let state = Mutex(State())

    /// - Parameter after: it is being made for so many questions.
    @discardableResult
    func add(_ name: String, ticket: String? = nil, handle: TerminalHandle? = nil, after: Int = 0) -> SessionRecord {
        let record = SessionRecord(
            id: Samples.session("s-" + name), name: Samples.name(name), backend: "tmux", ticket: ticket.flatMap { TicketID($0) },
            handle: handle, openedAt: Timestamp(milliseconds: 0))
        state.withLock {
            $0.sessions[record.name] = record
            $0.standing[record.id] = PaneStanding(.busy, ticket: record.ticket)
            $0.making[record.name] = after
        }
        return record
    }

    func set(_ name: String, _ work: PaneStanding.Work, since: Timestamp? = nil) {
        state.withLock { state in
            guard let record = state.sessions[Samples.name(name)] else { return }
            state.standing[record.id] = PaneStanding(work, since: since, ticket: record.ticket)
        }
    }

    /// Its terminal is gone, and nobody knows that yet.
    func lose(_ name: String) { state.withLock { _ = $0.gone.insert(Samples.name(name)) } }

    func find(_ wanted: PaneSubject) async throws -> SessionRecord {
        let found = state.withLock { state in
            switch wanted {
            case .session(let name): state.sessions[name]
            case .ticket(let ticket): state.sessions.values.first { $0.ticket == ticket }
            }
        }
        guard let found else { throw ReeveError.notFound("session", "\(wanted)") }
        return found
    }

    func command(_ session: SessionRecord) async throws -> [String] {
        if state.withLock({ $0.gone.contains(session.name) }) { throw ReeveError.notFound("session", session.name.text) }
        let left = state.withLock { state in
            let left = state.making[session.name] ?? 0
            state.making[session.name] = max(0, left - 1)
            return left
        }
        guard left == 0 else { throw ReeveError.conflict("the session is still being made") }
        return ["show", session.name.text]
    }

    func standing(of sessions: Set<SessionID>) async -> [SessionID: PaneStanding] {
        state.withLock { state in
            Dictionary(uniqueKeysWithValues: sessions.map { ($0, state.standing[$0] ?? PaneStanding(.over)) })
        }
    }
}
