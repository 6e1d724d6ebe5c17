import Foundation
import Processes
import ReeveTestSupport
import Testing

/// Panes of agents beside a person's own, with the real daemon, the real `reeve` and two real tmux servers: the agents' and the person's.
@Suite(.serialized) struct PanesSerialTests {
    private struct Person {
        let daemon: RealDaemon
        let server: String
        let main: String

        @discardableResult
        func tmux(_ words: String...) async -> String {
            let run = await ProgramRun.of(
                ["/usr/bin/env", "tmux", "-u", "-S", server] + words, environment: daemon.environment)
            return run.text.trimmingCharacters(in: .newlines)
        }

        func reeve(_ words: String...) async -> ProgramRun {
            await daemon.reeve(words + ["--server", server, "--host", main])
        }

        /// Where its own pane is, and all others.
        func panes() async -> [String] {
            await tmux("list-panes", "-t", main, "-F", "#{pane_id} #{pane_left},#{pane_top} #{pane_width}x#{pane_height}")
                .split(separator: "\n").map(String.init)
        }
    }

    private func withPerson(
        _ configuration: String = "", agents: Int, _ body: (Person, [String]) async throws -> Void
    ) async throws {
        try await RealDaemon.with("[panes]\nlinger = \"0s\"\npoll = \"100ms\"\n\(configuration)") { daemon in
            let server = "\(daemon.scratch.path)/p"
            _ = await ProgramRun.of(
                [
                    "/usr/bin/env", "tmux", "-u", "-S", server, "-f", "/dev/null", "new-session", "-d", "-s", "mine", "-x", "240",
                    "-y", "60", "--", "sleep", "1000",
                ], environment: daemon.environment)
            let person = Person(daemon: daemon, server: server, main: "%0")
            var tickets: [String] = []
            for number in 1...agents {
                tickets.append("T-\(number)")
                #expect(await daemon.reeve("add", "Part \(number)", "--id", "T-\(number)", "--agent", "talker").code == 0)
            }
            for ticket in tickets { #expect(await eventually { await daemon.state(ticket) == "running" }) }
            do { try await body(person, tickets) } catch {
                await person.tmux("kill-server")
                throw error
            }
            await person.tmux("kill-server")
        }
    }

    @Test func `agents are shown beside a person's pane, and leave it as it was`() async throws {
        try await withPerson(agents: 3) { person, tickets in
            let before = await person.panes()
            let opened = await person.reeve("panes", "open", "--all")
            #expect(opened.code == 0, "\(opened)")
            #expect(await person.panes().count == 4)
            // What is in the pane is the agent's terminal.
            #expect(await eventually { await person.tmux("capture-pane", "-p", "-t", "%1").contains("prompt: Part ") })
            #expect(await person.tmux("display-message", "-p", "-t", "mine:", "#{pane_id}") == person.main)
            let listed = await person.daemon.reeve("panes", "list")
            #expect(tickets.allSatisfy { listed.text.contains("op-\($0)") } && listed.text.contains("inline"), "\(listed)")
            let again = await person.reeve("panes", "open", "T-1")
            #expect(again.code == 0 && again.text.contains("already"), "\(again)")
            #expect(await person.daemon.reeve("panes", "close", "T-2").code == 0)
            #expect(await person.panes().count == 3)
            // The agent does not care.
            #expect(await person.daemon.state("T-2") == "running")
            // Its end takes the pane along.
            #expect(await person.daemon.reeve("cancel", "T-1").code == 0)
            #expect(await eventually { await person.panes().count == 2 })
            #expect(await person.daemon.reeve("panes", "close", "--all").code == 0)
            #expect(await person.panes() == before)
            let events = await person.daemon.reeve("events", "--since", "0", "--json").text
            #expect(events.contains(#""kind":"pane.opened""#) && events.contains(#""kind":"pane.closed""#))
        }
    }

    @Test func `without room an agent waits, and the room that another leaves is its`() async throws {
        try await withPerson("main_pane_min_width = 180\nagent_pane_min_height = 25", agents: 3) { person, _ in
            let opened = await person.reeve("panes", "open", "T-1", "T-2", "T-3")
            #expect(opened.code == 0 && opened.text.contains("T-3 waits for room, number 1"), "\(opened)")
            #expect(await person.daemon.reeve("panes").text.contains("waits"))
            #expect(await person.daemon.reeve("cancel", "T-1").code == 0)
            #expect(await eventually { await !person.daemon.reeve("panes").text.contains("waits") })
            #expect(await person.panes().count == 3)
        }
    }

    @Test func `a daemon that was killed finds its panes again`() async throws {
        try await withPerson(agents: 2) { person, _ in
            #expect(await person.reeve("panes", "open", "--all").code == 0)
            let before = await person.panes()
            await person.daemon.kill()
            #expect(await person.panes() == before)
            try await person.daemon.start()
            #expect(await eventually { await person.daemon.reeve("panes", "-q").text.split(separator: "\n").count == 2 })
            #expect(await person.panes() == before)
            #expect(await person.reeve("panes", "open", "T-1").text.contains("already"))
            #expect(await person.daemon.reeve("cancel", "T-1").code == 0)
            #expect(await eventually { await person.panes().count == 2 })
        }
    }

    @Test func `who waits when the daemon is killed waits on`() async throws {
        try await withPerson("main_pane_min_width = 180\nagent_pane_min_height = 25", agents: 3) { person, _ in
            #expect(await person.reeve("panes", "open", "T-1", "T-2", "T-3").text.contains("T-3 waits for room, number 1"))
            await person.daemon.kill()
            try await person.daemon.start()
            #expect(await eventually { await person.daemon.reeve("panes").text.contains("waits") })
            #expect(await person.daemon.reeve("cancel", "T-1").code == 0)
            // Two panes are no sign: there were two before the end of T-1 came through as well.
            #expect(
                await eventually {
                    let listed = await person.daemon.reeve("panes").text
                    return listed.contains("op-T-2") && listed.contains("op-T-3") && !listed.contains("op-T-1")
                        && !listed.contains("waits")
                })
        }
    }

    @Test func `agents that start come beside the pane that follows, whatever becomes of the daemon`() async throws {
        try await withPerson(agents: 1) { person, _ in
            let followed = await person.reeve("panes", "follow")
            #expect(followed.code == 0 && followed.text.contains("comes beside %0"), "\(followed)")
            func start(_ ticket: String) async {
                #expect(await person.daemon.reeve("add", "Part", "--id", ticket, "--agent", "talker").code == 0)
            }
            await start("T-2")
            #expect(await eventually { await person.daemon.reeve("panes").text.contains("op-T-2") })
            #expect(await person.panes().count == 2)
            let listed = await person.daemon.reeve("panes")
            #expect(listed.text.contains("new agents come beside %0"), "\(listed)")
            // The one that ran before has none, and that of the second is closed by the person.
            #expect(!listed.text.contains("op-T-1"))
            await person.tmux("kill-pane", "-t", "%1")
            #expect(await eventually { await person.daemon.reeve("panes", "-q").text.isEmpty })
            await person.daemon.kill()
            try await person.daemon.start()
            await start("T-3")
            #expect(await eventually { await person.daemon.reeve("panes").text.contains("op-T-3") })
            #expect(await person.panes().count == 2)
            let ended = await person.reeve("panes", "follow", "--off")
            #expect(ended.code == 0 && ended.text.contains("no more"), "\(ended)")
            await start("T-4")
            #expect(await eventually { await person.daemon.state("T-4") == "running" })
            #expect(await person.panes().count == 2)
            let events = await person.daemon.reeve("events", "--since", "0", "--json").text
            #expect(events.contains(#""kind":"pane.following""#) && events.contains(#""kind":"pane.unfollowed""#))
        }
    }

    @Test func `outside tmux, or turned off, it says so`() async throws {
        try await withPerson(agents: 1) { person, _ in
            let outside = await person.daemon.reeve("panes", "open", "--all")
            #expect(outside.code == 5 && outside.errors.contains("not inside tmux"), "\(outside)")
            let missing = await person.reeve("panes", "open", "nobody")
            #expect(missing.code == 4, "\(missing)")
            let wrong = await person.reeve("panes", "open", "T-1", "--layout", "spiral")
            #expect(wrong.code == 2 && wrong.errors.contains("vertical, horizontal, grid"), "\(wrong)")
        }
        try await withPerson("enabled = false", agents: 1) { person, _ in
            let refused = await person.reeve("panes", "open", "--all")
            #expect(refused.code == 5 && refused.errors.contains("turned off"), "\(refused)")
        }
    }
}
