import ReeveModel
import ReeveWire

/// Panes, for people.
enum PaneSentences {
    static func list(_ result: PanesList.Result) -> String {
        let following = result.following.map { line("new agents come beside \(place($0.host))") }
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
            guard let before = result.before else { return "no pane of this tmux server followed" }
            return line("new agents come beside \(place(before)) no more")
        }
        var text = "each agent that starts comes beside \(Terminal.clean(wish.host.pane))"
        if let before = result.before, before.pane != wish.host.pane {
            text += ", and no more beside \(Terminal.clean(before.pane))"
        }
        return line(text + "; reeve panes open --all shows those that run")
    }

    /// What became of a session's pane, or of the wait for one.
    static func closed(_ name: String, _ result: PanesClose.Result) -> String {
        line("\(Terminal.clean(name)): \(Terminal.clean(result.reason.sentence))")
    }

    static func arranged(_ result: PanesArrange.Result) -> String { line(Terminal.clean(result.reason.sentence)) }

    /// Names, paths and reasons are of any length.
    private static func line(_ text: String) -> String { Wrapping.wrap(text, Terminal.width) }

    private static func place(_ host: PaneHostShape) -> String {
        "\(Terminal.clean(host.pane)) of \(Terminal.clean(host.server))"
    }

    static func opened(_ name: String, _ result: PanesOpen.Result) -> String {
        let name = Terminal.clean(name)
        let reason = Terminal.clean(result.reason.sentence)
        if let position = result.position { return line("\(name) waits for room, number \(position): \(reason)") }
        guard let pane = result.pane else { return line("\(name) gets no pane: \(reason)") }
        return line(result.decision.type == "skip" ? "\(name): \(reason)" : "\(name) is in \(Terminal.clean(pane)): \(reason)")
    }
}
