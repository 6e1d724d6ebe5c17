import ReeveModel
import ReeveWire

/// Panes, for people.
enum PaneSentences {
    static func list(_ panes: [PaneEntryShape]) -> String {
        guard !panes.isEmpty else { return "no panes; reeve panes open ID puts an agent beside this one" }
        return Table(
            header: ["PANE", "SIZE", "BESIDE", "WHERE", "TICKET", "SESSION"],
            rows: panes.map { entry in
                let size = if let width = entry.width, let height = entry.height { "\(width)x\(height)" } else { "-" }
                return [
                    entry.pane ?? "waits", size, entry.host.pane, entry.isolation.rawValue, entry.ticket ?? "-", entry.session,
                ]
            }
        ).render(width: Terminal.width)
    }

    static func opened(_ name: String, _ result: PanesOpen.Result) -> String {
        let name = Terminal.clean(name)
        let reason = Terminal.clean(result.reason.sentence)
        if let position = result.position { return "\(name) waits for room, number \(position): \(reason)" }
        guard let pane = result.pane else { return "\(name) gets no pane: \(reason)" }
        return result.decision.type == "skip" ? "\(name): \(reason)" : "\(name) is in \(Terminal.clean(pane)): \(reason)"
    }
}
