package import ReeveJSON
package import ReeveModel

/// Reads the lines of `projects/FOLDER/SESSION.jsonl`. The format is declared internal by its makers; what is read here was seen in
/// 2.0 and 2.1.
package struct ClaudeTranscript: TranscriptReader {
    package private(set) var thread: String?
    private var directory: String?

    package init(name: String) { thread = Identifier.uuid(in: name) }

    package static func mayMatter(_ line: UnsafeRawBufferPointer) -> Bool {
        let scan = TypeScan(line: line)
        if scan.holds(["assistant", "user"]) { return true }
        // Of the rest only what is large and often there is worth looking for.
        return !scan.holds(["progress", "file-history-snapshot"])
    }

    package mutating func read(_ line: JSONView, _ part: LineFollower.Part, into signals: inout [Signal]) {
        guard let type = line.member("type"), !line.isTrue("isSidechain") else { return }
        thread = thread ?? Identifier.clean(line.text("sessionId"))
        if let path = line.member("cwd"), directory.map({ !path.equals($0) }) ?? true, let text = path.string {
            directory = text
            signals.append(Signal(.directory(text), rule: "cwd"))
        }
        let at = line.moment("timestamp")
        switch type.string {
        case "user": user(line, at, &signals)
        case "assistant": assistant(line, at, &signals)
        case "system":
            guard let subtype = line.text("subtype"), subtype == "turn_duration" || subtype == "stop_hook_summary" else { return }
            signals.append(Signal(.turnClosed, rule: "system \(subtype)", at: at, isExplicit: true))
        case "summary": name(line, "summary", .generated, at, &signals)
        case "ai-title": name(line, "aiTitle", .generated, at, &signals)
        case "custom-title": name(line, "customTitle", .byUser, at, &signals)
        default: break
        }
    }

    private func name(_ line: JSONView, _ member: String, _ rank: Signal.TitleRank, _ at: Timestamp?, _ signals: inout [Signal]) {
        guard let text = line.text(member) else { return }
        signals.append(Signal(.titled(text, rank), rule: member, at: at))
    }

    private func user(_ line: JSONView, _ at: Timestamp?, _ signals: inout [Signal]) {
        guard !line.isTrue("isMeta"), !line.isTrue("isCompactSummary"), let content = line.member("message")?.member("content")
        else {
            return
        }
        var texts: [String] = []
        var hasOther = false
        var hasResult = false
        if let text = content.string { texts = [text] }
        for block in content.kind == .array ? content.items : [] {
            switch block.text("type") {
            case "text": block.text("text").map { texts.append($0) }
            case "tool_result":
                hasResult = true
                let id = Identifier.clean(block.text("tool_use_id"))
                signals.append(
                    Signal(
                        .toolEnded(id: id, failed: block.isTrue("is_error")), rule: "tool_result",
                        matched: ThreadText.match(id ?? ""),
                        at: at))
            case .some: hasOther = true
            case nil: break
            }
        }
        let prompts = texts.compactMap(ClaudeWrapper.rest)
        if let interrupt = prompts.first(where: { $0.hasPrefix("[Request interrupted") }) {
            signals.append(
                Signal(
                    .turnEnded(Signal.TurnEnd(.interrupted)), rule: "the interrupt line", matched: ThreadText.match(interrupt),
                    at: at,
                    isExplicit: true))
        } else if texts.contains(where: ClaudeWrapper.isExit) {
            signals.append(Signal(.sessionEnded, rule: "the command /exit", at: at, isExplicit: true))
        } else if !hasResult, !prompts.isEmpty || hasOther {
            let text = prompts.first ?? ""
            signals.append(Signal(.prompt, rule: "a prompt", matched: ThreadText.match(text), at: at))
            if !text.isEmpty { signals.append(Signal(.prompted(text), rule: "a prompt", at: at)) }
        }
    }

    private func assistant(_ line: JSONView, _ at: Timestamp?, _ signals: inout [Signal]) {
        guard let message = line.member("message"), let content = message.member("content"), content.kind == .array else {
            return
        }
        let blocks = content.items.filter { $0.member("type")?.kind == .string }
        let stop = message.text("stop_reason")
        if line.isTrue("isApiErrorMessage") {
            let text = ThreadText.match(blocks.lazy.compactMap { $0.text("text") }.first ?? "")
            signals.append(
                Signal(
                    .turnEnded(Signal.TurnEnd(.error, detail: text.isEmpty ? "api error" : text)), rule: "isApiErrorMessage",
                    matched: text, at: at, isExplicit: true))
            return
        }
        for block in blocks {
            guard block.text("type") == "tool_use" else {
                signals.append(Signal(.working(), rule: "a reply", matched: ThreadText.match(block.text("type") ?? ""), at: at))
                continue
            }
            let name = ThreadText.match(block.text("name") ?? "a tool")
            signals.append(
                Signal(
                    .toolStarted(Signal.Tool(id: Identifier.clean(block.text("id")), name: name, asks: ClaudeTools.asks(name))),
                    rule: "tool_use", matched: name, at: at))
        }
        switch stop {
        case "end_turn", "stop_sequence":
            if blocks.isEmpty { signals.append(Signal(.working(), rule: "a reply", at: at)) }
            signals.append(ended(.done, nil, stop, at))
        case "max_tokens", "refusal", "model_context_window_exceeded": signals.append(ended(.error, stop, stop, at))
        default: break
        }
    }

    private func ended(_ state: ThreadState, _ detail: String?, _ stop: String?, _ at: Timestamp?) -> Signal {
        let matched = ThreadText.match(stop ?? "")
        return Signal(
            .turnEnded(Signal.TurnEnd(state, detail: detail)), rule: "stop_reason \(matched)", matched: matched, at: at,
            isExplicit: true)
    }
}

enum ClaudeTools {
    /// Tools that are a question to a person.
    static func asks(_ name: String) -> String? {
        switch name {
        case "AskUserQuestion": "question"
        case "ExitPlanMode": "plan"
        default: nil
        }
    }
}

/// What Claude puts into a user's line that the user did not say.
enum ClaudeWrapper {
    private static let tags = [
        "command-name", "command-message", "command-args", "local-command-stdout", "local-command-stderr", "local-command-caveat",
        "bash-input", "bash-stdout", "bash-stderr", "system-reminder", "task-notification", "user-memory-input",
    ]

    /// What a person has said in it; nil when nothing is left.
    static func rest(_ text: String) -> String? {
        var rest = ThreadText.trimmed(text)[...]
        while rest.hasPrefix("<") {
            guard let tag = tags.first(where: { rest.hasPrefix("<\($0)>") }) else { break }
            guard let end = rest.firstRange(of: "</\(tag)>") else { return nil }
            rest = ThreadText.trimmed(String(rest[end.upperBound...]))[...]
        }
        return rest.isEmpty ? nil : String(rest)
    }

    static func isExit(_ text: String) -> Bool {
        let text = ThreadText.trimmed(text)
        guard text.hasPrefix("<command-") else { return false }
        return text.contains("<command-name>/exit</command-name>") || text.contains("<command-name>/quit</command-name>")
    }
}
