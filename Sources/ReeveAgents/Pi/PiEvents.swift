import ReeveJSON
package import ReeveModel

/// Translates the events of Pi's extension. `session_start` is repeated every few seconds as a sign of life.
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
        switch name {
        case "session_start":
            add(.sessionStarted(isRepeat: true))
            if let title = root.text("name") { add(.titled(title, .byUser)) }
        case "before_agent_start":
            let prompt = root.text("prompt") ?? ""
            add(.prompt, prompt)
            if !prompt.isEmpty { add(.prompted(prompt)) }
        // It tells that the loop has ended, not how.
        case "agent_end": add(.turnEnded(Signal.TurnEnd(.done, isWeak: true)))
        case "session_shutdown": add(.sessionEnded)
        default: return nil
        }
        return report
    }
}
