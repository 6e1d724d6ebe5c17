import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A daemon beside agents that its database does not know, because an older one was put in its place: `docs/database.md` says what
/// becomes of them.
@Suite(.serialized) struct RestoredBackupSerialTests {
    /// Works for as long as there is a file with its ticket's name; each start is written down.
    private static let kind = """
        [agents.stays]
        start = ["/bin/sh", "-c", "echo $REEVE_TICKET >> $HOME/starts; while [ -e $HOME/work-$REEVE_TICKET ]; do sleep 0.05; done"]
        prompt = "none"
        """

    private func starts(_ d: RealDaemon) -> [String] {
        let text = (try? String(contentsOfFile: "\(d.scratch.path)/starts", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init).sorted()
    }

    private func add(_ id: String, works: Bool = true, to d: RealDaemon) async {
        if works { #expect(FileManager.default.createFile(atPath: "\(d.scratch.path)/work-\(id)", contents: nil)) }
        let add = await d.reeve("add", "x", "--agent", "stays", "--id", id)
        #expect(add.code == 0, "\(add)")
    }

    private func wait(for id: String, _ state: String, _ d: RealDaemon) async {
        let wait = await d.reeve("wait", id, "--until", state, "--timeout", RealDaemon.patience)
        #expect(wait.code == 0, "\(id): \(wait)\n\(d.log.suffix(4000))")
    }

    /// What the document tells a person to do with a terminal that Reeve does not know.
    private func closeByHand(_ session: String, _ d: RealDaemon, wrapper: String) async {
        if wrapper == "tmux" {
            await d.tmux("kill-session", "-t", "=\(session)")
        } else {
            let terminals = ProcessFacts.mentioning(["\0--name\0\(session)\0"], in: ["cmdline"]).filter {
                ProcessFacts.text("/proc/\($0)/cmdline")?.contains("\(d.scratch.path)/") == true
            }
            #expect(terminals.count == 1)
            for terminal in terminals { kill(pid_t(terminal), SIGTERM) }
        }
    }

    @Test(arguments: ["tmux", "reeve"])
    func `an agent that a restored backup does not know goes on, and no second one is started beside it`(
        wrapper: String
    ) async throws {
        try await RealDaemon.with(Self.kind, wrapper: wrapper) { d in
            let backup = "\(d.scratch.path)/backup.db"
            await add("KNOWN", to: d)
            await wait(for: "KNOWN", "running", d)
            // Done, with a terminal that lingers.
            for id in ["AGAIN", "OVER"] {
                await add(id, works: false, to: d)
                await wait(for: id, "done", d)
            }
            #expect(await d.reeve("queue", "pause").code == 0)
            await add("LATER", to: d)
            let made = await d.reeve("db", "backup", backup)
            #expect(made.code == 0, "\(made)")

            // What the backup does not know: the launch of a ticket that it has, another in a terminal that it has, a ticket.
            #expect(await d.reeve("queue", "resume").code == 0)
            await wait(for: "LATER", "running", d)
            #expect(FileManager.default.createFile(atPath: "\(d.scratch.path)/work-AGAIN", contents: nil))
            #expect(await d.reeve("retry", "AGAIN").code == 0)
            await wait(for: "AGAIN", "running", d)
            await add("NEW", to: d)
            await wait(for: "NEW", "running", d)
            var pids: [String: Int32] = [:]
            for id in ["KNOWN", "LATER", "AGAIN", "NEW"] {
                let pid: Int32 = try #require(await d.agentPid(id))
                pids[id] = pid
            }
            let before = ["AGAIN", "AGAIN", "KNOWN", "LATER", "NEW", "OVER"]
            #expect(starts(d) == before)

            #expect(await d.stop() == 0)
            let restored = await d.reeve("db", "restore", backup)
            #expect(restored.code == 0, "\(restored)")
            // The time of all lingering terminals is over at the start.
            let file = "\(d.scratch.path)/reeve.toml"
            try String(contentsOfFile: file, encoding: .utf8).replacing("linger = \"60s\"", with: "linger = \"1s\"")
                .write(toFile: file, atomically: true, encoding: .utf8)
            try await d.start()

            #expect(await eventually { await d.agentPid("KNOWN") == pids["KNOWN"] })
            #expect(await eventually { await !d.reeve("session", "list").text.contains("op-OVER") }, "\(d.log.suffix(4000))")
            #expect(
                await eventually { d.log.contains("an agent runs there that the database does not know") },
                "\(d.log.suffix(4000))")
            let sessions = await d.reeve("session", "list").text
            for (id, pid) in pids {
                #expect(kill(pid, 0) == 0, "the agent of \(id) has ended\n\(d.log.suffix(4000))")
                #expect(sessions.contains("op-\(id)"), "\(sessions)")
            }
            #expect(await d.state("LATER") == "queued")
            #expect(await d.state("AGAIN") == "done")
            #expect(await d.reeve("show", "NEW").code == 4)

            // The queue is paused. Whoever lets it go on before having looked gets a refusal, or one that waits, and no second agent.
            let launch = await d.reeve("launch", "LATER")
            #expect(launch.code == 5, "\(launch)")
            #expect(await d.reeve("queue", "resume").code == 0)
            await add("NEW", works: false, to: d)
            for id in ["LATER", "NEW"] {
                await wait(for: id, "failed", d)
                let shown = await d.reeve("show", id, "--json").text
                #expect(shown.contains("'op-\(id)' exists already"), "\(shown)")
            }
            #expect(await d.reeve("retry", "AGAIN").code == 0)
            var shown = ""
            #expect(
                await eventually {
                    shown = await d.reeve("show", "AGAIN", "--json").text
                    return shown.contains("stays still runs in this terminal")
                }, "\(shown)\n\(d.log.replacing(/.*does not know\n/, with: "").suffix(4000))")
            #expect(await d.state("AGAIN") == "queued")
            #expect(starts(d) == before, "something was started beside an agent")
            for (id, pid) in pids { #expect(kill(pid, 0) == 0, "the agent of \(id) has ended\n\(d.log.suffix(4000))") }

            // Once they have ended: the terminal that is known is used again by itself, the others are closed by hand.
            for id in ["AGAIN", "LATER"] { #expect(unlink("\(d.scratch.path)/work-\(id)") == 0) }
            await wait(for: "AGAIN", "done", d)
            #expect(await eventually { kill(pids["LATER"] ?? 0, 0) != 0 })
            await closeByHand("op-LATER", d, wrapper: wrapper)
            #expect(await eventually { await !d.reeve("session", "list").text.contains("op-LATER") })
            #expect(await d.reeve("retry", "LATER").code == 0)
            await wait(for: "LATER", "done", d)
            #expect(starts(d) == (before + ["AGAIN", "LATER"]).sorted())
            #expect(await d.agentPid("KNOWN") == pids["KNOWN"])
        }
    }
}
