package import ReeveJSON
package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An event on its way from `reeve hook KIND` to the daemon: what the agent said, and what its surroundings say of who it is.
///
///     {"kind":"claude","at":1777629600000,"ticket":"FEAT-1","session":"…","launch":"…","tmux":"/tmp/tmux-1000/default,42,0",
///      "pane":"%7","ancestors":[{"pid":4242,"start":"88123456"}],"event":{…}}
///
/// The writer copies the event byte for byte and does not parse it. Without an event in it the envelope says why: `"unreadable"`.
package struct HookEnvelope: Sendable, Hashable {
    package var kind: String
    /// When it was read: milliseconds since 1970.
    package var at: Int64
    package var ticket: String?
    package var session: String?
    package var launch: String?
    /// The value of `TMUX`: socket, pid, session.
    package var tmux: String?
    package var pane: String?
    package var ancestors: [ProcessMark]
    package var event: Event

    package enum Event: Sendable, Hashable {
        /// A JSON object, as the agent wrote it, without line breaks.
        case whole([UInt8])
        /// One that was too large, or cut off: its own members with short values.
        case shortened([UInt8])
        case unreadable(Unreadable)
    }

    package enum Unreadable: String, Sendable, Hashable, CaseIterable {
        /// Nothing came.
        case empty
        /// What came is not one JSON object.
        case notAnObject = "not_an_object"
        /// It was too large, or cut off, and nothing short was in it.
        case cut
    }

    /// About how many bytes it takes while it is kept.
    package var size: Int { 512 + event.size }

    /// A larger event is shortened: with its envelope it has to fit a line of the control protocol, and a place in the spool.
    package static let largestEvent = 256 << 10
    /// Of a value from the environment. A longer one is not ours, or not tmux's.
    static let longestValue = 1024
}

// MARK: - Writing

extension HookEnvelope {
    /// The envelope of what was read, with what this process's environment and ancestors say.
    package static func around(
        _ input: HookInput, kind: String, variable: (_ name: String) -> String? = HookEnvelope.variable
    ) -> HookEnvelope {
        func known(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty || $0.utf8.count > longestValue ? nil : $0 } }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return HookEnvelope(
            kind: kind, at: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000, ticket: known("REEVE_TICKET"),
            session: known("REEVE_SESSION"), launch: known("REEVE_LAUNCH"), tmux: known("TMUX"), pane: known("TMUX_PANE"),
            ancestors: Ancestry.ofThisProcess(), event: Event(input))
    }

    /// One line of JSON, without its line break.
    package var bytes: [UInt8] {
        var writer = JSONWriter(capacity: size)
        writer.beginObject()
        writer.key("kind")
        writer.value(kind)
        writer.key("at")
        writer.value(at)
        for (name, value) in [("ticket", ticket), ("session", session), ("launch", launch), ("tmux", tmux), ("pane", pane)] {
            guard let value else { continue }
            writer.key(name)
            writer.value(value)
        }
        writer.key("ancestors")
        writer.beginArray()
        for mark in ancestors {
            writer.beginObject()
            writer.key("pid")
            writer.value(Int64(mark.pid))
            writer.key("start")
            writer.value(mark.start)
            writer.endObject()
        }
        writer.endArray()
        switch event {
        case .whole(let bytes), .shortened(let bytes):
            if case .shortened = event {
                writer.key("shortened")
                writer.value(true)
            }
            writer.key("event")
            writer.raw(bytes)
        case .unreadable(let reason):
            writer.key("unreadable")
            writer.value(reason.rawValue)
        }
        writer.endObject()
        return writer.bytes
    }

    /// This process's own.
    package static func variable(_ name: String) -> String? { getenv(name).flatMap { String(validatingCString: $0) } }
}

extension HookEnvelope.Event {
    init(_ input: HookInput) {
        self = input.bytes.withUnsafeBytes { text in
            if !input.isCut, let object = EventScan.object(text) {
                if object.count <= HookEnvelope.largestEvent { return .whole(Self.oneLine(text[object])) }
            } else if !input.isCut {
                return .unreadable(text.allSatisfy { $0 == 32 || (9...13).contains($0) } ? .empty : .notAnObject)
            }
            var shortened: [UInt8] = [UInt8(ascii: "{")]
            for member in EventScan.shortMembers(text) where shortened.count + member.count < HookEnvelope.largestEvent {
                if shortened.count > 1 { shortened.append(UInt8(ascii: ",")) }
                shortened += Self.oneLine(text[member])
            }
            if shortened.count == 1 { return .unreadable(input.bytes.isEmpty ? .empty : .cut) }
            return .shortened(shortened + [UInt8(ascii: "}")])
        }
    }

    /// Line breaks between the members become spaces; in texts there are none.
    private static func oneLine(_ bytes: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        var copy = Array(bytes)
        for at in copy.indices where copy[at] == 10 || copy[at] == 13 { copy[at] = 32 }
        return copy
    }

    var size: Int {
        switch self {
        case .whole(let bytes), .shortened(let bytes): bytes.count
        case .unreadable: 0
        }
    }
}

// MARK: - Reading

extension HookEnvelope {
    /// - Parameter view: an envelope: params of a request, or a text from the spool. Whoever wrote it is this user, and may be an agent:
    ///   what it says of itself is a claim.
    package init(_ view: JSONView) throws(ReeveError) {
        guard view.kind == .object, let kind = view.member("kind")?.string, let at = view.member("at")?.integer else {
            throw .invalid("$", "an envelope has a 'kind' and an 'at'")
        }
        func text(_ name: String) throws(ReeveError) -> String? {
            guard let member = view.member(name) else { return nil }
            guard let text = member.string, text.utf8.count <= Self.longestValue else {
                throw .invalid("$.\(name)", "a text of at most \(Self.longestValue) bytes should be here")
            }
            return text
        }
        self.init(
            kind: kind, at: at, ticket: try text("ticket"), session: try text("session"), launch: try text("launch"),
            tmux: try text("tmux"), pane: try text("pane"), ancestors: [], event: .unreadable(.empty))
        if let marks = view.member("ancestors") {
            guard marks.kind == .array, marks.count <= Ancestry.most else {
                throw .invalid("$.ancestors", "at most \(Ancestry.most) processes")
            }
            for mark in marks.items {
                guard let pid = mark.member("pid")?.integer, pid > 0, pid <= Int32.max, let start = mark.member("start")?.string,
                    start.utf8.count <= 64
                else { throw .invalid("$.ancestors", "a process has a 'pid' and a 'start'") }
                ancestors.append(ProcessMark(pid: Int(pid), start: start))
            }
        }
        if let said = view.member("event") {
            guard said.kind == .object else { throw .invalid("$.event", "an object should be here, not \(said.kindName)") }
            event = view.member("shortened")?.boolean == true ? .shortened(Array(said.raw)) : .whole(Array(said.raw))
        } else {
            guard let reason = view.member("unreadable")?.string.flatMap(Unreadable.init) else {
                throw .invalid("$.event", "an envelope has an 'event', or says why it is 'unreadable'")
            }
            event = .unreadable(reason)
        }
    }
}
