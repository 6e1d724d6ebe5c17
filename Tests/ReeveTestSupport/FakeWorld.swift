package import ReeveModel
import Synchronization

/// A multiplexer and its keepers in memory: sessions exist, launches run until a test ends them. Follows the contracts of
/// `Ports/Multiplexer` and `Ports/Keepers`; what the real ones do is tested against the real ones.
package final class FakeWorld: Multiplexer, Keepers, LaunchEnvironment {
    package struct Session: Sendable {
        package var handle: TerminalHandle
        package var keeperIsAlive = true
        package var facts: [LaunchID: LaunchFact] = [:]
        package var current: LaunchID?
    }

    private struct State {
        var sessions: [SessionID: Session] = [:]
        var starts: [LaunchID: Int] = [:]
        var orders: [LaunchOrder] = []
        var keys: [String] = []
        var claims: [SessionID: String] = [:]
        var listeners: [SessionID: [AsyncStream<KeeperEvent>.Continuation]] = [:]
        var next = 0
        /// Nil: it is up.
        var downWith: ReeveError?
        var whenStarting: @Sendable () -> Void = {}
        var leavesOn: String? = "/exit"
        var missing: Set<String> = []
        var prompts: [LaunchID: String] = [:]
        var lockLooks: [SessionID: Int] = [:]
        var inspections: [SessionID: Int] = [:]
        var connections = 0
        var beforePrompts: @Sendable () async -> Void = {}
        var report: (@Sendable (MultiplexerEvent) -> Void)?
        var screen = 0
        var screenIsBusy = false
        var screenIsDead = false
        var readsInput = true
        var isOccupied = false
        var takesNoPrompts = false
        var connectsAfter: Duration?
        var heldInspection: (launch: LaunchID, sessions: Int)?
        var looksForOthers = 0
        var holdsLists = false
        var holdsKeys = false
        var heldLists = 0
        var displayed: [SessionID: [TerminalStatus]] = [:]
        var holdsDisplays = false
        var heldDisplays = 0
        var staleLists = 0
        var watched: Set<SessionID> = []
        var endingOnLook: LaunchID?
    }

    private let state = Mutex(State())
    package let name: String
    package let capabilities = Set(MultiplexerCapability.allCases)
    package let reservedNames: Set<SessionName> = []
    package let defaultDirectory = "/"
    package let shell = "/bin/sh"

    package init(name: String = "fake") { self.name = name }

    // MARK: What tests ask and do

    package var orders: [LaunchOrder] { state.withLock(\.orders) }
    package func setUp(_ isUp: Bool) { setDown(isUp ? nil : .unavailable("fake is down")) }
    /// What a connection to it ends with from now on.
    package func setDown(_ error: ReeveError?) { state.withLock { $0.downWith = error } }
    /// Done whenever an agent or command has just been started.
    package func whenStarting(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.whenStarting = body } }
    /// How often somebody has connected.
    package var connections: Int { state.withLock(\.connections) }
    /// What a prompt's file waits for before it is written.
    package func holdPrompts(_ body: @escaping @Sendable () async -> Void) { state.withLock { $0.beforePrompts = body } }
    package var starts: [LaunchID: Int] { state.withLock(\.starts) }
    package var keys: [String] { state.withLock(\.keys) }
    package var sessionCount: Int { state.withLock { $0.sessions.count } }
    package func running() -> [LaunchID] { state.withLock { $0.sessions.values.compactMap(\.current) } }

    /// The text on which an agent leaves; nil: it ignores all keys.
    package func agentsLeave(on text: String?) { state.withLock { $0.leavesOn = text } }
    /// A screen that changes by itself all the time, or never; a program that reads what is typed, or does not.
    package func programs(areBusy: Bool = false, areSilent: Bool = false, read: Bool) {
        state.withLock { state in
            state.screenIsBusy = areBusy
            state.screenIsDead = areSilent
            state.readsInput = read
        }
    }
    /// The multiplexer takes so long to be connected to.
    package func connects(after delay: Duration) { state.withLock { $0.connectsAfter = delay } }
    /// The keeper of this launch does not say what became of it while there are more than so many sessions.
    package func holdInspection(of launch: LaunchID, whileMoreThan sessions: Int) {
        state.withLock { $0.heldInspection = (launch, sessions) }
    }
    /// What the sidebar has shown of a session, the latest last.
    package func displayed(of id: SessionID) -> [TerminalStatus] { state.withLock { $0.displayed[id] ?? [] } }
    /// The sidebar takes its time, until it is let go.
    package func holdDisplays(_ holds: Bool) { state.withLock { $0.holdsDisplays = holds } }
    /// So many wait for the sidebar.
    package var heldDisplays: Int { state.withLock(\.heldDisplays) }
    /// The program of a terminal that was taken in has ended, or another was started there; the multiplexer says so.
    package func setProgram(of id: SessionID, isAlive: Bool) {
        state.withLock { $0.sessions[id]?.keeperIsAlive = isAlive }
        reportChange()
    }
    /// Lists take their time, until they are let go.
    package func holdLists(_ holds: Bool) { state.withLock { $0.holdsLists = holds } }
    /// Nothing typed arrives until it is let go.
    package func holdKeys(_ holds: Bool) { state.withLock { $0.holdsKeys = holds } }
    /// So many wait for a list.
    package var heldLists: Int { state.withLock(\.heldLists) }
    /// The next list is one from before there was any session.
    package func nextListIsStale() { state.withLock { $0.staleLists = 1 } }
    package var staleLists: Int { state.withLock(\.staleLists) }
    /// Somebody has its terminal in front of them.
    package func watch(_ id: SessionID) { state.withLock { _ = $0.watched.insert(id) } }
    /// The multiplexer says that its sessions have changed.
    package func reportChange() { state.withLock(\.report)?(.changed) }
    /// A person closes a terminal while nobody is connected to its keeper.
    package func removeSilently(_ id: SessionID) { state.withLock { _ = $0.sessions.removeValue(forKey: id) } }
    package var promptCount: Int { state.withLock(\.prompts.count) }
    /// A person has a shell open: launches are not taken.
    package func occupyTerminals(_ isOccupied: Bool) { state.withLock { $0.isOccupied = isOccupied } }
    /// The disk is full where prompts are written.
    package func refusePrompts(_ areRefused: Bool) { state.withLock { $0.takesNoPrompts = areRefused } }
    package func isMissing(_ program: String) { state.withLock { _ = $0.missing.insert(program) } }

    /// It ends while somebody looks at its screen.
    package func endsWhenLookedAt(_ launch: LaunchID) { state.withLock { $0.endingOnLook = launch } }

    package func end(_ launch: LaunchID, _ exit: Exit) {
        let told = state.withLock { state -> [AsyncStream<KeeperEvent>.Continuation] in
            guard let id = state.sessions.first(where: { $0.value.current == launch })?.key else { return [] }
            state.sessions[id]?.facts[launch] = .ended(exit)
            state.sessions[id]?.current = nil
            return state.listeners[id] ?? []
        }
        for listener in told { listener.yield(.ended(launch, exit)) }
    }

    /// SIGKILL to the keeper; with `terminal` the session goes too.
    /// - Parameter looks: how often its lock is still seen after that: a process that is killed lets go of one thing after the other.
    package func killKeeper(_ id: SessionID, terminal: Bool, looks: Int = 0) {
        let told = state.withLock { state -> [AsyncStream<KeeperEvent>.Continuation] in
            state.lockLooks[id] = looks
            if terminal {
                state.sessions[id] = nil
            } else {
                state.sessions[id]?.keeperIsAlive = false
                if let launch = state.sessions[id]?.current { state.sessions[id]?.facts[launch] = .lost }
            }
            return state.listeners[id] ?? []
        }
        for listener in told { listener.yield(.gone) }
    }

    private func requireUp() throws {
        if let error = state.withLock(\.downWith) { throw error }
    }

    // MARK: Multiplexer

    package func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        try requireUp()
        if let delay = state.withLock(\.connectsAfter) { try await Task.sleep(for: delay) }
        state.withLock { state in
            state.report = report
            state.connections += 1
        }
        report(.connected("fake 1"))
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    package func probe() async throws { try requireUp() }

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        try requireUp()
        return state.withLock { state in
            if let known = state.sessions[request.id] { return known.handle }
            state.next += 1
            let handle = TerminalHandle(session: "$\(state.next)", pane: "%\(state.next)", epoch: "e")
            state.sessions[request.id] = Session(handle: handle)
            return handle
        }
    }

    /// What a person has made is there under every name, and has no keeper.
    package func adopt(
        _ name: SessionName, id: SessionID, owner: String, server: String?, isOpen: @Sendable (SessionID) async -> Bool
    ) async throws -> TerminalHandle {
        try await spawn(SpawnRequest(id: id, name: name, arguments: [], owner: owner))
    }

    package func release(_ handle: TerminalHandle, id: SessionID) async throws {
        try requireUp()
        state.withLock { _ = $0.sessions.removeValue(forKey: id) }
    }

    package func destroy(_ handle: TerminalHandle, id: SessionID) async throws {
        try requireUp()
        state.withLock { _ = $0.sessions.removeValue(forKey: id) }
    }

    package func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife {
        try requireUp()
        return state.withLock { $0.sessions[id].map { $0.keeperIsAlive ? .alive : .dead } ?? .gone }
    }

    package func list() async throws -> [TerminalSession] {
        state.withLock { $0.heldLists += 1 }
        defer { state.withLock { $0.heldLists -= 1 } }
        while state.withLock(\.holdsLists) { try await Task.sleep(for: .milliseconds(1)) }
        try requireUp()
        return state.withLock { state in
            if state.staleLists > 0 {
                state.staleLists -= 1
                return []
            }
            return state.sessions.map {
                TerminalSession(
                    id: $0.key, name: $0.key.text, handle: $0.value.handle, width: 80, height: 24,
                    attached: state.watched.contains($0.key) ? 1 : 0, panes: 1, dead: !$0.value.keeperIsAlive, owner: "inst")
            }
        }
    }

    package func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        while state.withLock(\.holdsKeys) { try await Task.sleep(for: .milliseconds(1)) }
        try requireUp()
        let leaving = state.withLock { state -> LaunchID? in
            state.keys.append(text)
            if let claim { state.claims[id] = claim }
            state.screen += 1
            return state.leavesOn == text ? state.sessions[id]?.current : nil
        }
        if let leaving { end(leaving, .code(0)) }
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws {
        while state.withLock(\.holdsKeys) { try await Task.sleep(for: .milliseconds(1)) }
        try requireUp()
        let leaving = state.withLock { state -> LaunchID? in
            state.keys.append(key.name)
            if let claim { state.claims[id] = claim }
            state.screen += 1
            return state.leavesOn == key.name ? state.sessions[id]?.current : nil
        }
        if let leaving { end(leaving, .code(0)) }
    }

    /// As if a daemon before this one had typed something under this name.
    package func claim(_ session: SessionID, _ claim: String) { state.withLock { $0.claims[session] = claim } }
    package func claim(_ handle: TerminalHandle, id: SessionID) async throws -> String? { state.withLock { $0.claims[id] } }

    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String { "" }
    package func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String {
        let ending = state.withLock { state in
            defer { state.endingOnLook = nil }
            return state.endingOnLook
        }
        if let ending { end(ending, .code(0)) }
        return state.withLock { state in
            if state.screenIsBusy { state.screen += 1 }
            return state.screenIsDead ? "screen" : "screen \(state.screen)"
        }
    }
    package func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane {
        TerminalPane(id: "%99", width: 1, height: 1, active: false)
    }
    package func display(_ status: TerminalStatus, of handle: TerminalHandle, id: SessionID) async throws {
        state.withLock { $0.heldDisplays += 1 }
        defer { state.withLock { $0.heldDisplays -= 1 } }
        while state.withLock(\.holdsDisplays) { try await Task.sleep(for: .milliseconds(1)) }
        try requireUp()
        state.withLock { $0.displayed[id, default: []].append(status) }
    }
    package func focus(_ handle: TerminalHandle, id: SessionID) async throws {}
    package func tag(_ handle: TerminalHandle, id: SessionID, key: String, value: String) async throws {}
    package func attachCommand(_ handle: TerminalHandle, id: SessionID) async throws -> AttachCommand {
        AttachCommand(arguments: ["fake"], inside: [], socket: nil)
    }

    // MARK: Keepers

    package func await(_ session: SessionID) async throws {
        guard await isAlive(session) else { throw ReeveError(.timeout, "the keeper of '\(session)' did not come up") }
    }

    package func run(_ order: LaunchOrder, in session: SessionID) async throws -> LaunchFact {
        defer { state.withLock(\.whenStarting)() }
        return try state.withLock { state in
            guard state.sessions[session]?.keeperIsAlive == true else { throw ReeveError.unavailable("no keeper") }
            if let fact = state.sessions[session]?.facts[order.id] { return fact }
            if state.isOccupied { return .occupied("a person has a shell open in this terminal") }
            state.orders.append(order)
            state.starts[order.id, default: 0] += 1
            state.next += 1
            let fact = LaunchFact.running(pid: 1000 + state.next, stopped: false)
            state.sessions[session]?.facts[order.id] = fact
            state.sessions[session]?.current = order.id
            return fact
        }
    }

    package func signal(_ launch: LaunchID, _ signal: KeeperSignal, in session: SessionID) async throws {
        switch signal {
        case .terminate: end(launch, .signal(15))
        case .kill: end(launch, .signal(9))
        case .interrupt, .resume: break
        }
    }

    package func inspect(_ launch: LaunchID, in session: SessionID) async throws -> LaunchFact {
        func isHeld(_ state: inout State) -> Bool {
            state.heldInspection.map { $0.launch == launch && state.sessions.count > $0.sessions } ?? false
        }
        while state.withLock({ isHeld(&$0) }) {
            try await Task.sleep(for: .milliseconds(1))
        }
        return state.withLock { state in
            state.inspections[session, default: 0] += 1
            return state.sessions[session]?.facts[launch] ?? .neverStarted
        }
    }

    /// How often somebody has asked what became of a launch there.
    package func inspectionCount(in session: SessionID) -> Int { state.withLock { $0.inspections[session] ?? 0 } }

    package func runsOther(than launch: LaunchID, in session: SessionID) async throws -> Bool {
        state.withLock { state in
            state.looksForOthers += 1
            return state.sessions[session]?.current.map { $0 != launch } ?? false
        }
    }

    /// How often it was asked whether something else than a known launch runs somewhere.
    package var looksForOthers: Int { state.withLock(\.looksForOthers) }

    package func inputConsumed(in session: SessionID) async throws -> Bool { state.withLock(\.readsInput) }
    package func isAlive(_ session: SessionID) async -> Bool {
        state.withLock { state in
            if let looks = state.lockLooks[session], looks > 0 {
                state.lockLooks[session] = looks - 1
                return true
            }
            return state.sessions[session]?.keeperIsAlive ?? false
        }
    }

    package func events(of session: SessionID) -> AsyncStream<KeeperEvent> {
        let (stream, continuation) = AsyncStream<KeeperEvent>.makeStream()
        state.withLock { $0.listeners[session, default: []].append(continuation) }
        return stream
    }

    package func dismiss(_ session: SessionID) async {}
    package func forget(_ session: SessionID) async {}
    package func command(for session: SessionID) -> [String] { ["keeper", session.text] }

    // MARK: Environment

    package func environment(for launch: Launch) throws -> [String: String] { [:] }
    package func missingProgram(_ program: String, environment: [String: String], directory: String) -> String? {
        state.withLock { $0.missing.contains(program) } ? "no program '\(program)'" : nil
    }
    package func writePrompt(_ text: String, for launch: LaunchID) async throws {
        await state.withLock(\.beforePrompts)()
        try state.withLock { state in
            if state.takesNoPrompts { throw ReeveError.unavailable("cannot write a prompt: the disk is full") }
            state.prompts[launch] = text
        }
    }
    package func readPrompt(for launch: LaunchID) async throws -> String { state.withLock { $0.prompts[launch] ?? "" } }
    package func discardPrompt(for launch: LaunchID) async { state.withLock { _ = $0.prompts.removeValue(forKey: launch) } }
    package func promptPath(for launch: LaunchID) -> String { "/prompts/\(launch)" }
    package func canonical(_ path: String) -> String { path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }
    package func badDirectory(_ path: String) -> String? { path.hasPrefix("/no") ? "there is no such directory" : nil }
}

/// Names in order: t1, t2, …
package final class CountingIDs: IDGenerator {
    private let counter: Mutex<Int>
    private let prefix: String
    package init(prefix: String = "t") {
        self.prefix = prefix
        counter = Mutex(0)
    }
    package func token(_ length: Int) -> String {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        return "\(prefix)\(number)"
    }
    package func uuid() -> String { "uuid-\(token(0))" }
}
