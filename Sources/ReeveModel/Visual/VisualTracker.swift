/// Shows one ticket's work to its reviewer: its server is started, its page waited for and opened, its server stopped when the review is
/// over. Pure: events in, effects out. A review is approved and rejected by people whatever becomes of this.
package struct VisualTracker: Sendable, Hashable {
    package enum Event: Sendable, Hashable {
        /// The work of a visit is to be shown; `isServed`: its server runs already, which a process before this one has started.
        case offered(VisualPage, visit: Int, since: Timestamp, isServed: Bool)
        /// The server's command runs.
        case served
        /// It could not be started.
        case refused(ReeveError)
        /// Nil: the page is there.
        case looked(problem: String?)
        /// The time of `.wait` is over.
        case due
        /// Nil: its session is gone.
        case serverEnded(Exit?)
        /// The command that opens pages has been run.
        case opened(problem: ReeveError?)
        /// The review is over.
        case ended
    }

    package enum Effect: Sendable, Hashable {
        /// Store `record`, before all that follows.
        case record
        /// Comes back as `.served` or `.refused`.
        case serve(VisualPage)
        /// Comes back as `.looked`.
        case look(url: String)
        /// Comes back as `.due`.
        case wait(Duration)
        /// Comes back as `.opened`.
        case open(url: String)
        case tell(VisualNews)
        /// The server, if it runs, is to end; nothing is kept of the ticket.
        case stop
    }

    /// Between two looks, while the page is expected.
    package static let interval = Duration.milliseconds(250)
    /// After that: a server that has to be mended by hand is noticed too.
    package static let patience = Duration.seconds(5)

    private enum Stage: Sendable, Hashable { case idle, serving, waiting, shown }

    package private(set) var record: VisualRecord?
    private var page: VisualPage?
    private var stage = Stage.idle
    private var since: Duration = .zero
    private var isLate = false
    /// A `.serve` is under way: nothing else is started, and nothing is left of it that is not wanted any more.
    private var isStarting = false
    private var started: VisualPage?

    package init(record: VisualRecord?) { self.record = record }

    /// Nothing is shown, and nothing under way.
    package var isOver: Bool { record == nil && !isStarting }

    /// - Parameter uptime: a moment of the clock that only runs forward.
    package mutating func handle(_ event: Event, at uptime: Duration) -> [Effect] {
        switch event {
        case .offered(let page, let visit, let since, let isServed): return offered(page, visit, since, isServed, uptime)
        case .served: return served(uptime)
        case .refused(let error): return refused(error)
        case .looked(let problem): return looked(problem, uptime)
        case .due:
            guard stage == .waiting, let page else { return [] }
            return [.look(url: page.url)]
        case .serverEnded(let exit):
            guard stage == .waiting || stage == .shown else { return [] }
            // One that leaves a server behind and ends well is looked at all the same.
            if exit?.isSuccess == true { return [] }
            stage = .idle
            return [.tell(.serverEnded(exit))]
        case .opened(let problem):
            guard let page, let problem else { return [] }
            return [.tell(.notOpened(url: page.url, problem))]
        case .ended:
            stage = .idle
            page = nil
            record = nil
            return [.record, .stop]
        }
    }

    private mutating func offered(
        _ page: VisualPage, _ visit: Int, _ begun: Timestamp, _ isServed: Bool, _ uptime: Duration
    ) -> [Effect] {
        // Told twice.
        let isSame = record?.isOf(visit, begun) == true
        if self.page == page, isSame, stage != .idle { return [] }
        self.page = page
        if !isSame { record = VisualRecord(visit: visit, since: begun) }
        isLate = false
        if page.command.isEmpty || isServed { return [.record] + wait(page, uptime) }
        stage = .serving
        if isStarting { return [.record] }
        isStarting = true
        started = page
        return [.record, .serve(page)]
    }

    private mutating func served(_ uptime: Duration) -> [Effect] {
        isStarting = false
        // The review has ended, or is another's, since it was asked for.
        guard stage == .serving, let page else { return [.stop] }
        if started == page { return wait(page, uptime) }
        isStarting = true
        started = page
        return [.stop, .serve(page)]
    }

    private mutating func refused(_ error: ReeveError) -> [Effect] {
        isStarting = false
        guard stage == .serving, let page else { return [] }
        if started != page {
            isStarting = true
            started = page
            return [.serve(page)]
        }
        stage = .idle
        return [.tell(.refused(error))]
    }

    private mutating func wait(_ page: VisualPage, _ uptime: Duration) -> [Effect] {
        stage = .waiting
        since = uptime
        return [.look(url: page.url)]
    }

    private mutating func looked(_ problem: String?, _ uptime: Duration) -> [Effect] {
        guard stage == .waiting, let page, let before = record else { return [] }
        if let problem {
            if isLate { return [.wait(Self.patience)] }
            guard uptime - since >= page.timeout else { return [.wait(Self.interval)] }
            isLate = true
            return [.tell(.late(url: page.url, after: page.timeout, problem: problem)), .wait(Self.patience)]
        }
        stage = .shown
        record?.isShown = true
        return before.isShown ? [] : [.record, .tell(.ready(url: page.url)), .open(url: page.url)]
    }
}

/// What people hear of a page that they are to look at.
package enum VisualNews: Sendable, Hashable {
    case ready(url: String)
    case late(url: String, after: Duration, problem: String)
    /// The server could not be started.
    case refused(ReeveError)
    case serverEnded(Exit?)
    /// The page is there, and the command that opens pages has failed.
    case notOpened(url: String, ReeveError)
}
