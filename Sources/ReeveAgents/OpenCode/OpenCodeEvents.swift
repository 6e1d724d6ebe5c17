import ReeveJSON
package import ReeveModel

/// Translates the events of OpenCode's plugin or server, and of Kilo, which shares them.
///
/// The status tells nothing reliable while a person is asked: the open requests do. Each is closed by its own id only.
package struct OpenCodeEvents: Sendable {
    /// Sessions whose last message is remembered.
    private static let mostRemembered = 500
    /// A message that was written so long before its event is told again, not new.
    private static let newMessage = Duration.seconds(600)

    /// A user's message is told again whenever something about it changes.
    private var lastUserMessage: [String: String] = [:]

    package init() {}

    package mutating func read(_ event: HookEvent, kind: String) -> ThreadReport? {
        guard let type = event.root.text("type"), let properties = event.root.member("properties") else { return nil }
        let info = properties.member("info")
        let isSession = type.hasPrefix("session.") && info != nil
        guard
            let thread = Identifier.clean(
                properties.text("sessionID") ?? (isSession ? info?.text("id") : info?.text("sessionID")))
        else { return nil }
        var report = ThreadReport(kind: kind, thread: thread, channel: .hook, place: event.place, at: event.at)
        func add(_ meaning: Signal.Meaning, _ matched: String = "") {
            report.signals.append(
                Signal(
                    meaning, rule: "event \(ThreadText.match(type))", matched: ThreadText.match(matched), at: event.at,
                    isExplicit: true))
        }
        let request = Identifier.clean(properties.text("requestID") ?? properties.text("permissionID") ?? properties.text("id"))
        switch type {
        case "session.created", "session.updated":
            report.parent = Identifier.clean(info?.text("parentID"))
            report.isChild = report.parent != nil
            report.directory = info?.text("directory")
            if let title = info?.text("title"), !OpenCodeTitle.isPlaceholder(title) { add(.titled(title, .generated)) }
            add(.noise)
        case "session.deleted": report.isGone = true
        case "session.status": status(properties.member("status"), add)
        case "session.idle": add(.rested(ifOpen: .done, dialogsHold: true))
        case "session.error":
            let error = properties.member("error")
            add(.turnEnded(OpenCodeError.end(error)), error?.text("name") ?? "")
        case "permission.asked", "permission.updated": add(.asked(Signal.Ask("permission", key: request)), request ?? "")
        case "question.asked": add(.asked(Signal.Ask("question", key: request)), request ?? "")
        case "permission.replied", "question.replied", "question.rejected": add(.answered(key: request), request ?? "")
        case "message.updated":
            guard info?.text("role") == "user", let message = Identifier.clean(info?.text("id")) else { return nil }
            guard isNew(message, of: thread, info?.member("time")?.moment("created"), event.at) else { return nil }
            add(.prompt, message)
        case "tool.execute.before":
            let tool = Signal.Tool(
                id: Identifier.clean(properties.text("callID")), name: ThreadText.match(properties.text("tool") ?? "a tool"))
            add(.toolStarted(tool), tool.name)
        case "tool.execute.after": add(.toolEnded(id: Identifier.clean(properties.text("callID"))))
        case "session.execution.started": add(.working())
        case "session.execution.succeeded": add(.turnEnded(Signal.TurnEnd(.done)))
        case "session.execution.interrupted": add(.turnEnded(Signal.TurnEnd(.interrupted)))
        case "session.execution.failed": add(.turnEnded(OpenCodeError.end(properties.member("error"))))
        default: return nil
        }
        return report
    }

    private func status(_ status: JSONView?, _ add: (Signal.Meaning, String) -> Void) {
        switch status?.text("type") {
        case "busy": add(.working(), "busy")
        case "idle": add(.rested(ifOpen: .done, dialogsHold: true), "idle")
        case "retry":
            let attempt = status?.member("attempt")?.integer.map { " \($0)" } ?? ""
            add(.working(detail: "retry\(attempt)"), status?.text("message") ?? "retry")
        default: add(.noise, "")
        }
    }

    private mutating func isNew(_ message: String, of thread: String, _ created: Timestamp?, _ at: Timestamp) -> Bool {
        if let created, created.advanced(by: Self.newMessage) < at { return false }
        guard lastUserMessage[thread] != message else { return false }
        if lastUserMessage.count >= Self.mostRemembered { lastUserMessage.removeAll() }
        lastUserMessage[thread] = message
        return true
    }
}

enum OpenCodeError {
    /// How an error object ends a turn: to break it off is called an error there.
    static func end(_ error: JSONView?) -> Signal.TurnEnd {
        let name = error?.text("name")
        if name == "MessageAbortedError" { return Signal.TurnEnd(.interrupted) }
        return Signal.TurnEnd(.error, detail: ThreadText.match(error?.member("data")?.text("message") ?? name ?? "error"))
    }
}

enum OpenCodeTitle {
    /// `New session - 2026-05-01T10:00:00.000Z`.
    static func isPlaceholder(_ title: String) -> Bool {
        for start in ["New session - ", "Child session - "] where title.hasPrefix(start) {
            return Timestamp(rfc3339: String(title.dropFirst(start.count))) != nil
        }
        return title.isEmpty
    }
}
