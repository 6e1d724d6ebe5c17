import Foundation
import ReeveTestSupport
import Testing

/// `reeve attach` and `reeve focus` as a person meets them: in a terminal of another tmux server, and inside Reeve's own.
@Suite(.serialized) struct AttachSerialTests {
    /// A person's own tmux server whose first pane runs a shell.
    private struct Person {
        let name = "rv-person-\(UInt32.random(in: .min ... .max))"
        let daemon: RealDaemon

        func tmux(_ arguments: String...) async -> RealDaemon.Result {
            await daemon.run(["/usr/bin/env", "tmux", "-u", "-L", name] + arguments)
        }

        func start() async {
            // By the daemon's tmux and not by us: Foundation's `Process` waits until every heir of its child has ended, this server too.
            let command = "tmux -u -L \(name) -f /dev/null new-session -d -s me -x 100 -y 30 /bin/sh"
            _ = await daemon.tmux("run-shell", "-b", command)
            #expect(await eventually { await tmux("has-session", "-t", "me").code == 0 })
        }

        var attachA: String { "REEVE_SOCKET=\(daemon.socket) \(Programs.path("reeve")) attach A" }
        func type(_ command: String) async { _ = await tmux("send-keys", "-t", "me:", "-l", command + "\r") }
        func screen() async -> String { await tmux("capture-pane", "-p", "-t", "me:").text }
        func clients() async -> String { await daemon.tmux("list-clients", "-F", "#{client_control_mode} #{session_name}").text }
    }

    private func with(_ body: (RealDaemon, Person) async throws -> Void) async throws {
        try await RealDaemon.with { d in
            for id in ["A", "B"] {
                #expect(await d.reeve("add", "x", "--id", id, "--agent", "talker").code == 0)
                #expect(await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience).code == 0)
                // While it thinks it does not listen.
                #expect(await d.isAtPrompt(id))
            }
            let person = Person(daemon: d)
            await person.start()
            do { try await body(d, person) } catch {
                _ = await person.tmux("kill-server")
                throw error
            }
            _ = await person.tmux("kill-server")
        }
    }

    @Test func `attach shows the agent in a terminal outside and in a pane of another server`() async throws {
        try await with { d, person in
            await person.type(person.attachA)
            #expect(await eventually { await person.screen().contains("demo agent") })
            #expect(await person.clients().contains("0 op-A"))
            // The person types to the agent through it.
            await person.type("typed by hand")
            #expect(await eventually { await d.reeve("preview", "A").text.contains("prompt: typed by hand") })
        }
    }

    @Test func `inside Reeve's own server attach switches, and focus moves the person's view`() async throws {
        try await with { d, person in
            // A session that the person made in Reeve's server, as with any tmux.
            _ = await d.tmux("new-session", "-d", "-s", "desk", "/bin/sh")
            let nobody = await d.reeve("focus", "A")
            #expect(nobody.code == 5 && nobody.errors.contains("reeve attach"))
            await person.type("env -u TMUX tmux -u -L \(d.server) attach -t =op-A")
            #expect(await eventually { await person.clients().contains("0 op-A") })
            #expect(await d.reeve("focus", "B").code == 0)
            #expect(await eventually { await person.clients().contains("0 op-B") })
            #expect(await d.tmux("switch-client", "-c", await ttyOfPerson(d), "-t", "=desk").code == 0)
            await person.type(person.attachA)
            #expect(await eventually { await person.clients().contains("0 op-A") })
            // Switched, not nested: still one client of a person.
            #expect(await person.clients().split(separator: "\n").filter { $0.hasPrefix("0") }.count == 1)
        }
    }

    @Test func `looking at a session leaves it as it is for the person who looks`() async throws {
        try await with { d, person in
            await person.type(person.attachA)
            #expect(await eventually { await person.clients().contains("0 op-A") })
            let facts = "#{session_name} #{window_width}x#{window_height} #{window_zoomed_flag} #{pane_id} #{pane_in_mode}"
            let before = await d.tmux("list-panes", "-a", "-F", facts).text
            for command in [
                ["preview", "A"], ["send", "A", "hello"], ["send", "B", "hello"], ["session", "list"], ["interrupt", "B"],
            ] {
                #expect(await d.run([Programs.path("reeve")] + command).code == 0)
            }
            #expect(await d.tmux("list-panes", "-a", "-F", facts).text == before)
            #expect(await person.clients().contains("0 op-A"))
        }
    }

    private func ttyOfPerson(_ d: RealDaemon) async -> String {
        let clients = await d.tmux("list-clients", "-F", "#{client_control_mode} #{client_name}").text.split(separator: "\n")
        return clients.first { $0.hasPrefix("0 ") }.map { String($0.dropFirst(2)) } ?? ""
    }
}
