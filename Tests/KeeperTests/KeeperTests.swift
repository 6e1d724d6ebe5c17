import Foundation
import KeeperLink
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// The real keeper in a real pseudo-terminal.
@Suite(.serialized) struct KeeperTests {
    private func with(_ body: (PseudoTerminal, KeeperProbe, Scratch) throws -> Void) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let runtime = try scratch.directory("r")
        let state = try scratch.directory("s")
        _ = try scratch.directory("r/sessions")
        _ = try scratch.directory("s/launches")
        let terminal = try PseudoTerminal([Programs.path("reeve-keeper"), "k1", "--runtime-dir", runtime, "--state-dir", state])
        defer { terminal.close() }
        let probe = try KeeperProbe(KeeperPaths.socket(runtimeDirectory: runtime, session: "k1"))
        try body(terminal, probe, scratch)
    }

    private func order(_ launch: String, _ arguments: [String], directory: String = "/", input: String = "") -> KeeperOrder {
        KeeperOrder(
            launch: launch, label: arguments.first ?? "", arguments: arguments, directory: directory,
            environment: ["PATH=/usr/bin:/bin", "MARK=here"], standardInput: input)
    }

    private func isRunning(_ fact: KeeperFact) -> Bool { if case .running(_, stopped: false) = fact { true } else { false } }

    @Test(arguments: [
        (["/bin/sh", "-c", "exit 0"], KeeperFact.exited(0)), (["/bin/sh", "-c", "exit 255"], .exited(255)),
        (["sh", "-c", "kill -9 $$"], .signalled(9)), (["/bin/sh", "-c", "kill -TERM $$"], .signalled(15)),
    ])
    func `exit codes and signals are exact`(arguments: [String], fact: KeeperFact) throws {
        try with { _, keeper, _ in
            _ = try keeper.run(order("L1", arguments))
            #expect(try keeper.awaitPush("L1") == fact)
            #expect(try keeper.state("L1") == fact)
        }
    }

    @Test func `told the same launch again it starts nothing twice`() throws {
        try with { _, keeper, scratch in
            let ledger = "\(scratch.path)/ledger"
            let launch = order("L1", ["/bin/sh", "-c", "echo x >> \(ledger); sleep 30"])
            let first = try keeper.run(launch)
            #expect(isRunning(first))
            for _ in 0..<5 { #expect(try keeper.run(launch) == first) }
            #expect(poll(until: { (try? String(contentsOfFile: ledger, encoding: .utf8)) == "x\n" }))
            try keeper.signal("L1", SIGKILL)
            #expect(try keeper.awaitPush("L1") == .signalled(9))
            #expect(try keeper.run(launch) == .signalled(9))
            #expect(try String(contentsOfFile: ledger, encoding: .utf8) == "x\n")
        }
    }

    @Test(.enabled(if: AnotherUser.isPossible, "needs root, setpriv and socat"))
    func `another uid gets no byte from a keeper, and nothing is started for it`() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        for name in ["r", "r/sessions", "s", "s/launches"] { _ = try scratch.directory(name) }
        let terminal = try PseudoTerminal([
            Programs.path("reeve-keeper"), "k1", "--runtime-dir", "\(scratch.path)/r", "--state-dir", "\(scratch.path)/s",
        ])
        defer { terminal.close() }
        let socket = "\(scratch.path)/r/sessions/k1.sock"
        #expect(await eventually { access(socket, F_OK) == 0 })
        for path in [scratch.path, "\(scratch.path)/r", "\(scratch.path)/r/sessions"] { #expect(chmod(path, 0o777) == 0) }
        #expect(chmod(socket, 0o666) == 0)
        let request = "\(scratch.path)/request"
        let order = order("L1", ["/bin/sh", "-c", "echo x > \(scratch.path)/started; sleep 30"])
        try Data(KeeperCodec.encode(.run(order), number: 1)).write(to: URL(fileURLWithPath: request))
        let theirs = await AnotherUser.ask(socket, request, asAnotherUser: true)
        #expect(!theirs.errors.contains("Permission denied"), "\(theirs)")
        #expect(theirs.text == "", "\(theirs)")
        #expect(access("\(scratch.path)/started", F_OK) != 0)
        _ = await AnotherUser.ask(socket, request, asAnotherUser: false)
        #expect(await eventually { access("\(scratch.path)/started", F_OK) == 0 })
    }

    @Test(arguments: ["r", "r/sessions", "s", "s/launches", "r/sessions/k1.lock", "s/launches/k1.log"])
    func `what others could have prepared for a keeper is refused with the reason and the way out`(name: String) async throws {
        try await Scratch.with { scratch in
            for name in ["r", "r/sessions", "s", "s/launches"] { _ = try scratch.directory(name) }
            let path = "\(scratch.path)/\(name)"
            func keeper() async -> ProgramRun {
                await ProgramRun.of(
                    [
                        Programs.path("reeve-keeper"), "k1", "--runtime-dir", "\(scratch.path)/r", "--state-dir",
                        "\(scratch.path)/s",
                    ],
                    environment: [:])
            }
            let isFile = name.hasSuffix("k1.lock") || name.hasSuffix("k1.log")
            if isFile { try Data("claim L1\n".utf8).write(to: URL(fileURLWithPath: path)) }
            chmod(path, isFile ? 0o644 : 0o755)
            let open = await keeper()
            #expect(open.code == 73 && open.errors.contains("\(path) is open to others"), "\(open)")
            #expect(open.errors.contains("chmod \(isFile ? 600 : 700) \(path)"), "\(open)")
            rename(path, path + ".real")
            chmod(path + ".real", isFile ? 0o600 : 0o700)
            symlink(path + ".real", path)
            let link = await keeper()
            #expect(link.code == 73 && link.errors.contains("link, which is not followed"), "\(link)")
            #expect(link.errors.contains("rm \(path)"), "\(link)")
            guard geteuid() == 0 else { return }
            unlink(path)
            rename(path + ".real", path)
            chown(path, AnotherUser.uid, AnotherUser.uid)
            let anothers = await keeper()
            #expect(
                anothers.code == 73 && anothers.errors.contains("belongs to another user (uid \(AnotherUser.uid))"), "\(anothers)"
            )
        }
    }

    @Test func `a second keeper for the same session is refused`() throws {
        try with { _, _, scratch in
            let second = try SpawnedProgram(
                [Programs.path("reeve-keeper"), "k1", "--runtime-dir", "\(scratch.path)/r", "--state-dir", "\(scratch.path)/s"],
                environment: [:])
            #expect(second.wait() == .exited(75))
        }
    }

    @Test func `an environment is exactly what was ordered, plus the terminal's kind`() throws {
        try with { terminal, keeper, _ in
            _ = try keeper.run(order("L1", ["env"]))
            _ = try keeper.awaitPush("L1")
            let lines = Set(terminal.output().split(whereSeparator: \.isNewline).map(String.init))
            #expect(lines.isSuperset(of: ["PATH=/usr/bin:/bin", "MARK=here", "TERM=xterm"]))
            #expect(!lines.contains { $0.hasPrefix("HOME=") || $0.hasPrefix("SECRET=") })
        }
    }

    @Test func `what cannot be started is refused with the reason, and the terminal says so`() throws {
        try with { terminal, keeper, _ in
            let fact1 = try keeper.run(order("L1", ["no-such-program"]))
            #expect(fact1 == .refused("no program 'no-such-program' in its PATH"))
            let fact2 = try keeper.run(order("L2", ["sh"], directory: "/no/such"))
            #expect(fact2 == .refused("no directory '/no/such'"))
            let fact3 = try keeper.run(order("L3", ["cat"], input: "/no/such"))
            #expect(fact3 == .refused("cannot read '/no/such'"))
            #expect(terminal.wait(for: "could not be started"))
        }
    }

    @Test func `standard input can be a file`() throws {
        try with { terminal, keeper, scratch in
            try "from the file\n".write(toFile: "\(scratch.path)/in", atomically: true, encoding: .utf8)
            _ = try keeper.run(order("L1", ["cat"], input: "\(scratch.path)/in"))
            #expect(try keeper.awaitPush("L1") == .exited(0))
            #expect(terminal.wait(for: "from the file"))
        }
    }

    @Test func `Ctrl+C reaches the child and not the keeper`() throws {
        try with { terminal, keeper, _ in
            _ = try keeper.run(order("L1", ["cat"]))
            terminal.type("\u{3}")
            #expect(try keeper.awaitPush("L1") == .signalled(2))
            #expect(isRunning(try keeper.run(order("L2", ["cat"]))))
        }
    }

    @Test func `stopped by Ctrl+Z is a state, and Enter or the daemon continues it`() throws {
        try with { terminal, keeper, _ in
            _ = try keeper.run(order("L1", ["cat"]))
            for resume in [{ terminal.type("\r") }, { try keeper.signal("L1", SIGCONT) }] {
                terminal.type("\u{1A}")
                guard case .running(_, stopped: true) = try keeper.awaitPush("L1") else {
                    Issue.record("not stopped")
                    return
                }
                try resume()
                #expect(isRunning(try keeper.awaitPush("L1")))
            }
            terminal.type("alive\n")
            #expect(terminal.wait(for: "alive\r\nalive"))
        }
    }

    @Test func `a stopped child that somebody else continues gets its terminal back as it was`() throws {
        try with { terminal, keeper, _ in
            guard case .running(let pid, _) = try keeper.run(order("L1", ["cat"])) else {
                Issue.record("not running")
                return
            }
            let modes = terminal.modes()
            terminal.type("\u{1A}")
            guard case .running(_, stopped: true) = try keeper.awaitPush("L1") else {
                Issue.record("not stopped")
                return
            }
            #expect(kill(pid_t(pid), SIGCONT) == 0)
            #expect(isRunning(try keeper.awaitPush("L1")))
            terminal.type("alive\n")
            #expect(terminal.wait(for: "alive\r\nalive"))
            #expect(terminal.modes() == modes)
            // Ctrl+C reaches it.
            terminal.type("\u{3}")
            #expect(try keeper.awaitPush("L1") == .signalled(2))
        }
    }

    @Test func `a child that crashes in raw mode leaves a sane terminal`() throws {
        try with { terminal, keeper, _ in
            let before = terminal.modes()
            _ = try keeper.run(order("L1", [Programs.path("reeve-demo-agent"), "--crash", "boom"]))
            #expect(try keeper.awaitPush("L1") == .signalled(6))
            #expect(terminal.wait(for: "Enter opens a shell"))
            let output = terminal.output()
            #expect(output.contains("\u{1B}[?1049l") && output.contains("\u{1B}[?25h") && output.contains("\u{1B}[?2004l"))
            // The next program meets the modes of the start.
            _ = try keeper.run(order("L2", ["sleep", "30"]))
            #expect(terminal.modes() == before)
        }
    }

    @Test func `keys meant for the child that come late open no shell, a later Enter does`() throws {
        try with { terminal, keeper, _ in
            _ = try keeper.run(order("L1", ["/bin/sh", "-c", "exit 0"]))
            _ = try keeper.awaitPush("L1")
            terminal.type("/exit\r")
            #expect(isRunning(try keeper.run(order("L2", ["/bin/sh", "-c", "exec sleep 0.1"]))))
            _ = try keeper.awaitPush("L2")
            #expect(terminal.wait(for: "Enter opens a shell"))
            // Deaf for a second after the end; typed again until it listens.
            #expect(terminal.wait(for: "shell-prompt$", typing: "\r"))
            #expect(try keeper.run(order("L3", ["true"])) == .occupied("a person has a shell open in this terminal"))
            terminal.type("exit\n")
            #expect(terminal.wait(for: "shell closed"))
            // Refused before it was claimed: the same launch may be run now.
            _ = try keeper.run(order("L3", ["/bin/sh", "-c", "exit 4"]))
            #expect(try keeper.awaitPush("L3") == .exited(4))
        }
    }

    @Test func `unread input is counted`() throws {
        try with { terminal, keeper, _ in
            _ = try keeper.run(order("L1", ["sleep", "30"]))
            terminal.type("typed\n")
            #expect(terminal.wait(for: "typed"))
            #expect(try keeper.unread("L1") == 6)
        }
    }

    @Test func `the terminal's end ends the child, and that is written down`() throws {
        try with { terminal, keeper, scratch in
            guard case .running(let pid, _) = try keeper.run(order("L1", ["sleep", "30"])) else {
                Issue.record("not running")
                return
            }
            terminal.hangUp()
            #expect(poll(until: { kill(pid_t(pid), 0) != 0 }))
            #expect(
                poll(until: {
                    let bytes = FileManager.default.contents(atPath: "\(scratch.path)/s/launches/k1.log") ?? Data()
                    return LaunchRecord(parsing: Array(bytes)).entries["L1"] == .hungUp
                }))
        }
    }

    @Test func `child and keeper are told to end at one moment, as when the machine goes down: lost, and not failed`() throws {
        try with { terminal, keeper, scratch in
            guard case .running(let pid, _) = try keeper.run(order("L1", ["sleep", "30"])) else {
                Issue.record("not running")
                return
            }
            // Stopped, the keeper learns of both in one look: the child has gone, and it is to go itself.
            terminal.signal(SIGSTOP)
            kill(pid_t(pid), SIGTERM)
            #expect(poll(until: { Self.state(of: pid) == "Z" }), "\(String(describing: Self.state(of: pid)))")
            terminal.signal(SIGTERM)
            terminal.signal(SIGCONT)
            let path = "\(scratch.path)/s/launches/k1.log"
            func record() -> LaunchRecord { LaunchRecord(parsing: Array(FileManager.default.contents(atPath: path) ?? Data())) }
            #expect(poll(until: { ![.claimed, .started(pid: pid)].contains(record().entries["L1"]) }))
            #expect(record().entries["L1"] == .hungUp)
            #expect(record().fact("L1") == .lost)
        }
    }

    /// The letter of `/proc/PID/stat`; nil when there is no such process.
    private static func state(of pid: Int) -> Character? {
        let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return text?.split(separator: ")").last?.first { $0 != " " }
    }

    @Test func `a keeper that is killed leaves a claim without an end: lost`() throws {
        try with { terminal, keeper, scratch in
            _ = try keeper.run(order("L1", ["sleep", "30"]))
            terminal.kill()
            let bytes = FileManager.default.contents(atPath: "\(scratch.path)/s/launches/k1.log") ?? Data()
            #expect(LaunchRecord(parsing: Array(bytes)).fact("L1") == .lost)
        }
    }

    @Test func `garbage on the socket closes that connection and nothing else`() throws {
        try with { _, keeper, scratch in
            let other = try KeeperProbe("\(scratch.path)/r/sessions/k1.sock")
            other.write([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3])
            #expect(other.isClosed())
            #expect(try keeper.state("x") == .neverStarted)
        }
    }
}
