import ReeveJSON
package import ReeveModel

/// Translates the events of Claude's hooks, and of agents that have taken them over.
///
/// The holes that are known: Esc in a turn and a person's "no" fire nothing (the transcript or a later `idle_prompt` tells), and a
/// person's "yes" fires nothing until the tool has ended.
package enum ClaudeHook {
    package static func read(_ event: HookEvent, kind: String = "claude") -> ThreadReport? {
        let root = event.root
        guard let thread = Identifier.clean(root.text("session_id")), let name = root.text("hook_event_name") else { return nil }
        var report = ThreadReport(kind: kind, thread: thread, channel: .hook, place: event.place, at: event.at)
        if let agent = root.text("agent_id") {
            // A sub-agent's: it never speaks for the thread.
            let meaning: Signal.Meaning
            switch name {
            case "SubagentStart", "SubagentStop":
                meaning = .subagent(id: ThreadText.match(agent), isRunning: name == "SubagentStart")
            case "PostToolUse", "PostToolUseFailure", "PermissionDenied":
                meaning = .subagentToolEnded(name: root.text("tool_name").map(ThreadText.match))
            default: return nil
            }
            report.signals = [Signal(meaning, rule: "hook \(name)", at: event.at)]
            return report
        }
        report.directory = root.text("cwd")
        report.takesPane = name == "SessionStart" && root.text("source") == "clear"
        var matched = ""
        let meanings = self.meanings(name, root, &matched)
        report.signals = meanings.map {
            Signal($0, rule: "hook \(ThreadText.match(name))", matched: ThreadText.match(matched), at: event.at, isExplicit: true)
        }
        return report.signals.isEmpty ? nil : report
    }

    private static func meanings(_ name: String, _ root: JSONView, _ matched: inout String) -> [Signal.Meaning] {
        let tool = root.text("tool_name").map(ThreadText.match)
        let id = Identifier.clean(root.text("tool_use_id"))
        let input = root.member("tool_input")?.fingerprint
        matched = tool ?? ""
        switch name {
        case "SessionStart":
            matched = root.text("source") ?? ""
            // After a compaction the conversation goes on; versions without PostCompact tell its end so.
            return matched == "compact" ? [.compacting(false)] : [.sessionStarted()]
        case "UserPromptSubmit":
            matched = root.text("prompt") ?? ""
            return [.prompt, .prompted(matched)]
        case "PreToolUse":
            return [.toolStarted(Signal.Tool(id: id, name: tool ?? "a tool", asks: ClaudeTools.asks(tool ?? ""), input: input))]
        case "PermissionRequest":
            let detail = ClaudeTools.asks(tool ?? "") ?? "permission"
            return [.asked(Signal.Ask(detail, tool: id, toolName: tool, input: input))]
        case "PostToolUse", "PostToolUseFailure", "PermissionDenied": return [.toolEnded(id: id, name: tool)]
        case "Notification":
            matched = root.text("message") ?? ""
            return notification(root.text("notification_type"), matched)
        case "Stop":
            let background = root.member("background_tasks").map { $0.kind == .array && $0.count > 0 } ?? false
            return [.turnEnded(Signal.TurnEnd(.done, hasBackground: background))]
        case "StopFailure":
            matched = root.text("error") ?? ""
            return [.turnEnded(Signal.TurnEnd(.error, detail: ThreadText.match(matched.isEmpty ? "error" : matched)))]
        case "Interrupt": return [.turnEnded(Signal.TurnEnd(.interrupted))]
        case "PreCompact": return [.compacting(true)]
        case "PostCompact": return [.compacting(false)]
        case "SessionEnd":
            matched = root.text("reason") ?? ""
            return [.sessionEnded]
        default: return []
        }
    }

    private static func notification(_ type: String?, _ message: String) -> [Signal.Meaning] {
        switch type {
        case "permission_prompt": [.asked(Signal.Ask("permission", toolName: tool(in: message)))]
        case "elicitation_dialog", "agent_needs_input": [.asked(Signal.Ask("question"))]
        case "elicitation_response", "elicitation_complete": [.answered(key: nil)]
        case "idle_prompt": [.rested(ifOpen: .interrupted, dialogsHold: false)]
        case .some: [.noise]
        // Versions before the type had only the words.
        case nil where message.contains("permission"): [.asked(Signal.Ask("permission", toolName: tool(in: message)))]
        case nil where message.contains("waiting for your input"): [.rested(ifOpen: .interrupted, dialogsHold: false)]
        case nil: [.noise]
        }
    }

    /// "Claude needs your permission to use Bash".
    private static func tool(in message: String) -> String? {
        guard let end = message.firstRange(of: "permission to use ")?.upperBound else { return nil }
        let name = message[end...].prefix { !$0.isWhitespace && $0 != "." }
        return name.isEmpty ? nil : ThreadText.match(String(name))
    }
}
