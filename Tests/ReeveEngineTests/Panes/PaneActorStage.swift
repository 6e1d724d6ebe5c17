import Logging
import ReeveEngine
import ReeveModel
import ReeveTestSupport

/// The actor that keeps panes, on windows and sessions in memory and a clock of the test's.
struct PaneActorStage {
    let windows: FakePaneWindows
    let sessions: FakePaneSessions
    let journal: MemoryJournal
    let time: ManualTime
    let live: LiveSettings
    let actor: PaneActor

    init(
        windows: FakePaneWindows = FakePaneWindows(), _ change: (inout PaneSettings) -> Void = { _ in }
    ) {
        var panes = PaneSettings()
        change(&panes)
        self.init(
            windows, FakePaneSessions(), MemoryJournal(), ManualTime(),
            LiveSettings(
                EngineSettings(
                    limits: QueueLimits(), retry: RetryPolicy(), defaultAgent: "a", sessionPrefix: "op-", linger: .zero,
                    rungTimeout: .seconds(1), lastResort: .signal, readyTimeout: .seconds(1), kinds: [:], panes: panes)),
            PaneMemory())
    }

    private init(
        _ windows: FakePaneWindows, _ sessions: FakePaneSessions, _ journal: MemoryJournal, _ time: ManualTime,
        _ live: LiveSettings, _ memory: PaneMemory
    ) {
        self.windows = windows
        self.sessions = sessions
        self.journal = journal
        self.time = time
        self.live = live
        actor = PaneActor(
            windows: windows, subjects: sessions, journal: journal, memory: memory, settings: live, time: time, instance: "me",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A daemon that comes after one that was killed: it has the journal, and nothing else of that one.
    func restarted() async throws -> PaneActorStage {
        let memory = PaneMemory(stored: try await journal.meta(PaneActor.memoryKey) ?? "")
        return PaneActorStage(windows, sessions, journal, time, live, memory)
    }

    func open(_ name: String, isolation: PaneIsolation? = nil, waits: Bool = true) async throws -> PaneActor.Answer {
        try await actor.open(
            PaneWish(
                .session(Samples.name(name)), host: FakePaneWindows.host, isolation: isolation, waits: waits))
    }

    /// So many sessions, each with its pane: four fit into 200 by 50.
    func fill(_ count: Int) async throws {
        for number in 1...count {
            sessions.add("s\(number)")
            _ = try await open("s\(number)")
            time.advance(by: .milliseconds(1))
        }
    }

    @discardableResult
    func follow(_ host: PaneHost = FakePaneWindows.host, isolation: PaneIsolation? = nil) async throws -> PaneHost? {
        try await actor.follow(host, layout: nil, isolation: isolation)
    }

    /// Some time goes by, and the actor looks.
    func look(after duration: Duration = .zero) async {
        time.advance(by: duration)
        _ = await actor.take(duration == .zero ? .look : .tick)
    }

    /// Who waits, the eldest first.
    var waiting: [String] { get async { await actor.list().filter { $0.pane == nil }.map(\.session.text) } }

    func news() -> [PaneNews] {
        journal.payloads.compactMap { if case .pane(let news) = $0 { news } else { nil } }
    }

    func refusal(of name: String) -> String? {
        news().last { $0.what == .refused && $0.session?.text == name }?.reason
    }
}
