import ReeveJSON
package import ReeveModel

/// The argument of Codex's `notify` program. It tells the end of turns and nothing else.
package enum CodexNotify {
    package static func read(_ event: HookEvent) -> ThreadReport? {
        let root = event.root
        guard root.text("type") == "agent-turn-complete" else { return nil }
        // Old versions do not say which thread.
        var report = ThreadReport(
            kind: "codex", thread: Identifier.clean(root.text("thread-id")), channel: .hook, place: event.place,
            directory: root.text("cwd"), at: event.at)
        if let last = root.member("input-messages")?.itemsIfArray.last?.string {
            report.signals.append(Signal(.prompted(last), rule: "notify", at: event.at))
        }
        let end = Signal.TurnEnd(.done, turn: Identifier.clean(root.text("turn-id")))
        report.signals.append(
            Signal(
                .turnEnded(end), rule: "notify agent-turn-complete", matched: "agent-turn-complete", at: event.at,
                isExplicit: true))
        return report
    }
}

extension JSONView {
    /// The items of an array; none for anything else.
    var itemsIfArray: [JSONView] { kind == .array ? items : [] }
}
