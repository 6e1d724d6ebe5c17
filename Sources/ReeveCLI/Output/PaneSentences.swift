import ReeveModel
import ReeveWire

/// Panes, for people.
enum PaneSentences {
    static func list(_ result: PanesList.Result) -> String {
        let following = result.following.map { "new agents come beside \(place($0.host))" }
        guard !result.panes.isEmpty else {
            return following.isEmpty
                ? "no panes; reeve panes open ID puts an agent beside this one"
                : (following + ["none has a pane yet"]).joined(separator: "\n")
        }
        let table = Table(
            header: ["PANE", "SIZE", "BESIDE", "WHERE", "TICKET", "SESSION"],
            rows: result.panes.map { entry in
                let size = if let width = entry.width, let height = entry.height { "\(width)x\(height)" } else { "-" }
                return [
                    entry.pane ?? "waits", size, entry.host.pane, entry.isolation.rawValue, entry.ticket ?? "-", entry.session,
                ]
            }
        ).render(width: Terminal.width)
        return ([table] + following).joined(separator: "\n")
    }

    static func followed(_ wish: PanesFollow.Params, _ result: PanesFollow.Result) -> String {
        guard wish.enabled else {
            return result.before.map { "new agents come beside \(place($0)) no more" } ?? "no pane of this tmux server followed"
        }
        var text = "each agent that starts comes beside \(Terminal.clean(wish.host.pane))"
        if let before = result.before, before.pane != wish.host.pane {
            text += ", and no more beside \(Terminal.clean(before.pane))"
        }
        return text + "; reeve panes open --all shows those that run"
    }

    private static func place(_ host: PaneHostShape) -> String {
        "\(Terminal.clean(host.pane)) of \(Terminal.clean(host.server))"
    }

    static func opened(_ name: String, _ result: PanesOpen.Result) -> String {
        let name = Terminal.clean(name)
        let reason = Terminal.clean(result.reason.sentence)
        if let position = result.position { return "\(name) waits for room, number \(position): \(reason)" }
        guard let pane = result.pane else { return "\(name) gets no pane: \(reason)" }
        return result.decision.type == "skip" ? "\(name): \(reason)" : "\(name) is in \(Terminal.clean(pane)): \(reason)"
    }
}
