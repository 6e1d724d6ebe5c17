/// All that is known of one thread: evidence in, verdict out. Pure; `now` comes in.
///
/// The order of authority, and what may overrule it, is in `ThreadKnowledge+Ranking.swift`.
package struct ThreadKnowledge: Sendable {
    /// An open turn without a known process is believed for so long after the last sign of life.
    package static let longestSilence = Duration.seconds(600)
    /// What happened before we first looked is history, and nobody's news.
    private static let historyMargin = Duration.seconds(10)
    /// An idle screen after a busy one must stay so long: agents redraw between two steps.
    package static let screenRest = Duration.seconds(2)

    package enum Presence: Sendable, Hashable {
        case unknown
        case alive
        /// Since then there is no process of that agent.
        case none(since: Timestamp)
    }

    package struct Verdict: Sendable, Hashable {
        package var state: ThreadState
        package var detail: String?
        package var source: EvidenceSource
        package var rule: String
        package var matched: String
        package var hasBackground: Bool
        /// When the thread came into this state.
        package var since: Timestamp
        package var isUnseen: Bool
        package var subagents: Int

        package var isGuess: Bool { source == .screen }
    }

    package let key: ThreadKey
    package internal(set) var title: String?
    var titleRank = Signal.TitleRank.firstPrompt
    var titleAt: Timestamp?
    private var titleIsRead = false
    package internal(set) var prompt: String?
    var promptAt: Timestamp?
    private var promptIsRead = false
    package internal(set) var directory: String?

    var hook = TurnTracker()
    var transcripts: [String: TurnTracker] = [:]
    var registry: RegistryWord?
    var exit: Evidence?
    /// What was shown before a restart: it holds until a source speaks again.
    var kept: Evidence?
    var screen: ScreenWord?
    package var presence = Presence.unknown
    let firstSeen: Timestamp
    var lastSeen: Timestamp
    package internal(set) var verdict: Verdict
    private var settledAt: Timestamp?

    package init(key: ThreadKey, now: Timestamp) {
        self.key = key
        firstSeen = now
        lastSeen = now.advanced(by: .zero - Self.historyMargin)
        verdict = Verdict(
            state: .unknown, source: .none, rule: "nothing is known", matched: "", hasBackground: false, since: now,
            isUnseen: false,
            subagents: 0)
    }

    /// Takes what one channel says. What it means for the state is known after `settle`.
    /// - Parameter isHeir: it is said by the agent of another launch than all before, which goes on with this conversation.
    package mutating func take(_ report: ThreadReport, isHeir: Bool = false, now: Timestamp) {
        if isHeir { forgetSpeaker() }
        var isHeir = isHeir
        if case .transcript(let path) = report.channel, report.isReset {
            if transcripts.removeValue(forKey: path) != nil, transcripts.isEmpty { forgetReadFields() }
        }
        if let directory = report.directory { self.directory = ThreadText.path(directory) }
        for signal in report.signals {
            // What is said to happen in the future would outrank all that comes until then.
            let at = max(Timestamp(milliseconds: 0), min(signal.at ?? report.at ?? now, now))
            switch report.channel {
            case .hook:
                takeField(signal, at, isRead: false)
                takeHook(signal, isHeir: isHeir, at, now)
                if hook.hasSpoken { isHeir = false }
            case .transcript(let path):
                takeField(signal, at, isRead: true)
                takeTranscript(signal, path, at, now)
            }
        }
    }

    /// A word of the registry whose process is verified.
    package mutating func take(_ entry: RegistryEntry, now: Timestamp) {
        if let directory = entry.directory, self.directory == nil { self.directory = ThreadText.path(directory) }
        let before = registry
        registry = RegistryWord(after: registry, entry: entry, now: now)
        guard let registry, registry != before else { return }
        if let exit, registry.at > exit.at { self.exit = nil }
        // It goes on after the dialog: somebody has answered.
        if registry.state == .running { hook.closeAsks { $0.at < registry.at } }
    }

    /// The name that a person has given it outside of its transcript.
    package mutating func name(_ title: String, now: Timestamp) { entitle(title, .byUser, now, isRead: false) }

    /// The registry has nothing to say any more.
    package mutating func dropRegistry() { registry = nil }

    /// The end of its process: above all else, until somebody starts it again.
    package mutating func end(rule: String, source: EvidenceSource = .exit, now: Timestamp) {
        guard exit == nil else { return }
        exit = Evidence(source: source, state: .ended, rule: rule, at: now, seen: now)
        screen = nil
        registry = nil
    }

    /// What a rule read from its screen; nil, no rule matched, keeps the guess before.
    package mutating func take(_ guess: ScreenGuess?, now: Timestamp) {
        guard let guess else { return }
        if screen?.guess.state != guess.state { screen = ScreenWord(guess: guess, since: now, before: screen) }
        screen?.guess = guess
        screen?.seen = now
    }

    /// Its pane was visible in a client that had the focus.
    package mutating func see(now: Timestamp) {
        lastSeen = max(lastSeen, now)
        verdict.isUnseen = false
    }

    /// Works out the verdict. Returns the one before when it is another.
    @discardableResult
    package mutating func settle(now: Timestamp) -> Verdict? {
        let before = verdict
        settledAt = now
        let evidence = decide(now: now).evidence
        var since = evidence.at
        if evidence.state == before.state, before.source != .none {
            // A second source that says the same is no news; a new turn that ended alike is.
            let isNewTurn = turnBegan.map { $0 > before.since } ?? false
            since = isNewTurn ? evidence.at : before.since
        }
        verdict = Verdict(
            state: evidence.state, detail: evidence.detail, source: evidence.source, rule: evidence.rule,
            matched: evidence.matched,
            hasBackground: evidence.hasBackground, since: since, isUnseen: evidence.state.isNews && since > lastSeen,
            subagents: hook.subagents.count)
        return verdict == before ? nil : before
    }

    /// When the verdict may change although nothing happens; nil when it cannot.
    package func deadline() -> Timestamp? {
        var moments: [Timestamp] = []
        if verdict.state.isOpen, presence == .unknown, let lastGrowth {
            moments.append(lastGrowth.advanced(by: Self.longestSilence))
        }
        if let rests = screen?.restsAt { moments.append(rests) }
        return moments.filter { $0 > settledAt ?? .never }.min()
    }

    /// The newest thing that any source told.
    package var lastGrowth: Timestamp? {
        ([hook.lastGrowth, registry?.at, kept?.at] + transcripts.values.map(\.lastGrowth)).compactMap { $0 }.max()
    }

    /// When the newest turn began.
    private var turnBegan: Timestamp? {
        ([hook.turnBegan, registry?.busySince] + transcripts.values.map(\.turnBegan)).compactMap { $0 }.max()
    }

    /// Of several files of one thread the one that spoke last.
    var transcript: TurnTracker? {
        transcripts.values.filter(\.hasSpoken).max { ($0.lastWord ?? .never) < ($1.lastWord ?? .never) }
    }

    // MARK: - Signals

    /// What an agent told of itself, and what was seen of it, goes with its launch.
    private mutating func forgetSpeaker() {
        hook = TurnTracker()
        registry = nil
        kept = nil
        screen = nil
    }

    private mutating func takeHook(_ signal: Signal, isHeir: Bool, _ at: Timestamp, _ now: Timestamp) {
        switch signal.meaning {
        case .titled, .prompted, .directory, .subagent, .subagentToolEnded: break
        case .toolEnded(let id, let name, _) where isOld(at): return hook.forgetTool(id, name)
        case .asked where isOld(at): return
        // The call that it asks about may be in the transcript a moment later; anything else there has answered it.
        case .asked where transcript.map { ($0.lastWord ?? .never) > at && $0.hasNoOpenTool } ?? false: return
        default: if isOld(at) { return }
        }
        if let exit, !isHeir {
            guard signal.meaning.begins, at > exit.at else {
                if case .subagent = signal.meaning { hook.take(signal, at: at, seen: now) }
                return
            }
            self.exit = nil
        }
        if case .sessionEnded = signal.meaning {
            hook.take(signal, at: at, seen: now)
            exit = Evidence(
                source: .hook, state: .ended, rule: signal.rule, matched: signal.matched, at: at, seen: now)
            return
        }
        hook.take(signal, at: at, seen: now)
        // It speaks, so it runs, whenever the end of the one before was seen.
        if isHeir, hook.hasSpoken { exit = nil }
    }

    /// Events of hooks come from processes of their own and may overtake each other.
    private func isOld(_ at: Timestamp) -> Bool { hook.lastWord.map { at < $0 } ?? false }

    private mutating func takeTranscript(_ signal: Signal, _ path: String, _ at: Timestamp, _ now: Timestamp) {
        var tracker = transcripts[path] ?? TurnTracker()
        if let exit, signal.meaning.begins, at > exit.at {
            self.exit = nil
            hook.closeAsks { $0.at <= exit.at }
        }
        var isDenied = false
        switch signal.meaning {
        case .toolEnded(let id?, _, let failed):
            let name = tracker.tools.first { $0.tool.id == id }?.tool.name
            let isAbout = { (open: TurnTracker.OpenAsk) -> Bool in
                guard open.ask.key == nil, open.at <= at else { return false }
                if let tool = open.ask.tool { return tool == id }
                return name != nil && (open.ask.toolName == nil || open.ask.toolName == name)
            }
            // A tool that was allowed would have told its end first.
            isDenied = failed && hook.asks.contains(where: isAbout)
            hook.closeAsks(where: isAbout)
        case .prompt, .turnStarted, .turnEnded, .turnClosed, .sessionEnded: hook.closeAsks { $0.at < at }
        case .stands(let state, _) where !state.isOpen: hook.closeAsks { $0.at < at }
        default: break
        }
        tracker.take(signal, at: at, seen: now)
        if isDenied {
            let denial = Signal(
                .turnEnded(Signal.TurnEnd(.interrupted)), rule: "an error result for the tool that was asked about: denied",
                matched: signal.matched)
            tracker.take(denial, at: at, seen: now)
        }
        transcripts[path] = tracker
    }

    // MARK: - Fields

    private mutating func takeField(_ signal: Signal, _ at: Timestamp, isRead: Bool) {
        switch signal.meaning {
        case .titled(let text, let rank): entitle(text, rank, at, isRead: isRead)
        case .prompted(let text):
            entitle(text, .firstPrompt, at, isRead: isRead)
            if promptAt.map({ at >= $0 }) ?? true, let clean = ThreadText.prompt(text) {
                prompt = clean
                promptAt = at
                promptIsRead = isRead
            }
        case .directory(let path): directory = ThreadText.path(path)
        default: break
        }
    }

    /// By the user before generated before the first prompt; of two of the user's or two generated ones the later, of two prompts the
    /// earlier.
    private mutating func entitle(_ text: String, _ rank: Signal.TitleRank, _ at: Timestamp, isRead: Bool) {
        guard let clean = ThreadText.title(text) else { return }
        if title != nil {
            guard rank >= titleRank else { return }
            if rank == titleRank, rank == .firstPrompt, let titleAt, at >= titleAt { return }
        }
        title = clean
        titleRank = rank
        titleAt = at
        titleIsRead = isRead
    }

    /// The file has begun anew: what was taken from its lines goes with them.
    private mutating func forgetReadFields() {
        if titleIsRead {
            title = nil
            titleRank = .firstPrompt
            titleAt = nil
        }
        if promptIsRead {
            prompt = nil
            promptAt = nil
        }
    }
}

extension Timestamp {
    static let never = Timestamp(milliseconds: .min)
}

extension Signal.Meaning {
    /// It shows that somebody has begun something: what has ended is there again.
    var begins: Bool {
        switch self {
        case .prompt, .turnStarted, .sessionStarted: true
        default: false
        }
    }
}
