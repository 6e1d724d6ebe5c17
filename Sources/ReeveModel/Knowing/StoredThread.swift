extension ThreadKnowledge {
    /// What is kept across restarts of the daemon. Transcripts and the registry are read again; what only a hook or a person told is not
    /// written anywhere else.
    package struct Stored: Sendable, Hashable, Codable {
        package var key: ThreadKey
        package var title: String?
        package var titleRank: Int
        package var titleAt: Timestamp?
        package var prompt: String?
        package var promptAt: Timestamp?
        package var directory: String?
        /// What the hooks had said last.
        package var hook: Evidence?
        package var ask: Signal.Ask?
        /// What the registry had said last.
        package var registry: Evidence?
        package var exit: Evidence?
        package var state: ThreadState
        package var source: EvidenceSource
        package var since: Timestamp
        package var firstSeen: Timestamp
        package var lastSeen: Timestamp
        /// Where it was, with its process; the roster knows.
        package var place = ThreadPlace()
        package var processStart: String?
        /// The launch whose agent had spoken of it last.
        package var speaker: String?

        package init(
            key: ThreadKey, title: String?, titleRank: Int, titleAt: Timestamp?, prompt: String?, promptAt: Timestamp?,
            directory: String?, hook: Evidence?, ask: Signal.Ask?, registry: Evidence?, exit: Evidence?, state: ThreadState,
            source: EvidenceSource, since: Timestamp, firstSeen: Timestamp, lastSeen: Timestamp
        ) {
            self.key = key
            self.title = title
            self.titleRank = titleRank
            self.titleAt = titleAt
            self.prompt = prompt
            self.promptAt = promptAt
            self.directory = directory
            self.hook = hook
            self.ask = ask
            self.registry = registry
            self.exit = exit
            self.state = state
            self.source = source
            self.since = since
            self.firstSeen = firstSeen
            self.lastSeen = lastSeen
        }
    }

    package var stored: Stored {
        Stored(
            key: key, title: title, titleRank: titleRank.rawValue, titleAt: titleAt, prompt: prompt, promptAt: promptAt,
            directory: directory, hook: hook.evidence(explicit: .hook, inferred: .hook), ask: hook.asks.last?.ask,
            registry: registry?.evidence, exit: exit, state: verdict.state, source: verdict.source, since: verdict.since,
            firstSeen: firstSeen, lastSeen: lastSeen)
    }

    package init(_ stored: Stored) {
        key = stored.key
        title = stored.title
        titleRank = Signal.TitleRank(rawValue: stored.titleRank) ?? .firstPrompt
        titleAt = stored.titleAt
        prompt = stored.prompt
        promptAt = stored.promptAt
        directory = stored.directory
        firstSeen = stored.firstSeen
        lastSeen = stored.lastSeen
        exit = stored.exit
        verdict = Verdict(
            state: stored.state, source: stored.source, rule: "kept from before the restart", matched: "", hasBackground: false,
            since: stored.since, isUnseen: stored.state.isNews && stored.since > stored.lastSeen, subagents: 0)
        if stored.source != .none, stored.source != .process, stored.source != .exit {
            kept = Evidence(
                source: stored.source, state: stored.state, rule: "kept from before the restart", at: stored.since,
                seen: stored.since)
        }
        if let evidence = stored.hook { hook.restore(evidence, ask: stored.ask) }
        registry = stored.registry.map { RegistryWord(kept: $0) }
    }
}
