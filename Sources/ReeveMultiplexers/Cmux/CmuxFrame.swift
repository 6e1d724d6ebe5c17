import ReeveJSON

/// One line of the event stream (`events.stream`, protocol "cmux-events" version 1, as of cmux's own `docs/events.md`, 2026).
package enum CmuxFrame: Sendable, Hashable {
    /// The first one. `gap`: what happened since `after_seq` is not all kept any more.
    case ack(boot: String, latest: Int64?, gap: Bool)
    case event(Event)
    case heartbeat(boot: String?)
    /// cmux ends the stream: for one that was too slow, `slow_consumer`.
    case ended(CmuxFailure)
    case refusal(CmuxRefusal)
    /// Kinds of frame that this version does not know.
    case unknown

    package struct Event: Sendable, Hashable {
        var name: String
        /// Counts up by one for each event of one life of cmux.
        var sequence: Int64?
        var workspace: String?
        var surface: String?

        /// Whether the sessions may have changed by it: what is typed and what is shown is not.
        var changesSessions: Bool {
            switch name {
            case "workspace.created", "workspace.closed", "workspace.renamed", "workspace.moved", "workspace.selected",
                "window.created",
                "window.closed", "window.keyed", "surface.created", "surface.closed", "surface.moved":
                true
            default: false
            }
        }
    }

    package static func reading(_ line: [UInt8]) -> CmuxFrame {
        guard let document = try? JSONDocument(line, allowsLoneSurrogates: true) else {
            let text = String(decoding: line.prefix(1000), as: UTF8.self)
            return CmuxRefusal.reading(text).map { .refusal($0) } ?? .unknown
        }
        let root = document.root
        if let failure = CmuxFailure(reading: root.member("error")) {
            let text = failure.code + ": " + failure.message
            return CmuxRefusal.reading(text).map { .refusal($0) } ?? .ended(failure)
        }
        switch root.member("type")?.string {
        case "ack":
            let resume = root.member("resume")
            return .ack(
                boot: root.member("boot_id")?.string ?? "", latest: resume?.member("latest_seq")?.integer,
                gap: resume?.member("gap")?.boolean ?? false)
        case "event":
            return .event(
                Event(
                    name: root.member("name")?.string ?? "", sequence: root.member("seq")?.integer,
                    workspace: root.member("workspace_id")?.string, surface: root.member("surface_id")?.string))
        case "heartbeat": return .heartbeat(boot: root.member("boot_id")?.string)
        case "error":
            return .ended(
                CmuxFailure(code: root.member("code")?.string ?? "error", message: root.member("message")?.string ?? ""))
        default: return .unknown
        }
    }

    /// The request that makes a stream of a connection.
    static func request(after: Int64?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.value(1)
        writer.key("method")
        writer.value("events.stream")
        writer.key("params")
        writer.beginObject()
        if let after {
            writer.key("after_seq")
            writer.value(after)
        }
        writer.key("categories")
        writer.beginArray()
        for category in categories { writer.value(category) }
        writer.endArray()
        writer.endObject()
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    static let categories = ["window", "workspace", "surface"]
}
