package import ArgumentParser
import ReeveModel
import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

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
            CommandGroup(name: "Tickets", subcommands: [Add.self, List.self, Show.self, Edit.self, Cancel.self, Retry.self]),
            CommandGroup(name: "Queue", subcommands: [Status.self, Queue.self, Launch.self]),
            CommandGroup(
                name: "Agents",
                subcommands: [
                    Agents.self, Switch.self, Send.self, Interrupt.self, Stop.self, Restart.self, Continue.self, Preview.self,
                    Focus.self,
                    Attach.self, Wait.self,
                ]),
            CommandGroup(name: "Terminals and events", subcommands: [Session.self, Events.self]),
            CommandGroup(name: "Set-up", subcommands: [Doctor.self, Config.self, API.self, Shutdown.self]),
        ])

    package init() {}

    /// Parses, runs, and ends the process with a documented code.
    package static func runAndExit() -> Never {
        do {
            var command = try direct() ?? Self.parseAsRoot()
            try command.run()
            endProcess(0)
        } catch let failure as Failure {
            report(failure)
        } catch {
            let code = Self.exitCode(for: error)
            let text = Self.fullMessage(for: error)
            if !text.isEmpty { if code == .success { Terminal.print(text) } else { Terminal.error(text) } }
            // sysexits.h has 64 for usage; ours is 2, as in most tools.
            endProcess(code == .validationFailure ? 2 : code.rawValue)
        }
    }

    /// The command that the first word names, parsed on its own: building the whole tree of commands takes longer than asking the daemon.
    /// Nil for everything that is not right at first sight — help, options first, nested commands, mistakes —, which the tree deals with.
    private static func direct() -> (any ParsableCommand)? {
        let words = CommandLine.arguments.dropFirst()
        guard let name = words.first else { return nil }
        let command = Self.configuration.groupedSubcommands.lazy.flatMap(\.subcommands).first { type in
            (type.configuration.commandName ?? String(describing: type).lowercased()) == name
        }
        guard let command, command.configuration.subcommands.isEmpty else { return nil }
        return try? command.parse(Array(words.dropFirst()))
    }

    private static func report(_ failure: Failure) -> Never {
        if failure.json {
            Terminal.print(#"{"error":"# + Terminal.rawText(Response.json(of: failure.error)) + "}")
        } else {
            let path = failure.error.path.map { $0 == "$" || $0.isEmpty ? "" : " (\(Terminal.clean($0)))" } ?? ""
            Terminal.error("reeve: \(Terminal.clean(failure.error.message))\(path)")
            if let hint = failure.error.hint { Terminal.error("  \(Terminal.clean(hint))") }
        }
        endProcess(ReeveExit.code(failure.error))
    }
}

private func endProcess(_ code: Int32) -> Never { exit(code) }
