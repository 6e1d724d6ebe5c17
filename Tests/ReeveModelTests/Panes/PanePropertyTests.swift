import ReeveModel
import ReeveTestSupport
import Testing

/// What holds for every plan, on windows that nobody would think of.
@Suite struct PanePropertyTests {
    private static let windows = 100_000
    private static let shares = 4

    @Test(arguments: 0..<shares)
    func `a plan covers the window, keeps foreign panes and honours the minimums`(share: Int) {
        var kinds: [String: Int] = [:]
        for seed in stride(from: share, to: Self.windows, by: Self.shares) {
            let question = RandomWindow(seed: UInt64(seed)).question
            let plan = PanePlanner.plan(question)
            let kind = Self.kind(plan.decision)
            kinds[kind, default: 0] += 1
            if let wrong = Self.wrong(plan, question) {
                Issue.record("seed \(seed), \(kind): \(wrong)")
                return
            }
        }
        // Windows in which nothing ever happens would prove nothing.
        for kind in ["spawn", "replace", "defer", "skip", "close", "arrange"] {
            #expect(kinds[kind, default: 0] > Self.windows / Self.shares / 200, "\(kinds)")
        }
    }

    private static func kind(_ decision: PaneDecision) -> String {
        switch decision {
        case .spawn: "spawn"
        case .replace: "replace"
        case .defer: "defer"
        case .skip: "skip"
        case .close: "close"
        case .arrange: "arrange"
        }
    }

    private static func wrong(_ plan: PanePlan, _ question: PaneQuestion) -> String? {
        let window = question.window
        var gone: String?
        var grown: [String] = []
        switch plan.decision {
        case .defer(let reason), .skip(let reason):
            if case .invalid(let fault) = reason { return "refused: \(fault.sentence)" }
            return plan.steps.isEmpty && plan.layout == nil && plan.panes.isEmpty ? nil : "steps without a decision"
        case .close(let pane, .ended(_, let foreign)): (gone, grown) = (pane, foreign)
        case .replace:
            return plan.panes.map(\.rectangle) == window.panes.map(\.rectangle) ? nil : "a replaced pane moved something"
        default: break
        }

        // Whoever was there is there, and foreign panes are where they were.
        var before: [String: PaneWindow.Pane] = [:]
        for pane in window.panes { before[pane.id] = pane }
        let expected = window.panes.count + (gone == nil ? 0 : -1) + (plan[PanePlan.newPane] == nil ? 0 : 1)
        guard plan.panes.count == expected else { return "\(plan.panes.count) panes" }
        let configuration = question.configuration
        for pane in plan.panes {
            let was = before[pane.id]
            if pane.id == question.host { continue }
            guard was?.owner == "me" || was == nil && pane.id == PanePlan.newPane else {
                if was?.rectangle != pane.rectangle, !grown.contains(pane.id) { return "\(pane.id) is foreign and moved" }
                continue
            }
            let isSmall =
                pane.rectangle.width < configuration.agentPaneMinWidth || pane.rectangle.height < configuration.agentPaneMinHeight
            // What is small already and is not laid out stays as it is, and may grow with a closed neighbour.
            let isKept =
                was.map { pane.rectangle.width >= $0.rectangle.width && pane.rectangle.height >= $0.rectangle.height } ?? false
            if isSmall, !isKept { return "\(pane.id) is below the minimum" }
        }
        if let host = plan[question.host], let was = before[question.host]?.rectangle {
            if host.width < min(configuration.mainPaneMinWidth, was.width) { return "the main pane is too narrow" }
            if host.height < min(configuration.mainPaneMinHeight, was.height) { return "the main pane is too low" }
        } else {
            return "the main pane is gone"
        }

        // The text is right, and its cells are the rectangles.
        guard let text = plan.layout, let tree = TmuxLayoutText.read(text) else { return "the layout's text is not one" }
        guard tree.rectangle == PaneRectangle(left: 0, top: 0, width: window.width, height: window.height) else {
            return "its size"
        }
        let cells = tree.leaves.map { configuration.borderStatus.inside($0.rectangle, windowHeight: window.height) }
        guard cells == plan.panes.map(\.rectangle) else { return "the text has other cells" }
        var covered = 0
        for (index, cell) in tree.leaves.enumerated() {
            // With the divider right of and below each.
            covered += (cell.rectangle.width + 1) * (cell.rectangle.height + 1)
            for other in tree.leaves[(index + 1)...] where other.rectangle.overlaps(cell.rectangle) { return "an overlap" }
        }
        if covered != (window.width + 1) * (window.height + 1) { return "a gap" }
        return plan.keepsZoom == plan.steps.contains { if case .zoom = $0 { true } else { false } } ? nil : "the zoom"
    }
}
