package import ReeveJSON
package import ReeveModel

/// Reads the lines of Pi's session files. Entries form a tree inside one file; the last one appended is where the conversation is.
package struct PiSession: TranscriptReader {
    package private(set) var thread: String?

    package init(name: String) { thread = Identifier.uuid(in: name) }

    package mutating func read(_ line: JSONView, _ part: LineFollower.Part, into signals: inout [Signal]) {
        let at = line.moment("timestamp")
        switch line.text("type") {
        case "session":
            thread = thread ?? Identifier.clean(line.text("id"))
            if let path = line.text("cwd") { signals.append(Signal(.directory(path), rule: "session", at: at)) }
        case "session_info":
            if let name = line.text("name") { signals.append(Signal(.titled(name, .byUser), rule: "session_info", at: at)) }
        case "message":
            guard let message = line.member("message") else { return }
            read(message, at ?? message.moment("timestamp"), &signals)
        default: break
        }
    }

    private func read(_ message: JSONView, _ at: Timestamp?, _ signals: inout [Signal]) {
        func add(_ meaning: Signal.Meaning, _ rule: String, _ matched: String = "", explicit: Bool = false) {
            signals.append(Signal(meaning, rule: rule, matched: ThreadText.match(matched), at: at, isExplicit: explicit))
        }
        let content = message.member("content")
        switch message.text("role") {
        case "user":
            let text = content?.string ?? content?.itemsIfArray.lazy.compactMap { $0.text("text") }.first ?? ""
            add(.prompt, "role user", text)
            if !text.isEmpty { add(.prompted(text), "role user") }
        case "toolResult":
            let id = Identifier.clean(message.text("toolCallId"))
            add(.toolEnded(id: id), "role toolResult", id ?? "")
        case "assistant":
            let stop = message.text("stopReason")
            for block in content?.itemsIfArray ?? [] where block.text("type") == "toolCall" {
                let name = ThreadText.match(block.text("name") ?? "a tool")
                add(.toolStarted(Signal.Tool(id: Identifier.clean(block.text("id")), name: name)), "toolCall", name)
            }
            guard let end = Self.end(stop, message) else { return add(.working(), "a reply", stop ?? "") }
            add(.working(), "a reply")
            add(.turnEnded(end), "stopReason \(ThreadText.match(stop ?? ""))", stop ?? "", explicit: true)
        default: break
        }
    }

    /// Nil for a reason that ends no turn.
    static func end(_ stop: String?, _ message: JSONView) -> Signal.TurnEnd? {
        switch stop {
        case "stop": Signal.TurnEnd(.done)
        case "length": Signal.TurnEnd(.error, detail: "length")
        case "error": Signal.TurnEnd(.error, detail: ThreadText.match(message.text("errorMessage") ?? "error"))
        case "aborted", "cancelled", "interrupted": Signal.TurnEnd(.interrupted)
        default: nil
        }
    }
}
