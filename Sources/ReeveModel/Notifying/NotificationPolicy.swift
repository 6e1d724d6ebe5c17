/// Who is to be told of what, and when. Pure: events and time go in, notices come out.
///
/// - Transitions are told and not states: the same situation of the same subject is told once, until it is over.
/// - News wait for `window`, so that a burst becomes one notice; what is over by then (a question that was answered) is not told.
/// - In quiet hours news are counted, and summed up once after. So are news that are old when they are read.
/// - `memory` is what a next process goes on with. It is whole only when `isSettled`: news that wait are read again from the log.
package struct NotificationPolicy: Sendable {
    package struct Settings: Sendable, Hashable {
        /// How long the first news waits for others.
        package var window: Duration
        /// So many of a kind in one window become one.
        package var foldFrom: Int
        package var quiet: QuietHours
        /// What is told in quiet hours too.
        package var passing: Set<NoticeKind>
        /// Older news only go into a summary.
        package var staleAfter: Duration

        package init(
            window: Duration = .seconds(1), foldFrom: Int = 3, quiet: QuietHours = QuietHours(), passing: Set<NoticeKind> = [],
            staleAfter: Duration = .seconds(600)
        ) {
            self.window = window
            self.foldFrom = foldFrom
            self.quiet = quiet
            self.passing = passing
            self.staleAfter = staleAfter
        }
    }

    private struct News: Sendable {
        var notice: Notice
        var subject: String
        var name: String
        var isStale: Bool
    }

    /// While bursts follow each other, one notice in so many windows.
    private static let calm = 10

    package var settings: Settings
    package private(set) var memory: NotificationMemory
    private var news: [News] = []
    /// When the news are told, in uptime.
    private var due: Duration?
    /// When a burst was folded last.
    private var lastFold: Duration?
    private let offset: @Sendable (Timestamp) -> Int

    /// - Parameter offset: of local time to UTC, in seconds, east positive; asked for each moment, for it changes twice a year.
    package init(
        _ settings: Settings = Settings(), memory: NotificationMemory, offset: @escaping @Sendable (Timestamp) -> Int
    ) {
        self.settings = settings
        self.memory = memory
        self.offset = offset
    }

    // MARK: In

    /// What was read before is left out.
    package mutating func take(_ happening: Happening, at now: Moment) {
        guard happening.seq > memory.cursor else { return }
        memory.cursor = happening.seq
        guard let fact = happening.fact else { return }
        let isStale = now.wall.milliseconds - happening.time.milliseconds > settings.staleAfter.milliseconds
        let place = (happening, isStale, now)
        switch fact {
        case .agent(let ticket, let kind, let state, let reason): agent(ticket, kind, state, reason, place)
        case .finished(let ticket, let state, let title, let reason):
            isOver(ticket)
            let kind: NoticeKind
            switch state {
            case .done: kind = .done
            case .failed: kind = .failed
            case .lost: kind = .lost
            case .queued, .running, .review, .cancelled: return
            }
            add(kind, ticket.text, ticket, NoticeText.ended(ticket, state, title: title, reason: reason), place)
        case .reviewOpened(let ticket, let step, let visit, let review):
            once(
                .review, ticket.text + "/review", "\(step)/\(visit)", ticket,
                NoticeText.review(ticket, step: step, review: review), place)
        case .reviewDecided(let ticket): end(ticket.text + "/review")
        case .braked(let agent, let failures, let reason):
            let text = NoticeText.queueHeld(agent: agent, reason: "\(failures) launches failed one after another: \(reason)")
            once(.queueHeld, Self.queue(agent), "", nil, text, place, name: agent ?? "all agents")
        case .unbraked(let agent): end(Self.queue(agent))
        case .queueResumed: for subject in memory.told.keys where subject.hasPrefix(Self.queue(nil)) { end(subject) }
        case .backend(let name, let isUp, let detail):
            guard !isUp else { return end("/backend/\(name)") }
            once(.backendDown, "/backend/\(name)", "", nil, NoticeText.backendDown(name, detail: detail), place, name: name)
        case .message(let ticket, let sender, let title, let body, let urgency):
            let text = NoticeText.message(sender, title: title, body: body)
            add(.message, "\(ticket?.text ?? "")/message/\(happening.seq)", ticket, text, place, urgency: urgency)
        case .removed(let ticket): isOver(ticket)
        }
    }

    private typealias Place = (happening: Happening, isStale: Bool, now: Moment)

    private static func queue(_ agent: String?) -> String { "/queue/" + (agent ?? "") }

    private mutating func agent(_ ticket: TicketID, _ kind: String, _ state: AgentState, _ reason: String?, _ place: Place) {
        // The engine's word for it, in the reason of an agent that goes on in whatever state it is.
        let failure = "switch_failed: "
        if let reason, reason.hasPrefix(failure) {
            let why = String(reason.dropFirst(failure.count))
            return once(.switchFailed, ticket.text + "/switch", why, ticket, NoticeText.switchFailed(ticket, reason: why), place)
        }
        end(ticket.text + "/switch")
        switch state {
        case .waiting:
            // A review is told by its own event, which names the step.
            if let reason, reason.hasSuffix("-review") { return end(ticket.text) }
            let text = NoticeText.waiting(ticket, agent: kind, reason: reason)
            once(.waiting, ticket.text, "waiting \(reason ?? "")", ticket, text, place)
        case .error:
            let text = NoticeText.error(ticket, agent: kind, reason: reason)
            once(.error, ticket.text, "error \(reason ?? "")", ticket, text, place)
        case .launching, .running, .tool, .done, .interrupted, .switching, .exited: end(ticket.text)
        // Nothing is known, so nothing has changed: after a restart every agent is unknown for a moment.
        case .lost, .unknown: break
        }
    }

    /// A ticket has ended: what it still wanted from anybody is void.
    private mutating func isOver(_ ticket: TicketID) {
        for subject in [ticket.text, ticket.text + "/switch", ticket.text + "/review"] { end(subject) }
    }

    private mutating func once(
        _ kind: NoticeKind, _ subject: String, _ situation: String, _ ticket: TicketID?, _ text: (title: String, body: String),
        _ place: Place, name: String? = nil
    ) {
        let situation = NoticeText.title(situation)
        guard memory.told[subject]?.situation != situation else { return }
        withdraw(subject)
        memory.note(situation, of: subject, seq: place.happening.seq)
        add(kind, subject, ticket, text, place, name: name)
    }

    private mutating func add(
        _ kind: NoticeKind, _ subject: String, _ ticket: TicketID?, _ text: (title: String, body: String), _ place: Place,
        name: String? = nil, urgency: NoticeUrgency? = nil
    ) {
        let (happening, isStale, now) = place
        let notice = Notice(
            key: key(kind, happening.seq, happening.time), seq: happening.seq, time: happening.time, kind: kind, ticket: ticket,
            urgency: urgency ?? kind.urgency, title: NoticeText.title(text.title), body: NoticeText.body(text.body))
        news.append(
            News(
                notice: notice, subject: subject, name: NoticeText.title(name ?? ticket?.text ?? notice.title), isStale: isStale))
        guard due == nil else { return }
        let isBurst = lastFold.map { now.uptime - $0 < settings.window * Self.calm } ?? false
        due = now.uptime + (isBurst ? settings.window * Self.calm : settings.window)
    }

    /// The event's time is in it because numbers begin anew with a new database.
    private func key(_ kind: NoticeKind, _ seq: Int64, _ time: Timestamp) -> String {
        "\(kind.rawValue)-\(seq)-\(String(time.milliseconds, radix: 36))"
    }

    /// The situation of a subject is over: it is told again when it comes again.
    private mutating func end(_ subject: String) {
        guard memory.told.removeValue(forKey: subject) != nil else { return }
        withdraw(subject)
    }

    private mutating func withdraw(_ subject: String) {
        // How a ticket ended is no situation that passes: only what is part of `told` is taken back.
        news.removeAll { $0.subject == subject && !$0.notice.kind.isFinal }
        memory.held.removeAll { $0.subject == subject && !$0.kind.isFinal }
        if news.isEmpty { due = nil }
    }

    // MARK: Out

    /// No news wait: `memory` is whole.
    package var isSettled: Bool { news.isEmpty }

    /// The tickets that news wait of.
    package var tickets: Set<TicketID> { Set(news.compactMap(\.notice.ticket)) }

    /// How long until `tell` has something to do, by the clocks as they go now; nil when only an event can change that.
    package func nextLook(at now: Moment) -> Duration? {
        if let due { return max(.zero, due - now.uptime) }
        guard !memory.held.isEmpty || !memory.uncounted.isEmpty else { return nil }
        guard isQuiet(now.wall) else { return .zero }
        // Quiet hours end with a minute. Each is looked at: the clock may be set and the zone may change meanwhile.
        let past = now.wall.milliseconds % 60_000
        return .milliseconds(60_000 - (past < 0 ? past + 60_000 : past))
    }

    /// What is to be told now.
    /// - Parameter visible: tickets whose pane somebody is looking at: they see it.
    package mutating func tell(at now: Moment, visible: Set<TicketID> = []) -> [Notice] {
        let isQuiet = isQuiet(now.wall)
        var told: [Notice] = []
        if let due, due <= now.uptime {
            var fresh: [News] = []
            for item in news where !(item.notice.ticket.map(visible.contains) ?? false) {
                if item.isStale || isQuiet && !settings.passing.contains(item.notice.kind) {
                    memory.hold(.init(kind: item.notice.kind, subject: item.subject, name: item.name))
                } else {
                    fresh.append(item)
                }
            }
            news = []
            self.due = nil
            told = fold(fresh, now)
        }
        if !isQuiet, isSettled, let summary = summary(now) { told.insert(summary, at: 0) }
        return told
    }

    private func isQuiet(_ moment: Timestamp) -> Bool { settings.quiet.contains(moment, offset: offset(moment)) }

    private mutating func fold(_ fresh: [News], _ now: Moment) -> [Notice] {
        var result: [Notice] = []
        var folded: Set<NoticeKind> = []
        for item in fresh where !folded.contains(item.notice.kind) {
            let alike = fresh.filter { $0.notice.kind == item.notice.kind }
            guard alike.count >= max(settings.foldFrom, 2), let last = alike.last?.notice else {
                result.append(item.notice)
                continue
            }
            folded.insert(item.notice.kind)
            let tally = Notice.Tally(
                kind: last.kind, count: alike.count, names: alike.prefix(Notice.Tally.mostNames).map(\.name))
            let text = NoticeText.folded(tally)
            let urgency = NoticeUrgency.allCases.last { urgency in alike.contains { $0.notice.urgency == urgency } }
            result.append(
                Notice(
                    key: last.key + "-\(alike.count)", seq: last.seq, time: last.time, kind: last.kind, ticket: nil,
                    urgency: urgency ?? last.urgency, title: text.title, body: NoticeText.body(text.body), tallies: [tally]))
        }
        if !folded.isEmpty { lastFold = now.uptime }
        return result
    }

    private mutating func summary(_ now: Moment) -> Notice? {
        let tallies = memory.takeTallies()
        guard !tallies.isEmpty else { return nil }
        let text = NoticeText.summary(tallies)
        return Notice(
            key: key(.summary, memory.cursor, now.wall), seq: memory.cursor, time: now.wall, kind: .summary, ticket: nil,
            urgency: NoticeKind.summary.urgency, title: text.title, body: text.body, tallies: tallies)
    }
}

extension NoticeKind {
    /// It tells of an end or a word, and stays true.
    fileprivate var isFinal: Bool {
        switch self {
        case .done, .failed, .lost, .message, .summary: true
        case .waiting, .error, .review, .switchFailed, .queueHeld, .backendDown: false
        }
    }
}
