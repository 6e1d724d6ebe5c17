import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Session {
    /// `reeve session run`: what needs a terminal gets one, anything else is simply run.
    struct Run: DaemonCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a command; one that needs a terminal gets a pane or a session of its own.",
            discussion: """
                An editor, a pager, ssh, a rebase, …: it runs in a session of its own, beside this pane inside tmux, and reeve waits \
                for its end and exits as it does. What an agent runs comes beside the agent. Anything else runs here, as if reeve \
                were not there. The session is closed when the command has ended, or with the ticket or session that it is run for.
                """)
        @OptionGroup var common: CommonOptions
        @Option(help: "The session's name.") var name: String?
        @Option(help: ArgumentHelp("Where it starts; here otherwise.", valueName: "dir"), completion: .directory) var cwd: String?
        @Option(help: ArgumentHelp("Another multiplexer than the configured one.", valueName: "name")) var backend: String?
        @Flag(help: "Say whether it needs a terminal, and why; run nothing. Exits 0 if it does, 1 if not.") var check = false
        @Flag(help: "A session of its own also if it needs no terminal.") var force = false
        @Flag(help: "Do not wait for its end.") var detach = false
        @Argument(parsing: .postTerminator, help: "The command and its arguments, after --; or one shell line.")
        var command: [String] = []

        func validate() throws {
            guard !command.isEmpty else { throw ValidationError("give a command after --") }
        }

        /// One word with blanks in it is a line for the shell.
        private var arguments: [String] {
            guard command.count == 1, let line = command.first, line.contains(where: \.isWhitespace) else { return command }
            return ["/bin/sh", "-c", line]
        }

        func run() throws {
            let verdict = InteractiveCommand.judge(arguments: arguments)
            if check { return try say(verdict) }
            guard verdict.needsTerminal || force else {
                if let cwd, let error = Files.enter(cwd) { throw Failure(error: error, json: common.json) }
                // Nothing needs the daemon then.
                throw Failure(error: Files.become(arguments), json: common.json)
            }
            do throws(ReeveError) { try answer(try common.connect()) } catch { throw Failure(error: error, json: common.json) }
        }

        private func say(_ verdict: InteractiveVerdict) throws {
            var result = SessionRun.Result()
            result.needsTerminal = verdict.needsTerminal
            result.reason = verdict.reason
            result.program = verdict.program
            show(result, quiet: verdict.needsTerminal ? "yes" : "no") {
                (verdict.needsTerminal ? "needs a terminal: " : "needs none: ") + Terminal.clean(verdict.reason)
            }
            if !verdict.needsTerminal { throw ExitCode(1) }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = SessionRun.Params()
            params.command = arguments
            params.name = name
            params.cwd = try Files.absolute(cwd ?? ".", for: "cwd")
            params.backend = backend
            params.ticket = Environment["REEVE_TICKET"]
            if params.ticket == nil { params.session = Environment["REEVE_SESSION"] }
            params.force = force
            params.host = try? PanePlace.host()
            params.env = Environment.forPrograms
            let started = try client.call(SessionRun.self, params)
            guard let session = started.session?.name else { throw .conflict(started.reason, hint: nil) }
            if detach || common.json {
                show(started, quiet: Terminal.clean(session)) { Self.sentence(session, started) }
                if detach { return }
            } else if started.pane?.pane == nil, Terminal.isInteractive {
                showHere(session, started, client)
            } else {
                Terminal.error(Self.sentence(session, started))
            }
            let ended = try end(of: started.run ?? session, client)
            if common.json { Terminal.printJSON(ended.json) }
            if let screen = ended.screen, !common.json { Terminal.error(Terminal.clean(screen, keepingLines: true)) }
            ReeveExit.now(Self.code(ended.exit))
        }

        /// Nowhere else can it be seen: in this very terminal, and never by taking the person to another session. The command runs
        /// already, so what stands in the way is only said.
        private func showHere(_ session: String, _ started: SessionRun.Result, _ client: ControlClient) {
            var reference = SessionReference()
            reference.name = session
            do throws(ReeveError) {
                let way = try Attach.way { () throws(ReeveError) in
                    try client.call(SessionAttach.self, reference)
                } orFocus: { () throws(ReeveError) in
                    try client.call(SessionFocus.self, reference)
                }
                Terminal.error(Self.sentence(session, started))
                switch way {
                case .focused: Terminal.error(Attach.focusedSentence(session))
                case .command(let shown): _ = ProgramRun.here(["env", "-u", "TMUX", "-u", "TMUX_PANE"] + shown.command)
                }
            } catch {
                Terminal.error(Self.unseenSentence(session, started, error))
            }
        }

        /// The command outlives the daemon, and so does the wait for it.
        private func end(of run: String, _ client: ControlClient) throws(ReeveError) -> SessionWait.Result {
            var params = SessionWait.Params()
            params.name = run
            var connection = client
            var lost: ReeveError?
            for _ in 0..<Self.reconnects {
                do throws(ReeveError) { return try connection.call(SessionWait.self, params) } catch {
                    guard [.shuttingDown, .unreachable, .unavailable].contains(error.kind) else { throw error }
                    lost = error
                }
                pauseBriefly()
                do throws(ReeveError) { connection = try common.connect() } catch { lost = error }
            }
            throw lost ?? .unavailable("the daemon is gone", hint: "reeve session list shows whether the command still runs")
        }

        /// Five times a second for a minute.
        private static let reconnects = 300
        private func pauseBriefly() { usleep(200_000) }

        private static func sentence(_ session: String, _ started: SessionRun.Result) -> String {
            let place =
                started.pane?.pane.map { "in pane \(Terminal.clean($0))" }
                ?? "reeve session attach \(Terminal.clean(session)) shows it"
            return "\(Terminal.clean(started.reason)); \(Terminal.clean(session)): \(place)"
        }

        private static func unseenSentence(_ session: String, _ started: SessionRun.Result, _ error: ReeveError) -> String {
            let name = Terminal.clean(session)
            // It was over before anybody could look.
            if error.kind == .notFound { return "\(Terminal.clean(started.reason)); \(name)" }
            return """
                \(Terminal.clean(started.reason)); \(name): it runs and cannot be shown here: \(Terminal.clean(error.message))
                  its end is waited for; reeve session destroy \(name) ends it
                """
        }

        /// As a shell has it; 1 where it is not known.
        private static func code(_ exit: ExitShape?) -> Int32 {
            if let code = exit?.code { return Int32(truncatingIfNeeded: code & 0xFF) }
            if let signal = exit?.signal { return Int32(truncatingIfNeeded: 128 + signal) }
            return 1
        }
    }
}
