import ReeveAgents
import ReeveModel
import Testing

/// The tables of `docs/states.md`: each row is a case here, and no row is without one.
@Suite struct DocumentedRowsTests {
    private static let start = Timestamp(milliseconds: CorpusWorld.start)

    // MARK: - The words

    @Test(arguments: ThreadState.allCases) func `every word is explained`(state: ThreadState) throws {
        #expect(try rows("The words").contains("`\(state.rawValue)`"))
    }

    @Test func `no word is explained that does not exist`() throws {
        #expect(try rows("The words") == ThreadState.allCases.map { "`\($0.rawValue)`" })
    }

    // MARK: - Who is believed

    @Test func `the order of the sources is the order of the table`() throws {
        let words = try rows("Who is believed").prefix(EvidenceSource.allCases.count - 1).map { row in
            row.split(separator: "`").first.map(String.init) ?? ""
        }
        #expect(words == EvidenceSource.allCases.filter { $0 != .none }.map(\.word))
    }

    @Test(arguments: Rule.all) func `every rule holds`(rule: Rule) throws {
        #expect(try rows("Who is believed").contains(rule.text))
        var thread = Thread()
        try rule.tell(&thread)
        #expect(thread.state == rule.state, "\(thread.explanation)")
    }

    @Test func `no rule is without its case`() throws {
        let rules = try rows("Who is believed").dropFirst(EvidenceSource.allCases.count - 1)
        #expect(Set(rules) == Set(Rule.all.map(\.text)))
    }

    /// A thread of Claude's with a clock of its own.
    struct Thread {
        var roster = ThreadRoster()
        var now = start
        static let key = ThreadKey(kind: "claude", id: "s")

        mutating func at(_ seconds: Int) { now = start.advanced(by: .seconds(seconds)) }

        mutating func hook(
            _ meaning: Signal.Meaning, at seconds: Int? = nil, of thread: String = "s", parent: String? = nil,
            launch: String? = nil
        ) {
            take(.hook, meaning, seconds, thread, parent, launch)
        }

        mutating func line(_ meaning: Signal.Meaning, at seconds: Int? = nil) {
            take(.transcript("/t"), meaning, seconds, "s", nil)
        }

        private mutating func take(
            _ channel: ThreadReport.Channel, _ meaning: Signal.Meaning, _ seconds: Int?, _ thread: String, _ parent: String?,
            _ launch: String? = nil
        ) {
            if let seconds, start.advanced(by: .seconds(seconds)) > now { at(seconds) }
            let time = seconds.map { start.advanced(by: .seconds($0)) } ?? now
            let signal = Signal(meaning, rule: "test", at: time, isExplicit: channel == .hook)
            roster.take(
                ThreadReport(
                    kind: "claude", thread: thread, channel: channel, signals: [signal], parent: parent,
                    launch: launch.flatMap { LaunchID($0) }), now: now)
            _ = roster.settle(now: now)
        }

        mutating func screen(_ state: ThreadState, at seconds: Int) {
            at(seconds)
            roster.take(screen: ScreenGuess(state: state, detail: nil, rule: "test", matched: ""), of: Self.key, now: now)
            _ = roster.settle(now: now)
        }

        mutating func processes(_ kinds: [String], at seconds: Int) {
            at(seconds)
            roster.take(
                processes: kinds.enumerated().map {
                    ThreadProcess(pid: $0 + 2, parent: 1, start: "1", kind: $1, tty: "/dev/pts/1", isForeground: true)
                })
            _ = roster.settle(now: now)
        }

        var state: ThreadState { roster.verdict(of: Self.key)?.state ?? .unknown }
        var explanation: String { roster.knowledge(of: Self.key).map { "\($0.explanation(now: now))" } ?? "nothing" }
    }

    struct Rule: Sendable, CustomTestStringConvertible {
        var text: String
        var state: ThreadState
        var tell: @Sendable (inout Thread) throws -> Void

        var testDescription: String { text }

        init(_ text: String, _ state: ThreadState, _ tell: @escaping @Sendable (inout Thread) throws -> Void) {
            self.text = text
            self.state = state
            self.tell = tell
        }

        private static let bash = Signal.Meaning.toolStarted(Signal.Tool(id: "t1", name: "Bash"))
        private static let ask = Signal.Meaning.asked(Signal.Ask("permission", toolName: "Bash"))

        static let all: [Rule] = [
            Rule("a newer word of a lower source replaces an older one of a higher source", .done) {
                $0.hook(.prompt, at: 0)
                $0.line(.turnEnded(Signal.TurnEnd(.done)), at: 1)
            },
            Rule(
                "a dialog that was told is closed by its own answer, the end of the turn, an interrupt or a new prompt, and by nothing else",
                .waiting
            ) {
                $0.hook(.prompt, at: 0)
                $0.hook(bash, at: 1)
                $0.hook(ask, at: 2)
                $0.line(.working(), at: 3)
                $0.line(.toolStarted(Signal.Tool(id: "t2", name: "Read")), at: 4)
                $0.line(.toolEnded(id: "t2"), at: 5)
                $0.hook(.toolStarted(Signal.Tool(id: "t3", name: "Grep")), at: 6)
                $0.hook(.toolEnded(id: "t3", name: "Grep"), at: 7)
                for answer in [
                    Signal.Meaning.toolEnded(id: "t1", name: "Bash"), .turnEnded(Signal.TurnEnd(.done)),
                    .turnEnded(Signal.TurnEnd(.interrupted)), .prompt,
                ] {
                    var told = $0
                    told.hook(answer, at: 8)
                    #expect(told.state != .waiting)
                    var read = $0
                    read.line(bash, at: 8)
                    read.line(answer, at: 9)
                    #expect(read.state != .waiting)
                }
            },
            Rule("an error result for the tool that was asked about means that the person said no", .interrupted) {
                $0.hook(.prompt, at: 0)
                $0.hook(bash, at: 1)
                $0.hook(ask, at: 2)
                $0.line(.toolEnded(id: "t1", failed: true), at: 9)
            },
            Rule("a source that tells that a turn is over, not how, keeps what another tells of how", .error) {
                $0.hook(.prompt, at: 0)
                $0.line(.turnEnded(Signal.TurnEnd(.error)), at: 5)
                $0.hook(.turnEnded(Signal.TurnEnd(.done, isWeak: true)), at: 6)
            },
            Rule("what is told late counts by its own time", .running) {
                $0.line(.turnEnded(Signal.TurnEnd(.done)), at: 5)
                $0.line(.prompt, at: 6)
                $0.at(9)
                $0.hook(.turnEnded(Signal.TurnEnd(.done)), at: 5)
            },
            Rule(
                "what an agent tells counts for its launch, as soon as that is known to run, and never for the next one", .running
            ) {
                // As the daemon does it: told by two launches, of which the second is known later.
                var words = LaunchWords<Signal.Meaning>()
                let launches = ["one", "two"].compactMap { LaunchID($0) }
                _ = words.meet(running: [launches[0]], ended: [])
                #expect(words.hear(ask, bytes: 1, of: launches[0]) == .own)
                $0.hook(ask, at: 1, launch: "one")
                #expect(words.hear(.stands(.running), bytes: 1, of: launches[1]) == .early)
                for word in words.meet(running: [launches[1]], ended: []) { $0.hook(word, at: 2, launch: "two") }
                #expect(words.hear(ask, bytes: 1, of: launches[0]) == .late)
            },
            Rule("a part never speaks for the whole, except that it asks", .waiting) {
                $0.hook(.prompt, at: 0)
                $0.hook(.turnEnded(Signal.TurnEnd(.error)), at: 1, of: "part", parent: "s")
                #expect($0.state == .running)
                $0.hook(.asked(Signal.Ask("permission", key: "k")), at: 2, of: "part")
            },
            Rule("nothing but a new prompt, a new session or the word of another launch brings back what has ended", .ended) {
                $0.hook(.prompt, at: 0, launch: "one")
                $0.hook(.sessionEnded, at: 1)
                $0.line(.working(), at: 2)
                $0.hook(bash, at: 3)
                $0.hook(.turnEnded(Signal.TurnEnd(.done)), at: 4, launch: "one")
                var back = $0
                back.hook(.sessionStarted(), at: 5)
                #expect(back.state == .idle)
                back = $0
                back.line(.prompt, at: 5)
                #expect(back.state == .running)
                back = $0
                back.hook(.stands(.waiting), at: 5, launch: "two")
                #expect(back.state == .waiting)
            },
            Rule("an open turn without any process of its agent is interrupted", .interrupted) {
                $0.line(.prompt, at: 0)
                $0.processes(["codex"], at: 1)
            },
            Rule("silence is not waiting: a silent tool is a tool", .tool) {
                $0.processes(["claude"], at: 0)
                $0.line(.prompt, at: 0)
                $0.line(bash, at: 1)
                $0.at(7200)
                _ = $0.roster.settle(now: $0.now)
            },
            Rule("after ten minutes without a sign of life and without a known process an open turn is unknown", .unknown) {
                $0.line(.prompt, at: 0)
                $0.at(599)
                _ = $0.roster.settle(now: $0.now)
                #expect($0.state == .running)
                $0.at(600)
                _ = $0.roster.settle(now: $0.now)
            },
            Rule("a screen speaks only where no hook and no registry does", .running) {
                var read = $0
                read.line(.prompt, at: 0)
                read.screen(.waiting, at: 1)
                #expect(read.state == .waiting)
                $0.hook(.prompt, at: 0)
                $0.screen(.waiting, at: 1)
            },
            Rule("an idle screen after a busy one counts when it has stayed for two seconds", .idle) {
                $0.hook(.stands(.unknown), at: 0)
                $0.screen(.running, at: 1)
                $0.screen(.idle, at: 2)
                #expect($0.state == .running)
                $0.at(4)
                _ = $0.roster.settle(now: $0.now)
            },
        ]
    }

    // MARK: - What is read

    @Test func `every agent whose files are read is in the table, with its variables`() throws {
        let text = try document()
        let kinds = try rows("What is read")
        #expect(Set(kinds) == Set(TranscriptPaths.places(home: "/h", environment: [:]).map(\.kind)))
        for variable in [
            "CLAUDE_CONFIG_DIR", "CODEX_HOME", "OPENCODE_DB", "XDG_DATA_HOME", "AMP_THREADS_DIR", "PI_CODING_AGENT_SESSION_DIR",
        ] {
            #expect(text.contains("$\(variable)"))
        }
    }

    // MARK: - Which pane

    @Test(arguments: Way.all) func `every way to a pane is taken in its turn`(way: Way) throws {
        #expect(try rows("Which pane")[way.place] == way.text)
        #expect(way.bound == way.evidence)
    }

    @Test func `no way to a pane is without its case`() throws {
        #expect(try rows("Which pane").count == Way.all.count)
    }

    struct Way: Sendable, CustomTestStringConvertible {
        var place: Int
        var text: String
        var evidence: ThreadBinding.Evidence

        var testDescription: String { text }

        static let all = [
            Way(place: 0, text: "a hook named its pane and its server's socket", evidence: .pane),
            Way(place: 1, text: "the pane's program is an ancestor of the agent's process", evidence: .ancestry),
            Way(place: 2, text: "the agent's process has the pane's terminal", evidence: .terminal),
            Way(place: 3, text: "the only pane nearby that runs this agent", evidence: .agent),
            Way(place: 4, text: "the pane in the deepest directory that holds the thread's", evidence: .directory),
        ]

        /// With all evidence from this place of the table on, and a decoy for each.
        var bound: ThreadBinding.Evidence? {
            let panes = [
                ThreadPane(id: "%1", session: "a", pid: 10, tty: "/dev/pts/1", directory: "/w", socket: "/s"),
                ThreadPane(id: "%2", session: "b", pid: 20, tty: "/dev/pts/2", directory: "/w/app", socket: "/s"),
            ]
            let agent = ThreadProcess(
                pid: 30, parent: place <= 1 ? 10 : 1, start: "1", kind: "claude", tty: "/dev/pts/1", isForeground: true)
            let thread = ThreadBinding.Candidate(
                key: Thread.key, place: place == 0 ? ThreadPlace(pane: "%1", socket: "/s") : ThreadPlace(),
                process: place <= 2 ? 30 : nil,
                directory: "/w/app", lastGrowth: DocumentedRowsTests.start)
            let binding = ThreadBinding.bind([thread], panes: panes, processes: place <= 3 ? [30: agent] : nil)[Thread.key]
            guard case .bound(let pane, let evidence) = binding, pane.id == (place == 4 ? "%2" : "%1") else { return nil }
            return evidence
        }
    }

    // MARK: - The document

    private func document() throws -> String {
        let source = #filePath
        let root = source.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        return String(decoding: try #require(CorpusCase.read("\(root)/docs/states.md")), as: UTF8.self)
    }

    /// The first cells of all tables of a section, without their headings.
    private func rows(_ section: String) throws -> [String] {
        var rows: [String] = []
        var isIn = false
        var isHead = true
        for line in try document().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") { isIn = line == "## \(section)" }
            guard isIn else { continue }
            guard line.hasPrefix("|") else {
                isHead = true
                continue
            }
            if line.hasPrefix("|---") {
                isHead = false
            } else if !isHead {
                rows.append(ThreadText.trimmed(String(line.split(separator: "|")[0])))
            }
        }
        return rows
    }
}
