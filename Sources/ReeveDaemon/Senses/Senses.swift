import Dispatch
import FileEvents
import Foundation
import Logging
import ReeveAgents
import ReeveEngine
import ReeveHooks
import ReeveModel

/// Knows what each agent does: takes in what agents tell, what they write, which processes there are and what is on their screens, and
/// passes on what `ThreadRoster` makes of it.
///
/// One signal at a time, in their order. The disk is read on a thread of its own.
actor Senses: SignalTaker {
    enum Signal: Sendable {
        case file(FileEvent)
        case event(HookEnvelope)
        /// Agents have come, gone, or got a process.
        case agents
        case tick
    }

    /// Work for the disk's thread, in turn.
    private final class Disk: @unchecked Sendable {  // only touched on `queue`
        let queue = DispatchQueue(label: "reeve.senses")
        var watch: TranscriptWatch
        var processes = ProcessList()

        init(_ watch: TranscriptWatch) { self.watch = watch }

        func run<Value: Sendable>(_ work: @escaping @Sendable (Disk) -> Value) async -> Value {
            await queue.blocking { work(self) }
        }
    }

    static let tick = Signal.tick
    static func isTick(_ signal: Signal) -> Bool { if case .tick = signal { true } else { false } }

    let signals: AsyncStream<Signal>
    nonisolated let line: AsyncStream<Signal>.Continuation
    private let disk: Disk
    private let queue: QueueActor
    private let backends: Backends
    private let board: StatusBoard
    private let journal: any Journal
    private let time: any TimeSource
    private let logger: Logger

    private var roster: ThreadRoster
    private var hooks = HookReader()
    /// Whose word an event is.
    private var words = LaunchWords<HookEnvelope>()
    /// Events to be taken next, in their order.
    private var due: [HookEnvelope] = []
    /// What an agent's own events say of who it is.
    private var named: [LaunchID: ThreadKey] = [:]
    /// Who has which thread, worked out at each look.
    private var threads: [LaunchID: ThreadKey] = [:]
    private var agents: [LaunchID: Agent] = [:]
    private var conversations: [LaunchID: String] = [:]
    private var sockets: [LaunchID: String] = [:]
    private var told: [LaunchID: Observation] = [:]
    private var table: [Int: ThreadProcess] = [:]
    /// The same directories are asked after at every signal; links that are changed are seen at the next scan.
    private var realPaths: [String: String] = [:]
    private var nextScan = Duration.zero
    private var nextProcesses = Duration.zero
    private var nextScreens = Duration.zero

    private static let scanEvery = Duration.seconds(60)
    private static let processesEvery = Duration.seconds(5)
    private static let processesEveryWhenIdle = Duration.seconds(60)
    private static let screensEvery = Duration.seconds(2)

    init(
        stored: [ThreadKnowledge.Stored], watch: TranscriptWatch, queue: QueueActor, backends: Backends, board: StatusBoard,
        journal: any Journal, time: any TimeSource, logger: Logger
    ) {
        (signals, line) = AsyncStream.makeStream()
        roster = ThreadRoster(stored)
        disk = Disk(watch)
        self.queue = queue
        self.backends = backends
        self.board = board
        self.journal = journal
        self.time = time
        self.logger = logger
    }

    // MARK: What comes in

    /// Takes a signal, and does what is due.
    /// - Returns: when to be asked again at the latest.
    func take(_ signal: Signal) async -> Duration {
        let now = time.wall()
        switch signal {
        case .file(let event): take(await disk.run { $0.watch.take(event, now: now) })
        case .event(let envelope): await hear(envelope)
        case .agents:
            await meetAgents()
            nextProcesses = .zero
        case .tick: break
        }
        await lookAround()
        if due.isEmpty { await settle() }
        while !due.isEmpty {
            // Each to its end: that an agent worked and then ended its turn are two things.
            take(due.removeFirst())
            await settle()
        }
        return wake()
    }

    /// An agent's word counts for its launch: once that is known to run, and never for the next one.
    private func hear(_ envelope: HookEnvelope) async {
        guard let launch = envelope.launch.flatMap({ LaunchID($0) }) else {
            due.append(envelope)
            return
        }
        // It may be faster than the news of who says it.
        if !words.knows(launch) { await meetAgents() }
        if words.hear(envelope, bytes: envelope.size, of: launch) == .own { due.append(envelope) }
    }

    private func take(_ news: TranscriptWatch.News) {
        let now = time.wall()
        for report in news.reports { roster.take(report, now: now) }
        for (name, entry, isGone) in news.registry {
            if isGone { roster.dropRegistry(name: name) } else { roster.take(registry: entry, name: name) }
        }
        for (key, title) in news.names { roster.name(key, title, now: now) }
    }

    private func take(_ envelope: HookEnvelope) {
        let bytes: [UInt8]
        switch envelope.event {
        case .whole(let text), .shortened(let text): bytes = text
        case .unreadable: return
        }
        var environment: [String: String] = [:]
        environment["TMUX"] = envelope.tmux
        environment["TMUX_PANE"] = envelope.pane
        let place = ThreadPlace(
            environment: environment,
            ancestors: envelope.ancestors.map { ThreadPlace.Ancestor(pid: $0.pid, start: $0.start) })
        guard let event = HookEvent(bytes, at: Timestamp(milliseconds: envelope.at), place: place),
            var report = hooks.read(event, kind: envelope.kind)
        else { return }
        // What an agent says of itself is a claim: it counts for the launch that runs now, and for no other ticket.
        guard let launch = envelope.launch.flatMap({ LaunchID($0) }), agents[launch] != nil, !report.isChild,
            report.parent == nil
        else { return roster.take(report, now: time.wall()) }
        // Whatever its program is called: this is the process that was started.
        report.place.pid = agents[launch]?.pid
        report.launch = launch
        // A directory has room for several agents, and for one after another.
        if report.standsAlone, report.thread == nil { report.thread = "\(Self.nameless)\(launch)" }
        roster.take(report, now: time.wall())
        if let thread = report.thread { named[launch] = ThreadKey(kind: report.kind, id: thread) }
    }

    private static let nameless = "launch:"
    /// How the ids of threads begin that their agents do not know.
    private static let ownPrefixes = ["process:", "directory:", nameless]

    private func meetAgents() async {
        let before = agents
        let shown = board.agents
        agents = Dictionary(
            shown.filter { $0.pid != nil && $0.exit == nil }.map { ($0.launch, $0) }, uniquingKeysWith: { $1 })
        due += words.meet(running: Set(agents.keys), ended: Set(shown.filter { $0.exit != nil }.map(\.launch)))
        // The table of processes is older than they are.
        if agents.keys.contains(where: { before[$0] == nil }) { nextProcesses = .zero }
        for (launch, agent) in before where agents[launch] == nil {
            if let key = threads[launch] ?? named[launch] { end(key, of: launch, shown.first { $0.ticket == agent.ticket }) }
            (named[launch], threads[launch], told[launch], conversations[launch], sockets[launch]) = (nil, nil, nil, nil, nil)
        }
        for (launch, agent) in agents where conversations[launch] == nil {
            let work = (try? await journal.lastWork(of: agent.ticket)) ?? nil
            conversations[launch] = work?.launch.id == launch ? work?.launch.conversation ?? "" : ""
            if let session = try? await queue.session(of: agent.ticket),
                let command = try? await backends.attachCommand(session)
            {
                sockets[launch] = command.socket
            }
        }
    }

    /// - Parameter agent: what is shown of its ticket's agent now.
    private func end(_ key: ThreadKey, of launch: LaunchID, _ agent: Agent?) {
        if let exit = agent?.exit { return roster.end(key, exit: exit, now: time.wall()) }
        // One that is shown no more, or has made room for the next, is over; of one that was lost the process may be there.
        if agent?.launch != launch, roster.speaker(of: key) == launch { roster.endLaunch(of: key, now: time.wall()) }
    }

    private func lookAround() async {
        let uptime = time.uptime()
        let now = time.wall()
        if uptime >= nextScan {
            realPaths = [:]
            take(await disk.run { $0.watch.scan(now: now) })
            nextScan = time.uptime() + Self.scanEvery
        }
        if uptime >= nextProcesses {
            if let found = await disk.run({ $0.processes.read() }) {
                table = Dictionary(found.map { ($0.pid, $0) }, uniquingKeysWith: { $1 })
                roster.take(processes: found)
            }
            nextProcesses = time.uptime() + (agents.isEmpty ? Self.processesEveryWhenIdle : Self.processesEvery)
        }
        if uptime >= nextScreens, !agents.isEmpty {
            await lookAtScreens()
            await markSeen()
            nextScreens = time.uptime() + Self.screensEvery
        }
    }

    /// Only where nothing better speaks: a screen is a guess.
    private func lookAtScreens() async {
        for (launch, key) in threads {
            guard let agent = agents[launch], ScreenRules.all[key.kind] != nil,
                roster.verdict(of: key).map({ $0.source >= .transcript }) ?? true,
                let session = try? await queue.session(of: agent.ticket),
                let text = try? await backends.capture(session, lines: 60, styled: false)
            else { continue }
            roster.take(screen: ScreenReader.read(text, kind: key.kind), of: key, now: time.wall())
        }
    }

    /// What a person has in front of him is no news any more.
    private func markSeen() async {
        let unseen = threads.filter { roster.verdict(of: $0.value)?.isUnseen == true }
        guard !unseen.isEmpty else { return }
        let seen = await backends.seen()
        for (launch, key) in unseen {
            guard let agent = agents[launch], seen.contains(agent.sessionID) else { continue }
            roster.see(key, now: time.wall())
            _ = journal.enqueue([.putThread(key, data: roster.stored(key).flatMap(Self.encode))])
        }
    }

    // MARK: What comes out

    private func settle() async {
        var changes = roster.settle(now: time.wall())
        bind()
        let isOver = endFormerLaunches()
        if tellProcesses() || isOver { changes += roster.settle(now: time.wall()) }
        var ended: Set<ThreadKey> = []
        var writes: [JournalChange] = []
        for change in changes {
            if change.endsTurn { ended.insert(change.key) }
            writes.append(.putThread(change.key, data: roster.stored(change.key).flatMap(Self.encode)))
        }
        if !writes.isEmpty { _ = journal.enqueue(writes) }
        for (launch, key) in threads {
            guard let agent = agents[launch], let verdict = roster.verdict(of: key) else { continue }
            let endedTurn = ended.contains(key)
            guard var seen = Observation(verdict, endedTurn: false) else { continue }
            // Of an agent that was not told its conversation's id.
            if conversations[launch] == "", !Self.ownPrefixes.contains(where: key.id.hasPrefix) {
                seen.conversation = key.id
            }
            guard endedTurn || seen != told[launch] else { continue }
            told[launch] = seen
            seen.endedTurn = endedTurn
            await queue.observe(agent.ticket, launch, seen)
        }
    }

    /// The process of a thread that is one of our agents' is the one that was started, whatever its program is called.
    private func tellProcesses() -> Bool {
        var isNew = false
        for (launch, key) in threads {
            guard let pid = agents[launch]?.pid, roster.process(of: key) != pid else { continue }
            roster.take(
                ThreadReport(kind: key.kind, thread: key.id, channel: .hook, signals: [], place: ThreadPlace(pid: pid)),
                now: time.wall())
            isNew = isNew || roster.process(of: key) == pid
        }
        return isNew
    }

    /// What a launch has said of a conversation, and its end was not seen here, does not count for the one that goes on with it.
    private func endFormerLaunches() -> Bool {
        var isAny = false
        for (launch, key) in threads {
            guard let speaker = roster.speaker(of: key), speaker != launch, agents[speaker] == nil else { continue }
            roster.endLaunch(of: key, now: time.wall())
            threads[launch] = nil
            isAny = true
        }
        return isAny
    }

    /// Whose agent is in which thread: its own word, its conversation, its process or its terminal. Never a guess.
    private func bind() {
        var found: [LaunchID: ThreadKey] = [:]
        let byConversation = Dictionary(roster.keys.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let byProcess = Dictionary(
            roster.keys.compactMap { key in roster.process(of: key).map { ($0, key) } }, uniquingKeysWith: { $1 })
        for (launch, agent) in agents {
            if let key = named[launch], roster.verdict(of: key) != nil {
                found[launch] = key
            } else if let talk = conversations[launch], !talk.isEmpty, let key = byConversation[talk] {
                found[launch] = key
            } else if let pid = agent.pid, let key = byProcess[pid] {
                found[launch] = key
            }
        }
        let panes = agents.values.filter { found[$0.launch] == nil }.map { agent in
            ThreadPane(
                id: agent.pane ?? agent.sessionID.text, session: agent.session.text, pid: agent.pid,
                tty: agent.pid.flatMap { table[$0]?.tty }, directory: agent.pid.flatMap { table[$0]?.directory },
                socket: sockets[agent.launch])
        }
        if !panes.isEmpty {
            roster.take(panes: panes)
            let taken = Set(found.values)
            for (key, binding) in roster.bindings(realPath: { realPath($0) })
            where !taken.contains(key) {
                guard let pane = binding.pane, let agent = agents.values.first(where: { $0.session.text == pane.session }) else {
                    continue
                }
                found[agent.launch] = key
            }
        }
        threads = found
    }

    private func realPath(_ path: String) -> String {
        if let known = realPaths[path] { return known }
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        realPaths[path] = real
        return real
    }

    private func wake() -> Duration {
        let now = time.uptime()
        var due = min(nextScan, nextProcesses)
        if !agents.isEmpty { due = min(due, nextScreens) }
        if let deadline = roster.deadline() {
            due = min(due, now + .milliseconds(max(0, deadline.milliseconds - time.wall().milliseconds)))
        }
        return max(due, now + .milliseconds(1))
    }

    // MARK: Explaining

    struct Explanation: Sendable {
        var agent: Agent
        var thread: ThreadExplanation?
    }

    func explain(_ agent: Agent) -> Explanation {
        let knowledge = threads[agent.launch].flatMap { roster.knowledge(of: $0) }
        return Explanation(agent: agent, thread: knowledge?.explanation(now: time.wall()))
    }

    private static func encode(_ stored: ThreadKnowledge.Stored) -> String? {
        (try? JSONEncoder().encode(stored)).map { String(decoding: $0, as: UTF8.self) }
    }

    static func decode(_ text: String) -> ThreadKnowledge.Stored? {
        try? JSONDecoder().decode(ThreadKnowledge.Stored.self, from: Data(text.utf8))
    }
}

extension Observation {
    /// Nil: nothing that could be acted upon.
    init?(_ verdict: ThreadKnowledge.Verdict, endedTurn: Bool) {
        switch verdict.state {
        case .running: self.init(state: .running)
        case .tool: self.init(state: .tool, reason: verdict.detail)
        case .waiting: self.init(state: .waiting, reason: verdict.detail ?? "question")
        case .idle, .done: self.init(state: .waiting, reason: Self.idlePrompt, endedTurn: endedTurn)
        case .error: self.init(state: .error, reason: verdict.detail ?? "its turn ended with an error")
        case .interrupted: self.init(state: .interrupted, reason: verdict.detail ?? "its turn was interrupted")
        case .ended: return nil
        case .unknown: self.init(state: .unknown, reason: verdict.rule)
        }
    }
}
