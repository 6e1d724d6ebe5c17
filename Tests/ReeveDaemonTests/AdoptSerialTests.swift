import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Sessions of a person's own tmux server, with the real daemon, whose own server has one of the same name and the same numbers.
@Suite(.serialized) struct AdoptSerialTests {
    private struct Person {
        let daemon: RealDaemon
        let server: String

        @discardableResult
        func tmux(_ words: String...) async -> String {
            await ProgramRun.of(["/usr/bin/env", "tmux", "-u", "-S", server] + words, environment: daemon.environment).text
                .trimmingCharacters(in: .newlines)
        }

        /// As typed in a pane of theirs.
        func reeve(_ words: String...) async -> ProgramRun {
            await ProgramRun.of(
                [Programs.path("reeve")] + words, environment: daemon.environment.merging(["TMUX": "\(server),1,0"]) { $1 })
        }

        func screen() async -> String { await tmux("capture-pane", "-p", "-S", "-", "-t", "=mine:") }
    }

    private func withPerson(_ body: (RealDaemon, Person) async throws -> Void) async throws {
        try await RealDaemon.with("[panes]\npoll = \"100ms\"") { d in
            let person = Person(daemon: d, server: "\(d.scratch.path)/p")
            await person.tmux(
                "-f", "/dev/null", "new-session", "-d", "-s", "other", "-x", "200", "-y", "50", "--", "sleep", "1000")
            await person.tmux("new-session", "-d", "-s", "mine", "-x", "200", "-y", "50", "--", "cat")
            #expect(await eventually { await d.tmux("has-session").code == 0 })
            await d.tmux("new-session", "-d", "-s", "mine", "--", "cat")
            do { try await body(d, person) } catch {
                await person.tmux("kill-server")
                throw error
            }
            await person.tmux("kill-server")
        }
    }

    private func isForgotten(_ d: RealDaemon) async -> Bool {
        await eventually { await d.reeve("session", "list", "-q").text.isEmpty }
    }

    @Test func `a session of a person's own server is worked with there, over a restart, and given back`() async throws {
        try await withPerson { d, person in
            let adopted = await person.reeve("session", "adopt", "mine")
            #expect(adopted.code == 0, "\(adopted)")
            // The other one of this name has the same numbers.
            #expect(
                await person.tmux("display-message", "-p", "-t", "=mine:", "#{session_id} #{pane_id}")
                    == d.tmux("display-message", "-p", "-t", "=mine:", "#{session_id} #{pane_id}").text
                    .trimmingCharacters(in: .newlines))
            #expect(await d.reeve("session", "send", "mine", "hello there").code == 0)
            #expect(await eventually { await person.screen().contains("hello there\nhello there") })
            // More than fits into one message to tmux.
            let lines = (1...300).map { "\($0) " + String(repeating: "x", count: 60) }.joined(separator: "\n")
            #expect(await d.reeve("session", "send", "mine", lines).code == 0)
            #expect(await eventually { await person.screen().contains("300 xxx") })
            #expect(await person.tmux("list-buffers").isEmpty)
            #expect(await d.reeve("session", "capture", "mine").text.contains("300 xxx"))
            await d.kill()
            try await d.start()
            #expect(await d.reeve("session", "list", "-q").text == "mine\n")
            #expect(await d.reeve("session", "send", "mine", "once more").code == 0)
            #expect(await eventually { await person.screen().contains("once more\nonce more") })
            let attach = await d.reeve("session", "attach", "mine", "--json")
            #expect(attach.code == 0 && attach.text.contains(person.server), "\(attach)")
            let mirror = await d.reeve("panes", "open", "mine", "--server", person.server, "--host", "%1")
            #expect(mirror.code == 5 && mirror.errors.contains("itself"), "\(mirror)")
            // Nothing of it has reached the one of ours.
            #expect(await d.tmux("capture-pane", "-p", "-t", "=mine:").text.allSatisfy(\.isNewline))
            #expect(await d.reeve("session", "destroy", "mine").code == 0)
            #expect(await isForgotten(d))
            #expect(await person.tmux("display-message", "-p", "-t", "=mine:", "#{session_name}#{@reeve}") == "mine")
        }
    }

    @Test func `what a person ends on their own server is over here, the server too`() async throws {
        try await withPerson { d, person in
            #expect(await d.reeve("session", "adopt", "mine", "--server", person.server).code == 0)
            await person.tmux("kill-session", "-t", "=mine")
            #expect(await isForgotten(d))
            #expect(await d.reeve("session", "adopt", "other", "--server", person.server).code == 0)
            await person.tmux("kill-server")
            #expect(await isForgotten(d))
        }
    }

    @Test func `a person's server that hangs keeps nobody else's sessions from being worked with, and its own are not gone`()
        async throws
    {
        try await withPerson { d, person in
            #expect(await d.reeve("session", "adopt", "other", "--server", person.server).code == 0)
            #expect(await d.reeve("session", "spawn", "ours", "--", "cat").code == 0)
            let pid = try #require(Int32(await person.tmux("display-message", "-p", "#{pid}")))
            Glibc.kill(pid, SIGSTOP)
            let list = await d.reeve("session", "list", "-q")
            let send = await d.reeve("session", "send", "ours", "hello")
            let refused = await d.reeve("session", "capture", "other")
            Glibc.kill(pid, SIGCONT)
            #expect(list.code == 0 && list.text.contains("ours"), "\(list)")
            #expect(send.code == 0, "\(send)")
            #expect(refused.code != 0 && refused.code != 4, "\(refused)")
            #expect(await eventually { await d.reeve("session", "list", "-q").text == "other\nours\n" })
            #expect(await d.reeve("session", "capture", "other").code == 0)
        }
    }

    @Test func `what is not found is not found on a server that is named, with what to do`() async throws {
        try await withPerson { d, person in
            let here = await d.reeve("session", "adopt", "nobody")
            #expect(here.code == 4 && here.errors.contains("/\(d.server)") && here.errors.contains("--server PATH"), "\(here)")
            let there = await person.reeve("session", "adopt", "nobody")
            #expect(there.code == 4 && there.errors.contains(person.server), "\(there)")
            let nowhere = await d.reeve("session", "adopt", "mine", "--server", "\(d.scratch.path)/none")
            #expect(nowhere.code != 0 && nowhere.errors.contains("there is no tmux server at"), "\(nowhere)")
            let file = await d.reeve("session", "adopt", "mine", "--server", "\(d.scratch.path)/reeve.toml")
            #expect(file.code != 0 && file.errors.contains("is no socket of yours"), "\(file)")
            // Its own server, by its path.
            let own = "\(d.scratch.path)/t/tmux-\(getuid())/\(d.server)"
            #expect(await d.reeve("session", "adopt", "mine", "--server", own).code == 0)
            #expect(await d.reeve("session", "list", "-q").text == "mine\n")
        }
    }
}
