package import ReeveJSON
package import ReeveModel

/// Reads Droid's session files: messages by role, and the events of its hooks as lines among them.
package struct DroidTranscript: TranscriptReader {
    package private(set) var thread: String?

    package init(name: String) { thread = Identifier.uuid(in: name) }

    package mutating func read(_ line: JSONView, _ part: LineFollower.Part, into signals: inout [Signal]) {
        let at = line.moment("timestamp")
        if line.member("hook_event_name") != nil {
            guard let event = ClaudeHook.read(HookEvent(root: line, at: at ?? .unknown, place: ThreadPlace()), kind: "droid")
            else { return }
            thread = thread ?? event.thread
            signals += event.signals.map { signal in
                var signal = signal
                signal.at = at
                // Here it can be any question, whatever its words.
                if line.text("hook_event_name") == "Notification", case .noise = signal.meaning {
                    signal.meaning = .asked(Signal.Ask("question"))
                }
                return signal
            }
            return
        }
        switch line.text("type") {
        case "session_start":
            thread = Identifier.clean(line.text("id")) ?? thread
            if let path = line.text("cwd") { signals.append(Signal(.directory(path), rule: "session_start", at: at)) }
            if let title = line.text("title") {
                signals.append(Signal(.titled(title, .generated), rule: "session_start", at: at))
            }
        case "message":
            guard let message = line.member("message") else { return }
            read(message, at, &signals)
        default: break
        }
    }

    private func read(_ message: JSONView, _ at: Timestamp?, _ signals: inout [Signal]) {
        func add(_ meaning: Signal.Meaning, _ rule: String, _ matched: String = "") {
            signals.append(Signal(meaning, rule: rule, matched: ThreadText.match(matched), at: at))
        }
        let blocks = message.member("content")?.itemsIfArray ?? []
        let words =
            message.member("content")?.string
            ?? blocks.lazy.compactMap { $0.text("text") }.first { ClaudeWrapper.rest($0) != nil }
        switch message.text("role") {
        case "user":
            let results = blocks.filter { $0.text("type") == "tool_result" }
            for result in results { add(.toolEnded(id: Identifier.clean(result.text("tool_use_id"))), "tool_result") }
            guard results.isEmpty, let words = words.flatMap(ClaudeWrapper.rest) else { return }
            add(.prompt, "role user", words)
            add(.prompted(words), "role user")
        case "assistant":
            let tools = blocks.filter { $0.text("type") == "tool_use" }
            for tool in tools {
                let name = ThreadText.match(tool.text("name") ?? "a tool")
                add(.toolStarted(Signal.Tool(id: Identifier.clean(tool.text("id")), name: name)), "tool_use", name)
            }
            guard tools.isEmpty else { return }
            add(.working(), "role assistant")
            add(.turnEnded(Signal.TurnEnd(.done)), "a reply without a tool call")
        default: break
        }
    }
}

extension Timestamp {
    /// For a line without a time; it never reaches anybody.
    fileprivate static let unknown = Timestamp(milliseconds: 0)
}
