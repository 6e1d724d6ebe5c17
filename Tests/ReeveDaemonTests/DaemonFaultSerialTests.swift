import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What happens to the daemon itself by name: its files, its end, its rivals.
@Suite(.serialized) struct DaemonFaultSerialTests {
    @Test func `two daemons race for one state directory`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "x", "--agent", "sleeper", "--id", "A").code == 0)
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", "20s").code == 0)
            let pid = await d.agentPid("A")
            await d.kill()
            // Eight at once: one serves, seven say who does.
            let rivals = try (0..<8).map { _ in try d.rival() }
            defer { for rival in rivals where rival.isRunning { rival.terminate() } }
            #expect(await eventually { rivals.count { !$0.isRunning } == 7 && d.answers })
            #expect(rivals.filter { !$0.isRunning }.allSatisfy { $0.exitStatus == 75 })
            #expect(await d.agentPid("A") == pid)
            #expect(await d.reeve("add", "y", "--id", "B").code == 0)
            #expect(await d.reeve("wait", "B", "--until", "done", "--timeout", "20s").code == 0)
            #expect(d.ledger == ["B"])
        }
    }

    @Test(arguments: ["a dead socket", "a plain file", "an empty directory", "a link to nowhere"])
    func `a stale socket file is in the way`(what: String) async throws {
        try await RealDaemon.with { d in
            #expect(await d.stop() == 0)
            let manager = FileManager.default
            try? manager.removeItem(atPath: d.socket)
            switch what {
            case "a dead socket":
                // Bound and never listened on any more.
                let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                #expect(RealDaemon.bind(descriptor, to: d.socket))
                close(descriptor)
            case "a plain file": #expect(manager.createFile(atPath: d.socket, contents: Data("mine".utf8)))
            case "an empty directory": try manager.createDirectory(atPath: d.socket, withIntermediateDirectories: false)
            default: try manager.createSymbolicLink(atPath: d.socket, withDestinationPath: "/nowhere/else")
            }
            if what == "a dead socket" {
                try await d.start()
                #expect(await d.reeve("queue", "-q").code == 0)
            } else {
                // Not ours: it is left alone, and the way out is told.
                let run = await d.run([Programs.path("reeved")])
                #expect(run.code != 0 && run.errors.contains(d.socket), "\(run.errors)")
                #expect((try? manager.attributesOfItem(atPath: d.socket)) != nil)
                try manager.removeItem(atPath: d.socket)
                try await d.start()
            }
        }
    }

    @Test func `the runtime directory is deleted under a running daemon`() async throws {
        try await RealDaemon.with { d in
            #expect(await d.reeve("add", "x", "--agent", "talker", "--id", "A").code == 0)
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", "20s").code == 0)
            let pid = try #require(await d.agentPid("A"))
            try FileManager.default.removeItem(atPath: "\(d.scratch.path)/r")
            // The doors are made again where clients look for them, for the daemon and for the keepers.
            #expect(await eventually { await d.reeve("queue", "-q").code == 0 })
            #expect(await d.agentPid("A") == pid)
            #expect(
                await eventually {
                    (try? FileManager.default.contentsOfDirectory(atPath: "\(d.scratch.path)/r/sessions").count) ?? 0 >= 2
                })
            await d.kill()
            try await d.start()
            #expect(await d.agentPid("A") == pid)
            #expect(await d.reeve("send", "A", "hello").code == 0)
            #expect(await d.reeve("cancel", "A").code == 0)
            #expect(await eventually { kill(pid, 0) != 0 })
        }
    }

    /// Where on its way back a daemon is told to end.
    private enum Moment: CaseIterable {
        /// It has the lock, and no handler for its signals yet.
        case itsFirstWord
        /// It says that it recovers; with six agents that answer that is over in no time.
        case recovering
        /// The same with a keeper that does not answer, which is waited for.
        case recoveringForLong
    }

    @Test func `SIGTERM comes during recovery`() async throws {
        let place = try Scratch()
        defer { place.remove() }
        let notices = try ReadySocket(path: "\(place.path)/notify")
        try await RealDaemon.with(environment: ["NOTIFY_SOCKET": notices.path]) { d in
            for number in 1...6 { #expect(await d.reeve("add", "x", "--agent", "sleeper", "--id", "A\(number)", "-q").code == 0) }
            for number in 1...6 {
                #expect(await d.reeve("wait", "A\(number)", "--until", "running", "--timeout", "20s").code == 0)
            }
            #expect(await d.reeve("queue", "pause").code == 0)
            for id in ["Q1", "Q2"] { #expect(await d.reeve("add", "y", "--id", id, "-q").code == 0) }
            #expect(await d.reeve("add", "z", "--id", "Q3", "--after", "Q2", "-q").code == 0)
            let agents = await d.reeve("agents", "--json").text
            let tickets = await d.reeve("list", "--json").text
            let panes = await d.tmux("list-panes", "-t", "=op-A1", "-F", "#{pane_pid}").text
            let keeper = try #require(panes.split(separator: "\n").first.flatMap { Int32($0) })
            defer { Glibc.kill(keeper, SIGCONT) }
            await d.kill()

            var endedInRecovery = 0
            for moment in Array(repeating: Moment.allCases, count: 4).joined() {
                Glibc.kill(keeper, moment == .recoveringForLong ? SIGSTOP : SIGCONT)
                notices.forget()
                let rival = try d.rival()
                let heard = await onOwnThread {
                    notices.hear(until: .now + .seconds(60), isHopeless: { !rival.isRunning }) { line in
                        moment == .itsFirstWord || line.hasPrefix("STATUS=recovering") || line == "READY=1"
                    }
                }
                rival.terminate()
                // Within the time that the unit gives it.
                #expect(await eventually(within: .seconds(15)) { !rival.isRunning })
                if moment == .itsFirstWord {
                    #expect([.signalled(SIGTERM), .exited(0)].contains(rival.howItEnded))
                    continue
                }
                #expect(rival.howItEnded == .exited(0), "\(moment): \(d.log.suffix(2000))")
                let said = try #require(heard) + notices.rest()
                #expect(said.contains("STOPPING=1"), "\(said)")
                if !said.contains("READY=1") { endedInRecovery += 1 }
            }
            // On a busy machine a signal may come late, but not each time.
            #expect(
                endedInRecovery > 0, "no daemon was told to end before it was ready, or each said that it was ready all the same")

            Glibc.kill(keeper, SIGCONT)
            try await d.start()
            #expect(await eventually { await d.reeve("agents", "--json").text == agents })
            #expect(await d.reeve("list", "--json").text == tickets)
            #expect(d.ledger.isEmpty, "the queue is paused")
            #expect(await d.reeve("queue", "resume").code == 0)
            #expect(await d.reeve("wait", "Q1", "Q3", "--until", "done", "--timeout", "60s").code == 0)
            #expect(d.ledger.sorted() == ["Q1", "Q2", "Q3"])
        }
    }
}
