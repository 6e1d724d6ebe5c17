import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A machine that goes down and comes up again, as far as its processes and files can show it: everything that belongs to the daemon
/// of a test ends, the runtime directory is gone, the state directory is still there. The kernel is the same, so its clock goes on
/// and numbers of processes are not given out anew.
@Suite(.serialized) struct RebootSerialTests {
    /// How a machine goes down.
    enum Descent: Sendable {
        /// Everything is over at one moment.
        case powerCut
        /// Everything is told to end, at one moment too, as `killall5` of sysvinit and systemd's manager do it.
        case shutdown
    }

    /// Stands in for Claude Code 2.1 (the flags are those of `docs/agents.md`; the real one was not run): writes down what it was
    /// started with, and works on until it is ended.
    private static let claude = """
        #!/bin/sh
        case "$1" in
        --version) echo '2.1.7 (Claude Code)';;
        --help) echo 'Usage: claude [options] [prompt]';;
        *) echo "$*" >> "$HOME/calls"; exec sleep 1000;;
        esac
        """

    private func with(_ configuration: String, wrapper: String, _ body: (RealDaemon) async throws -> Void) async throws {
        let outside = try Scratch()
        defer { outside.remove() }
        try await Script.write("\(outside.path)/claude", Self.claude)
        let path = "\(Programs.directory):\(outside.path):/usr/local/bin:/usr/bin:/bin"
        try await RealDaemon.with(configuration, environment: ["PATH": path], wrapper: wrapper, body)
    }

    /// All that belongs to the daemon's directories: itself, the multiplexer, keepers, agents.
    private func processes(of d: RealDaemon) -> [Int32] {
        ProcessFacts.mentioning(["\(d.scratch.path)/", "\(d.scratch.path)\0"]).sorted().map { Int32($0) }
    }

    private func goDown(_ d: RealDaemon, _ descent: Descent) async {
        switch descent {
        case .powerCut: await d.kill()
        case .shutdown: #expect(await d.stop() == 0)
        }
        // Stopped first, so that none sees the end of another: a keeper that did would know how its agent ended. The multiplexer
        // is older than the keepers, and comes before them.
        let all = processes(of: d)
        for process in all { kill(process, SIGSTOP) }
        switch descent {
        case .powerCut: for process in all { kill(process, SIGKILL) }
        case .shutdown:
            for process in all { kill(process, SIGTERM) }
            for process in all { kill(process, SIGCONT) }
        }
        #expect(
            await eventually { processes(of: d).isEmpty },
            "still there: \(processes(of: d).map { ProcessFacts.text("/proc/\($0)/cmdline") ?? "" })")
        // What systemd makes anew at each login.
        try? FileManager.default.removeItem(atPath: "\(d.scratch.path)/r")
    }

    private func lines(_ name: String, _ d: RealDaemon) -> [String] {
        let text = (try? String(contentsOfFile: "\(d.scratch.path)/\(name)", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// The id behind `--session-id` of the first start.
    private func conversation(_ d: RealDaemon) async throws -> String {
        #expect(await eventually { !lines("calls", d).isEmpty }, "\(d.log.suffix(2000))")
        let first = try #require(lines("calls", d).first)
        let words = first.split(separator: " ").map(String.init)
        try #require(words.count >= 2 && words[0] == "--session-id", "\(first)")
        return words[1]
    }

    /// How often an event of this kind tells of a ticket, over all daemons.
    private func count(_ kind: String, _ ticket: String, _ d: RealDaemon) async -> Int {
        await d.reeve("events", "--since", "0", "--json").text.split(separator: "\n").count {
            $0.contains(#""kind":"\#(kind)""#) && $0.contains(#""ticket":"\#(ticket)""#)
        }
    }

    private func startTwo(_ d: RealDaemon) async throws -> [Int32] {
        #expect(await d.reeve("add", "talk about it", "--agent", "claude", "--id", "TALK").code == 0)
        #expect(await d.reeve("add", "work on it", "--agent", "talker", "--id", "WORK").code == 0)
        for id in ["TALK", "WORK"] {
            let wait = await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience)
            #expect(wait.code == 0, "\(wait)\n\(d.log.suffix(2000))")
        }
        #expect(await eventually { d.ledger == ["WORK"] })
        return [try #require(await d.agentPid("TALK")), try #require(await d.agentPid("WORK"))]
    }

    @Test(arguments: [
        ("tmux", Descent.powerCut), ("tmux", .shutdown), ("reeve", .powerCut), ("reeve", .shutdown),
    ]) func `the machine is rebooted`(wrapper: String, descent: Descent) async throws {
        let notices = #"command = ["/bin/sh", "-c", "echo $REEVE_NOTICE_KIND $REEVE_TICKET >> $HOME/told"]"#
        try await with("[notifications]\ndesktop = false\n\(notices)", wrapper: wrapper) { d in
            _ = try await startTwo(d)
            let conversation = try await conversation(d)
            #expect(await d.reeve("add", "later", "--id", "WAITS", "--after", "WORK").code == 0)
            await goDown(d, descent)
            // Most machines empty /tmp as well; on those that do not, the socket of a dead tmux is in the way.
            if descent == .shutdown { try? FileManager.default.removeItem(atPath: "\(d.scratch.path)/t/tmux-\(getuid())") }

            try await d.start()
            for id in ["TALK", "WORK"] {
                let isLost = await eventually { await d.state(id) == "lost" }
                let shown = await d.reeve("show", id).text
                #expect(isLost && shown.contains("its terminal is gone"), "\(shown)\n\(d.log.suffix(4000))")
                #expect(await count("ticket.finished", id, d) == 1, "\(id) is told of once")
            }
            #expect(await eventually { lines("told", d).count { $0.hasPrefix("lost ") } >= 2 }, "\(lines("told", d))")
            #expect(lines("told", d).filter { $0.hasPrefix("lost ") }.sorted() == ["lost TALK", "lost WORK"])
            // Nobody asked for it, so nothing was started again, and what comes after a lost ticket waits on.
            #expect(lines("calls", d).count == 1 && d.ledger == ["WORK"], "\(lines("calls", d)) \(d.ledger)")
            #expect(await d.state("WAITS") == "queued")

            #expect(await d.reeve("retry", "TALK").code == 0)
            #expect(await eventually { lines("calls", d).count == 2 }, "\(lines("calls", d))\n\(d.log.suffix(4000))")
            #expect(lines("calls", d).last == "--resume \(conversation)", "\(lines("calls", d))")
        }
    }

    @Test(arguments: [("tmux", Descent.powerCut), ("reeve", .shutdown)])
    func `after a reboot what is to be tried again goes on in its own conversation`(
        wrapper: String, descent: Descent
    ) async throws {
        try await with("[retry]\nattempts = 1\nbackoff = \"1ms\"", wrapper: wrapper) { d in
            let before = try await startTwo(d)
            let conversation = try await conversation(d)
            await goDown(d, descent)
            try await d.start()
            #expect(
                await eventually { lines("calls", d).count >= 2 && d.ledger.count >= 2 },
                "\(lines("calls", d)) \(d.ledger)\n\(d.log.suffix(4000))")
            for id in ["TALK", "WORK"] {
                let wait = await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience)
                #expect(wait.code == 0, "\(wait)\n\(d.log.suffix(4000))")
                #expect(await count("ticket.finished", id, d) == 0, "\(id) goes on, and is not over")
                let pid = try #require(await d.agentPid(id))
                #expect(!before.contains(pid) && kill(pid, 0) == 0)
            }
            // One that can continue does; one that cannot begins anew. Each once.
            #expect(lines("calls", d).count == 2, "\(lines("calls", d))")
            #expect(lines("calls", d).last == "--resume \(conversation)", "\(lines("calls", d))")
            #expect(d.ledger == ["WORK", "WORK"])
            let events = await d.reeve("events", "--since", "0", "--json").text
            #expect(events.contains("lost: its terminal is gone; tried 1 of 2 times"), "\(events.suffix(4000))")
        }
    }
}
