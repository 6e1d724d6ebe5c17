import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveMultiplexers

/// The windows of an editor, in memory.
@Suite struct EditorMultiplexerTests {
    private final class Window: EditorHost {
        let window: String
        let kind = "vscode"
        let instance = "inst"
        let title: String
        let terminals = Mutex<[EditorTerminal]>([])
        let typed = Mutex<[String]>([])
        let isHung = Mutex(false)

        let capabilities: Set<MultiplexerCapability>
        let shown = Mutex<[String]>([])

        init(_ name: String, _ capabilities: Set<MultiplexerCapability> = [.focus, .sendKey, .split]) {
            (window, title, self.capabilities) = (name, "VS Code, \(name)", capabilities)
        }

        func open(_ request: EditorTerminalRequest) async throws -> EditorTerminal {
            try await wait()
            return terminals.withLock { terminals in
                if let known = terminals.first(where: { $0.session == request.session }) { return known }
                let fresh = EditorTerminal(
                    terminal: "t\(terminals.count + 1)", session: request.session, name: request.name.text, pid: 7,
                    isVisible: false)
                terminals.append(fresh)
                return fresh
            }
        }
        func type(_ text: String, into terminal: String) async throws { typed.withLock { $0.append("\(terminal):\(text)") } }
        func show(_ terminal: String, takesFocus: Bool) async throws {
            shown.withLock { $0.append(terminal) }
            terminals.withLock { for index in $0.indices { $0[index].isVisible = $0[index].terminal == terminal } }
        }
        func split(_ terminal: String, direction: SplitDirection) async throws -> String {
            terminals.withLock { for index in $0.indices where $0[index].terminal == terminal { $0[index].beside += 1 } }
            return "\(terminal)-\(direction)"
        }
        func close(_ terminal: String) async throws { terminals.withLock { $0.removeAll { $0.terminal == terminal } } }
        func list() async throws -> [EditorTerminal] {
            try await wait()
            return terminals.withLock { $0 }
        }
        private func wait() async throws { while isHung.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) } }
    }

    private let alive = Keepers()
    private final class Keepers: Sendable { let dead = Mutex<Set<SessionID>>([]) }

    private func multiplexer(_ time: any TimeSource = RealTime()) -> EditorMultiplexer {
        let keepers = alive
        return EditorMultiplexer(name: "vscode", time: time) { id in keepers.dead.withLock { !$0.contains(id) } }
    }

    private func request(_ name: String, id: String? = nil) -> SpawnRequest {
        SpawnRequest(
            id: Samples.session(id ?? "s\(name)"), name: Samples.name("op-\(name)"), arguments: ["/keeper"], owner: "inst",
            ticketType: "FEAT")
    }

    @Test func `without a window it is unavailable, and says what to open`() async throws {
        let editor = multiplexer()
        let error = await #expect(throws: ReeveError.self) { _ = try await editor.spawn(request("A")) }
        #expect(error?.kind == .unavailable && error?.hint?.contains("contrib/vscode") == true)
        await #expect(throws: ReeveError.self) { try await editor.probe() }
        await #expect(throws: ReeveError.self) { try await editor.run { _ in } }
        #expect(await #expect(throws: ReeveError.self) { _ = try await editor.list() }?.kind == .unavailable)
    }

    @Test func `what it needs is a window, whose title is said`() async {
        let editor = multiplexer()
        let alone = await editor.check()
        #expect(!alone.isInstalled && !alone.isUsable && alone.findings.first?.mend?.contains("contrib/vscode") == true)
        editor.register(Window("one"))
        #expect(await editor.check() == MultiplexerCheck(isInstalled: true, findings: [.fine("connected: VS Code, one")]))
    }

    @Test func `a session is opened in the window that was turned to last, once, and typed to there`() async throws {
        let editor = multiplexer()
        let (one, two) = (Window("one"), Window("two"))
        editor.register(one)
        editor.register(two)
        editor.shown(in: "one")
        let handle = try await editor.spawn(request("A"))
        #expect(handle.session == "one" && one.terminals.withLock(\.count) == 1)
        #expect(try await editor.spawn(request("A")) == handle && one.terminals.withLock(\.count) == 1)
        let id = request("A").id
        try await editor.send("one line", to: handle, id: id)
        try await editor.send("a\nb\u{1B}[201~", to: handle, id: id)
        try await editor.press(.control("c"), in: handle, id: id)
        #expect(one.typed.withLock { $0 } == ["t1:one line", "t1:\u{1B}[200~a\nb[201~\u{1B}[201~", "t1:\u{3}"])
        try await editor.focus(handle, id: id)
        #expect(try await editor.seen() == [id])
        #expect(try await editor.list().map(\.name) == ["op-A"])
        try await editor.destroy(handle, id: id)
        #expect(try await editor.life(of: handle, id: id) == .gone)
    }

    @Test(arguments: [[], [.focus], [.sendKey], [.split], [.focus, .sendKey, .split]] as [Set<MultiplexerCapability>])
    func `what a window did not say that it can is refused, with the reason, and not asked of it`(
        capabilities: Set<MultiplexerCapability>
    ) async throws {
        let editor = multiplexer()
        let window = Window("one", capabilities)
        editor.register(window)
        let handle = try await editor.spawn(request("A"))
        let id = request("A").id
        for (capability, ask) in [
            (.focus, { try await editor.focus(handle, id: id) }),
            (.sendKey, { try await editor.press(.control("c"), in: handle, id: id) }),
            (.split, { _ = try await editor.split(handle, id: id, direction: .vertical) }),
        ] as [(MultiplexerCapability, () async throws -> Void)] {
            guard !capabilities.contains(capability) else {
                try await ask()
                continue
            }
            let error = await #expect(throws: ReeveError.self) { try await ask() }
            #expect(error?.kind == .unsupported && error?.hint?.contains("host.register") == true)
            #expect(
                error?.message == "vscode has no '\(capability)': the window 'VS Code, one' did not say that it can")
        }
        #expect(window.shown.withLock(\.count) == (capabilities.contains(.focus) ? 1 : 0))
        #expect(window.typed.withLock(\.count) == (capabilities.contains(.sendKey) ? 1 : 0))
        // Text and its end need neither.
        try await editor.send("text", to: handle, id: id)
        try await editor.destroy(handle, id: id)
        #expect(window.typed.withLock(\.last) == "t1:text" && window.terminals.withLock(\.isEmpty))
    }

    @Test func `a split is asked of the window that has the terminal`() async throws {
        let editor = multiplexer()
        editor.register(Window("one"))
        let handle = try await editor.spawn(request("A"))
        let pane = try await editor.split(handle, id: request("A").id, direction: .vertical)
        #expect(pane.id == "t1-vertical" && !pane.active)
        #expect(try await editor.list().map(\.panes) == [2])
    }

    @Test func `the name of a terminal that lives is a conflict in every window`() async throws {
        let editor = multiplexer()
        editor.register(Window("one"))
        _ = try await editor.spawn(request("A"))
        editor.register(Window("two"))
        let error = await #expect(throws: ReeveError.self) { _ = try await editor.spawn(request("A", id: "other")) }
        #expect(error?.kind == .conflict)
    }

    @Test func `a window that is being reloaded is not one that is gone`() async throws {
        let editor = multiplexer()
        let window = Window("one")
        editor.register(window)
        let handle = try await editor.spawn(request("A"))
        let id = request("A").id
        editor.unregister(window) { _ in true }
        let error = await #expect(throws: ReeveError.self) { _ = try await editor.life(of: handle, id: id) }
        #expect(error?.kind == .unavailable)
        // It comes back as another connection, with the same terminals.
        let again = Window("one")
        again.terminals.withLock { $0 = window.terminals.withLock { $0 } }
        editor.register(again)
        #expect(try await editor.life(of: handle, id: id) == .alive)
        editor.unregister(again) { _ in true }
        alive.dead.withLock { _ = $0.insert(id) }
        #expect(try await editor.life(of: handle, id: id) == .gone)
    }

    @Test func `a late end of an old connection does not take the new one off`() async throws {
        let editor = multiplexer()
        let (old, new) = (Window("one"), Window("one"))
        editor.register(old)
        editor.register(new)
        editor.unregister(old) { ($0 as? Window) === old }
        try await editor.probe()
    }

    @Test func `a window that does not answer is a time-out`() async throws {
        let time = ManualTime()
        let editor = multiplexer(time)
        let window = Window("one")
        editor.register(window)
        window.isHung.withLock { $0 = true }
        let list = Task { try await editor.list() }
        #expect(await eventually { time.hasSleepers })
        time.advance(by: .seconds(11))
        let error = await #expect(throws: ReeveError.self) { _ = try await list.value }
        #expect(error?.kind == .timeout)
        window.isHung.withLock { $0 = false }
    }

    @Test func `it is connected while a window is, and its terminals' ends are told`() async throws {
        let editor = multiplexer()
        let window = Window("one")
        editor.register(window)
        let told = Mutex<[MultiplexerEvent]>([])
        let run = Task { try await editor.run { event in told.withLock { $0.append(event) } } }
        #expect(await eventually { told.withLock { $0 == [.connected("VS Code, one")] } })
        editor.closed("t1")
        #expect(await eventually { told.withLock { $0.last == .paneDied("t1") } })
        editor.unregister(window) { _ in true }
        await #expect(throws: ReeveError.self) { try await run.value }
    }
}
