package import ReeveJSON
package import ReeveModel

/// What came through `reeve hook KIND`, a plugin, or the generic push: one JSON object, with the environment of the agent around it.
package struct HookEvent: Sendable {
    package var root: JSONView
    /// When it was told, by the clock of the program that forwards it.
    package var at: Timestamp
    package var place: ThreadPlace

    package init(root: JSONView, at: Timestamp, place: ThreadPlace) {
        self.root = root
        self.at = at
        self.place = place
    }

    /// Nil when it is no JSON object.
    package init?(_ bytes: [UInt8], at: Timestamp, place: ThreadPlace) {
        guard let root = try? JSONDocument(bytes, allowsLoneSurrogates: true).root, root.kind == .object else { return nil }
        self.init(root: root, at: at, place: place)
    }
}

/// Translates the events of all kinds. Keeps only what a later event needs to be understood.
package struct HookReader: Sendable {
    private var openCode = OpenCodeEvents()

    package init() {}

    /// Nil: an event that nobody knows, or that says nothing.
    package mutating func read(_ event: HookEvent, kind: String) -> ThreadReport? {
        // Any agent may use the contract that is open to all.
        if event.root.member("agent") != nil || event.root.member("status")?.kind == .string,
            event.root.member("hook_event_name") == nil,
            event.root.member("event") == nil, event.root.member("type") == nil
        {
            return GenericPush.read(event)
        }
        return switch kind {
        case "claude": ClaudeHook.read(event)
        case "codex": event.root.member("hook_event_name") == nil ? CodexNotify.read(event) : CodexHook.read(event)
        case "droid": ClaudeHook.read(event, kind: "droid")
        case "opencode", "kilo": openCode.read(event, kind: kind)
        case "amp": AmpEvents.read(event)
        case "pi": PiEvents.read(event)
        default: nil
        }
    }
}
