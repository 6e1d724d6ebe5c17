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
        /// The size of a window in which a first pane stands alone; nil: that of the host's.
        var standing: (width: Int, height: Int)?
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
    func standsIn(width: Int, height: Int) { state.withLock { $0.standing = (width, height) } }
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
                        mark: "\(there.version)", tag: tag)
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
            let size = state.standing ?? (view.window.width, view.window.height)
            let whole = PaneRectangle(left: 0, top: 0, width: size.width, height: size.height)
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

extension PaneWindow {
    /// A person splits a pane: it keeps so many columns, and what is right of them is a new one.
    mutating func split(_ pane: String, leaving columns: Int, into new: String) {
        guard let place = panes.firstIndex(where: { $0.id == pane }) else { return }
        var right = panes[place].rectangle
        panes[place].rectangle.width = columns
        right.left += columns + 1
        right.width -= columns + 1
        panes.insert(Pane(id: new, rectangle: right), at: place + 1)
    }
}

extension FakePaneWindows.Window {
    /// A person pulls at the line on the right of a pane: what begins there gives up as many columns, or gets them.
    mutating func pull(_ pane: String, by columns: Int) {
        guard let edge = window.panes.first(where: { $0.id == pane })?.rectangle.right else { return }
        for index in window.panes.indices {
            if window.panes[index].rectangle.right == edge {
                window.panes[index].rectangle.width += columns
            } else if window.panes[index].rectangle.left == edge + 1 {
                window.panes[index].rectangle.left += columns
                window.panes[index].rectangle.width -= columns
            }
        }
    }

    /// As it was when it was looked at.
    mutating func restore(_ view: PaneView) {
        window = view.window
        tags = view.tags
    }

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
