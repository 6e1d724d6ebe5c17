/// All threads that are known: sends each report to its thread, and keeps in sight which processes are whose.
///
/// Pure: the daemon's actor feeds it and carries out nothing but its answers.
package struct ThreadRoster: Sendable {
    /// A thread that nobody has heard of for long leaves when there are more than so many.
    package static let mostThreads = 500

    package struct Change: Sendable, Hashable {
        package var key: ThreadKey
        package var before: ThreadKnowledge.Verdict?
        /// Nil: the thread is no longer to be shown.
        package var after: ThreadKnowledge.Verdict?
    }

    private struct Entry: Sendable {
        var knowledge: ThreadKnowledge
        var place = ThreadPlace()
        /// Its process, by evidence: the registry, an event, a file held open.
        var process: Holder?
        /// In the order of their beginning.
        var number: Int
        /// No thread yet, only a process of an agent.
        var isPresence = false
    }

    private struct Holder: Sendable, Hashable {
        var pid: Int
        var start: String?
        /// It was seen in a table of processes.
        var wasSeen = false
    }

    private var entries: [ThreadKey: Entry] = [:]
    private var parents: [ThreadKey: String] = [:]
    private var names: [ThreadKey: String] = [:]
    /// By kind and file name.
    private var registry: [String: RegistryEntry] = [:]
    private var processes: [Int: ThreadProcess]?
    private var panes: [ThreadPane] = []
    private var begun = 0
    private var removed: [Change] = []

    package init() {}

    package init(_ stored: [ThreadKnowledge.Stored]) {
        for thread in stored { _ = insert(ThreadKnowledge(thread)) }
    }

    package var keys: [ThreadKey] { entries.sorted { $0.value.number < $1.value.number }.map(\.key) }
    package func knowledge(of key: ThreadKey) -> ThreadKnowledge? { entries[key]?.knowledge }
    package func verdict(of key: ThreadKey) -> ThreadKnowledge.Verdict? { entries[key]?.knowledge.verdict }
    package var stored: [ThreadKnowledge.Stored] {
        entries.values.filter { !$0.isPresence }.sorted { $0.number < $1.number }.map(\.knowledge.stored)
    }

    // MARK: - What comes in

    package mutating func take(_ report: ThreadReport, now: Timestamp) {
        if let thread = report.thread {
            let key = ThreadKey(kind: report.kind, id: thread)
            if let parent = report.parent { adopt(key, by: parent) }
            if report.isGone { return remove(key) }
            if let root = root(of: key) { return takeChild(report, root, now) }
            if report.isChild { return }
        }
        guard let key = key(for: report) else { return }
        // A source that says nothing makes no thread: an empty file, a line that only names another thread.
        if entries[key] == nil, report.signals.isEmpty { return }
        var entry = entries[key] ?? insert(ThreadKnowledge(key: key, now: now))
        if report.place.pane != nil || report.place.socket != nil {
            entry.place.pane = report.place.pane
            entry.place.socket = report.place.socket
        }
        if let pid = report.place.pid, entry.process?.pid != pid { entry.process = Holder(pid: pid) }
        entry.knowledge.take(report, now: now)
        entries[key] = entry
        if report.takesPane { takePane(of: key, now) }
    }

    /// A file of the registry as it stands, by its name.
    package mutating func take(registry entry: RegistryEntry?, name: String) {
        // A half-written file says nothing; what it said before stays.
        if let entry { registry[name] = entry }
    }

    package mutating func dropRegistry(name: String) {
        guard let entry = registry.removeValue(forKey: name) else { return }
        entries[ThreadKey(kind: entry.kind, id: entry.thread)]?.knowledge.dropRegistry()
    }

    /// The whole table of processes as it is now.
    package mutating func take(processes table: [ThreadProcess]) {
        processes = Dictionary(table.map { ($0.pid, $0) }, uniquingKeysWith: { $1 })
    }

    /// All panes of our multiplexers as they are now.
    package mutating func take(panes: [ThreadPane]) { self.panes = panes }

    package mutating func take(screen guess: ScreenGuess?, of key: ThreadKey, now: Timestamp) {
        entries[key]?.knowledge.take(guess, now: now)
    }

    /// The thread's pane was visible in a client that had the focus.
    package mutating func see(_ key: ThreadKey, now: Timestamp) { entries[key]?.knowledge.see(now: now) }

    /// The keeper told the end of its agent.
    package mutating func end(_ key: ThreadKey, exit: Exit, now: Timestamp) {
        entries[key]?.knowledge.end(rule: "the keeper says that it \(exit.spoken)", now: now)
        entries[key]?.process = nil
    }

    /// A name that an index of the agent gives; it may come before the thread.
    package mutating func name(_ key: ThreadKey, _ title: String, now: Timestamp) {
        names[key] = title
        entries[key]?.knowledge.name(title, now: now)
    }

    // MARK: - What comes out

    /// Works out every verdict and tells which are others than before.
    package mutating func settle(now: Timestamp) -> [Change] {
        verifyRegistry(now)
        followProcesses(now)
        var changes = removed
        removed = []
        for key in keys {
            guard var entry = entries[key] else { continue }
            entry.knowledge.presence = presence(of: entry, now)
            let before = entry.knowledge.settle(now: now)
            entries[key] = entry
            if let before { changes.append(Change(key: key, before: before, after: entry.knowledge.verdict)) }
        }
        prune()
        return changes
    }

    /// When `settle` may say something else although nothing comes in.
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

    private mutating func insert(_ knowledge: ThreadKnowledge) -> Entry {
        begun += 1
        var entry = Entry(knowledge: knowledge, number: begun)
        if let name = names[knowledge.key] { entry.knowledge.name(name, now: knowledge.verdict.since) }
        entries[knowledge.key] = entry
        return entry
    }

    private func key(for report: ThreadReport) -> ThreadKey? {
        if let thread = report.thread { return ThreadKey(kind: report.kind, id: thread) }
        let alive = entries.filter {
            $0.key.kind == report.kind && !$0.value.isPresence && $0.value.knowledge.verdict.state != .ended
        }
        if report.standsAlone { return ThreadKey(kind: report.kind, id: "directory:\(report.directory ?? "")") }
        if let pane = report.place.pane {
            let there = alive.filter { $0.value.place.pane == pane && $0.value.place.socket == report.place.socket }
            if there.count == 1 { return there.first?.key }
        }
        let near = alive.filter { report.directory == nil || $0.value.knowledge.directory == report.directory }
        // Never guess between two.
        return near.count == 1 ? near.first?.key : nil
    }

    private mutating func adopt(_ child: ThreadKey, by parent: String) {
        guard child.id != parent else { return }
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
    }

    private mutating func takePane(of key: ThreadKey, _ now: Timestamp) {
        guard let place = entries[key]?.place, place.pane != nil else { return }
        for other in keys where other != key && other.kind == key.kind {
            guard let entry = entries[other], entry.place.pane == place.pane, entry.place.socket == place.socket else { continue }
            entries[other]?.knowledge.end(rule: "another thread has begun in its pane", source: .hook, now: now)
        }
    }

    private mutating func remove(_ key: ThreadKey) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        removed.append(Change(key: key, before: entry.knowledge.verdict, after: nil))
    }

    // MARK: - Processes

    private mutating func verifyRegistry(_ now: Timestamp) {
        guard let processes else { return }
        for entry in registry.values.sorted(by: { $0.pid < $1.pid }) {
            guard let process = processes[entry.pid] else { continue }
            // The number may have gone to another program: the start token tells, or else the program's name.
            let isSame =
                if let start = entry.start, let actual = process.start { start == actual } else { process.kind == entry.kind }
            guard isSame else { continue }
            let key = ThreadKey(kind: entry.kind, id: entry.thread)
            var known = entries[key] ?? insert(ThreadKnowledge(key: key, now: now))
            known.process = Holder(pid: entry.pid, start: process.start, wasSeen: true)
            known.knowledge.take(entry, now: now)
            entries[key] = known
            for other in keys where other != key && other.kind == entry.kind {
                guard entries[other]?.process?.pid == entry.pid, entries[other]?.isPresence == false else { continue }
                entries[other]?.knowledge.end(rule: "its process has begun another thread", now: now)
                entries[other]?.process = nil
            }
        }
    }

    private mutating func followProcesses(_ now: Timestamp) {
        guard let processes else { return }
        for key in keys {
            guard var entry = entries[key] else { continue }
            if entry.process == nil { entry.process = holder(of: key, processes) }
            if var holder = entry.process {
                let actual = processes[holder.pid]
                let isThere = actual.map { holder.start == nil || $0.start == nil || holder.start == $0.start } ?? false
                if isThere {
                    holder.wasSeen = true
                    holder.start = holder.start ?? actual?.start
                    entry.process = holder
                } else if holder.wasSeen {
                    entry.knowledge.end(rule: "its process \(holder.pid) is gone", now: now)
                    entry.process = nil
                } else {
                    entry.process = nil
                }
            }
            entries[key] = entry
        }
        presentOthers(processes, now)
    }

    /// The process that holds one of its transcripts open.
    private func holder(of key: ThreadKey, _ processes: [Int: ThreadProcess]) -> Holder? {
        guard let paths = entries[key]?.knowledge.transcripts.keys, !paths.isEmpty else { return nil }
        let holders = processes.values.filter { process in
            process.kind == key.kind
                && process.openFiles.contains { open in paths.contains { $0 == open || $0.hasSuffix("/" + open) } }
        }
        return holders.count == 1 ? holders.first.map { Holder(pid: $0.pid, start: $0.start, wasSeen: true) } : nil
    }

    /// A foreground agent that no thread can be the one of is shown as what it is: a process.
    private mutating func presentOthers(_ processes: [Int: ThreadProcess], _ now: Timestamp) {
        let claimed = Set(entries.values.filter { !$0.isPresence }.compactMap(\.process?.pid))
        var unbound: [String: Int] = [:]
        for (key, entry) in entries where !entry.isPresence && entry.process == nil && entry.knowledge.exit == nil {
            unbound[key.kind, default: 0] += 1
        }
        var present: Set<ThreadKey> = []
        for process in processes.values.sorted(by: { $0.pid < $1.pid }) {
            guard let kind = process.kind, process.isForeground, !claimed.contains(process.pid) else { continue }
            // A wrapper and the program that it started are one agent.
            if let parent = processes[process.parent], parent.kind == kind { continue }
            if let left = unbound[kind], left > 0 {
                unbound[kind] = left - 1
                continue
            }
            let key = ThreadKey(kind: kind, id: "process:\(process.pid):\(process.start ?? "")")
            present.insert(key)
            guard entries[key] == nil else { continue }
            var entry = insert(ThreadKnowledge(key: key, now: now))
            entry.isPresence = true
            entry.process = Holder(pid: process.pid, start: process.start, wasSeen: true)
            entries[key] = entry
        }
        for key in keys where entries[key]?.isPresence == true && !present.contains(key) {
            // Its process has gone: that stays to be seen. It has found its thread: then it was never anything else.
            if entries[key]?.knowledge.exit == nil { remove(key) }
        }
    }

    private func presence(of entry: Entry, _ now: Timestamp) -> ThreadKnowledge.Presence {
        guard let processes else { return .unknown }
        if entry.process != nil { return .alive }
        let claimed = Set(entries.values.filter { !$0.isPresence }.compactMap(\.process?.pid))
        let kind = entry.knowledge.key.kind
        if processes.values.contains(where: { $0.kind == kind && !claimed.contains($0.pid) }) { return .alive }
        if case .none(let since) = entry.knowledge.presence { return .none(since: since) }
        return .none(since: now)
    }

    /// The longest silent of those that are over go first.
    private mutating func prune() {
        guard entries.count > Self.mostThreads else { return }
        let over = entries.filter {
            !$0.value.knowledge.verdict.state.isOpen && $0.value.process == nil && !$0.value.knowledge.verdict.isUnseen
        }
        .sorted { ($0.value.knowledge.lastGrowth ?? .never) < ($1.value.knowledge.lastGrowth ?? .never) }
        for (key, _) in over.prefix(entries.count - Self.mostThreads) { remove(key) }
    }
}
