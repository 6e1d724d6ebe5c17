import ReeveModel
import ReeveTestSupport

/// What happens in one window, the same for the same seed: a person splits, sizes, moves and zooms, and agents come and go.
struct PaneLife {
    static let owner = "me"

    private var generator: SeededGenerator
    let width: Int
    let height: Int
    let border: PaneBorderStatus
    private var layout: PaneLayout
    private var configuration: PaneConfiguration
    private(set) var sessions: [PaneQuestion.Session] = []
    /// The main pane; empty before the `beginning`.
    private(set) var host = ""
    private var clock: Int64 = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        width = Int.random(in: 80...320, using: &generator)
        height = Int.random(in: 24...90, using: &generator)
        border = generator.pick(PaneBorderStatus.allCases)
        layout = generator.pick(PaneLayout.allCases)
        configuration = PaneConfiguration()
        configure()
    }

    private mutating func configure() {
        // Small ones, so that many agents fit, or so large that soon none does.
        let parts = generator.pick([2, 4, 8])
        configuration = PaneConfiguration(
            mainPaneSize: Int.random(in: 10...90, using: &generator),
            mainPaneMinWidth: Int.random(in: 1...(width / 2), using: &generator),
            mainPaneMinHeight: Int.random(in: 1...(height / 3), using: &generator),
            agentPaneMinWidth: Int.random(in: 1...(width / parts), using: &generator),
            agentPaneMinHeight: Int.random(in: 1...(height / parts), using: &generator),
            evict: generator.oneIn(3) ? .never : .idle, borderStatus: border, keepMainSize: generator.oneIn(2))
    }

    // MARK: - A person

    /// Whether a person does something before the next request.
    var personComes: Bool { mutating get { generator.oneIn(2) } }
    /// Whether a zoomed window is not so any more after a request.
    var zoomIsLookedBehind: Bool { mutating get { generator.oneIn(3) } }

    /// Panes that are there before any plan is made, some of them ours.
    mutating func beginning(_ stage: PaneStage, _ session: String) async throws {
        for _ in 0..<Int.random(in: 0...5, using: &generator) {
            let pane = generator.pick(try await stage.read(session).panes).id
            try await stage.attempt(split(pane))
        }
        let panes = try await stage.read(session).panes.map(\.id)
        host = generator.oneIn(2) ? panes[0] : generator.pick(panes)
        for pane in panes where pane != host {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1:
                try await stage.must(["set-option", "-p", "-t", pane, PaneStage.tag, Self.owner])
                add(pane, named: "s\(pane)")
            case 2: try await stage.must(["set-option", "-p", "-t", pane, PaneStage.tag, "other"])
            default: break
            }
        }
    }

    /// One thing that a person does in the window. It may be refused; the main pane is never closed.
    mutating func person(in reading: WindowReading, _ session: String) -> [String] {
        let pane = generator.pick(reading.panes).id
        let other = generator.pick(reading.panes).id
        switch Int.random(in: 0..<16, using: &generator) {
        case 0, 1: return split(pane)
        case 2: return ["resize-pane", "-t", pane, "-x", "\(Int.random(in: 1...width, using: &generator))"]
        case 3: return ["resize-pane", "-t", pane, "-y", "\(Int.random(in: 1...height, using: &generator))"]
        case 4: return pane == host ? ["select-pane", "-t", pane] : ["kill-pane", "-t", pane]
        case 5: return ["swap-pane", "-d", "-s", pane, "-t", other]
        case 6: return ["join-pane", "-d", generator.oneIn(2) ? "-h" : "-v", "-s", pane, "-t", other]
        case 7:
            return [
                "resize-window", "-t", session + ":", "-x", "\(Int.random(in: 80...320, using: &generator))", "-y",
                "\(Int.random(in: 24...90, using: &generator))",
            ]
        case 8: return ["rotate-window", "-t", session + ":"]
        case 9: return ["select-layout", "-t", session + ":", generator.pick(["tiled", "even-horizontal", "main-vertical"])]
        case 10...13: return ["resize-pane", "-Z", "-t", pane]
        default: return ["select-pane", "-t", pane]
        }
    }

    private mutating func split(_ pane: String) -> [String] {
        var arguments = ["split-window", "-d", generator.oneIn(2) ? "-h" : "-v", "-t", pane]
        if generator.oneIn(3) { arguments.append("-b") }
        if generator.oneIn(6) { arguments.append("-f") }
        if generator.oneIn(2) { arguments += ["-l", "\(Int.random(in: 10...90, using: &generator))%"] }
        return arguments
    }

    // MARK: - Reeve

    /// The next question; nil if the window is none for the planner.
    mutating func question(about reading: WindowReading) -> PaneQuestion? {
        if generator.oneIn(5) { layout = generator.pick(PaneLayout.allCases) }
        if generator.oneIn(5) { configure() }
        for index in sessions.indices {
            sessions[index].isBusy = generator.oneIn(3)
            if generator.oneIn(3) { sessions[index].lastActiveAt = tick() }
        }
        let request: PaneQuestion.Request
        switch Int.random(in: 0..<8, using: &generator) {
        case 0, 1: request = sessions.isEmpty ? .arrange : .close(session: generator.pick(sessions).session)
        case 2, 3: request = .arrange
        default: request = .open(session: "t\(tick().milliseconds)")
        }
        guard let window = reading.window(byLayout: reading.isZoomed || generator.oneIn(2)) else { return nil }
        return PaneQuestion(
            window: window, host: host, instance: Self.owner, layout: layout, configuration: configuration, sessions: sessions,
            request: request)
    }

    /// What is known after a plan was carried out, or was none.
    ///
    /// - Parameter made: the id of the new pane.
    mutating func note(_ plan: PanePlan, _ question: PaneQuestion, made: String?) {
        switch (plan.decision, question.request) {
        case (.spawn, .open(let session)): add(made ?? "", named: session)
        case (.replace(let target, let victim, _), .open(let session)):
            sessions.removeAll { $0.session == victim }
            add(made ?? target, named: session)
        // What is refused because its pane has gone is over as well.
        case (_, .close(let session)): sessions.removeAll { $0.session == session }
        default: break
        }
    }

    private mutating func add(_ pane: String, named session: String) {
        sessions.append(PaneQuestion.Session(session: session, pane: pane, createdAt: tick(), isBusy: true))
    }

    private mutating func tick() -> Timestamp {
        clock += 1
        return Timestamp(milliseconds: clock)
    }
}
