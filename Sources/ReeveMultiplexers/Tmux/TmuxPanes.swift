import Ownership
package import ReeveModel

/// Panes in people's own tmux servers, whichever those are: each look and each change is a run of tmux, since a connection to a server that
/// a person may end at any time is none to keep.
///
/// A change happens in one turn of the server, and only if the window's layout is still the one that was looked at. Only panes with this
/// instance's tag are ever ended. Nothing gets the focus, every target is an id, and what tmux would expand as a format is doubled.
/// (Commands and formats: tmux 3.2 to 3.7; measured with 3.3a.)
package struct TmuxPanes: PaneWindows {
    private let binary: String
    private let environment: [String: String]
    private let instance: String
    private let memory: String
    private let time: any TimeSource
    private let patience: Duration

    /// - Parameter runtimeDirectory: keeps the names of the servers that panes have been put on. It goes with a restart of the machine, as
    ///   they do.
    /// - Parameter patience: with each call of tmux.
    package init(
        binary: String, environment: [String: String], instance: String, runtimeDirectory: String, time: any TimeSource,
        patience: Duration = .seconds(5)
    ) {
        self.binary = binary
        self.environment = environment
        self.instance = instance
        memory = "\(runtimeDirectory)/pane-servers"
        self.time = time
        self.patience = patience
    }

    // MARK: Looking

    package func look(_ host: PaneHost) async throws -> PaneView {
        guard PaneWindow.number(host.pane) != nil else {
            throw ReeveError.invalid(
                "$.host.pane", "'\(host.pane.prefix(32))' is no pane's id", hint: "$TMUX_PANE has it, like %3")
        }
        let lines = try await run(host.server, ["list-panes", "-t", host.pane, "-F", PaneLook.format])
        guard let view = PaneLook.view(lines, server: host.server, instance: instance) else {
            throw ReeveError.unavailable("tmux answered '\(lines.joined(separator: " ").prefix(200))' about \(host.pane)")
        }
        return view
    }

    package func tagged(on server: String) async throws -> [TaggedPane] {
        let lines: [String]
        do { lines = try await run(server, ["list-panes", "-a", "-F", PaneLook.taggedFormat]) } catch let error as ReeveError
            where error.kind == .notFound
        {
            // "no current target": its last session has gone, and it is about to (3.3a).
            return []
        }
        let found = PaneLook.tagged(lines, instance: instance)
        // A daemon that was killed between the making of a pane and its tag left it in the pane's command.
        let bare = found.filter { !$0.isMarked }
        if !bare.isEmpty {
            _ = try? await run(server, Self.words(bare.flatMap { marks($0.pane.pane, $0.pane.tag) }))
        }
        return found.map(\.pane)
    }

    // MARK: Doing

    package func carryOut(
        _ plan: PanePlan, in view: PaneView, command: [String], tag: PaneTag?
    ) async throws -> String? {
        var steps = plan.steps[...]
        var mark = view.mark
        var made: String?
        var before: [TmuxCommand] = []
        if case .split? = steps.first, let split = steps.popFirst(), let tag {
            let words = split.arguments.map { $0 == "#{pane_id}" ? "#{pane_id} #{window_layout}" : $0 }
            let lines = try await guarded(view, mark, TmuxCommand(words: words + ["--"] + Self.program(command, tag)))
            let answer = (lines.first ?? "").split(separator: " ").map(String.init)
            guard answer.count == 2, PaneWindow.number(answer[0]) != nil else {
                throw ReeveError.unavailable("tmux answered '\(lines.joined(separator: " ").prefix(200))' to a split")
            }
            (made, mark) = (answer[0], PaneLook.mark(answer[1]))
            before = marks(answer[0], tag)
        }
        let rest = steps.map { step in TmuxCommand(words: step.arguments.map { $0 == PanePlan.newPane ? made ?? $0 : $0 }) }
        guard !(before + rest).isEmpty else { return made }
        do {
            _ = try await guarded(view, mark, TmuxCommand.sequence(before + rest))
        } catch {
            // All or nothing: what was made is taken away again.
            if let made, let tag { await takeBack(made, tag, view.server) }
            throw error
        }
        return made
    }

    package func stand(
        alone isolation: PaneIsolation, beside view: PaneView, command: [String], tag: PaneTag
    ) async throws -> String {
        let program = ["-P", "-F", "#{pane_id}", "--"] + Self.program(command, tag)
        let lines: [String]
        switch isolation {
        case .session: lines = try await newSession(for: tag.host, view, program)
        case .window, .inline:
            lines = try await run(view.server, ["new-window", "-d", "-n", "agents", "-t", "\(view.sessionID):"] + program)
        }
        guard let pane = lines.first, PaneWindow.number(pane) != nil else {
            throw ReeveError.unavailable(
                "tmux answered '\(lines.joined(separator: " ").prefix(200))' to a new \(isolation.rawValue)")
        }
        do {
            _ = try await run(view.server, Self.words(marks(pane, tag)))
        } catch {
            await takeBack(pane, tag, view.server)
            throw error
        }
        return pane
    }

    /// The next free name: one of before may hold a person's panes by now.
    private func newSession(for host: String, _ view: PaneView, _ program: [String]) async throws -> [String] {
        let name = "reeve-agents-\(host.dropFirst())"
        var number = 1
        while true {
            do {
                return try await run(
                    view.server,
                    [
                        "new-session", "-d", "-s", number == 1 ? name : "\(name)-\(number)", "-x", "\(view.window.width)", "-y",
                        "\(view.window.height)",
                    ] + program)
            } catch let error as ReeveError where error.kind == .conflict && number < 20 {
                number += 1
            }
        }
    }

    package func kill(_ pane: String, on server: String) async throws {
        let lines = try await run(
            server,
            [
                "if-shell", "-F", "-t", pane, "#{m:\(instance) *,#{\(PaneTag.option)}}",
                TmuxCommand("kill-pane", "-t", pane).line,
                // Of a pane that is not there tmux says nothing, and means none.
                TmuxCommand("display-message", "-p", "-t", pane, "\(Self.refusal)#{pane_id}").line,
            ])
        if lines.contains(Self.refusal + pane) { throw ReeveError.conflict("\(pane) is not ours", hint: "it was left alone") }
    }

    /// A pane that was just made and perhaps has no tag yet: its command has it.
    private func takeBack(_ pane: String, _ tag: PaneTag, _ server: String) async {
        let condition = "#{||:#{m:\(instance) *,#{\(PaneTag.option)}},#{m:*\(tag.session)*,#{pane_start_command}}}"
        _ = try? await run(server, ["if-shell", "-F", "-t", pane, condition, TmuxCommand("kill-pane", "-t", pane).line])
    }

    // MARK: Servers

    package func servers() -> Set<String> {
        guard let bytes = (try? PrivateFile.read(memory)).flatMap({ $0 }) else { return [] }
        return Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    package func remember(_ servers: Set<String>) {
        // Without it panes of before are not found again after a restart; they are views, and a person can close them.
        try? PrivateFile.write(servers.sorted().map { $0 + "\n" }.joined().utf8, to: memory)
    }

    package func canonical(_ server: String) -> String { TmuxVisit.canonical(server) }

    package func isGone(_ server: String) -> Bool { !UnixSocket.answers(at: server) }

    // MARK: How

    private static let changed = "REEVE-CHANGED"
    private static let refusal = "REEVE-FOREIGN "

    /// A tmux client inside a pane would refuse to be nested.
    private static func program(_ command: [String], _ tag: PaneTag) -> [String] {
        ["env", "-u", "TMUX", "-u", "TMUX_PANE", "\(PaneLook.variable)\(tag.text)"] + command
    }

    /// Dead panes stay until they are closed by plan: tmux would give their room to whoever is beside them.
    private func marks(_ pane: String, _ tag: PaneTag) -> [TmuxCommand] {
        [
            TmuxCommand("set-option", "-p", "-t", pane, PaneTag.option, tag.text),
            TmuxCommand("set-option", "-p", "-t", pane, "remain-on-exit", "on"),
            TmuxCommand("select-pane", "-t", pane, "-T", TmuxCommand.escapeFormat(tag.name.text)),
        ]
    }

    private func guarded(_ view: PaneView, _ mark: String, _ command: TmuxCommand) async throws -> [String] {
        let lines: [String]
        do {
            // The layout does not change with the zoom or the focus.
            let now = "#{window_zoomed_flag}#{pane_id}"
            let then = "\(view.window.isZoomed ? 1 : 0)\(view.window.activePane ?? "")"
            lines = try await run(
                view.server,
                [
                    "if-shell", "-F", "-t", view.windowID, "#{&&:#{m:\(mark)*,#{window_layout}},#{==:\(now),\(then)}}",
                    command.line,
                    TmuxCommand("display-message", "-p", Self.changed).line,
                ])
        } catch let error as ReeveError where error.kind == .notFound {
            throw ReeveError.conflict("the window has changed meanwhile: \(error.message)", hint: "try again")
        }
        if lines.contains(Self.changed) { throw ReeveError.conflict("the window has changed meanwhile", hint: "try again") }
        return lines
    }

    private static func words(_ commands: [TmuxCommand]) -> [String] { TmuxVisit.words(commands) }

    private func run(_ server: String, _ words: [String]) async throws -> [String] {
        let visit = TmuxVisit(server: server, binary: binary, environment: environment, time: time)
        try visit.check(path: "$.host.server")
        return try await visit.run(words, patience: patience).split(separator: "\n").map(String.init)
    }
}
