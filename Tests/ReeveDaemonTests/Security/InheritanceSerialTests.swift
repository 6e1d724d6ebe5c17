import Foundation
import ReeveDaemon
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What the programs that Reeve starts get of the daemon's environment and of its open files.
@Suite(.serialized) struct InheritanceSerialTests {
    /// What a service manager, a terminal, a debugger and other tools leave in an environment.
    private static let poison: [String: String] = [
        "NOTIFY_SOCKET": "/nowhere/notify", "LISTEN_FDS": "1", "LISTEN_PID": "1", "LISTEN_FDNAMES": "x",
        "WATCHDOG_USEC": "9000000",
        "WATCHDOG_PID": "1", "INVOCATION_ID": "0123456789abcdef", "JOURNAL_STREAM": "9:99", "MANAGERPID": "1",
        "SYSTEMD_EXEC_PID": "1", "CREDENTIALS_DIRECTORY": "/nowhere", "MEMORY_PRESSURE_WATCH": "/nowhere",
        "AWS_SECRET_ACCESS_KEY": "aws", "OPENAI_API_KEY": "openai", "GITHUB_TOKEN": "github", "TMUX": "/nowhere,1,0",
        "TMUX_PANE": "%9", "STY": "1.x", "LD_LIBRARY_PATH": "/nowhere", "DYLD_INSERT_LIBRARIES": "/nowhere",
        "BASH_ENV": "/nowhere",
        "ENV": "/nowhere", "PYTHONPATH": "/nowhere", "NODE_OPTIONS": "--x", "GIT_DIR": "/nowhere", "REEVE_LOG_LEVEL": "debug",
        "REEVE_TICKET": "WRONG", "REEVE_SESSION": "WRONG", "EDITOR": "ed", "lc_all": "x",
        // Looked up for the kind, under another name.
        "SOURCE_OF_TOKEN": "from the daemon",
    ]

    /// Everything that the documents say is taken over.
    private static let inherited: [String: String] = {
        let values = Dictionary(uniqueKeysWithValues: AgentEnvironment.inherited.map { ($0, "/v/\($0)") })
        return values.filter { !["HOME", "USER", "PATH", "LANG", "SHELL", "TZ"].contains($0.key) }.merging([
            "SHELL": "/bin/sh", "TZ": "UTC", "LC_TIME": "C.UTF-8", "LC_X_OWN": "x",
        ]) { $1 }
    }()

    /// What tmux adds for whatever it starts.
    private static let terminals: Set<String> = [
        "TERM", "COLORTERM", "TMUX", "TMUX_PANE", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "PWD",
    ]

    /// As the program got it, whatever it has made of it since.
    private func environment(of pid: Int) -> [String: String] {
        let words = (ProcessFacts.text("/proc/\(pid)/environ") ?? "").split(separator: "\0").map(String.init)
        return Dictionary(
            words.map { word in
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return (parts[0], parts.count > 1 ? parts[1] : "")
            }, uniquingKeysWith: { first, _ in first })
    }

    private func openFiles(of pid: Int) -> [Int: String] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []).compactMap { Int($0) }
        return Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)")) ?? "?")
            })
    }

    private func program(of pid: Int) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
    }

    private func children(of pid: Int) -> [Int] {
        (ProcessFacts.text("/proc/\(pid)/task/\(pid)/children") ?? "").split(separator: " ").compactMap { Int($0) }
    }

    private let kinds = """
        [agents.secretive]
        start = ["/bin/sleep", "1000"]
        prompt = "none"
        env = { TOKEN = "$SOURCE_OF_TOKEN", LITERAL = "as it is" }
        [agents.fed]
        start = ["/bin/sleep", "1001"]
        prompt = "stdin"
        """

    @Test func `an agent gets the documented environment, three descriptors and nothing else`() async throws {
        try await Scratch.with { outside in
            let held = "\(outside.path)/held"
            try Data().write(to: URL(fileURLWithPath: held))
            // A tmux that says what it has been given, for every helper process that Reeve starts is one.
            let bin = try outside.directory("bin")
            let helpers = "\(outside.path)/helpers"
            let script = "/usr/bin/env >>\(helpers)\nreadlink /proc/$$/fd/* >>\(helpers)\nexec /usr/bin/tmux \"$@\""
            try await Script.write("\(bin)/tmux", script)
            let path = "\(bin):\(Programs.directory):/usr/local/bin:/usr/bin:/bin"
            let poisoned = Self.poison.merging(Self.inherited) { $1 }.merging(["PATH": path]) { $1 }
            let prelude = "exec 7<'\(held)' 8>>'\(held)' 9<'\(held)'"
            try await RealDaemon.with(kinds, prelude: prelude, environment: poisoned) { d in
                #expect(openFiles(of: Int(d.pid))[7] == held)
                for (id, kind) in [("A", "secretive"), ("B", "fed")] {
                    #expect(await d.reeve("add", "x", "--agent", kind, "--id", id).code == 0)
                    #expect(await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience).code == 0)
                }
                let documented = Self.inherited.merging([
                    "HOME": d.scratch.path, "USER": "tester", "LANG": "C.UTF-8", "PATH": "\(path):\(Programs.directory)",
                ]) { $1 }
                let pid = Int(try #require(await d.agentPid("A")))
                var found = environment(of: pid)
                for name in ["REEVE_SESSION", "REEVE_LAUNCH", "REEVE_SPOOL"] {
                    #expect(found[name].map { !$0.isEmpty && $0 != "WRONG" } == true)
                    found[name] = nil
                }
                #expect(found["TERM"] == "screen-256color")
                for name in ["TERM", "COLORTERM"] { found[name] = nil }
                let added = [
                    "REEVE_SOCKET": d.socket, "REEVE_AGENT": "secretive", "REEVE_TICKET": "A", "TOKEN": "from the daemon",
                    "LITERAL": "as it is",
                ]
                #expect(found == documented.merging(added) { $1 })
                #expect(openFiles(of: pid).keys.sorted() == [0, 1, 2])
                #expect(openFiles(of: pid).values.allSatisfy { $0.hasPrefix("/dev/pts/") })
                // Another kind gets nothing of this one's.
                let fed = Int(try #require(await d.agentPid("B")))
                #expect(environment(of: fed)["TOKEN"] == nil && environment(of: fed)["LITERAL"] == nil)
                #expect(openFiles(of: fed).keys.sorted() == [0, 1, 2])

                // Before this test itself runs that tmux.
                let said = try String(contentsOfFile: helpers, encoding: .utf8).split(separator: "\n").map(String.init)

                // tmux, which every terminal inherits from, and the keeper.
                let server = Int(
                    await d.tmux("display-message", "-p", "#{pid}").text.trimmingCharacters(in: .whitespacesAndNewlines))
                let keeper = Int(
                    await d.tmux("list-panes", "-t", "=op-A:", "-F", "#{pane_pid}").text.trimmingCharacters(
                        in: .whitespacesAndNewlines))
                let mayHave = Set(documented.keys).union(Self.terminals).union(["TMUX_TMPDIR", "OLDPWD", "_"])
                for (name, process) in [("tmux", try #require(server)), ("keeper", try #require(keeper))] {
                    let has = Set(environment(of: process).keys)
                    #expect(has.subtracting(mayHave) == [], "\(name)")
                    #expect(has.contains("LC_X_OWN"), "\(name)")
                    #expect(!openFiles(of: process).values.contains(held), "\(name)")
                }
                let global = await d.tmux("show-environment", "-g").text.split(separator: "\n")
                #expect(Set(global.map { String($0.prefix { $0 != "=" }) }).subtracting(mayHave) == [])

                // The shell that a person opens after the agent's end.
                kill(pid_t(pid), SIGKILL)
                #expect(await d.reeve("wait", "A", "--until", "failed", "--timeout", RealDaemon.patience).code == 0)
                let isOpen = await eventually {
                    await d.tmux("send-keys", "-t", "=op-A:", "Enter")
                    // Between fork and exec it is still the keeper, with all that the keeper has open.
                    guard let child = children(of: keeper ?? 0).first, let running = program(of: child) else { return false }
                    return running != program(of: keeper ?? 0)
                }
                #expect(isOpen)
                let shell = try #require(children(of: keeper ?? 0).first)
                #expect(Set(environment(of: shell).keys).subtracting(mayHave) == [])
                // What it opens itself while it starts, it closes again.
                let hasOnlyItsTerminal = await eventually {
                    openFiles(of: shell).values.allSatisfy { $0.hasPrefix("/dev/pts/") || $0 == "/dev/tty" }
                }
                #expect(hasOnlyItsTerminal, "\(openFiles(of: shell))")

                #expect(!said.isEmpty && !said.contains(held))
                let names = said.filter { !$0.hasPrefix("/") && $0.contains("=") }.map { String($0.prefix { $0 != "=" }) }
                #expect(names.contains("LC_X_OWN"))
                #expect(Set(names).subtracting(mayHave) == [])
            }
        }
    }
}
