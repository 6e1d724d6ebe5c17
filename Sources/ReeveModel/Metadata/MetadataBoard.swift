/// What is told of one ticket or session: a status, a progress, a log. A value; every change says what is to be written and told.
package struct MetadataBoard: Sendable, Hashable {
    /// Lines that are kept, the newest ones.
    package static let lines = 50
    /// Lines that a short look shows.
    package static let linesShown = 8
    package static let timeToLive: ClosedRange<Duration> = .seconds(1) ... .seconds(7 * 86_400)

    package var status: MetadataStatus?
    package var progress: MetadataProgress?
    /// The oldest first.
    package var log: [MetadataLine]

    package init(status: MetadataStatus? = nil, progress: MetadataProgress? = nil, log: [MetadataLine] = []) {
        self.status = status
        self.progress = progress
        self.log = log
    }

    /// What a change leads to; nothing at all when it would not be seen.
    package struct Outcome: Sendable, Hashable {
        package var changes: [MetadataChange] = []
        package var facts: [MetadataNews.Fact] = []
        package init(changes: [MetadataChange] = [], facts: [MetadataNews.Fact] = []) {
            self.changes = changes
            self.facts = facts
        }
    }

    // MARK: Changes

    /// The same words again change nothing, unless their time to live begins anew.
    package mutating func set(
        status text: String, tone: MetadataTone, timeToLive: Duration? = nil, now: Timestamp
    ) throws(ReeveError) -> Outcome {
        let text = MetadataText.line(text, limit: MetadataText.status)
        guard !text.isEmpty else { throw Self.empty("$.text", "metadata.clear takes a status away") }
        let fresh = MetadataStatus(text: text, tone: tone, time: now, expires: timeToLive.map { now.advanced(by: $0) })
        if let status, status.text == text, status.tone == tone, status.expires == nil, fresh.expires == nil { return Outcome() }
        status = fresh
        return Outcome(changes: [.putStatus(fresh)], facts: [.status(fresh)])
    }

    /// What looks the same — percent, numbers, label — changes nothing, unless its time to live begins anew.
    package mutating func set(
        progress amount: MetadataProgress.Amount, label: String?, timeToLive: Duration? = nil, now: Timestamp
    ) throws(ReeveError) -> Outcome {
        let amount = try Self.checked(amount)
        let label = label.map { MetadataText.line($0, limit: MetadataText.label) }.flatMap { $0.isEmpty ? nil : $0 }
        let fresh = MetadataProgress(amount: amount, label: label, time: now, expires: timeToLive.map { now.advanced(by: $0) })
        if let progress, progress.label == label, progress.expires == nil, fresh.expires == nil,
            Self.looksAlike(progress.amount, amount)
        {
            return Outcome()
        }
        progress = fresh
        return Outcome(changes: [.putProgress(fresh)], facts: [.progress(fresh)])
    }

    package mutating func add(
        line message: String, tone: MetadataTone, source: String?, timeToLive: Duration? = nil, now: Timestamp
    ) throws(ReeveError) -> Outcome {
        let line = try append(message, tone, source, timeToLive, now)
        return Outcome(changes: cutLog(.putLine(line)), facts: [.log(line)])
    }

    /// A notification is told once and leaves a line in the log: who was away finds it there.
    package mutating func notify(
        _ body: String, title: String?, urgency: MetadataUrgency, now: Timestamp
    ) throws(ReeveError) -> Outcome {
        let title = title.map { MetadataText.line($0, limit: MetadataText.title) }.flatMap { $0.isEmpty ? nil : $0 }
        let body = MetadataText.line(body, limit: MetadataText.message)
        guard !body.isEmpty else { throw Self.empty("$.body", "say what the person is to know") }
        let line = try append(title.map { "\($0): \(body)" } ?? body, urgency.tone, "notify", nil, now)
        let notice = MetadataNotice(title: title, body: body, urgency: urgency)
        return Outcome(changes: cutLog(.putLine(line)), facts: [.notify(notice), .log(line)])
    }

    package mutating func clear(_ parts: Set<MetadataPart>) -> Outcome {
        var changes: [MetadataChange] = []
        var cleared: [MetadataPart] = []
        if parts.contains(.status), status != nil {
            status = nil
            changes.append(.removeStatus)
            cleared.append(.status)
        }
        if parts.contains(.progress), progress != nil {
            progress = nil
            changes.append(.removeProgress)
            cleared.append(.progress)
        }
        if parts.contains(.log), let last = log.last {
            log = []
            changes.append(.removeLines(upTo: last.number))
            cleared.append(.log)
        }
        return cleared.isEmpty ? Outcome() : Outcome(changes: changes, facts: [.cleared(cleared, expired: false)])
    }

    // MARK: Time to live

    /// Takes away what is over at `now`. An entry is there until its time has come, and gone at it.
    package mutating func expire(at now: Timestamp) -> Outcome {
        var changes: [MetadataChange] = []
        var cleared: [MetadataPart] = []
        if let end = status?.expires, end <= now {
            status = nil
            changes.append(.removeStatus)
            cleared.append(.status)
        }
        if let end = progress?.expires, end <= now {
            progress = nil
            changes.append(.removeProgress)
            cleared.append(.progress)
        }
        let over = log.filter { $0.expires.map { $0 <= now } ?? false }
        if !over.isEmpty {
            log.removeAll { $0.expires.map { $0 <= now } ?? false }
            changes += over.map { .removeLine($0.number) }
            cleared.append(.log)
        }
        return cleared.isEmpty ? Outcome() : Outcome(changes: changes, facts: [.cleared(cleared, expired: true)])
    }

    /// As it is at `now`, whether or not somebody has taken away what is over.
    package func seen(at now: Timestamp) -> MetadataBoard {
        var board = self
        _ = board.expire(at: now)
        return board
    }

    package var nextExpiry: Timestamp? {
        ([status?.expires, progress?.expires] + log.map(\.expires)).compactMap(\.self).min()
    }

    // MARK: Rules

    /// - Throws: `invalid_params` for an amount that is none.
    private static func checked(_ amount: MetadataProgress.Amount) throws(ReeveError) -> MetadataProgress.Amount {
        switch amount {
        case .percent(let percent):
            guard (0...100).contains(percent) else {
                throw .invalid("$.percent", "\(percent) is no percentage", hint: "0 to 100, whole; or fraction, 0 to 1")
            }
        case .fraction(let share):
            guard (0...10_000).contains(share) else {
                throw .invalid("$.fraction", "a fraction is 0 to 1", hint: "percent is 0 to 100")
            }
        case .steps(let current, let total):
            guard total > 0 else { throw .invalid("$.total", "the total is 1 or more") }
            guard (0...total).contains(current) else {
                throw .invalid("$.current", "\(current) of \(total) cannot be", hint: "0 to the total")
            }
        }
        return amount
    }

    private static func looksAlike(_ a: MetadataProgress.Amount, _ b: MetadataProgress.Amount) -> Bool {
        switch (a, b) {
        case (.steps, .steps): a == b
        case (.steps, _), (_, .steps): false
        default: a.percent == b.percent
        }
    }

    private mutating func append(
        _ message: String, _ tone: MetadataTone, _ source: String?, _ timeToLive: Duration?, _ now: Timestamp
    ) throws(ReeveError) -> MetadataLine {
        let message = MetadataText.line(message, limit: MetadataText.message)
        guard !message.isEmpty else { throw Self.empty("$.message", "a line has at least one visible character") }
        let source = source.map { MetadataText.line($0, limit: MetadataText.source) }.flatMap { $0.isEmpty ? nil : $0 }
        let line = MetadataLine(
            number: (log.last?.number ?? 0) + 1, message: message, tone: tone, source: source, time: now,
            expires: timeToLive.map { now.advanced(by: $0) })
        log.append(line)
        return line
    }

    /// The change, and what goes for it.
    private mutating func cutLog(_ change: MetadataChange) -> [MetadataChange] {
        guard log.count > Self.lines else { return [change] }
        let last = log[log.count - Self.lines - 1].number
        log.removeFirst(log.count - Self.lines)
        return [change, .removeLines(upTo: last)]
    }

    private static func empty(_ path: String, _ hint: String) -> ReeveError {
        .invalid(path, "nothing in it can be seen", hint: hint)
    }
}
