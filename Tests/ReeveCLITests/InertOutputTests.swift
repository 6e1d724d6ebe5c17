import ArgumentParser
import Foundation
import ReeveJSON
import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

@testable import ReeveCLI

/// Whatever a daemon answers — texts of tickets, of agents, of their screens, of errors —, what `reeve` prints of it does nothing but be
/// seen: to a terminal, to a pipe, and as JSON.
@Suite struct InertOutputTests {
    /// No NUL is in it: the client refuses an answer with one as a whole, and would print nothing of it.
    ///
    /// CSI, OSC 8 and 52, DCS, C1 as UTF-8, bidi, zero-width, separators of lines, a return, a backspace, a new line, a tag.
    static let hostile =
        "a\u{1B}[2J\u{1B}[31mb\u{1B}]8;;http://x\u{7}c\u{1B}]52;c;aGk=\u{1B}\\d\u{1B}Pq\u{9B}1A\u{9D}0;t\u{9C}\u{90}e\u{202E}f\u{2066}g"
        + "\u{200B}h\u{FEFF}i\u{2028}j\u{2029}k\rl\u{8}m\u{E0041}n\u{7F}op\u{AD}q\u{85}r\nFORGED"

    static let json: String = {
        var writer = JSONWriter()
        writer.value(hostile)
        return writer.text
    }()

    /// For members that a reader of answers refuses with control characters in them.
    private static let mild = #""a\u202eb\u200bc""#

    /// A value of the schema, hostile wherever it can be.
    private static func value(_ schema: Schema, _ text: String) -> String {
        switch schema {
        case .string: text
        case .integer: "1"
        case .boolean: "true"
        case .number: "0.5"
        case .oneOf(let words): "\"\(words[0])\""
        case .array(let element): "[\(value(element, text))]"
        case .map(let inner): "{\(text):\(value(inner, text))}"
        case .anything:
            #"{"agent":{"kind":\#(text),"state":\#(text),"reason":\#(text)},"from":\#(text),"to":\#(text),"detail":\#(text)}"#
        case .object(let name): object(shape(name), text)
        }
    }

    private static func shape(_ name: String) -> [MethodDescription.Member] {
        let members = MethodCatalog.shapes.first { $0.name == name }?.members
        if members == nil { Issue.record("no shape \(name)") }
        return members ?? []
    }

    private static func object(_ members: [MethodDescription.Member], _ text: String) -> String {
        let pairs = members.map { member in
            "\"\(member.name)\":\(value(member.schema, member.constraint?.contains("one line") == true ? mild : text))"
        }
        return "{\(pairs.joined(separator: ","))}"
    }

    static func answer(_ method: String, _ text: String = json) -> String {
        guard let known = MethodCatalog.all.first(where: { $0.name == method }) else { return "{}" }
        // An OpenRPC document is a value that nothing describes.
        if method == "rpc.discover" {
            return #"{"openrpc":\#(text),"info":{},"methods":[{"name":\#(text),"summary":\#(text)}],"components":{}}"#
        }
        return object(known.result, text)
    }

    static let commands: [[String]] = [
        ["add", "x"], ["list"], ["list", "--all"], ["show", "A"], ["edit", "A", "--title", "x"], ["cancel", "A"], ["retry", "A"],
        ["steps", "A"], ["import", "."], ["folder"], ["status"], ["queue"], ["queue", "status"], ["queue", "pause"],
        ["queue", "resume"], ["launch"], ["launch", "A"], ["agents"], ["explain", "A"],
        ["switch", "A", "--to", "b"], ["send", "A", "x"], ["interrupt", "A"], ["stop", "A"], ["restart", "A"], ["continue", "A"],
        ["preview", "A"], ["focus", "A"], ["attach", "A"], ["wait", "A", "--until", "done"], ["approve", "A"],
        ["reject", "A", "--reason", "x"], ["step", "done", "--ticket", "A"], ["step", "blocked", "--ticket", "A"],
        ["step", "failed", "--ticket", "A"], ["session", "list"], ["session", "spawn", "n"], ["session", "adopt", "n"],
        ["session", "destroy", "n"], ["session", "send", "n", "x"], ["session", "capture", "n"], ["session", "split", "n"],
        ["session", "focus", "n"], ["session", "attach", "n"], ["session", "run", "--force", "--", "true"],
        ["session", "run", "--force", "--detach", "--", "true"], ["panes"], ["panes", "list"],
        ["panes", "open", "A", "--server", "/s", "--host", "%1"], ["panes", "close", "n"],
        ["panes", "arrange", "--server", "/s", "--host", "%1"], ["panes", "follow", "--server", "/s", "--host", "%1"],
        ["panes", "follow", "--off", "--server", "/s", "--host", "%1"],
        ["events", "--since", "0"], ["events", "--follow"], ["config", "reload"], ["doctor"], ["db"], ["db", "status"],
        ["db", "check"], ["db", "backup", "copy"], ["meta", "status", "x", "--ticket", "A"],
        ["meta", "progress", "1%", "--ticket", "A"],
        ["meta", "log", "x", "--ticket", "A"], ["meta", "notify", "x", "--ticket", "A"], ["meta", "clear", "--ticket", "A"],
        ["meta", "show", "--ticket", "A"], ["api"], ["api", "--openrpc"], ["shutdown"],
    ]

    /// Commands that ask no daemon: what is hostile there is in files and in their names.
    static let local: [[String]] = [
        ["config", "show"], ["config", "check"], ["config", "path"], ["explain", "--file", "transcript", "--kind", "claude"],
        ["db", "restore", oddName], ["db", "salvage"], ["install", "hooks", "claude", "--dry-run"],
        ["uninstall", "hooks", "claude", "--dry-run"],
    ]
    /// What a file's name can hold of it.
    static let oddName = "n\u{1B}[2J\u{9B}1A\u{202E}m\u{200B}\rl\u{8}"

    /// Commands that print nothing of anybody's to people.
    static let silent: [[String]: String] = [
        ["hook"]: "agents call it; it prints nothing", ["mcp"]: "it speaks JSON with an agent; ReeveMCPTests have its texts",
    ]

    /// On a terminal they become the multiplexer's own client, whose arguments are the daemon's.
    private static let becomesAnother: [[String]] = [["attach", "A"], ["session", "attach", "n"]]

    /// All commands that do something, with their whole names.
    private static func leaves(_ command: any ParsableCommand.Type, _ above: [String] = []) -> [[String]] {
        let path = above + [command.configuration.commandName ?? String(describing: command).lowercased()]
        let below = command.configuration.subcommands
        return below.isEmpty ? [path] : below.flatMap { leaves($0, path) }
    }

    @Test func `every command has a row here, or says why it needs none`() {
        let tree = Reeve.configuration.groupedSubcommands.flatMap(\.subcommands).flatMap { Self.leaves($0) }
        #expect(tree.count > 50)
        for leaf in tree where Self.silent[leaf] == nil {
            #expect((Self.commands + Self.local).contains { $0.starts(with: leaf) }, "\(leaf) has no row")
        }
        for leaf in Self.silent.keys { #expect(tree.contains(leaf), "\(leaf) is no command") }
    }

    /// What of it could do something. A terminal's own `\r\n` is a new line, and progress goes back to the start of its own line.
    static func active(_ output: [UInt8], fromTerminal: Bool) -> [String] {
        guard let text = String(validating: output, as: UTF8.self) else { return ["not UTF-8"] }
        var shown = text
        if fromTerminal {
            shown = shown.replacing("\r\u{1B}[K", with: "").replacing("\r\n", with: "\n")
        }
        return shown.unicodeScalars.filter { $0 != "\n" && InertText.isActive($0) }.map { "U+" + String($0.value, radix: 16) }
    }

    private func daemon(_ script: @escaping FakeDaemon.Script, _ body: (FakeDaemon) async throws -> Void) async throws {
        try await FakeDaemon.with(script) { daemon in try await body(daemon) }
    }

    private typealias Printed = (name: String, bytes: [UInt8], isTerminal: Bool)

    private func outputs(_ words: [String], _ flags: [String], _ daemon: FakeDaemon) async -> [Printed] {
        // What comes after `--` is the command's own.
        let end = words.firstIndex(of: "--") ?? words.endIndex
        let line = (words[..<end] + flags + ["--socket", daemon.socket] + words[end...])
        let printed = await outputs(line: Array(line), in: daemon.scratch, [:])
        return Self.becomesAnother.contains(words) && flags != ["--json"] ? printed.filter { !$0.isTerminal } : printed
    }

    /// Bytes as they come, on a pipe and on a terminal.
    private func outputs(line words: [String], in place: Scratch, _ more: [String: String]) async -> [Printed] {
        let line = words.map { "'\($0)'" }.joined(separator: " ")
        let environment = ["DIR": place.path, "HOME": place.path].merging(more) { $1 }
        let command = #"cd "$DIR" && exec "$REEVE" \#(line)"#
        let pipe = await Ran.shell("(\(command)) 2>&1 | od -An -v -tx1", environment)
        let terminal = await Ran.shell(
            "export COMMAND; script -qec 'bash --norc -c \"$COMMAND\"' /dev/null </dev/null | od -An -v -tx1",
            environment.merging(["COMMAND": command, "TERM": "xterm"]) { $1 })
        return [("pipe", Self.bytes(pipe.text), false), ("terminal", Self.bytes(terminal.text), true)]
    }

    private static func bytes(_ dump: String) -> [UInt8] {
        dump.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) }
    }

    private static let event: FakeDaemon.Script = { method, _, id in
        let event = object(shape("EventShape"), json)
        let answer = #"{"id":\#(id),"result":\#(Self.answer(method))}"#
        if method != "events.subscribe" { return [answer] }
        return [
            answer, #"{"method":"event","params":\#(event)}"#,
            #"{"method":"event.error","params":{"code":"internal","message":\#(json),"hint":\#(json)}}"#,
        ]
    }

    @Test(arguments: commands) func `what a command prints is inert`(words: [String]) async throws {
        try await daemon(Self.event) { daemon in
            for flags in [[], ["-q"], ["--json"]] {
                for output in await outputs(words, flags, daemon) {
                    let found = Self.active(output.bytes, fromTerminal: output.isTerminal)
                    let text = String(decoding: output.bytes, as: UTF8.self)
                    #expect(found == [], "\(flags) \(output.name): \(text)")
                    // An answer that is refused as a whole would be inert for that alone.
                    #expect(!text.contains("is not understood"), "\(flags) \(output.name): \(text)")
                    if flags == ["--json"], words[0] != "doctor" {
                        #expect(text.isEmpty || text.contains("{"), "\(text)")
                    }
                    // Only a body and a screen have lines of their own.
                    let hasLines = ["show", "edit", "preview"].contains(words[0]) || words.starts(with: ["session", "capture"])
                    if !hasLines, words != ["session", "run", "--force", "--", "true"] {
                        #expect(
                            !text.split(separator: "\n").contains { $0.hasPrefix("FORGED") }, "\(flags) \(output.name): \(text)")
                    }
                }
            }
        }
    }

    @Test(arguments: commands) func `what an error says is inert`(words: [String]) async throws {
        let script: FakeDaemon.Script = { _, _, id in
            [#"{"id":\#(id),"error":{"code":"conflict","message":\#(Self.json),"hint":\#(Self.json),"path":\#(Self.json)}}"#]
        }
        try await daemon(script) { daemon in
            for flags in [[], ["--json"]] {
                for output in await outputs(words, flags, daemon) {
                    #expect(!output.bytes.isEmpty)
                    let found = Self.active(output.bytes, fromTerminal: output.isTerminal)
                    #expect(found == [], "\(flags) \(output.name): \(String(decoding: output.bytes, as: UTF8.self))")
                }
            }
        }
    }

    @Test(arguments: local) func `what a command prints of files and their names is inert`(words: [String]) async throws {
        try await Scratch.with { place in
            let odd = "\(place.path)/\(Self.oddName)"
            let configuration = "[agents.odd]\nstart = [\"x\\u001B[2J\\u009B1A\\u202E\\u200By\"]\n"
            try configuration.write(toFile: odd, atomically: true, encoding: .utf8)
            let line =
                #"{"type":"user","uuid":"1","sessionId":"s-1","cwd":\#(Self.json),"timestamp":"2026-01-02T03:04:05.678Z","#
                + #""message":{"role":"user","content":\#(Self.json)}}"#
            try "\(line)\n".write(toFile: "\(place.path)/transcript", atomically: true, encoding: .utf8)
            // A sound file for a reader of JSON, with letters in it that are none to be seen.
            _ = try place.directory(".claude")
            let settings = "{\"hooks\":{\"Stop\":[]},\"x\u{9B}1A\u{202E}\u{200B}\":\"y\u{9D}0;t\u{9C}\"}\n"
            try settings.write(toFile: "\(place.path)/.claude/settings.json", atomically: true, encoding: .utf8)
            for name in ["r", "s"] { _ = try place.directory(name) }
            let environment = [
                "REEVE_CONFIG": odd, "REEVE_STATE_DIR": "\(place.path)/s", "REEVE_RUNTIME_DIR": "\(place.path)/r",
                "XDG_RUNTIME_DIR": place.path,
            ]
            for flags in [[], ["-q"], ["--json"]] {
                for output in await outputs(line: words + flags, in: place, environment) {
                    let found = Self.active(output.bytes, fromTerminal: output.isTerminal)
                    let text = String(decoding: output.bytes, as: UTF8.self)
                    #expect(found == [], "\(flags) \(output.name): \(text)")
                    // Whatever it says is about what it was asked.
                    #expect(!text.contains("Usage:") && !text.contains("holds nothing"), "\(flags): \(text)")
                    #expect(!text.split(separator: "\n").contains { $0.hasPrefix("FORGED") }, "\(flags) \(output.name): \(text)")
                }
            }
        }
    }

    /// JSON escapes are a writer's choice: a daemon, or a log of an older one, may have made another.
    @Test func `JSON keeps its meaning when it is made inert`() throws {
        let raw = "{\"a\":\"x\u{9B}31m\u{202E}\u{E0041}\u{7F}é漢✅\",\n\"b\":1}"
        let inert = Terminal.inertJSON(raw.utf8)
        #expect(Self.active(Array(inert.utf8), fromTerminal: false) == [])
        #expect(inert.contains(#"\u009b31m\u202e\udb40\udc41\u007fé漢✅"#))
        let before = try #require(JSONSerialization.jsonObject(with: Data(raw.utf8)) as? NSDictionary)
        #expect(try before.isEqual(JSONSerialization.jsonObject(with: Data(inert.utf8))))
    }

    /// bash runs what it finds in the words of `compgen -W`.
    @Test func `a session's name that a shell would run is not offered`() async throws {
        let session = #"{"name":"NAME","backend":"tmux","id":"$1","width":1,"height":1,"attached":0,"panes":1}"#
        let names = ["good", "$(touch evil)", "`touch evil`", "a b", "x\\u001b[2J", "-rf", "*"]
        let list = names.map { session.replacing("NAME", with: $0) }.joined(separator: ",")
        try await FakeDaemon.with(["session.list": #"{"sessions":[\#(list)]}"#]) { daemon in
            let line = #"""
                cd "$DIR" && eval "$("$REEVE" --generate-completion-script bash)"
                function=$(complete -p reeve | sed 's/.*-F \([^ ]*\).*/\1/')
                COMP_WORDS=(reeve session destroy --socket "$SOCKET" "") COMP_CWORD=5 COMP_LINE="reeve session destroy --socket $SOCKET "
                COMP_POINT=${#COMP_LINE}
                PATH="$(dirname "$REEVE"):$PATH" "$function" reeve "" "" 2>/dev/null
                printf '%s\n' "${COMPREPLY[@]}"; ls
                """#
            var ran = Ran.notRun
            var words: [String] = []
            // Nobody at a prompt is kept waiting: what is not known within a second is left out.
            let areOffered = await eventually {
                ran = await Ran.shell(line, ["SOCKET": daemon.socket, "DIR": daemon.scratch.path])
                words = ran.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                return words.contains("good")
            }
            #expect(areOffered && !words.contains("evil"), "\(ran)")
            #expect(words.allSatisfy { SafeName.isValid($0) || $0.hasPrefix("--") || $0 == "-h" || $0 == "-q" }, "\(ran)")
        }
    }
}
