import ReeveModel
import ReeveTOML

/// One key of an `[agents.NAME]` table.
package struct AgentKey: Sendable {
    package var name: String
    package var type: String
    package var fallback: String
    package var note: String
    let apply: @Sendable (inout AgentKind, TOMLTree) throws(Complaint) -> Void

    package static let all: [AgentKey] = [
        AgentKey(
            name: "start", type: "list of strings", fallback: "required for a new kind",
            note: "argument vector of a fresh start; never passed through a shell"
        ) { (kind, value) throws(Complaint) in
            let words = try Read.command(value)
            // What ships, written down again, is still what ships: `config show` may be copied.
            if words != kind.start { kind.own.insert(.start) }
            kind.start = words
        },
        AgentKey(name: "resume", type: "list of strings", fallback: "[]", note: "argument vector that continues `{session_id}`") {
            (kind, value) throws(Complaint) in
            let words = try Read.template(value)
            if words != kind.resume { kind.own.insert(.resume) }
            kind.resume = words
        },
        AgentKey(
            name: "headless", type: "list of strings", fallback: "[]",
            note: "argument vector for one prompt without a terminal; read and shown, but nothing in this version starts it"
        ) {
            (kind, value) throws(Complaint) in
            let words = try Read.template(value)
            if words != kind.headless { kind.own.insert(.headless) }
            kind.headless = words
        },
        AgentKey(
            name: "prompt", type: "`argument`, `paste`, `stdin` or `none`", fallback: "argument",
            note: "how the first prompt reaches it"
        ) { (kind, value) throws(Complaint) in
            let word = try Read.word(value, AgentKind.PromptDelivery.allCases.map(\.rawValue))
            let delivery = AgentKind.PromptDelivery(rawValue: word) ?? .argument
            if delivery != kind.prompt { kind.own.insert(.prompt) }
            kind.prompt = delivery
        },
        AgentKey(
            name: "exit", type: "list of keys and texts", fallback: #"["/exit", "Enter"]"#,
            note: "rung 1: a key name is a key, anything else is typed"
        ) { (kind, value) throws(Complaint) in kind.exit = try Read.keys(value) },
        AgentKey(name: "interrupt", type: "list of keys and texts", fallback: #"["C-c"]"#, note: "rung 2") {
            (kind, value) throws(Complaint) in kind.interrupt = try Read.keys(value)
        },
        AgentKey(
            name: "interrupt_repeat", type: "integer, 1–10", fallback: "2",
            note: "how often rung 2 is sent at most within its time"
        ) { (kind, value) throws(Complaint) in kind.interruptRepeat = try Read.integer(value, 1...10) },
        AgentKey(name: "eof", type: "list of keys and texts", fallback: #"["C-d"]"#, note: "rung 3") {
            (kind, value) throws(Complaint) in kind.eof = try Read.keys(value)
        },
        AgentKey(name: "enter_delay", type: "duration", fallback: "150ms", note: "between a text and the Enter that submits it") {
            (kind, value) throws(Complaint) in kind.enterDelay = try Read.duration(value, mayBeZero: true)
        },
        AgentKey(
            name: "env", type: "table of strings", fallback: "{ }",
            note: "added to its environment; `\"$NAME\"` takes the daemon's own value when the agent starts"
        ) { (kind, value) throws(Complaint) in kind.environment = try Read.environment(value) },
        AgentKey(
            name: "memory_max", type: "size, or empty", fallback: #""""#,
            note:
                "what it and all it starts may take together, e.g. `4GiB`; needs a systemd user manager, which gives it a scope of its own"
        ) { (kind, value) throws(Complaint) in kind.memoryMax = try Read.size(value) },
    ]
}
