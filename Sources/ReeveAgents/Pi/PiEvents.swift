import ReeveJSON
package import ReeveModel

/// Translates the events of Pi's extension. Some repeat `session_start` every few seconds as a sign of life.
package enum PiEvents {
    package static func read(_ event: HookEvent) -> ThreadReport? {
        let root = event.root
        guard let thread = Identifier.clean(root.text("sessionId")), let name = root.text("event") else { return nil }
        var place = event.place
        if let pid = root.member("pid")?.integer, pid > 0, pid <= Int64(Int32.max) { place.pid = Int(pid) }
        var report = ThreadReport(
            kind: "pi", thread: thread, channel: .hook, place: place, directory: root.text("cwd"), at: event.at)
        func add(_ meaning: Signal.Meaning, _ matched: String = "") {
            report.signals.append(
                Signal(
                    meaning, rule: "event \(ThreadText.match(name))", matched: ThreadText.match(matched), at: event.at,
                    isExplicit: true))
        }
        if let title = root.text("name") { add(.titled(title, .byUser)) }
        switch name {
        case "session_start": add(.sessionStarted(isRepeat: true))
        case "before_agent_start":
            let prompt = root.text("prompt") ?? ""
            add(.prompt, prompt)
            if !prompt.isEmpty { add(.prompted(prompt)) }
        case "agent_start": add(.working())
        case "tool_execution_start":
            let tool = ThreadText.match(root.text("toolName") ?? "a tool")
            add(.toolStarted(Signal.Tool(id: Identifier.clean(root.text("toolCallId")), name: tool)), tool)
        case "tool_execution_end": add(.toolEnded(id: Identifier.clean(root.text("toolCallId"))), root.text("toolName") ?? "")
        case "agent_end":
            let reason = root.text("stopReason")
            // Without a reason it tells that the loop has ended, not how.
            add(.turnEnded(PiSession.end(reason, root) ?? Signal.TurnEnd(.done, isWeak: true)), reason ?? "")
        case "agent_settled": add(.rested(ifOpen: .done, dialogsHold: false))
        case "session_shutdown": add(.sessionEnded)
        default: return nil
        }
        return report
    }
}
