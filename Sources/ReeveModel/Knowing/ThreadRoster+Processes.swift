// Which process is whose. A process tells that an agent is alive or has ended; never what it is doing.

extension ThreadRoster {
    mutating func sortProcesses(_ now: Timestamp) {
        guard let processes else { return }
        verifyRegistry(processes, now)
        followProcesses(processes, now)
        presentOthers(processes, now)
    }

    private mutating func verifyRegistry(_ processes: [Int: ThreadProcess], _ now: Timestamp) {
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
            leaveProcess(entry.pid, except: key, now)
        }
    }

    /// `/clear`, `/new` and `/resume`: the process goes on with another thread.
    mutating func leaveProcess(_ pid: Int, except key: ThreadKey, _ now: Timestamp) {
        for (other, former) in entries where other != key && other.kind == key.kind && !former.isPresence {
            guard former.process?.pid == pid else { continue }
            entries[other]?.knowledge.end(rule: "its process has begun another thread", now: now)
            entries[other]?.process = nil
            touch(other)
        }
    }

    /// The nearest ancestor that is such an agent, by number and start.
    mutating func place(_ entry: inout Entry, among ancestors: [ThreadPlace.Ancestor]) {
        let kind = entry.knowledge.key.kind
        var agent: ThreadProcess?
        for ancestor in ancestors where agent == nil {
            guard let process = processes?[ancestor.pid], process.kind == kind, process.start == ancestor.start else { continue }
            agent = process
        }
        guard let agent else {
            // It may be newer than the table.
            if entry.process == nil { entry.ancestors = ancestors }
            return
        }
        entry.ancestors = []
        guard entry.process?.pid != agent.pid || entry.process?.start != agent.start else { return }
        entry.process = Holder(pid: agent.pid, start: agent.start, wasSeen: true)
        isUnsorted = true
    }

    private mutating func followProcesses(_ processes: [Int: ThreadProcess], _ now: Timestamp) {
        for key in keys {
            guard var entry = entries[key] else { continue }
            if entry.process == nil, entry.knowledge.exit == nil { entry.process = holder(of: key, processes) }
            if entry.process == nil, !entry.ancestors.isEmpty { place(&entry, among: entry.ancestors) }
            if var holder = entry.process {
                let actual = processes[holder.pid]
                let isThere = actual.map { holder.start == nil || $0.start == nil || holder.start == $0.start } ?? false
                if isThere {
                    holder.wasSeen = true
                    holder.start = holder.start ?? actual?.start
                    entry.process = holder
                } else {
                    // A number that was only told proves nothing by its absence.
                    if holder.wasSeen { entry.knowledge.end(rule: "its process \(holder.pid) is gone", now: now) }
                    entry.process = nil
                }
            }
            entries[key] = entry
        }
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
        let claimed = claimedProcesses
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

    private var claimedProcesses: Set<Int> { Set(entries.values.filter { !$0.isPresence }.compactMap(\.process?.pid)) }

    func presence(of entry: Entry, _ now: Timestamp) -> ThreadKnowledge.Presence {
        guard let processes else { return .unknown }
        if entry.process != nil { return .alive }
        let kind = entry.knowledge.key.kind
        let claimed = claimedProcesses
        if processes.values.contains(where: { $0.kind == kind && !claimed.contains($0.pid) }) { return .alive }
        if case .none(let since) = entry.knowledge.presence { return .none(since: since) }
        return .none(since: now)
    }
}
