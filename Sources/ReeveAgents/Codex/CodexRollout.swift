package import ReeveJSON
package import ReeveModel

/// Reads the lines of `rollout-TIME-UUID.jsonl`.
///
/// The recorder leaves out approvals, questions and stream errors: a rollout never tells of a wait. Since turns have markers only these
/// begin and end them; older files are judged by their last entry.
package struct CodexRollout: TranscriptReader {
    private let fileID: String?
    private var headerID: String?
    package private(set) var isChild = false
    package private(set) var parent: String?
    private var directory: String?
    private var hasHeader = false
    private var hasTurnContext = false
    private var hasMarkers = false
    /// A `user_message` event was seen: what response items repeat of it is not needed.
    private var hasUserEvents = false
    /// The words of a user's response item, held back for one line: the event that may follow has them without what was put around them.
    private var heldPrompt: Signal?

    package init(name: String) { fileID = Identifier.uuid(in: name) }

    package var thread: String? { headerID ?? fileID }

    /// Whole histories and the state of a world: nothing that is read here.
    package static func mayMatter(_ line: UnsafeRawBufferPointer) -> Bool {
        let start = UnsafeRawBufferPointer(rebasing: line[..<min(line.count, 160)])
        return !TypeScan(line: start).holds(["compacted", "world_state"])
    }

    package mutating func read(_ line: JSONView, _ part: LineFollower.Part, into signals: inout [Signal]) {
        let at = line.moment("timestamp")
        let type = line.text("type")
        let payload = line.member("payload") ?? line
        if type != "event_msg" { rest(into: &signals) }
        switch type {
        case "session_meta": header(payload, at, &signals)
        case "turn_context":
            if let path = payload.text("cwd") {
                hasTurnContext = true
                move(path, "turn_context", &signals)
            }
        case "event_msg": event(payload, at, &signals)
        case "response_item": item(payload, at, &signals)
        // Very old files have the item itself at top level, and a header without a type.
        case nil where line.member("id") != nil && !hasHeader: header(line, at, &signals)
        case .some where line.member("payload") == nil: item(line, at, &signals)
        default: break
        }
    }

    package mutating func rest(into signals: inout [Signal]) {
        guard let held = heldPrompt else { return }
        heldPrompt = nil
        if !hasUserEvents { signals.append(held) }
    }

    /// A forked rollout begins with copied history: the first header is this file's own.
    private mutating func header(_ payload: JSONView, _ at: Timestamp?, _ signals: inout [Signal]) {
        guard !hasHeader else { return }
        hasHeader = true
        headerID = Identifier.clean(payload.text("id"))
        let spawned = payload.member("source")?.member("subagent")
        parent = Identifier.clean(
            payload.text("parent_thread_id") ?? spawned?.member("thread_spawn")?.text("parent_thread_id"))
        isChild = parent != nil || spawned != nil || payload.text("thread_source")?.hasPrefix("subagent") == true
        if !hasTurnContext, let path = payload.text("cwd") { move(path, "session_meta", &signals) }
    }

    private mutating func move(_ path: String, _ rule: String, _ signals: inout [Signal]) {
        guard path != directory else { return }
        directory = path
        signals.append(Signal(.directory(path), rule: rule))
    }

    private mutating func event(_ payload: JSONView, _ at: Timestamp?, _ signals: inout [Signal]) {
        guard let type = payload.text("type") else { return }
        let turn = Identifier.clean(payload.text("turn_id"))
        func add(_ meaning: Signal.Meaning, _ matched: String = "", explicit: Bool = false) {
            signals.append(
                Signal(
                    meaning, rule: "event_msg \(ThreadText.match(type))", matched: ThreadText.match(matched), at: at,
                    isExplicit: explicit))
        }
        switch type {
        case "task_started", "turn_started":
            hasMarkers = true
            rest(into: &signals)
            add(.turnStarted(id: turn), turn ?? "", explicit: true)
        case "user_message":
            guard let text = payload.text("message").flatMap(CodexPrompt.clean) else { return }
            heldPrompt = nil
            hasUserEvents = true
            add(.prompt, text)
            add(.prompted(text))
        case "agent_message": reply(payload, at, &signals)
        case "task_complete", "turn_complete":
            hasMarkers = true
            add(.turnEnded(Signal.TurnEnd(.done, turn: turn)), turn ?? "", explicit: true)
        case "turn_aborted":
            hasMarkers = true
            switch payload.text("reason") {
            // A new turn follows at once.
            case "replaced": return
            case "review_ended": add(.turnEnded(Signal.TurnEnd(.done, turn: turn)), "review_ended", explicit: true)
            // An abort that nobody explains is no success.
            case let reason: add(.turnEnded(Signal.TurnEnd(.interrupted, turn: turn)), reason ?? "", explicit: true)
            }
        case "error", "stream_error":
            let text = ThreadText.match(payload.text("message") ?? type)
            add(.turnEnded(Signal.TurnEnd(.error, detail: text)), text, explicit: true)
        default: break
        }
    }

    private mutating func item(_ payload: JSONView, _ at: Timestamp?, _ signals: inout [Signal]) {
        guard let type = payload.text("type") else { return }
        let id = Identifier.clean(payload.text("call_id"))
        func add(_ meaning: Signal.Meaning, _ matched: String = "") {
            signals.append(
                Signal(meaning, rule: "response_item \(ThreadText.match(type))", matched: ThreadText.match(matched), at: at))
        }
        switch type {
        case "message":
            switch payload.text("role") {
            case "assistant": reply(payload, at, &signals)
            case "user":
                let texts = payload.member("content")?.itemsIfArray.compactMap { $0.text("text") } ?? []
                guard let text = texts.lazy.compactMap(CodexPrompt.clean).first else { return }
                add(.prompt, text)
                heldPrompt = Signal(.prompted(text), rule: "response_item message", at: at)
            default: break
            }
        case "function_call", "custom_tool_call", "local_shell_call":
            let name = ThreadText.match(payload.text("name") ?? "shell")
            add(.toolStarted(Signal.Tool(id: id, name: name)), name)
        case "function_call_output", "custom_tool_call_output", "local_shell_call_output": add(.toolEnded(id: id), id ?? "")
        case "reasoning", "web_search_call": add(.working())
        default: break
        }
    }

    private func reply(_ payload: JSONView, _ at: Timestamp?, _ signals: inout [Signal]) {
        let phase = payload.text("phase")
        // With markers the turn ends by its marker.
        let isEnd = phase == "final_answer" && !hasMarkers
        signals.append(Signal(.working(), rule: "a reply", matched: ThreadText.match(phase ?? ""), at: at))
        if isEnd {
            signals.append(Signal(.turnEnded(Signal.TurnEnd(.done)), rule: "phase final_answer", matched: "final_answer", at: at))
        }
    }
}

/// What a person has said, without what the program puts before and around it.
enum CodexPrompt {
    private static let injected = [
        "# AGENTS.md", "<environment_context>", "<user_instructions>", "<permissions ", "<app-context>", "<collaboration_mode>",
        "<turn_aborted>", "<codex reminder>", "<skill",
    ]
    private static let request = "## My request for Codex:"

    /// Nil for what the program has put in itself.
    static func clean(_ text: String) -> String? {
        var text = ThreadText.trimmed(text)
        if injected.contains(where: text.hasPrefix) { return nil }
        if let header = text.firstRange(of: request) { text = ThreadText.trimmed(String(text[header.upperBound...])) }
        return text.isEmpty ? nil : text
    }
}

/// Reads `session_index.jsonl`: names of threads, the last line of an id counts.
package struct CodexIndex: Sendable {
    private var lines = LineFollower()

    package init() {}

    /// The names that are new, in the order of the file.
    package mutating func poll(_ file: any OpenTranscript) -> [(thread: String, name: String)] {
        var found: [(thread: String, name: String)] = []
        _ = lines.poll(file, tail: 1 << 20) { _, bytes in
            guard let root = try? JSONDocument(Array(bytes), allowsLoneSurrogates: true).root,
                let thread = Identifier.clean(root.text("id")), let name = root.text("thread_name")
            else { return }
            found.append((thread, name))
        }
        return found
    }
}
