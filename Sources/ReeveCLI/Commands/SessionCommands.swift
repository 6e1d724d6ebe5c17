import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

struct Session: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Terminals without a ticket: spawn, run, send, capture, attach, list, destroy.",
        subcommands: [
            Spawn.self, Run.self, Adopt.self, Destroy.self, Write.self, Capture.self, All.self, Split.self, Show.self, Enter.self,
        ], defaultSubcommand: All.self)

    struct Spawn: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Make a session with a command in it, or your shell.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its name.") var name: String
        @Option(help: ArgumentHelp("Where it starts.", valueName: "dir"), completion: .directory) var cwd: String?
        @Option(help: ArgumentHelp("NAME=value, added to its environment; repeatable.", valueName: "pair")) var env: [String] = []
        @Option(help: ArgumentHelp("Another multiplexer than the configured one, e.g. tmux or reeve.", valueName: "name"))
        var backend: String?
        @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.") var command: [String] = []

        func validate() throws {
            for pair in env where !pair.contains("=") { throw ValidationError("'\(pair)' is not NAME=value") }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = SessionSpawn.Params()
            params.name = name
            params.command = command.isEmpty ? nil : command
            params.backend = backend
            params.cwd = try cwd.map { (path) throws(ReeveError) in try Files.absolute(path, for: "cwd") }
            for pair in env {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                params.env[String(parts[0])] = String(parts[1])
            }
            let result = try client.call(SessionSpawn.self, params)
            show(result, quiet: Terminal.clean(result.session.id)) { Sentences.sessions([result.session]) }
        }
    }

    struct Adopt: DaemonCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take in a session of your own: send, capture, attach, panes.",
            discussion: """
                What it runs is left alone. It has no keeper, so how its program ends is not known. destroy gives it back. Inside tmux it \
                is looked for on the server of this pane, elsewhere on that of the daemon.
                """)
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its name in the multiplexer.") var name: String
        @Option(help: ArgumentHelp("Another multiplexer than the configured one.", valueName: "name")) var backend: String?
        @Option(help: ArgumentHelp("The socket of the tmux server that it is on.", valueName: "path"), completion: .file())
        var server: String?
        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = SessionAdopt.Params()
            params.name = name
            params.backend = backend
            params.server = try server.map { (path) throws(ReeveError) in try Files.fromHere(path) }
            if server == nil, backend == nil || backend == "tmux" { params.server = PanePlace.serverAround }
            let result = try client.call(SessionAdopt.self, params)
            show(result, quiet: Terminal.clean(result.session.id)) { Sentences.sessions([result.session]) }
        }
    }

    struct Destroy: DaemonCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a session and end what runs in it; give back an adopted one.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its name.", completion: Completions.live { $0.sessions() }) var name: String
        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = SessionReference()
            params.name = name
            show(try client.call(SessionDestroy.self, params), quiet: nil) { "\(Terminal.clean(name)) closed" }
        }
    }

    struct Write: DaemonCommand {
        static let configuration = CommandConfiguration(commandName: "send", abstract: "Type text, or press keys.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its name.", completion: Completions.live { $0.sessions() }) var name: String
        @Argument(help: "The text, delivered byte for byte.") var text: String?
        @Option(help: ArgumentHelp("A key to press instead, e.g. C-c; repeatable.", valueName: "key")) var key: [String] = []
        @Flag(inversion: .prefixedNo, help: "Press Enter after the text.") var enter = true

        func validate() throws {
            guard (text == nil) != key.isEmpty else { throw ValidationError("give either a text or --key") }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = SessionSend.Params()
            params.name = name
            params.text = text
            params.enter = enter
            params.keys = key.isEmpty ? nil : key
            show(try client.call(SessionSend.self, params), quiet: nil) { "delivered" }
        }
    }

    struct Capture: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Show the last lines of a session.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its name.", completion: Completions.live { $0.sessions() }) var name: String
        @Option(help: "At most so many lines.") var lines = 50
        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = SessionCapture.Params()
            params.name = name
            params.lines = lines
            let result = try client.call(SessionCapture.self, params)
            let text = Terminal.clean(result.text, keepingLines: true)
            show(result, quiet: text) { text }
        }
    }

    struct All: DaemonCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the sessions.")
        @OptionGroup var common: CommonOptions
        func answer(_ client: ControlClient) throws(ReeveError) {
            let result = try client.call(SessionList.self, SessionList.Params())
            show(result, quiet: result.sessions.map { Terminal.clean($0.name) }.joined(separator: "\n")) {
                Sentences.sessions(result.sessions)
            }
        }
    }

    struct Show: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "focus", abstract: "Show a session where somebody already looks at the multiplexer.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its name.", completion: Completions.live { $0.sessions() }) var name: String
        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = SessionReference()
            params.name = name
            let inside = try Attach.insideCommand { () throws(ReeveError) in try client.call(SessionAttach.self, params) }
            if let inside { throw Files.become(inside) }
            show(try client.call(SessionFocus.self, params), quiet: nil) { "\(Terminal.clean(name)) is shown" }
        }
    }

    struct Enter: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "attach", abstract: "Show a session in this terminal, as its multiplexer does it.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its name.", completion: Completions.live { $0.sessions() }) var name: String
        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = SessionReference()
            params.name = name
            let way = try Attach.way { () throws(ReeveError) in
                try client.call(SessionAttach.self, params)
            } orFocus: { () throws(ReeveError) in
                try client.call(SessionFocus.self, params)
            }
            switch way {
            case .focused(let result): show(result, quiet: nil) { Attach.focusedSentence(name) }
            case .command(let result) where common.json: show(result, quiet: nil) { "" }
            case .command(let result): try Attach.enter(result)
            }
        }
    }

    struct Split: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Split a session's pane.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its name.", completion: Completions.live { $0.sessions() }) var name: String
        @Option(help: "horizontal: side by side; vertical: one above the other.", completion: .list(["horizontal", "vertical"]))
        var direction = "horizontal"

        func validate() throws {
            guard SplitDirection(rawValue: direction) != nil else {
                throw ValidationError("'\(direction)' is none of horizontal, vertical")
            }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = SessionSplit.Params()
            params.name = name
            params.direction = SplitDirection(rawValue: direction) ?? .horizontal
            let result = try client.call(SessionSplit.self, params)
            show(result, quiet: Terminal.clean(result.pane.id)) {
                "pane \(Terminal.clean(result.pane.id)), \(result.pane.width)x\(result.pane.height)"
            }
        }
    }
}
