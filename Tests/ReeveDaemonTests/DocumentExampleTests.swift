import Foundation
import ReeveTestSupport
import Testing

/// The examples of the documents, as they stand there, against the real programs.
@Suite(.serialized) struct DocumentExampleTests {
    /// What happens to a command of an example. One that is not in the table fails: nothing is passed over in silence.
    private enum Treatment {
        /// Typed into a private daemon's shell; must end with one of these, and print what the document shows.
        case run([Int32])
        /// As `run`, for what shows times and processes: only the header is compared.
        case runTable
        /// A target of the Makefile.
        case target
        /// A file of this repository.
        case script
        /// It would change the machine.
        case outside
    }

    private let treatments: [String: Treatment] = [
        "reeve add": .run([0]), "reeve agents": .runTable, "reeve send": .run([0]), "reeve switch": .run([0]),
        "reeve wait": .run([0]), "reeve config check": .run([0]), "reeve config show": .run([0]), "reeve config path": .run([0]),
        "reeve config reload": .run([0]), "echo": .run([0]),
        // 1 says that something is missing on this machine.
        "reeve doctor": .run([0, 1]), "make": .target, "scripts/install": .script, "mkdir": .outside, "systemctl": .outside,
        "scripts/systemd-user": .script,
        "loginctl": .outside, "ls": .outside, "env": .outside, "wezterm-mux-server": .outside, "reeve db": .run([0]),
        "reeve list": .run([0]), "reeve queue resume": .run([0]), "reeve session": .run([0]),
        // There is no ticket of that name.
        // The tests are not inside tmux.
        "reeve panes": .run([5]),
        // It rebases what it stands in, and adopts what a person has made; `RunSerialTests` does both.
        "reeve session run": .outside, "reeve session adopt": .outside,
        "reeve approve": .run([4]), "reeve reject": .run([4]), "reeve explain": .run([4]),
        // In the fixture's own home.
        "reeve install hooks": .run([0]), "reeve uninstall hooks": .run([0]),
        // Agents type these, with a ticket in their environment; `MetadataTests` and the client's tests do that.
        "reeve meta": .outside,
        // A daemon runs.
        "reeve db restore": .run([5]), "reeve db salvage": .run([5]),
    ]

    /// The requests of the answers that a document shows by themselves.
    private let requests = ["docs/switching.md": #"{"method":"agent.switch","params":{"ticket":"MANUAL","to":"worker"}}"#]

    /// Examples that are not the daemon's: ticket types (`Tests/ReeveWorkflowsTests` reads them), what a webhook gets
    /// (`Tests/ReeveNotificationsTests`), and the settings of other programs.
    private static let elsewhere = [
        "docs/workflows.md": ["toml", "json"], "docs/notifications.md": ["json"], "docs/metadata.md": ["toml", "json"],
    ]

    private static func isElsewhere(_ fence: Fence) -> Bool { elsewhere[fence.document]?.contains(fence.language) == true }

    private static let hasSocat = FileManager.default.isExecutableFile(atPath: "/usr/bin/socat")

    private func treatment(_ command: Fence.Command) -> Treatment? {
        (1...3).reversed().lazy.compactMap { treatments[command.words.prefix($0).joined(separator: " ")] }.first
    }

    @Test func `every fence says what it is`() throws {
        for fence in try Fence.all() {
            #expect(["", "console", "ini", "json", "screen", "sh", "tmux", "toml"].contains(fence.language), "\(fence)")
            guard fence.language.isEmpty else { continue }
            for line in fence.lines {
                #expect(!line.hasPrefix("$ ") && !line.hasPrefix("{"), "\(fence): \(line)")
                for program in ["reeve", "reeved", "make", "systemctl", "scripts/"] {
                    #expect(!line.hasPrefix(program), "\(fence): \(line)")
                }
            }
        }
    }

    @Test func `every piece of configuration passes the check`() async throws {
        let fences = try Fence.all().filter { $0.language == "toml" && !Self.isElsewhere($0) }
        #expect(!fences.isEmpty)
        try await RealDaemon.with { d in
            for (index, fence) in fences.enumerated() {
                let path = "\(d.scratch.path)/\(index).toml"
                try fence.text.write(toFile: path, atomically: true, encoding: .utf8)
                let result = await d.reeve("config", "check", "--config", path)
                #expect(result.code == 0, "\(fence): \(result.errors)")
            }
        }
    }

    @Test(.enabled(if: hasSocat, "socat is not installed"))
    func `every command of the documents works, and prints what they show`() async throws {
        let fences = try Fence.all().filter { ["console", "sh"].contains($0.language) }
        #expect(!fences.isEmpty)
        for fence in fences {
            // A switch is shown with the way that it took.
            try await RealDaemon.with(rungTimeout: "4s") { d in
                for command in fence.commands { try await check(command, fence, d) }
            }
        }
    }

    @Test(.enabled(if: hasSocat, "socat is not installed"))
    func `every request and answer of the documents has the shape that is shown`() async throws {
        for fence in try Fence.all() where fence.language == "json" && !Self.isElsewhere(fence) {
            try await RealDaemon.with(rungTimeout: "4s") { d in
                var answer: String?
                for line in fence.lines where !line.isEmpty {
                    if line.contains(/^{"(method|jsonrpc)".*"method"/) || line.contains(/^{"method"/) {
                        answer = try await ask(line, d)
                        continue
                    }
                    if answer == nil {
                        answer = try await ask(try #require(requests[fence.document], "\(fence): no request for \(line)"), d)
                    }
                    let shown = line.hasPrefix(#"{"result""#) || line.hasPrefix(#"{"error""#) ? line : #"{"result":\#(line)}"#
                    #expect(try AnswerShape.differs(answer ?? "", from: shown) == nil, "\(fence): \(answer ?? "")")
                    answer = nil
                }
            }
        }
    }

    // MARK: Parts

    private func check(_ command: Fence.Command, _ fence: Fence, _ d: RealDaemon) async throws {
        let known = treatment(command)
        #expect(known != nil, "\(fence): decide what is to happen to '\(command.text)'")
        switch known {
        case nil, .outside: return
        case .target:
            let makefile = try String(contentsOf: Fence.root.appendingPathComponent("Makefile"), encoding: .utf8)
            #expect(makefile.contains("\n\(command.words.dropFirst().first ?? "")"), "\(fence): \(command.text)")
        case .script:
            let path = Fence.root.appendingPathComponent(command.words[0]).path
            #expect(FileManager.default.isExecutableFile(atPath: path), "\(fence): \(command.text)")
        case .run(let codes):
            let result = try await type(command.text, d)
            #expect(codes.contains(result.code), "\(fence): \(command.text): \(result)")
            guard !command.output.isEmpty else { return }
            if let shown = command.output.first, shown.hasPrefix("{") {
                #expect(try AnswerShape.differs(result.text, from: shown) == nil, "\(fence): \(command.text): \(result)")
            } else {
                let lines = result.text.split(separator: "\n").map(String.init)
                #expect(lines.map(plain) == command.output.map(plain), "\(fence): \(command.text)")
            }
        case .runTable:
            let result = try await type(command.text, d)
            #expect(result.code == 0, "\(fence): \(command.text): \(result)")
            let header = result.text.split(separator: "\n").first.map(String.init) ?? ""
            #expect(plain(header) == plain(command.output.first ?? ""), "\(fence): \(command.text)")
        }
    }

    /// Times, process ids and the width of columns are others each time.
    private func plain(_ line: String) -> String { line.replacing(/\d+/, with: "0").replacing(/\s+/, with: " ") }

    /// A line as it stands in the document, in a shell where `reeve` and `$XDG_RUNTIME_DIR` are those of the private daemon.
    private func type(_ line: String, _ d: RealDaemon) async throws -> RealDaemon.Result {
        try await prepare(line, d)
        let runtime = try d.scratch.directory("x")
        let link = "\(runtime)/reeve"
        if !FileManager.default.fileExists(atPath: link) {
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "\(d.scratch.path)/r")
        }
        return await d.run(["/usr/bin/env", "XDG_RUNTIME_DIR=\(runtime)", "/bin/sh", "-c", line])
    }

    /// The line as it stands, so that a strict request stays one.
    private func ask(_ request: String, _ d: RealDaemon) async throws -> String {
        try await prepare(request, d)
        let line = #"printf '%s\n' "$1" | socat -t 30 - "UNIX-CONNECT:$2""#
        return await d.run(["/bin/sh", "-c", line, "sh", request, d.socket]).text
    }

    /// The agent that an example talks to is at its prompt.
    private func prepare(_ line: String, _ d: RealDaemon) async throws {
        guard line.contains("agent.switch") || line.hasPrefix("reeve switch") || line.hasPrefix("reeve send") else { return }
        if await d.reeve("show", "MANUAL").code == 4 {
            #expect(await d.reeve("add", "Write the manual", "--id", "MANUAL", "--agent", "talker").code == 0)
        }
        #expect(await d.reeve("wait", "MANUAL", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
        #expect(await d.isAtPrompt("MANUAL"))
    }
}
