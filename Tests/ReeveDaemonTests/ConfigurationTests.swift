import Foundation
import ReeveAgents
import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveDaemon

@Suite struct ConfigurationTests {
    private func parse(_ text: String) throws(ConfigurationFault) -> Configuration {
        try ConfigurationLoader.parse(text, file: "reeve.toml")
    }

    @Test func `without a file every default holds`() throws {
        let configuration = try ConfigurationLoader.load("/no/such/reeve.toml")
        #expect(configuration == Configuration(kinds: ShippedKinds.all))
        #expect(
            configuration.limits.maxParallel == 5 && configuration.rungTimeout == .seconds(3)
                && configuration.defaultAgent == "claude")
    }

    @Test func `every key is read`() throws {
        let configuration = try parse(
            """
            [queue]
            max_parallel = 9
            max_per_project = 2
            max_per_agent = { claude = 3 }
            auto_launch = false
            default_agent = "mine"
            [retry]
            attempts = 4
            backoff = "1m"
            intensity = 3
            period = "2h"
            [breaker]
            failures = 7
            early = "3s"
            cooldown = "1m"
            [sessions]
            wrapper = "tmux"
            prefix = "x-"
            linger = "5s"
            directory = "/w"
            [sessions.tmux]
            binary_path = "~/bin/tmux"
            socket_name = "default"
            config_file = "/etc/passwd"
            [switch]
            rung_timeout = "750ms"
            last_resort = "give-up"
            ready_timeout = "9s"
            [retention]
            events = "30d"
            max_events = 5000
            finished_tickets = "never"
            [agents.mine]
            start = ["mine", "{prompt}"]
            resume = ["mine", "-r"]
            headless = ["mine", "-p"]
            prompt = "paste"
            exit = ["/bye", "Enter", { text = "Enter" }, { key = "C-d" }]
            interrupt = ["Escape"]
            interrupt_repeat = 3
            eof = []
            enter_delay = "10ms"
            env = { KEY = "$SECRET", X = "1" }
            memory_max = "2GiB"
            [agents.claude]
            enter_delay = "1s"
            """)
        #expect(
            configuration.limits == QueueLimits(maxParallel: 9, maxPerProject: 2, maxPerAgent: ["claude": 3], autoLaunch: false))
        #expect(
            configuration.retry == RetryPolicy(attempts: 4, backoff: .seconds(60), intensity: 3, period: .seconds(7200)))
        #expect(configuration.breaker == LaunchBreaker.Settings(failures: 7, cooldown: .seconds(60)))
        #expect(configuration.early == .seconds(3))
        #expect(configuration.prefix == "x-" && configuration.linger == .seconds(5) && configuration.tmuxSocket == "default")
        #expect(configuration.lastResort == .giveUp && configuration.rungTimeout == .milliseconds(750))
        #expect(configuration.retention.events == .seconds(30 * 86_400) && configuration.retention.maxEvents == 5000)
        #expect(configuration.retention.finishedTickets == nil && configuration.engine.retention == configuration.retention)
        let mine = try #require(configuration.agents["mine"])
        #expect(mine.exit == [.text("/bye"), .key(.enter), .text("Enter"), .key(.control("d"))])
        #expect(mine.environment == ["KEY": "$SECRET", "X": "1"] && mine.prompt == .paste && mine.eof.isEmpty)
        #expect(mine.memoryMax == 2 << 30)
        let claude = try #require(configuration.agents["claude"])
        #expect(claude.enterDelay == .seconds(1) && claude.start == AgentKind.claude.start)
        #expect(claude.own.isEmpty && mine.own == Set(AgentKind.Part.allCases))
    }

    @Test func `words that differ from what ships are the user's own, and win over the adapter`() throws {
        let text = "[agents.claude]\nstart = [\"claude\", \"{model_flags}\"]\nresume = []\nprompt = \"argument\""
        let claude = try #require(try parse(text).agents["claude"])
        #expect(claude.own == [.start, .resume] && claude.adapter != nil)
    }

    @Test(
        arguments: [
            ("[queue]\nmax_paralel = 1", 2, "unknown key 'queue.max_paralel'", "did you mean queue.max_parallel"),
            ("[queue]\n\nmax_parallel = \"5\"", 3, "expected an integer, found a string", nil),
            ("[queue]\nmax_parallel = 0", 2, "out of range", nil), ("[switch]\nrung_timeout = 3", 2, "expected a string", nil),
            ("[switch]\nrung_timeout = \"3\"", 2, "'3' is no duration", "\"3s\""), ("queue = 1", 1, "expected a table", nil),
            ("[retention]\nfinished_tickets = \"nevr\"", 2, "'nevr' is no duration", "never"),
            ("[retention]\nfinished_tickets = \"0d\"", 2, "no time at all", nil),
            ("[retention]\nmax_events = 1", 2, "out of range", nil), ("[quue]\nx = 1", 1, "unknown key 'quue'", "queue"),
            ("[agents.x]\nprompt = \"none\"", 1, "a new kind needs `start`", nil),
            ("[agents.claude]\nstrat = []", 2, "unknown key 'agents.claude.strat'", "start"),
            ("[agents.claude]\nexit = [\"/exit\", 1]", 2, "expected a string", nil),
            ("[agents.claude]\nexit = [{ key = \"Entr\" }]", 2, "not a key", "Enter"),
            ("[queue]\ndefault_agent = \"cluade\"", 2, "no agent kind 'cluade'", "claude"), ("[queue\nx", 1, "table header", nil),
            ("[queue]\nmax_per_agent = { nope = 1 }", 2, "no agent kind 'nope'", nil),
            ("[sessions]\nwrapper = \"zelij\"", 2, "none of", nil),
            ("x = '''\n[queue]\n'''\n[queue]\nmax_parallel = true", 1, "unknown key 'x'", nil),
        ] as [(String, Int, String, String?)])
    func `a fault names file, line and what was meant`(text: String, line: Int, message: String, hint: String?) {
        let fault = #expect(throws: ConfigurationFault.self) { try parse(text) }
        #expect(fault?.file == "reeve.toml" && fault?.line == line)
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
        if let hint { #expect(fault?.hint?.contains(hint) == true, "\(fault?.hint ?? "none")") }
    }

    /// `reeve config show` prints a file that means the same.
    @Test func `what is shown can be read again`() throws {
        let configuration = Configuration(kinds: ShippedKinds.all)
        #expect(try parse(ConfigurationText.render(configuration)) == configuration)
        let kept = try parse("[retention]\nfinished_tickets = \"never\"")
        #expect(try parse(ConfigurationText.render(kept)) == kept && kept != configuration)
    }

    @Test func `every key is shown`() throws {
        var section = ""
        var shown: Set<String> = []
        for line in ConfigurationText.render(try parse("")).split(separator: "\n") {
            if line.hasPrefix("[") {
                section = line.trimmingCharacters(in: ["[", "]"])
            } else {
                shown.insert("\(section).\(line.prefix { $0 != " " })")
            }
        }
        for key in ConfigurationKeys.all { #expect(shown.contains(key.name), "\(key.name)") }
        for key in AgentKey.all { #expect(shown.contains("agents.claude.\(key.name)"), "\(key.name)") }
    }

    @Test func `literal values of an agent's environment are not shown`() throws {
        let configuration = try parse("[agents.claude]\nenv = { TOKEN = \"sesame\", OTHER = \"$NAME\" }")
        let text = ConfigurationText.render(configuration)
        #expect(!text.contains("sesame") && text.contains("$NAME"))
    }

    @Test func `a reload names what changed`() throws {
        let old = Configuration(kinds: ShippedKinds.all)
        let new = try parse(
            "[queue]\nmax_parallel = 7\n[sessions.tmux]\nsocket_name = \"other\"\n[agents.claude]\nenter_delay = \"1s\"")
        #expect(
            ConfigurationDifference.keys(old, new) == [
                "agents.claude.enter_delay", "queue.max_parallel", "sessions.tmux.socket_name",
            ])
    }

    /// `docs/configuration.md` is generated; this is what keeps it true.
    @Test func `the document lists exactly the keys that are read`() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../docs/configuration.md"
        ).path
        let document = try String(contentsOfFile: path, encoding: .utf8)
        #expect(document.contains(Documents.configurationTable()), "run `make docs`")
        #expect(document.contains(Documents.agentTable()), "run `make docs`")
        #expect(document.contains(Documents.delegatorTable()), "run `make docs`")
        #expect(document.contains(Documents.webhookTable()), "run `make docs`")
        #expect(document.contains(Documents.environmentList()), "run `make docs`")
    }

    @Test func `the protocol document is generated from the types`() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../docs/protocol.md")
            .path
        #expect(try String(contentsOfFile: path, encoding: .utf8) == Documents.protocolPage(), "run `make docs`")
    }
}

@Suite struct AgentEnvironmentTests {
    private func environment(_ own: [String: String]) throws -> AgentEnvironment {
        AgentEnvironment(
            environment: own,
            directories: try Directories(runtime: "/r", state: "/s", configuration: nil, environment: ["HOME": "/h"]),
            programs: "/opt/reeve", defaultDirectory: "~/work")
    }

    @Test func `agents inherit a documented list and nothing else`() throws {
        let own = [
            "HOME": "/h", "PATH": "/bin", "LC_TIME": "de", "NOTIFY_SOCKET": "/n", "LISTEN_FDS": "1", "TMUX": "x",
            "OPENAI_API_KEY": "secret",
            "WATCHDOG_USEC": "1", "INVOCATION_ID": "i", "JOURNAL_STREAM": "8:1",
        ]
        let values = try environment(own).environment(for: Samples.launch("L"))
        #expect(
            Set(values.keys) == [
                "HOME", "PATH", "LC_TIME", "LANG", "REEVE_SOCKET", "REEVE_SESSION", "REEVE_LAUNCH", "REEVE_AGENT", "REEVE_SPOOL",
                "REEVE_TICKET",
            ])
        #expect(values["PATH"] == "/bin:/opt/reeve" && values["REEVE_TICKET"] == "T")
    }

    @Test func `a reference takes the daemon's value, and a missing one is an error that says what to do`() throws {
        var launch = Samples.launch("L")
        launch.environment = ["KEY": "$SOURCE", "PLAIN": "x"]
        #expect(try environment(["SOURCE": "v"]).environment(for: launch)["KEY"] == "v")
        let error = #expect(throws: ReeveError.self) { try environment([:]).environment(for: launch) }
        #expect(error?.message.contains("SOURCE") == true && error?.hint?.contains("set-environment") == true)
    }

    @Test func `programs and directories are looked for before anything begins`() throws {
        let environment = try environment(["PATH": "/bin:/usr/bin"])
        func missing(_ program: String) -> String? {
            environment.missingProgram(program, environment: ["PATH": "/bin:/usr/bin:/usr"], directory: "/usr")
        }
        #expect(missing("sh") == nil && missing("/bin/sh") == nil && missing("bin/env") == nil && missing("./bin/env") == nil)
        #expect(missing("no-such-program") == "no program 'no-such-program' in the PATH")
        #expect(missing("/no/such") == "no program '/no/such'" && missing("./no") == "no program './no'")
        // Folders: executable, but not programs.
        #expect(missing("bin") != nil && missing("/usr") != nil && missing("./bin") != nil && missing("") != nil)
        #expect(environment.badDirectory("/") == nil)
        #expect(environment.badDirectory("/etc/passwd") == "this is a file")
        #expect(environment.badDirectory("/no/such") == "there is no such directory")
    }
}

@Suite struct DirectoriesTests {
    @Test func `flags beat the environment, the environment beats the defaults`() throws {
        let environment = ["HOME": "/h", "XDG_RUNTIME_DIR": "/run/u", "REEVE_STATE_DIR": "/state"]
        let directories = try Directories(runtime: "/flag", state: nil, configuration: nil, environment: environment)
        #expect(directories.runtime == "/flag" && directories.state == "/state")
        #expect(directories.configuration == "/h/.config/reeve/reeve.toml")
        #expect(try Directories(runtime: nil, state: nil, configuration: nil, environment: environment).runtime == "/run/u/reeve")
        let error = #expect(throws: ReeveError.self) {
            try Directories(runtime: nil, state: nil, configuration: nil, environment: ["HOME": "/h"])
        }
        #expect(error?.message.contains("XDG_RUNTIME_DIR") == true)
    }

    @Test func `directories are made private, and what others prepared is refused`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        func directories(_ name: String) throws -> Directories {
            try Directories(
                runtime: "\(scratch.path)/\(name)", state: "\(scratch.path)/state", configuration: nil,
                environment: ["HOME": "/h"])
        }
        try directories("fresh").prepare()
        let mode = try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/fresh")[.posixPermissions] as? Int
        #expect(mode == 0o700)
        try FileManager.default.createSymbolicLink(atPath: "\(scratch.path)/link", withDestinationPath: scratch.path)
        #expect(throws: ReeveError.self) { try directories("link").prepare() }
        try FileManager.default.createDirectory(
            atPath: "\(scratch.path)/open", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        let error = #expect(throws: ReeveError.self) { try directories("open").prepare() }
        #expect(error?.hint?.contains("chmod 700") == true)
        #expect(throws: ReeveError.self) { try directories(String(repeating: "x", count: 90)).prepare() }
    }

    @Test func `one daemon per state directory, and the second names the holder`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let first = try StateLock(path: "\(scratch.path)/lock")
        let error = #expect(throws: ReeveError.self) { try StateLock(path: "\(scratch.path)/lock") }
        #expect(error?.kind == .conflict && error?.message.contains("pid \(ProcessInfo.processInfo.processIdentifier)") == true)
        withExtendedLifetime(first) {}
    }
}
