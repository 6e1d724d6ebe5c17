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

    @Test func `SIGTERM comes during recovery`() async throws {
        try await RealDaemon.with { d in
            for number in 1...6 { #expect(await d.reeve("add", "x", "--agent", "sleeper", "--id", "A\(number)", "-q").code == 0) }
            for number in 1...6 {
                #expect(await d.reeve("wait", "A\(number)", "--until", "running", "--timeout", "20s").code == 0)
            }
            let pids = await d.reeve("agents", "--json").text
            await d.kill()
            for delay in [0, 2, 5, 10, 20, 30, 45, 60, 80, 110] {
                let rival = try d.rival()
                try await Task.sleep(for: .milliseconds(delay))
                rival.terminate()
                // Within the time that the unit gives it; a signal before its handler is set ends it as signals do.
                #expect(await eventually(within: .seconds(15)) { !rival.isRunning })
                #expect([.signalled(SIGTERM), .exited(0)].contains(rival.howItEnded))
            }
            try await d.start()
            #expect(await eventually { await d.reeve("agents", "--json").text == pids })
        }
    }
}
