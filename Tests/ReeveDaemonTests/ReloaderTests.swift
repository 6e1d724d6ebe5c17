import Foundation
import Logging
import ReeveEngine
import ReeveModel
import ReeveTestSupport
import ReeveWorkflows
import Testing

@testable import ReeveDaemon

/// A reload against what works, not against the last file.
@Suite struct ReloaderTests {
    private func with(_ body: (Reloader, LiveSettings, (String) throws -> Void) throws -> Void) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = "\(scratch.path)/reeve.toml"
        func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }
        try write("")
        let directories = try Directories(runtime: "/r", state: "/s", configuration: path, environment: ["HOME": scratch.path])
        let configuration = try ConfigurationLoader.load(directories)
        let live = LiveSettings(configuration.engine)
        try body(
            Reloader(
                directories: directories, configuration: configuration, live: live,
                workflows: LiveWorkflows(catalog: .shipped, time: SystemTime()), logger: Logger(label: "test")), live, write)
    }

    @Test func `a restart that is due is named at every reload, and no more when the old value is back`() throws {
        try with { reloader, live, write in
            let other = "[sessions.tmux]\nsocket_name = \"other\"\n[switch]\nready_timeout = \"9s\"\n"
            let due = ["sessions.tmux.socket_name", "switch.ready_timeout"]
            try write(other)
            #expect(try reloader.reload() == (changed: due, needsRestart: due))
            #expect(try reloader.reload() == (changed: due, needsRestart: due))
            try write(other + "[queue]\nmax_parallel = 7")
            #expect(try reloader.reload() == (changed: ["queue.max_parallel"] + due, needsRestart: due))
            #expect(live.current.limits.maxParallel == 7 && live.current.readyTimeout == .seconds(30))
            #expect(try reloader.reload() == (changed: due, needsRestart: due))
            try write("[queue]\nmax_parallel = 7")
            #expect(try reloader.reload() == (changed: [], needsRestart: []))
        }
    }

    @Test func `what is kept counts at a reload`() throws {
        try with { reloader, live, write in
            #expect(live.current.retention.finishedTickets == .seconds(90 * 86_400))
            try write("[retention]\nfinished_tickets = \"2h\"\nmax_events = 2000")
            let changed = ["retention.finished_tickets", "retention.max_events"]
            #expect(try reloader.reload() == (changed: changed, needsRestart: []))
            #expect(live.current.retention.finishedTickets == .seconds(7200) && live.current.retention.maxEvents == 2000)
        }
    }

    @Test func `a literal value of an agent's environment is a change, and is not told`() throws {
        try with { reloader, _, write in
            try write("[agents.claude]\nenv = { A = \"one\" }")
            #expect(try reloader.reload().changed == ["agents.claude.env"])
            try write("[agents.claude]\nenv = { A = \"two\" }")
            #expect(try reloader.reload().changed == ["agents.claude.env"])
        }
    }

    @Test func `a file that is gone or wrong changes nothing`() throws {
        try with { reloader, live, write in
            try write("[queue]\nmax_parallel = 7")
            _ = try reloader.reload()
            try write("[queue]\nmax_parallel = 0")
            #expect(throws: ReeveError.self) { try reloader.reload() }
            #expect(live.current.limits.maxParallel == 7)
        }
    }
}
