package import ArgumentParser
import ReeveJSON
import ReeveModel
import ReeveWire

/// The client. Every command is in `Commands/`, a file for each noun.
package struct Reeve: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "reeve", abstract: "Supervise AI coding agents: tickets, agents, terminals.",
        discussion: """
            reeve is a client of reeved, the daemon. Tables for people, --json for programs, -q for scripts.
            Exit codes: 0 done · 1 failed · 2 usage · 3 daemon not reachable · 4 not found · 5 conflict or blocked · 6 timeout.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Tickets",
                subcommands: [
                    Add.self, List.self, Show.self, Steps.self, Edit.self, Cancel.self, Retry.self, Import.self, Folder.self,
                ]),
            CommandGroup(name: "Queue", subcommands: [Status.self, Queue.self, Launch.self]),
            CommandGroup(
                name: "Agents",
                subcommands: [
                    Agents.self, Explain.self, Switch.self, Send.self, Interrupt.self, Stop.self, Restart.self, Continue.self,
                    Preview.self,
                    Focus.self,
                    Attach.self, Wait.self,
                ]),
            CommandGroup(name: "Steps and reviews", subcommands: [Approve.self, Reject.self, Step.self]),
            CommandGroup(name: "For agents", subcommands: [Meta.self, MCP.self]),
            CommandGroup(name: "Terminals and events", subcommands: [Session.self, Panes.self, Events.self]),
            CommandGroup(
                name: "Set-up",
                subcommands: [
                    Install.self, Uninstall.self, Hook.self, Doctor.self, Config.self, Database.self, API.self, Shutdown.self,
                ]),
        ])

    package init() {}

    /// Parses, runs, and ends the process with a documented code.
    package static func runAndExit() -> Never {
        Terminal.claimDescriptors()
        // Agents wait for it, and it must not fail: no command line is parsed.
        if CommandLine.arguments.dropFirst().first == "hook", !CommandLine.arguments.contains("--help") {
            Hook.tell(Array(CommandLine.arguments.dropFirst(2)))
            ReeveExit.now(0)
        }
        do {
            do throws(ReeveError) { try Arguments.check() } catch { throw Failure(error: error, json: Arguments.wantJSON) }
            var command = try direct() ?? Self.parseAsRoot()
            try command.run()
            ReeveExit.now(0)
        } catch let failure as Failure {
            report(failure)
        } catch {
            let code = Self.exitCode(for: error)
            // sysexits.h has 64 for usage; ours is 2, as in most tools.
            if code == .validationFailure, Arguments.wantJSON { report(Failure(error: usage(error), json: true)) }
            say(Self.fullMessage(for: error), isError: code != .success)
            ReeveExit.now(code == .validationFailure ? 2 : code.rawValue)
        }
    }

    /// Only what is for people is broken into lines: completion scripts come this way too.
    private static func say(_ text: String, isError: Bool) {
        guard !text.isEmpty else { return }
        if isError {
            Terminal.error(Wrapping.wrapUsage(text, Terminal.errorWidth))
        } else {
            let isHelp = text.hasPrefix("OVERVIEW: ") || text.hasPrefix("USAGE: ")
            Terminal.printGenerated(isHelp ? Wrapping.wrapUsage(text, Terminal.width) : Completions.mended(text))
        }
    }

    /// A command line that cannot be parsed, as the error that a daemon would have called it.
    private static func usage(_ error: any Error) -> ReeveError {
        let last = Self.fullMessage(for: error).split(separator: "\n").last?.drop { $0 == " " } ?? ""
        return ReeveError(
            .invalidParams, Self.message(for: error), hint: last.hasPrefix("See ") ? String(last) : "reeve --help")
    }

    /// The command that the first word names, parsed on its own: building the whole tree of commands takes longer than asking the daemon.
    /// Nil for everything that is not right at first sight — help, options first, nested commands, mistakes —, which the tree deals with.
    private static func direct() -> (any ParsableCommand)? {
        let words = CommandLine.arguments.dropFirst()
        guard let name = words.first else { return nil }
        let command = Self.configuration.groupedSubcommands.lazy.flatMap(\.subcommands).first { type in
            // Not `String(describing:)`: that looks for three conformances of every type, a fifth of this program's time.
            (type.configuration.commandName ?? _typeName(type, qualified: false).lowercased()) == name
        }
        guard let command, command.configuration.subcommands.isEmpty else { return nil }
        return try? command.parse(Array(words.dropFirst()))
    }

    private static func report(_ failure: Failure) -> Never {
        let error = failure.error
        if failure.json {
            Terminal.printJSON(json(of: error))
        } else {
            let path = error.path.map { $0 == "$" || $0.isEmpty ? "" : " (\($0))" } ?? ""
            Terminal.complain(error.message + path, error.hint)
        }
        ReeveExit.now(ReeveExit.code(error))
    }

    /// `unreachable` is this program's own word and in no table of the protocol: programs get the one that is.
    static func json(of error: ReeveError) -> [UInt8] {
        var shown = error
        if shown.kind == .unreachable { shown.kind = .unavailable }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.raw(Response.json(of: shown))
        writer.endObject()
        return writer.bytes
    }
}
