import ReeveJSON
package import ReeveModel

/// Translates the events of Amp's plugin. Many come without a thread's id; then the pane tells, or that there is only one.
package enum AmpEvents {
    package static func read(_ event: HookEvent) -> ThreadReport? {
        let root = event.root
        guard let name = root.text("event") else { return nil }
        var report = ThreadReport(
            kind: "amp", thread: Identifier.clean(root.text("thread")), channel: .hook, place: event.place,
            directory: root.text("cwd"),
            at: event.at)
        func add(_ meaning: Signal.Meaning, _ matched: String = "") {
            report.signals.append(
                Signal(
                    meaning, rule: "event \(ThreadText.match(name))", matched: ThreadText.match(matched), at: event.at,
                    isExplicit: true))
        }
        let id = Identifier.clean(root.text("toolUseID"))
        let status = root.text("status") ?? ""
        switch name {
        case "session.start": add(.sessionStarted())
        case "agent.start":
            let prompt = root.text("message") ?? ""
            add(.prompt, prompt)
            if !prompt.isEmpty { add(.prompted(prompt)) }
        case "agent.end":
            switch status {
            case "done": add(.turnEnded(Signal.TurnEnd(.done)), status)
            case "error":
                let text = ThreadText.match(root.text("message") ?? "error")
                add(.turnEnded(Signal.TurnEnd(.error, detail: text.isEmpty ? "error" : text)), status)
            default: add(.turnEnded(Signal.TurnEnd(.interrupted)), status)
            }
        case "tool.call": add(.toolStarted(Signal.Tool(id: id, name: ThreadText.match(root.text("tool") ?? "a tool"))))
        // A tool that failed is the agent's own affair: it goes on.
        case "tool.result": add(status == "cancelled" ? .turnEnded(Signal.TurnEnd(.interrupted)) : .toolEnded(id: id), status)
        default: return nil
        }
        return report
    }
}
