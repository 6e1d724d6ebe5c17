package import ReeveModel

package struct SessionReference: WireObject {
    package var name = ""
    package init() {}
    package static let fields: [Field<SessionReference>] = [.required("name", \.name, "the session's name", .safeName)]
}

package enum SessionSpawn: WireMethod {
    package static let name = "session.spawn"
    package static let summary = "Makes a session with a command in it, or a shell; usable without a ticket."
    package static let isMutating = true
    package struct Params: WireObject {
        package var name = ""
        package var command: [String]?
        package var cwd: String?
        package var env: [String: String] = [:]
        package var backend: String?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("name", \.name, "its name", .safeName),
            .optional(
                "command", \.command, "argument vector; your shell when absent", .count(1...1000, each: .bytes(0...131_000))),
            .optional("cwd", \.cwd, "where it starts; [sessions] directory when absent", .directory),
            .defaulted("env", \.env, "added to its environment"),
            .optional("backend", \.backend, "the configured one when absent", .safeName),
        ]
    }
    package struct Result: WireObject {
        package var session = SessionShape()
        package init() {}
        package static let fields: [Field<Result>] = [.required("session", \.session, "as the multiplexer sees it")]
    }
}

package enum SessionAdopt: WireMethod {
    package static let name = "session.adopt"
    package static let summary =
        "Takes in a session that a person has made, by its name; `session.destroy` gives it back. Where the backend can."
    package static let isMutating = true
    package struct Params: WireObject {
        package var name = ""
        package var backend: String?
        package var server: String?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("name", \.name, "its name in the multiplexer", .safeName),
            .optional("backend", \.backend, "the configured one when absent", .safeName),
            .optional(
                "server", \.server,
                "the path of its tmux server's socket, `$TMUX` up to its first comma; the daemon's own when absent", .directory),
        ]
    }
    package typealias Result = SessionSpawn.Result
}

package enum SessionDestroy: WireMethod {
    package static let name = "session.destroy"
    package static let summary = "Closes a session and ends what runs in it; one that was adopted is given back as it is."
    package static let isMutating = true
    package typealias Params = SessionReference
    package typealias Result = Empty
}

package enum SessionSend: WireMethod {
    package static let name = "session.send"
    package static let summary = "Types text or presses keys."
    package static let isMutating = true
    package struct Params: WireObject {
        package var name = ""
        package var text: String?
        package var enter = true
        package var keys: [String]?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("name", \.name, "the session's name", .safeName),
            .optional("text", \.text, "delivered byte for byte; this or `keys`", .bytes(0...1_000_000)),
            .defaulted("enter", \.enter, "press Enter after the text"),
            .optional("keys", \.keys, "key names, pressed in order: Enter, Escape, C-c, …", .count(1...100, each: .keyName)),
        ]
    }
    package struct Result: WireObject {
        package var delivered = true
        package init() {}
        package static let fields: [Field<Result>] = [.required("delivered", \.delivered, "true")]
    }
}

package enum SessionCapture: WireMethod {
    package static let name = "session.capture"
    package static let summary = "The last lines of a session's screen and history."
    package struct Params: WireObject {
        package var name = ""
        package var lines = 0
        package var styled = false
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("name", \.name, "the session's name", .safeName),
            .required("lines", \.lines, "at most so many", .range(1...50_000)),
            .defaulted("styled", \.styled, "with colours as escape sequences"),
        ]
    }
    package typealias Result = CaptureAnswer
}

package enum SessionList: WireMethod {
    package static let name = "session.list"
    package static let summary = "The sessions as the multiplexer sees them now; no server running is an empty list."
    package struct Params: WireObject {
        package var backend: String?
        package init() {}
        package static let fields: [Field<Params>] = [.optional("backend", \.backend, "all when absent", .safeName)]
    }
    package struct Result: WireObject {
        package var sessions: [SessionShape] = []
        package init() {}
        package static let fields: [Field<Result>] = [.required("sessions", \.sessions, "ours, by name")]
    }
}

package enum SessionSplit: WireMethod {
    package static let name = "session.split"
    package static let summary = "Splits a session's pane; the new pane holds a shell and does not take the focus."
    package static let isMutating = true
    package struct Params: WireObject {
        package var name = ""
        package var direction = SplitDirection.horizontal
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("name", \.name, "the session's name", .safeName),
            .required("direction", \.direction, "horizontal: side by side"),
        ]
    }
    package struct Result: WireObject {
        package var pane = PaneShape()
        package init() {}
        package static let fields: [Field<Result>] = [.required("pane", \.pane, "the new pane")]
    }
}

extension Rule<String> {
    static var keyName: Rule {
        Rule(text: "a key name") { name in
            Key(name: name) == nil
                ? "'\(name.prefix(32))' is not a key; known are \(Key.names.joined(separator: ", ")) and C-a to C-z" : nil
        }
    }
}
