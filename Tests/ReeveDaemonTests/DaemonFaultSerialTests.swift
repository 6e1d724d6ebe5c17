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
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let pid = await d.agentPid("A")
            await d.kill()
            // Eight at once: one serves, seven say who does.
            let rivals = try (0..<8).map { _ in try d.rival() }
            defer { for rival in rivals where rival.isRunning { rival.terminate() } }
            #expect(await eventually { rivals.count { !$0.isRunning } == 7 && d.answers })
            #expect(rivals.filter { !$0.isRunning }.allSatisfy { $0.exitStatus == 75 })
            #expect(await d.agentPid("A") == pid)
            #expect(await d.reeve("add", "y", "--id", "B").code == 0)
            #expect(await d.reeve("wait", "B", "--until", "done", "--timeout", RealDaemon.patience).code == 0)
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
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
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
            #expect(await d.isAtPrompt("A"))
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
                #expect(await d.reeve("wait", "A\(number)", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            }
            #expect(await d.reeve("queue", "pause").code == 0)
            for id in ["Q1", "Q2"] { #expect(await d.reeve("add", "y", "--id", id, "-q").code == 0) }
            #expect(await d.reeve("add", "z", "--id", "Q3", "--after", "Q2", "-q").code == 0)
            let agents = await d.reeve("agents", "--json").text
            let tickets = await d.reeve("list", "--json").text
            let mute = try await MuteKeeper("A1", of: d)
            defer { mute.speak() }
            await d.kill()

            var endedInRecovery = 0
            for moment in Array(repeating: Moment.allCases, count: 2).joined() {
                if moment == .recoveringForLong { mute.silence() } else { mute.speak() }
                notices.forget()
                let rival = try d.rival()
                let heard = await onOwnThread {
                    notices.hear(until: .now + .seconds(60), isHopeless: { !rival.isRunning }) { line in
                        moment == .itsFirstWord || line.hasPrefix("STATUS=recovering") || line == "READY=1"
                    }
                }
                rival.terminate()
                // That the time which the unit gives it is enough is for `make crash`: here the machine is busy with other tests.
                #expect(await eventually { !rival.isRunning }, "\(moment): \(d.log.suffix(4000))")
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

            mute.speak()
            try await d.start()
            var after = ""
            #expect(
                await eventually {
                    after = await d.reeve("agents", "--json").text
                    return after == agents
                }, "\(after)\n\(agents)")
            after = await d.reeve("list", "--json").text
            #expect(after == tickets, "\(after)\n\(tickets)\n\(d.log.suffix(20000))")
            #expect(d.ledger.isEmpty, "the queue is paused")
            #expect(await d.reeve("queue", "resume").code == 0)
            #expect(await d.reeve("wait", "Q1", "Q3", "--until", "done", "--timeout", RealDaemon.patience).code == 0)
            #expect(d.ledger.sorted() == ["Q1", "Q2", "Q3"])
        }
    }

    @Test func `a reload during recovery does not make the daemon ready`() async throws {
        let place = try Scratch()
        defer { place.remove() }
        let notices = try ReadySocket(path: "\(place.path)/notify")
        try await RealDaemon.with(environment: ["NOTIFY_SOCKET": notices.path]) { d in
            #expect(await d.reeve("add", "x", "--agent", "sleeper", "--id", "A1", "-q").code == 0)
            #expect(await d.reeve("wait", "A1", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let mute = try await MuteKeeper("A1", of: d)
            defer { mute.speak() }
            await d.kill()
            let reloads = { d.log.components(separatedBy: "configuration reloaded").count }

            var reloadedInRecovery = 0
            for _ in 1...5 where reloadedInRecovery == 0 {
                // A keeper that does not answer is waited for.
                mute.silence()
                notices.forget()
                let before = reloads()
                let rival = try d.rival()
                func hear(_ isIt: @escaping @Sendable (String) -> Bool) async -> [String]? {
                    await onOwnThread {
                        notices.hear(until: .now + .seconds(60), isHopeless: { !rival.isRunning }, isIt)
                    }
                }
                #expect(await hear { $0.hasPrefix("STATUS=recovering") } != nil, "\(d.log.suffix(2000))")
                // A signal that comes before anybody listens for it is none, and harmless.
                #expect(
                    await eventually {
                        Glibc.kill(rival.processIdentifier, SIGHUP)
                        return reloads() > before
                    }, "\(d.log.suffix(2000))")
                let early = notices.rest()
                mute.speak()
                // On a busy machine the signal may come late, but not each time.
                if !early.contains("READY=1") {
                    reloadedInRecovery += 1
                    let start = try #require(await hear { $0 == "READY=1" })
                    #expect(!(early + start).contains("RELOADING=1"), "\(early + start)")
                    Glibc.kill(rival.processIdentifier, SIGHUP)
                    let reload = try #require(await hear { $0 == "READY=1" })
                    #expect(reload.contains("RELOADING=1"), "\(reload)")
                    #expect(await d.state("A1") == "running")
                }
                rival.terminate()
                #expect(await eventually { !rival.isRunning })
            }
            #expect(
                reloadedInRecovery > 0,
                "no reload came before the daemon was ready, or each made it say that it was: \(d.log.suffix(6000))")
        }
    }
}

/// A keeper that lives and does not answer. tmux wakes up what has been stopped in a pane of its own, so it is stopped first itself.
private struct MuteKeeper {
    private let keeper: Int32
    private let server: Int32

    init(_ ticket: String, of daemon: RealDaemon) async throws {
        let found = await daemon.tmux("list-panes", "-t", "=op-\(ticket)", "-F", "#{pane_pid} #{pid}").text
        let numbers = found.split { $0.isWhitespace }.compactMap { Int32($0) }
        keeper = try #require(numbers.first, "\(found)")
        server = try #require(numbers.dropFirst().first, "\(found)")
    }

    func silence() {
        Glibc.kill(server, SIGSTOP)
        Glibc.kill(keeper, SIGSTOP)
    }

    func speak() {
        Glibc.kill(keeper, SIGCONT)
        Glibc.kill(server, SIGCONT)
    }
}
