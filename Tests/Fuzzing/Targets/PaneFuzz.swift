import ReeveModel
import ReeveMultiplexers

extension FuzzTarget {
    /// What tmux says of a window, and the plan that is made of it. The first line is a layout without its checksum, each further one a pane:
    /// `ID|ACTIVE|DEAD|TAG|COMMAND`.
    static let panes = FuzzTarget(name: "panes", longest: 1024) { input in
        guard let first = input.first else { return nil }
        let lines = input.dropFirst().split(separator: 10, omittingEmptySubsequences: false)
        guard let body = lines.first else { return nil }
        let sum = String(TmuxLayoutText.checksum(body), radix: 16)
        let layout = String(repeating: "0", count: 4 - sum.count) + sum + "," + String(decoding: body, as: UTF8.self)
        let zoomed = first & 1
        let titles = ["off", "top", "bottom", "odd"][Int(first >> 1) & 3]
        let panes = lines.dropFirst().map { line in
            "@1|$1|1|1|\(layout)|\(zoomed)|\(titles)|\(String(decoding: line, as: UTF8.self))"
        }
        _ = PaneLook.tagged(panes, instance: "me")
        guard let view = PaneLook.view(panes, server: "/s", instance: "me"), let host = view.window.panes.first else {
            return nil
        }
        let sessions = view.tags.map {
            PaneQuestion.Session(session: $1.name.text, pane: $0, createdAt: $1.createdAt, isBusy: first & 8 == 0)
        }
        let requests: [PaneQuestion.Request] =
            [.open(session: "new"), .arrange] + sessions.prefix(2).map { .close(session: $0.session) }
        for request in requests {
            for layout in PaneLayout.allCases {
                let plan = PanePlanner.plan(
                    PaneQuestion(
                        window: view.window, host: host.id, instance: "me", layout: layout,
                        configuration: PaneConfiguration(
                            mainPaneMinWidth: 10, agentPaneMinWidth: 5, agentPaneMinHeight: 2, evict: .idle,
                            borderStatus: view.borderStatus), sessions: sessions, request: request))
                for (index, pane) in plan.panes.enumerated() {
                    if let other = plan.panes[(index + 1)...].first(where: { $0.rectangle.overlaps(pane.rectangle) }) {
                        return "\(pane) and \(other) overlap"
                    }
                }
                if let text = plan.layout, TmuxLayoutText.read(text) == nil { return "no layout: \(text)" }
            }
        }
        return nil
    }
}
