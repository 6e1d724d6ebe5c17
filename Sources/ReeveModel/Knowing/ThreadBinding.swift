/// Which pane a thread is in: by evidence, or not at all.
package enum ThreadBinding: Sendable, Hashable {
    /// Strongest first.
    package enum Evidence: String, Sendable, Hashable {
        /// An event of the agent named its pane.
        case pane
        /// The pane's program is an ancestor of the agent's process.
        case ancestry
        /// The agent's process has the pane's terminal.
        case terminal
        /// The only pane nearby that runs this kind of agent.
        case agent
        /// The pane in the deepest directory that holds the thread's, and no other is as deep.
        case directory
    }

    case bound(ThreadPane, by: Evidence)
    /// It is one of these; to choose would be a guess.
    case maybe([ThreadPane])
    case none

    package var pane: ThreadPane? {
        if case .bound(let pane, _) = self { pane } else { nil }
    }

    /// What is known of one thread's whereabouts.
    package struct Candidate: Sendable, Hashable {
        package var key: ThreadKey
        package var place: ThreadPlace
        /// Its process, if that is known.
        package var process: Int?
        /// Its real directory.
        package var directory: String?
        package var lastGrowth: Timestamp

        package init(key: ThreadKey, place: ThreadPlace, process: Int?, directory: String?, lastGrowth: Timestamp) {
            self.key = key
            self.place = place
            self.process = process
            self.directory = directory
            self.lastGrowth = lastGrowth
        }
    }

    /// Binds all threads at once, so that a pane that is known to be one thread's is no other's maybe.
    ///
    /// - Parameter processes: nil when nobody has looked; then a directory alone may bind.
    package static func bind(
        _ threads: [Candidate], panes: [ThreadPane], processes: [Int: ThreadProcess]?
    ) -> [ThreadKey: ThreadBinding] {
        var result: [ThreadKey: ThreadBinding] = [:]
        var taken: Set<ThreadPane> = []
        var open: [Candidate] = []
        // Of two threads that one pane named, the later is in it.
        for thread in threads.sorted(by: { $0.lastGrowth > $1.lastGrowth }) {
            guard let found = known(thread, panes, processes ?? [:]) else {
                open.append(thread)
                continue
            }
            if let pane = found.pane, !taken.insert(pane).inserted {
                result[thread.key] = ThreadBinding.none
            } else {
                result[thread.key] = found
            }
        }
        let claimed = Set(threads.compactMap(\.process))
        var wanted: [ThreadPane: [Candidate]] = [:]
        for thread in open {
            let binding = nearby(thread, panes.filter { !taken.contains($0) }, processes, claimed)
            result[thread.key] = binding
            if let pane = binding.pane { wanted[pane, default: []].append(thread) }
        }
        for (pane, rivals) in wanted where rivals.count > 1 {
            for rival in rivals { result[rival.key] = .maybe([pane]) }
        }
        return result
    }

    /// By its own word or its process; `.none` where that leads elsewhere, nil where nothing is known.
    private static func known(_ thread: Candidate, _ panes: [ThreadPane], _ processes: [Int: ThreadProcess]) -> ThreadBinding? {
        if let id = thread.place.pane {
            let named = panes.filter { $0.id == id && (thread.place.socket == nil || $0.socket == thread.place.socket) }
            // Its pane is known and is none of ours: a directory proves nothing against that.
            return named.count == 1 ? .bound(named[0], by: .pane) : ThreadBinding.none
        }
        guard let pid = thread.process, let process = processes[pid] else { return nil }
        if let pane = ancestor(of: process, panes, processes) { return .bound(pane, by: .ancestry) }
        let sameTerminal = panes.filter { $0.tty != nil && $0.tty == process.tty }
        return sameTerminal.count == 1 ? .bound(sameTerminal[0], by: .terminal) : ThreadBinding.none
    }

    private static func ancestor(
        of process: ThreadProcess, _ panes: [ThreadPane], _ processes: [Int: ThreadProcess]
    ) -> ThreadPane? {
        var next: ThreadProcess? = process
        // A table that was read while processes came and went may hold a circle.
        for _ in 0..<64 {
            guard let current = next else { return nil }
            if let pane = panes.first(where: { $0.pid == current.pid }) { return pane }
            next = current.parent > 1 ? processes[current.parent] : nil
        }
        return nil
    }

    private static func nearby(
        _ thread: Candidate, _ panes: [ThreadPane], _ processes: [Int: ThreadProcess]?, _ claimed: Set<Int>
    ) -> ThreadBinding {
        guard let directory = thread.directory.map(components) else { return .none }
        let related = panes.compactMap { pane -> (pane: ThreadPane, depth: Int, isAbove: Bool)? in
            guard let path = pane.directory.map(components) else { return nil }
            if directory.starts(with: path) { return (pane, path.count, true) }
            return path.starts(with: directory) ? (pane, path.count, false) : nil
        }
        if let processes, processes.values.contains(where: { $0.kind == thread.key.kind && !claimed.contains($0.pid) }) {
            let agents = processes.values.filter { $0.kind == thread.key.kind && !claimed.contains($0.pid) }
            let running = related.filter { near in
                agents.contains { agent in
                    ancestor(of: agent, panes, processes) == near.pane || (near.pane.tty != nil && agent.tty == near.pane.tty)
                }
            }
            if running.count == 1 { return .bound(running[0].pane, by: .agent) }
            return running.isEmpty ? .none : .maybe(running.map(\.pane).sorted { $0.id < $1.id })
        }
        let above = related.filter(\.isAbove)
        guard let deepest = above.map(\.depth).max() else { return .none }
        let best = above.filter { $0.depth == deepest }.map(\.pane)
        return best.count == 1 ? .bound(best[0], by: .directory) : .maybe(best.sorted { $0.id < $1.id })
    }

    /// Names and not letters: `/w/app` does not hold `/w/application`.
    private static func components(_ path: String) -> [Substring] { path.split(separator: "/") }
}
