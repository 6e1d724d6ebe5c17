package import ReeveJSON
package import ReeveModel

/// Reads a thread file of Amp's older versions: one document, rewritten in place at each change, so that half a file can be met. Newer
/// versions keep their threads elsewhere; there only the plugin tells.
package struct AmpThread: Sendable {
    /// Larger documents are not read.
    package static let largest: Int64 = 32 << 20

    package let path: String
    private var identity: FileIdentity?
    private var size: Int64 = -1
    private var modified: Timestamp?
    private var fingerprint: UInt64 = 0

    package init(path: String) { self.path = path }

    /// Nil: nothing new, or half a document: then what was known stays.
    package mutating func poll(_ files: some TranscriptFiles) -> ThreadReport? {
        guard let file = files.open(path), file.size > 0, file.size <= Self.largest else { return nil }
        guard file.identity != identity || file.size != size || file.modified != modified else { return nil }
        let bytes = file.read(at: 0, upTo: Int(file.size))
        guard let root = try? JSONDocument(bytes, allowsLoneSurrogates: true).root,
            let report = Self.read(root, path: path, at: file.modified)
        else { return nil }
        // Only what could be read has been seen: the rest of half a document may come without another time.
        identity = file.identity
        size = file.size
        modified = file.modified
        return report
    }

    package static func read(_ root: JSONView, path: String, at: Timestamp) -> ThreadReport? {
        guard root.kind == .object, let thread = Identifier.clean(root.text("id")) else { return nil }
        var report = ThreadReport(kind: "amp", thread: thread, channel: .transcript(path), at: at)
        report.directory = root.member("env")?.member("initial")?.member("trees")?.itemsIfArray.first?.text("uri")
            .flatMap(FileURI.path)
        if let title = root.text("title") { report.signals.append(Signal(.titled(title, .generated), rule: "title")) }
        let messages = root.member("messages")?.itemsIfArray ?? []
        let prompts = messages.lazy.filter { $0.text("role") == "user" }.compactMap(Self.words)
        // The first names the thread, the last is what it works on.
        if let first = prompts.first {
            report.signals.append(Signal(.prompted(first), rule: "first user text", at: started(root) ?? at))
        }
        if let last = messages.last(where: { Self.words($0) != nil && $0.text("role") == "user" }).flatMap(Self.words) {
            report.signals.append(Signal(.prompted(last), rule: "last user text", at: at))
        }
        report.signals.append(state(messages, at))
        return report
    }

    private static func started(_ root: JSONView) -> Timestamp? { root.moment("created") }

    private static func words(_ message: JSONView) -> String? {
        message.member("content")?.itemsIfArray.lazy.filter { $0.text("type") == "text" }.compactMap { $0.text("text") }.first {
            !$0.isEmpty
        }
    }

    private static func state(_ messages: [JSONView], _ at: Timestamp) -> Signal {
        func stands(_ state: ThreadState, _ detail: String? = nil, _ rule: String, _ matched: String = "") -> Signal {
            Signal(
                .stands(state, detail: detail), rule: rule, matched: ThreadText.match(matched), at: at, isExplicit: !state.isOpen)
        }
        guard let last = messages.last else { return stands(.idle, nil, "no messages") }
        let content = last.member("content")?.itemsIfArray ?? []
        if last.text("role") == "user" {
            let runs = content.compactMap { block -> (id: String?, status: String)? in
                guard block.text("type") == "tool_result" else { return nil }
                return (block.text("toolUseID"), block.member("run")?.text("status") ?? "")
            }
            guard !runs.isEmpty else {
                return Signal(.prompt, rule: "a user text", matched: ThreadText.match(words(last) ?? ""), at: at)
            }
            func has(_ status: String) -> String?? { runs.first { $0.status == status }.map(\.id) }
            if let id = has("blocked-on-user") {
                return stands(.waiting, tool(id, messages) ?? "permission", "run.status", "blocked-on-user")
            }
            if let id = has("in-progress") { return stands(.tool, tool(id, messages), "run.status", "in-progress") }
            if has("rejected-by-user") != nil { return stands(.interrupted, nil, "run.status", "rejected-by-user") }
            return stands(.running, nil, "run.status", runs[0].status)
        }
        let state = last.member("state")
        switch state?.text("type") {
        case "complete":
            let reason = state?.text("stopReason") ?? ""
            switch reason {
            case "end_turn": return stands(.done, nil, "stopReason", reason)
            case "tool_use":
                let name = content.last { $0.text("type") == "tool_use" }?.text("name")
                return stands(.tool, name.map(ThreadText.match), "stopReason", reason)
            default: return stands(.error, ThreadText.match(reason), "stopReason", reason)
            }
        case "cancelled": return stands(.interrupted, nil, "state", "cancelled")
        case let type: return stands(.running, nil, "state", type ?? "")
        }
    }

    /// The name of the tool whose result is spoken of.
    private static func tool(_ id: String?, _ messages: [JSONView]) -> String? {
        for message in messages.reversed().dropFirst() {
            let tools = message.member("content")?.itemsIfArray.filter { $0.text("type") == "tool_use" } ?? []
            if let match = tools.first(where: { id != nil && $0.text("id") == id }) ?? (tools.count == 1 ? tools.first : nil) {
                return match.text("name").map(ThreadText.match)
            }
            if message.text("role") == "user" { break }
        }
        return nil
    }
}

/// `file:///w/my%20app` as a path.
enum FileURI {
    static func path(_ uri: String) -> String? {
        guard uri.hasPrefix("file://") else { return uri.hasPrefix("/") ? uri : nil }
        var bytes: [UInt8] = []
        var rest = Array(uri.utf8.dropFirst("file://".utf8.count))[...]
        // A host before the path is not ours to look into.
        guard rest.first == UInt8(ascii: "/") else { return nil }
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
