package enum SessionRun: WireMethod {
    package static let name = "session.run"
    package static let summary =
        "Runs a command that needs a terminal in a session of its own, beside a pane of tmux if there is one; closed with the command."
    package static let isMutating = true
    package struct Params: WireObject {
        package var command: [String] = []
        package var name: String?
        package var cwd: String?
        package var env: [String: String] = [:]
        package var backend: String?
        package var ticket: String?
        package var session: String?
        package var host: PaneHostShape?
        package var force = false
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("command", \.command, "argument vector", .count(1...1000, each: .bytes(0...131_000))),
            .optional("name", \.name, "the session's name; made of the program's when absent", .safeName),
            .optional("cwd", \.cwd, "where it starts; [sessions] directory when absent", .directory),
            .defaulted("env", \.env, "added to its environment"),
            .optional("backend", \.backend, "the configured one when absent", .safeName),
            .optional("ticket", \.ticket, "whom it is for: it is closed with this ticket at the latest", .safeName),
            .optional(
                "session", \.session,
                "without a ticket: the session that it is for, its name or its id (`REEVE_SESSION`); one of a ticket speaks for it",
                .safeName),
            .optional("host", \.host, "a pane that it is shown beside; when absent that of whom it is for, or their terminal"),
            .defaulted("force", \.force, "also if it needs no terminal"),
        ]
    }
    package struct Result: WireObject {
        package var needsTerminal = false
        package var reason = ""
        package var program: String?
        package var run: String?
        package var session: SessionShape?
        package var pane: PanesOpen.Result?
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("needsTerminal", \.needsTerminal, "without it, and without `force`, nothing was started"),
            .required("reason", \.reason, "why it does or does not"),
            .optional("program", \.program, "the program that this is about"),
            .optional("run", \.run, "what `session.wait` takes: this very run, whatever has its name later"),
            .optional("session", \.session, "where it runs"),
            .optional("pane", \.pane, "what became of its pane, if there was a place to ask for one in"),
        ]
    }
}

package enum SessionWait: WireMethod {
    package static let name = "session.wait"
    package static let summary = "Waits until the command of `session.run` has ended; answered again for a while after that."
    package struct Params: WireObject {
        package var name = ""
        package init() {}
        package static let fields: [Field<Params>] = [
            .required(
                "name", \.name, "`run` of `session.run`, or the session's name: then the latest run of that name", .safeName)
        ]
    }
    package struct Result: WireObject {
        package var exit: ExitShape?
        package var screen: String?
        package init() {}
        package static let fields: [Field<Result>] = [
            .optional("exit", \.exit, "how it ended; absent: its terminal is gone"),
            .optional("screen", \.screen, "its last lines, if it did not end well"),
        ]
    }
}

package enum SessionFocus: WireMethod {
    package static let name = "session.focus"
    package static let summary = "Shows a session to whoever looks at the multiplexer."
    package static let isMutating = true
    package typealias Params = SessionReference
    package typealias Result = Empty
}

package enum SessionAttach: WireMethod {
    package static let name = "session.attach"
    package static let summary = "The command that shows a session in a terminal of your own."
    package typealias Params = SessionReference
    package typealias Result = AgentAttach.Result
}
