import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

struct Panes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Panes of agents beside your own, in tmux: open, follow, close, arrange, list.",
        discussion: """
            A pane shows a session; the agent does not depend on it. Panes that are not Reeve's keep their places.
            """,
        subcommands: [Open.self, Follow.self, Close.self, Arrange.self, All.self], defaultSubcommand: All.self)

    struct All: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the panes, and the sessions that wait for one.")
        @OptionGroup var common: CommonOptions

        func answer(_ client: ControlClient) throws(ReeveError) {
            let result = try client.call(PanesList.self, Empty())
            show(result, quiet: result.panes.compactMap { $0.pane.map { Terminal.clean($0) } }.joined(separator: "\n")) {
                PaneSentences.list(result)
            }
        }
    }

    struct Open: DaemonCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put agents' terminals beside this pane.",
            discussion: "Without room an agent waits for some; reeve panes list shows who does.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var place: PanePlace
        @Argument(help: "Tickets, or sessions by their names.", completion: Completions.live { $0.agents() }) var names:
            [String] = []
        @Flag(help: "Every agent there is.") var all = false
        @OptionGroup var isolation: PaneSeparation
        @Flag(inversion: .prefixedNo, help: "Without room: wait for some.") var wait = true

        func validate() throws {
            guard all == names.isEmpty else { throw ValidationError("name tickets or sessions, or give --all") }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            let host = try place.chosenHost()
            let agents = try client.call(AgentList.self, AgentList.Params()).agents
            let tickets = Set(agents.map(\.ticket))
            var refused: ReeveError?
            for name in all ? agents.map(\.ticket) : names {
                var params = PanesOpen.Params()
                if tickets.contains(name) { params.ticket = name } else { params.session = name }
                params.host = host
                params.layout = place.chosenLayout
                params.isolation = isolation.chosen
                params.wait = wait
                let result = try client.call(PanesOpen.self, params)
                show(result, quiet: result.pane.map { Terminal.clean($0) }) { PaneSentences.opened(name, result) }
                let isThere = result.pane != nil || result.position != nil
                if !isThere, refused == nil { refused = .conflict(result.reason.sentence, hint: "reeve panes list") }
            }
            if let refused { throw refused }
        }
    }

    struct Follow: DaemonCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put each agent that starts from now on beside this pane.",
            discussion: """
                An agent without room waits for some. Those that run already are left as they are. One pane of a tmux server
                follows at a time; it ends with the pane, or with --off.
                """)
        @OptionGroup var common: CommonOptions
        @OptionGroup var place: PanePlace
        @OptionGroup var isolation: PaneSeparation
        @Flag(help: "No pane of this tmux server follows any more.") var off = false

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = PanesFollow.Params()
            params.host = try place.chosenHost()
            params.layout = place.chosenLayout
            params.isolation = isolation.chosen
            params.enabled = !off
            let result = try client.call(PanesFollow.self, params)
            show(result, quiet: nil) { PaneSentences.followed(params, result) }
        }
    }

    struct Close: DaemonCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take agents' panes away, or their waits for one. The agents go on.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Tickets, or sessions by their names.", completion: Completions.live { $0.agents() }) var names:
            [String] = []
        @Flag(help: "Every pane there is.") var all = false

        func validate() throws {
            guard all == names.isEmpty else { throw ValidationError("name tickets or sessions, or give --all") }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            let known = try client.call(PanesList.self, Empty()).panes
            var refused: ReeveError?
            for name in all ? known.map(\.session) : names {
                var params = PanesClose.Params()
                params.session = known.first { $0.ticket == name }?.session ?? name
                let result = try client.call(PanesClose.self, params)
                show(result, quiet: nil) { PaneSentences.closed(name, result) }
                let isDone = result.decision.type == "close" || result.reason.code == "waits_no_more"
                if !isDone, refused == nil { refused = .conflict(result.reason.sentence, hint: "reeve panes list") }
            }
            if let refused { throw refused }
        }
    }

    struct Arrange: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Lay the agents beside this pane out again.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var place: PanePlace

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = PanesArrange.Params()
            params.host = try place.chosenHost()
            params.layout = place.chosenLayout
            let result = try client.call(PanesArrange.self, params)
            show(result, quiet: nil) { PaneSentences.arranged(result) }
            if result.decision.type == "defer" { throw .conflict(result.reason.sentence, hint: "make the window larger") }
        }
    }
}

/// In your own window, or apart from it.
struct PaneSeparation: ParsableArguments {
    @Option(
        help: ArgumentHelp("inline, window or session; [panes] isolation otherwise.", valueName: "word"),
        completion: .list(PaneIsolation.allCases.map(\.rawValue)))
    var isolation: String?

    var chosen: PaneIsolation? { isolation.flatMap { PaneIsolation(rawValue: $0) } }

    func validate() throws { try PanePlace.check(isolation, PaneIsolation.allCases.map(\.rawValue)) }
}

/// Beside which pane, and how.
struct PanePlace: ParsableArguments {
    @Option(help: ArgumentHelp("The pane that agents stand beside; this one otherwise.", valueName: "%n")) var host: String?
    @Option(help: ArgumentHelp("The tmux server's socket; that of this pane otherwise.", valueName: "path")) var server: String?
    @Option(
        help: ArgumentHelp("vertical, horizontal or grid; [panes] layout otherwise.", valueName: "word"),
        completion: .list(PaneLayout.allCases.map(\.rawValue)))
    var layout: String?

    var chosenLayout: PaneLayout? { layout.flatMap { PaneLayout(rawValue: $0) } }

    func validate() throws { try Self.check(layout, PaneLayout.allCases.map(\.rawValue)) }

    static func check(_ word: String?, _ words: [String]) throws {
        guard let word, !words.contains(word) else { return }
        throw ValidationError("'\(word)' is none of \(words.joined(separator: ", "))")
    }

    func chosenHost() throws(ReeveError) -> PaneHostShape { try Self.host(server: server, pane: host) }

    /// The tmux server that this process is inside of.
    static var serverAround: String? { Environment["TMUX"].flatMap { $0.split(separator: ",").first.map(String.init) } }

    /// - Parameters: nil: where this process is.
    static func host(server: String? = nil, pane: String? = nil) throws(ReeveError) -> PaneHostShape {
        guard let server = server ?? serverAround, let pane = pane ?? Environment["TMUX_PANE"] else {
            throw .conflict(
                "this is not inside tmux, so there is no window to put panes into",
                hint: "run it in a pane of tmux, or name one with --server and --host")
        }
        var shape = PaneHostShape()
        (shape.server, shape.pane) = (server, pane)
        return shape
    }
}
