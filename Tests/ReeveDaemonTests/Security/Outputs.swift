import Foundation
import ReeveTestSupport

#if canImport(Glibc)
import Glibc
#endif

/// Every place where something that was put into Reeve could come out again.
enum Output: String, CaseIterable, Sendable {
    case log, events, answers, client, arguments, database, stateFiles, runtimeFiles, tmux
    /// What the service manager is told, the status line for people first of all.
    case notices
    /// What systemd's journal gets; nothing where the daemon logs as text.
    case journal
}

/// Looks into all of them, again and again: what is there for a moment only is seen too.
struct Outputs {
    private(set) var seen: [Output: [String]] = [:]
    /// A log of the arguments of every helper process, however short its life.
    var helpers: String
    private let notices: ReadySocket
    private let journal: StandInJournal?

    init(helpers: String, notices: ReadySocket, journal: StandInJournal? = nil) {
        self.helpers = helpers
        self.notices = notices
        self.journal = journal
    }

    mutating func look(_ d: RealDaemon, asking requests: [String] = []) async throws {
        func add(_ output: Output, _ text: String) { seen[output, default: []].append(text) }
        add(.log, d.log)
        add(.notices, notices.rest().joined(separator: "\n"))
        if let journal { add(.journal, journal.text) }
        let client = try LineClient(d.socket)
        let questions =
            [
                #"{"id":1,"method":"system.status"}"#, #"{"id":1,"method":"system.version"}"#,
                #"{"id":1,"method":"ticket.list","params":{}}"#, #"{"id":1,"method":"agent.list","params":{}}"#,
                #"{"id":1,"method":"session.list","params":{}}"#, #"{"id":1,"method":"queue.status"}"#,
                #"{"id":1,"method":"backend.list"}"#, #"{"id":1,"method":"database.status"}"#,
                #"{"id":1,"method":"database.check"}"#, #"{"id":1,"method":"ticket.get","params":{"ticket":"NONE"}}"#,
            ] + requests
        for question in questions { add(.answers, await client.ask(question) ?? "") }
        add(.events, await d.reeve("events", "--since", "0", "--json").text)
        for arguments in [
            ["status"], ["list", "--all"], ["agents"], ["session", "list"], ["config", "show"], ["doctor"], ["db"],
        ] {
            let ran = await d.run([Programs.path("reeve")] + arguments)
            add(.client, ran.text + ran.errors)
        }
        for pid in ProcessFacts.mentioning([d.scratch.path]) { add(.arguments, ProcessFacts.text("/proc/\(pid)/cmdline") ?? "") }
        add(.arguments, (try? String(contentsOfFile: helpers, encoding: .utf8)) ?? "")
        for (output, folder) in [(Output.stateFiles, "s"), (.runtimeFiles, "r")] {
            for name in FileManager.default.enumerator(atPath: "\(d.scratch.path)/\(folder)")?.compactMap({ $0 as? String }) ?? []
            {
                let path = "\(d.scratch.path)/\(folder)/\(name)"
                guard let data = FileManager.default.contents(atPath: path) else { continue }
                add(name.hasPrefix("reeve.db") ? .database : output, "\(name)\n" + String(decoding: data, as: UTF8.self))
            }
        }
        for command in [
            ["show-environment", "-g"], ["show-options", "-g"], ["show-options", "-s"], ["show-options", "-gw"],
            ["show-messages"],
            ["list-buffers", "-F", "#{buffer_name} #{buffer_sample}"],
            ["list-panes", "-a", "-F", "#{pane_start_command} #{pane_title}"],
            ["list-sessions", "-F", "#{session_name}"],
        ] { add(.tmux, await tmux(d, command)) }
        for name in await tmux(d, ["list-sessions", "-F", "#{session_name}"]).split(separator: "\n") {
            add(.tmux, await tmux(d, ["show-environment", "-t", "=\(name)"]))
            add(.tmux, await tmux(d, ["show-options", "-t", "=\(name)"]))
        }
    }

    private func tmux(_ d: RealDaemon, _ command: [String]) async -> String {
        await d.run(["/usr/bin/tmux", "-u", "-L", d.server] + command).text
    }

    func places(of canary: String) -> Set<Output> {
        Set(seen.filter { $0.value.contains { $0.contains(canary) } }.keys)
    }

    /// A few words around it, for a failure.
    func around(_ canary: String, in output: Output) -> String {
        for text in seen[output] ?? [] {
            guard let range = text.range(of: canary) else { continue }
            return String((text[..<range.lowerBound].suffix(80) + text[range.lowerBound...].prefix(80)))
        }
        return ""
    }
}
