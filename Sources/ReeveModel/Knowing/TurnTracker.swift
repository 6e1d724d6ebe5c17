/// What one source (a transcript, or the events of hooks) says about a thread: turns, open tools, open dialogs.
///
/// Every reader feeds the same machine, so that a tool that is open means the same for all agents.
package struct TurnTracker: Sendable, Hashable {
    package struct OpenTool: Sendable, Hashable {
        package var tool: Signal.Tool
        package var at: Timestamp
    }

    package struct OpenAsk: Sendable, Hashable {
        package var ask: Signal.Ask
        package var at: Timestamp
        package var rule: String
        package var matched: String
    }

    /// The last word on the state, with where it came from.
    private struct Word: Sendable, Hashable {
        var state: ThreadState
        var detail: String?
        var hasBackground = false
        var isWeak = false
        var at: Timestamp
        var seen: Timestamp
        var rule: String
        var matched: String
        var isExplicit: Bool
    }

    private var word: Word?
    private var compaction: Word?
    package private(set) var tools: [OpenTool] = []
    package private(set) var asks: [OpenAsk] = []
    package private(set) var subagents: Set<String> = []
    private var hasMarkers = false
    private var isTurnOpen = false
    private var turn: String?
    /// When the turn began whose state this is.
    package private(set) var turnBegan: Timestamp?
    /// It has been read from its beginning, first then.
    package private(set) var openedAt: Timestamp?
    /// The newest thing of any kind.
    package private(set) var lastGrowth: Timestamp?

    package init() {}

    /// It has said something about the state.
    package var hasSpoken: Bool { word != nil }
    /// When it last said something about the state.
    package var lastWord: Timestamp? { word?.at }
    /// No tool is open: what it said last was more than the call that a dialog is about.
    package var hasNoOpenTool: Bool { tools.isEmpty }

    package mutating func take(_ signal: Signal, at: Timestamp, seen: Timestamp) {
        lastGrowth = max(lastGrowth ?? at, at)
        func speak(_ state: ThreadState, _ detail: String? = nil, background: Bool = false, isWeak: Bool = false) {
            compaction = nil
            word = Word(
                state: state, detail: detail, hasBackground: background, isWeak: isWeak, at: max(word?.at ?? at, at), seen: seen,
                rule: signal.rule, matched: signal.matched, isExplicit: signal.isExplicit || hasMarkers)
        }
        func begin() {
            tools = []
            asks = []
            turnBegan = at
            speak(.running)
        }

        switch signal.meaning {
        case .turnStarted(let id):
            hasMarkers = true
            isTurnOpen = true
            turn = id
            begin()
        case .prompt:
            if !hasMarkers { begin() } else if isTurnOpen { speak(.running) }
        case .working(let detail):
            guard isOpenForWork else { return }
            if word?.state.isOpen != true { turnBegan = at }
            speak(.running, detail)
        case .toolStarted(let tool):
            guard isOpenForWork else { return }
            if let id = tool.id, tools.contains(where: { $0.tool.id == id }) { return }
            if word?.state.isOpen != true { turnBegan = at }
            tools.append(OpenTool(tool: tool, at: at))
            speak(.running)
        case .toolEnded(let id, let name, _):
            guard isOpenForWork else { return }
            endTool(id, name)
            speak(.running)
        case .asked(let ask):
            // The same dialog is told twice: as a request and as a notification.
            if asks.contains(where: { $0.ask.key == ask.key && $0.ask.detail == ask.detail && (ask.key != nil || !ask.isNamed) })
            {
                return
            }
            if word?.state.isOpen != true { turnBegan = at }
            asks.append(OpenAsk(ask: named(ask), at: at, rule: signal.rule, matched: signal.matched))
            speak(.running)
        case .answered(let key):
            let before = asks.count
            asks.removeAll { $0.ask.key == key }
            if asks.count < before { speak(.running) }
        case .turnEnded(let end):
            guard ends(end.turn) else { return }
            if end.state == .done, word?.state == .error || word?.state == .interrupted {
                // It ended so already; that it is over is no news.
                isTurnOpen = false
                return
            }
            tools = []
            asks = []
            // After an error some agents go on by themselves in the same turn.
            if end.state != .error { isTurnOpen = false }
            speak(end.state, end.detail, background: end.hasBackground, isWeak: end.isWeak)
        case .turnClosed:
            guard let state = word?.state, state.isOpen || state == .done else { return }
            if state.isOpen {
                tools = []
                asks = []
                speak(.done)
            } else {
                word?.isExplicit = true
            }
        case .rested(let ifOpen, let dialogsHold):
            if dialogsHold, !asks.isEmpty { return }
            guard let state = word?.state else { return speak(.idle) }
            guard state.isOpen else { return }
            tools = []
            asks = []
            speak(ifOpen, isWeak: ifOpen == .done)
        case .stands(let state, let detail):
            tools = []
            asks = []
            if state.isOpen, word?.state.isOpen != true { turnBegan = at }
            speak(state, detail)
        case .compacting(let isCompacting): compact(isCompacting, signal, at, seen)
        case .sessionStarted(let isRepeat):
            if isRepeat, let state = word?.state, state != .ended { return }
            tools = []
            asks = []
            subagents = []
            isTurnOpen = false
            speak(.idle)
        case .sessionEnded:
            tools = []
            asks = []
            subagents = []
            isTurnOpen = false
            speak(.ended)
        case .subagent(let id, let isRunning):
            if isRunning, subagents.count < 1000 { subagents.insert(id) } else { subagents.remove(id) }
        case .opened: openedAt = openedAt ?? at
        case .noise, .titled, .prompted, .directory: break
        }
    }

    /// A tool has ended before the last word: the word stays.
    package mutating func forgetTool(_ id: String?, _ name: String?) { endTool(id, name) }

    /// Closes dialogs that another source has shown to be over.
    package mutating func closeAsks(where isOver: (OpenAsk) -> Bool) { asks.removeAll(where: isOver) }

    /// What it says by itself.
    package func evidence(explicit: EvidenceSource, inferred: EvidenceSource) -> Evidence? {
        guard let word = compaction ?? word else { return nil }
        func made(_ state: ThreadState, _ detail: String?, rule: String? = nil, matched: String? = nil, isExplicit: Bool)
            -> Evidence
        {
            Evidence(
                source: isExplicit ? explicit : inferred, state: state, detail: detail, rule: rule ?? word.rule,
                matched: matched ?? word.matched, at: word.at, seen: word.seen, hasBackground: word.hasBackground,
                isWeak: word.isWeak)
        }
        if let open = asks.last {
            return made(.waiting, open.ask.detail, rule: open.rule, matched: open.matched, isExplicit: true)
        }
        guard word.state == .running else { return made(word.state, word.detail, isExplicit: word.isExplicit) }
        if let asking = tools.last(where: { $0.tool.asks != nil }) {
            return made(.waiting, asking.tool.asks, isExplicit: false)
        }
        if let tool = tools.last { return made(.tool, tool.tool.name, isExplicit: false) }
        return made(.running, word.detail, isExplicit: word.isExplicit)
    }

    /// Puts back what was known before a restart.
    package mutating func restore(_ evidence: Evidence, ask: Signal.Ask?) {
        word = Word(
            state: ask == nil ? evidence.state : .running, detail: evidence.detail, hasBackground: evidence.hasBackground,
            isWeak: evidence.isWeak, at: evidence.at, seen: evidence.seen, rule: evidence.rule, matched: evidence.matched,
            isExplicit: evidence.source != .inferred)
        lastGrowth = evidence.at
        guard let ask else { return }
        asks = [OpenAsk(ask: ask, at: evidence.at, rule: evidence.rule, matched: evidence.matched)]
    }

    /// Where markers begin and end turns, only an open turn can be worked in.
    private var isOpenForWork: Bool { !hasMarkers || isTurnOpen }

    private func ends(_ ended: String?) -> Bool {
        guard hasMarkers else { return ended == nil || turn == nil || ended == turn }
        guard isTurnOpen else { return false }
        return ended == nil || turn == nil || ended == turn
    }

    private mutating func endTool(_ id: String?, _ name: String?) {
        if let id {
            tools.removeAll { $0.tool.id == id }
        } else if let index = tools.firstIndex(where: { $0.tool.name == name }) {
            tools.remove(at: index)
        }
        asks.removeAll { open in
            guard open.ask.key == nil else { return false }
            if let asked = open.ask.tool, let id { return asked == id }
            return open.ask.toolName == nil || open.ask.toolName == name
        }
    }

    /// Which tool a dialog is about: the one with that name and input that began last, or the last of all.
    private func named(_ ask: Signal.Ask) -> Signal.Ask {
        guard ask.tool == nil, ask.key == nil else { return ask }
        var ask = ask
        let sameName = tools.filter { ask.toolName == nil || $0.tool.name == ask.toolName }
        let match = sameName.last { ask.input != nil && $0.tool.input == ask.input } ?? sameName.last
        ask.tool = match?.tool.id
        ask.toolName = ask.toolName ?? match?.tool.name
        return ask
    }

    private mutating func compact(_ isCompacting: Bool, _ signal: Signal, _ at: Timestamp, _ seen: Timestamp) {
        guard isCompacting else {
            // Back to what it was, with the time that had.
            compaction = nil
            return
        }
        compaction = Word(
            state: .running, detail: "compacting", at: at, seen: seen, rule: signal.rule, matched: signal.matched,
            isExplicit: true)
    }
}

extension Signal.Ask {
    /// It says which tool it is about.
    fileprivate var isNamed: Bool { tool != nil || input != nil }
}
