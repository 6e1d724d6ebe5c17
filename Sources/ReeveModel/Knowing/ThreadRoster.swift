/// All threads that are known: sends each report to its thread, and keeps in sight which processes are whose.
///
/// Pure: the daemon's actor feeds it and passes on what `settle` returns.
package struct ThreadRoster: Sendable {
    /// Beyond that, threads that are over and were seen leave, the longest silent first.
    package static let mostThreads = 500
    /// Names and families that are remembered for threads that may come.
    private static let mostRemembered = 5000

    package struct Change: Sendable, Hashable {
        package var key: ThreadKey
        package var before: ThreadKnowledge.Verdict?
        /// Nil: the thread is no longer to be shown.
        package var after: ThreadKnowledge.Verdict?

        /// A turn in which it worked has ended, by evidence better than its screen. Of a quick turn only the end may be seen.
        package var endsTurn: Bool {
            guard let before, let after, after.state == .done, after.source < .process else { return false }
            return before.state.isOpen || before.state == .done && after.since > before.since
        }
    }

    struct Entry: Sendable {
        var knowledge: ThreadKnowledge
        var place = ThreadPlace()
        /// The launch whose agent has told what it is doing, until that has ended.
        var speaker: LaunchID?
        /// Its process, by evidence: the registry, an event, a file held open.
        var process: Holder?
        /// In the order of their beginning.
        var number: Int
        /// One of these is its process: the table that shows which was not there yet.
        var ancestors: [ThreadPlace.Ancestor] = []
        /// No thread yet, only a process of an agent.
        var isPresence = false
    }

    struct Holder: Sendable, Hashable {
        var pid: Int
        var start: String?
        /// It was seen in a table of processes.
        var wasSeen = false
    }

    var entries: [ThreadKey: Entry] = [:]
    private var parents: [ThreadKey: String] = [:]
    private var names: [ThreadKey: String] = [:]
    /// By file name.
    var registry: [String: RegistryEntry] = [:]
    var processes: [Int: ThreadProcess]?
    private var panes: [ThreadPane] = []
    private var begun = 0
    private var removed: [Change] = []
    /// Whose verdict may be another now.
    private var touched: Set<ThreadKey> = []
    /// Processes, registry or threads have changed: what belongs to what is to be worked out again.
    var isUnsorted = false

    package init() {}

    /// With what was kept from before a restart. Transcripts, registry and processes are to be given again.
    package init(_ stored: [ThreadKnowledge.Stored]) {
        for thread in stored {
            var entry = insert(ThreadKnowledge(thread))
            entry.place = ThreadPlace(pane: thread.place.pane, socket: thread.place.socket)
            entry.speaker = thread.speaker.flatMap { LaunchID($0) }
            entry.process = thread.place.pid.map {
                Holder(pid: $0, start: thread.processStart, wasSeen: thread.processStart != nil)
            }
            entries[thread.key] = entry
        }
    }

    /// In the order of their beginning.
    package var keys: [ThreadKey] { entries.sorted { $0.value.number < $1.value.number }.map(\.key) }
    package func knowledge(of key: ThreadKey) -> ThreadKnowledge? { entries[key]?.knowledge }
    package func verdict(of key: ThreadKey) -> ThreadKnowledge.Verdict? { entries[key]?.knowledge.verdict }
    /// Its process, where that is known.
    package func process(of key: ThreadKey) -> Int? { entries[key]?.process?.pid }
    /// The launch whose agent has spoken of it last, as long as its end is not known.
    package func speaker(of key: ThreadKey) -> LaunchID? { entries[key]?.speaker }

    package var stored: [ThreadKnowledge.Stored] { keys.compactMap(stored) }

    /// What is to be kept of one thread; nil for a mere process.
    package func stored(_ key: ThreadKey) -> ThreadKnowledge.Stored? {
        guard let entry = entries[key], !entry.isPresence else { return nil }
        var stored = entry.knowledge.stored
        stored.place = entry.place
        stored.place.pid = entry.process?.pid
        stored.processStart = entry.process?.start
        stored.speaker = entry.speaker?.text
        return stored
    }

    // MARK: - What comes in

    package mutating func take(_ report: ThreadReport, now: Timestamp) {
        if let thread = report.thread {
            let key = ThreadKey(kind: report.kind, id: thread)
            if let parent = report.parent { adopt(key, by: parent) }
            if report.isGone { return remove(key) }
            if let root = root(of: key) { return takeChild(report, root, now) }
            // Before its first line was whole it may have looked like a thread.
            if report.isChild { return remove(key) }
        }
        guard let key = key(for: report) else { return }
        // A source that says nothing makes no thread.
        if entries[key] == nil, report.signals.isEmpty { return }
        var entry = entries[key] ?? insert(ThreadKnowledge(key: key, now: now))
        if report.place.pane != nil || report.place.socket != nil {
            entry.place = ThreadPlace(pane: report.place.pane, socket: report.place.socket)
        }
        if let pid = report.place.pid, entry.process?.pid != pid {
            entry.process = Holder(pid: pid)
            isUnsorted = true
            leaveProcess(pid, except: key, now)
        }
        if !report.place.ancestors.isEmpty { place(&entry, among: report.place.ancestors) }
        let wasOver = entry.knowledge.exit != nil
        // Another launch goes on with the conversation.
        let isHeir = report.launch.map { $0 != entry.speaker && (wasOver || entry.speaker != nil) } ?? false
        entry.knowledge.take(report, isHeir: isHeir, now: now)
        if let launch = report.launch, entry.knowledge.hook.hasSpoken { entry.speaker = launch }
        if wasOver != (entry.knowledge.exit != nil) { isUnsorted = true }
        entries[key] = entry
        touched.insert(key)
        if report.takesPane { takePane(of: key, now) }
    }

    /// A file of the registry as it stands, by its name; nil, half-written, changes nothing.
    package mutating func take(registry entry: RegistryEntry?, name: String) {
        guard let entry, registry[name] != entry else { return }
        registry[name] = entry
        isUnsorted = true
    }

    package mutating func dropRegistry(name: String) {
        guard let entry = registry.removeValue(forKey: name) else { return }
        let key = ThreadKey(kind: entry.kind, id: entry.thread)
        entries[key]?.knowledge.dropRegistry()
        touched.insert(key)
    }

    /// The whole table of processes as it is now.
    package mutating func take(processes table: [ThreadProcess]) {
        let new = Dictionary(table.map { ($0.pid, $0) }, uniquingKeysWith: { $1 })
        guard new != processes else { return }
        processes = new
        isUnsorted = true
    }

    /// All panes of our multiplexers as they are now.
    package mutating func take(panes: [ThreadPane]) { self.panes = panes }

    package mutating func take(screen guess: ScreenGuess?, of key: ThreadKey, now: Timestamp) {
        entries[key]?.knowledge.take(guess, now: now)
        touched.insert(key)
    }

    /// The thread's pane was visible in a client that had the focus.
    package mutating func see(_ key: ThreadKey, now: Timestamp) { entries[key]?.knowledge.see(now: now) }

    /// The keeper told the end of its agent.
    package mutating func end(_ key: ThreadKey, exit: Exit, now: Timestamp) {
        end(key, rule: "the keeper says that it \(exit.spoken)", now: now)
    }

    /// The launch whose agent spoke of it is over: what it said does not count for the next one, which has to speak for itself.
    package mutating func endLaunch(of key: ThreadKey, now: Timestamp) { end(key, rule: "its agent's launch is over", now: now) }

    private mutating func end(_ key: ThreadKey, rule: String, now: Timestamp) {
        entries[key]?.knowledge.end(rule: rule, now: now)
        entries[key]?.process = nil
        entries[key]?.speaker = nil
        touched.insert(key)
        isUnsorted = true
    }

    /// A name that an index of the agent gives; it may come before the thread.
    package mutating func name(_ key: ThreadKey, _ title: String, now: Timestamp) {
        if names.count >= Self.mostRemembered { names.removeAll() }
        names[key] = title
        entries[key]?.knowledge.name(title, now: now)
    }

    // MARK: - What comes out

    /// Works out the verdicts that may have changed and tells which have.
    package mutating func settle(now: Timestamp) -> [Change] {
        var changes = removed
        removed = []
        if isUnsorted {
            isUnsorted = false
            if processes != nil {
                sortProcesses(now)
                touched.formUnion(entries.keys)
            }
        }
        for (key, entry) in entries where entry.knowledge.deadline().map({ $0 <= now }) ?? false { touched.insert(key) }
        // A mere process that has found its thread has gone by now.
        changes += removed
        removed = []
        let order = touched.compactMap { key in entries[key].map { (key, $0.number) } }.sorted { $0.1 < $1.1 }
        touched = []
        for (key, _) in order {
            guard var entry = entries[key] else { continue }
            entry.knowledge.presence = presence(of: entry, now)
            let before = entry.knowledge.settle(now: now)
            entries[key] = entry
            if let before { changes.append(Change(key: key, before: before, after: entry.knowledge.verdict)) }
        }
        prune()
        return changes
    }

    /// When `settle` is to be called although nothing comes in.
    package func deadline() -> Timestamp? { entries.values.compactMap { $0.knowledge.deadline() }.min() }

    /// - Parameter realPath: follows links, so that one directory has one name. The panes' directories are real paths already.
    package func bindings(realPath: (String) -> String) -> [ThreadKey: ThreadBinding] {
        let alive = entries.filter { $0.value.knowledge.verdict.state != .ended }.map { key, entry in
            ThreadBinding.Candidate(
                key: key, place: entry.place, process: entry.process?.pid, directory: entry.knowledge.directory.map(realPath),
                lastGrowth: entry.knowledge.lastGrowth ?? .never)
        }
        // Which of several processes is no thread's is not known: a mere process takes no pane from a thread.
        let isPresence = { (candidate: ThreadBinding.Candidate) in entries[candidate.key]?.isPresence == true }
        let threads = ThreadBinding.bind(alive.filter { !isPresence($0) }, panes: panes, processes: processes)
        let others = ThreadBinding.bind(alive.filter(isPresence), panes: panes, processes: processes)
        return threads.merging(others) { thread, _ in thread }
    }

    /// The thread that began last, a mere process if there is none.
    package var newest: ThreadKey? {
        entries.max { ($0.value.isPresence ? 0 : 1, $0.value.number) < ($1.value.isPresence ? 0 : 1, $1.value.number) }?.key
    }

    // MARK: - Whose it is

    mutating func insert(_ knowledge: ThreadKnowledge) -> Entry {
        begun += 1
        var entry = Entry(knowledge: knowledge, number: begun)
        if let name = names[knowledge.key] { entry.knowledge.name(name, now: knowledge.verdict.since) }
        entries[knowledge.key] = entry
        touched.insert(knowledge.key)
        isUnsorted = true
        return entry
    }

    mutating func touch(_ key: ThreadKey) { touched.insert(key) }

    mutating func remove(_ key: ThreadKey) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        removed.append(Change(key: key, before: entry.knowledge.verdict, after: nil))
        isUnsorted = true
    }

    private func key(for report: ThreadReport) -> ThreadKey? {
        if let thread = report.thread { return ThreadKey(kind: report.kind, id: thread) }
        if report.standsAlone { return ThreadKey(kind: report.kind, id: "directory:\(report.directory ?? "")") }
        var candidates = entries.filter {
            $0.key.kind == report.kind && !$0.value.isPresence && $0.value.knowledge.verdict.state != .ended
        }
        if let pane = report.place.pane {
            let there = candidates.filter { $0.value.place.pane == pane && $0.value.place.socket == report.place.socket }
            if there.count == 1 { return there.first?.key }
            // Those that are known to be elsewhere have not said it.
            candidates = candidates.filter { $0.value.place.pane == nil }
        }
        let near = candidates.filter { report.directory == nil || $0.value.knowledge.directory == report.directory }
        // Never guess between two.
        return near.count == 1 ? near.first?.key : nil
    }

    private mutating func adopt(_ child: ThreadKey, by parent: String) {
        let above = ThreadKey(kind: child.kind, id: parent)
        // A family that goes in a circle is none.
        guard parents[child] != parent, above != child, root(of: above) != child else { return }
        if parents.count >= Self.mostRemembered { parents.removeAll() }
        parents[child] = parent
        remove(child)
    }

    /// The thread at the top of the family; nil for a thread of its own.
    private func root(of key: ThreadKey) -> ThreadKey? {
        var top = key
        for _ in 0..<32 {
            guard let parent = parents[top] else { break }
            top.id = parent
        }
        return top == key ? nil : top
    }

    /// A part never speaks for the whole; only that a person is asked is the whole's affair.
    private mutating func takeChild(_ report: ThreadReport, _ root: ThreadKey, _ now: Timestamp) {
        let asks = report.signals.filter { signal in
            switch signal.meaning {
            case .asked(let ask): ask.key != nil
            case .answered(let key): key != nil
            default: false
            }
        }
        guard !asks.isEmpty, entries[root] != nil else { return }
        var passed = report
        passed.thread = root.id
        passed.directory = nil
        passed.signals = asks
        entries[root]?.knowledge.take(passed, now: now)
        touched.insert(root)
    }

    private mutating func takePane(of key: ThreadKey, _ now: Timestamp) {
        guard let place = entries[key]?.place, place.pane != nil else { return }
        for (other, entry) in entries where other != key && other.kind == key.kind {
            guard entry.place.pane == place.pane, entry.place.socket == place.socket else { continue }
            entries[other]?.knowledge.end(rule: "another thread has begun in its pane", source: .hook, now: now)
            touched.insert(other)
            isUnsorted = true
        }
    }

    private mutating func prune() {
        guard entries.count > Self.mostThreads else { return }
        let over = entries.filter { entry in
            let verdict = entry.value.knowledge.verdict
            return !verdict.state.isOpen && !verdict.isUnseen && entry.value.process == nil
        }.sorted { ($0.value.knowledge.lastGrowth ?? .never) < ($1.value.knowledge.lastGrowth ?? .never) }
        for (key, _) in over.prefix(entries.count - Self.mostThreads) { remove(key) }
    }
}
