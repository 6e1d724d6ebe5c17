/// Follows one ticket's request from the first push to its end. Pure: readings in, effects out. Whoever carries the effects out stores
/// `record` first, so that a restart goes on from it with `.resumed`; publishing and looking may both be repeated.
package struct RequestTracker: Sendable, Hashable {
    package enum Event: Sendable, Hashable {
        /// The work of this visit of the step is to be offered, and the ticket waits for what becomes of it.
        case offered(visit: Int)
        case published(PublishOutcome)
        case looked(RequestReading)
        /// Publishing or looking has failed.
        case failed(ReeveError)
        /// The time of `.wait` is over.
        case due
        /// A new process goes on with a stored record.
        case resumed
        /// The ticket waits no longer: a person has decided, or it has ended.
        case ended
    }

    package enum Effect: Sendable, Hashable {
        /// Store `record`, before all that follows.
        case record
        /// Comes back as `.published` or `.failed`.
        case publish
        /// Comes back as `.looked` or `.failed`.
        case look(number: Int64)
        /// Comes back as `.due`; takes the place of an earlier one.
        case wait(Duration)
        case tell(RequestNews)
        /// The review of the ticket is rejected with this.
        case sendBack(by: [String], text: String)
        /// The review is approved, and the worktree may go.
        case finish(mergedHead: String?)
    }

    /// The longest wait after failures, and between two tries while a person has something to do.
    package static let longestWait = Duration.seconds(900)

    package private(set) var record: RequestRecord
    private let interval: Duration
    private var isBusy = false
    /// The visit that is being published.
    private var publishing: Int?
    private var failures = 0
    private var hasEnded = false

    /// - Parameter interval: between two looks at an open request.
    package init(record: RequestRecord = RequestRecord(), interval: Duration) {
        self.record = record
        self.interval = interval
    }

    package mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .offered(let visit): return offered(visit)
        case .published(let outcome): return published(outcome)
        case .looked(let reading): return looked(reading)
        case .failed(let error): return failed(error)
        case .due, .resumed: return next()
        case .ended:
            hasEnded = true
            record.isAwaited = false
            record.wanted = nil
            return [.record]
        }
    }

    /// What is to be done now; nothing while something is being done.
    private mutating func next() -> [Effect] {
        guard !isBusy, !hasEnded else { return [] }
        if let visit = record.wanted {
            isBusy = true
            publishing = visit
            return [.publish]
        }
        guard record.stage == .open || record.stage == .changesRequested, let number = record.number else { return [] }
        isBusy = true
        return [.look(number: number)]
    }

    private mutating func offered(_ visit: Int) -> [Effect] {
        hasEnded = false
        record.wanted = visit
        record.isAwaited = true
        // What has ended stays ended: more work is a request of its own.
        if record.stage == .closed || record.stage == .merged {
            record.stage = record.pushed == nil ? .none : .pushed
            record.number = nil
            record.url = nil
        }
        return [.record] + next()
    }

    private mutating func published(_ outcome: PublishOutcome) -> [Effect] {
        isBusy = false
        // Another visit may have been offered meanwhile: its work is pushed too, at once.
        let isLatest = record.wanted == publishing
        publishing = nil
        switch outcome {
        case .requested(let number, let url, let pushed):
            let isNew = record.number != number
            failures = 0
            record.stage = .open
            record.number = number
            record.url = url
            record.pushed = pushed
            record.advice = nil
            if isLatest { record.wanted = nil }
            return [.record, .tell(isNew ? .opened(number: number, url: url) : .updated(number: number, url: url))]
                + goOn(isLatest)
        case .told(let advice, let pushed):
            let isNews = record.advice != advice
            failures += 1
            if let pushed {
                record.pushed = pushed
                if record.stage == .none { record.stage = .pushed }
            }
            record.advice = advice
            return [.record] + (isNews ? [.tell(.advised(advice))] : []) + (hasEnded ? [] : [.wait(patience)])
        case .nothingNew:
            failures = 0
            record.stage = .merged
            record.wanted = nil
            record.isAwaited = false
            return [.record, .finish(mergedHead: record.mergedHead)]
        }
    }

    private mutating func looked(_ reading: RequestReading) -> [Effect] {
        isBusy = false
        let recovered: [Effect] = failures > 0 ? [.tell(.recovered)] : []
        failures = 0
        // Of a request that is not followed any more.
        guard !hasEnded, reading.number == record.number else { return recovered + next() }
        record.url = reading.url
        let isAwaited = record.isAwaited
        switch reading.state {
        case .merged:
            record.stage = .merged
            record.mergedHead = reading.head
            // Work that is still to be offered, or goes on, is offered when it is done: perhaps there is nothing more to it.
            guard isAwaited, record.wanted == nil else {
                return recovered + [.record, .tell(.merged(url: reading.url))] + next()
            }
            record.isAwaited = false
            return recovered + [.record, .tell(.merged(url: reading.url)), .finish(mergedHead: reading.head)]
        case .closed:
            record.stage = .closed
            let news: [Effect] = [.record, .tell(.closed(url: reading.url))]
            guard isAwaited, record.wanted == nil else { return recovered + news + next() }
            record.isAwaited = false
            return recovered + news + [.sendBack(by: [], text: "\(reading.url) was closed without being merged.")]
        case .open: return recovered + open(reading)
        }
    }

    private mutating func open(_ reading: RequestReading) -> [Effect] {
        let before = record
        // What is said while the agent works waits until its work is offered again: then it is new to everybody.
        if let review = reading.review, review.id != record.heard, record.isAwaited, record.wanted == nil {
            record.stage = .changesRequested
            record.heard = review.id
            record.isAwaited = false
            return [
                .record, .tell(.changesRequested(by: review.by, url: reading.url)), .sendBack(by: review.by, text: review.text),
            ] + goOn(true)
        }
        if record.isAwaited || reading.review == nil { record.stage = .open }
        return (record == before ? [] : [.record]) + goOn(record.wanted == nil)
    }

    private mutating func failed(_ error: ReeveError) -> [Effect] {
        isBusy = false
        publishing = nil
        guard !hasEnded else { return [] }
        failures += 1
        return (failures == 1 ? [.tell(.trouble(error))] : []) + [.wait(patience)]
    }

    private mutating func goOn(_ isIdle: Bool) -> [Effect] {
        if hasEnded { return [] }
        return isIdle ? [.wait(interval)] : next()
    }

    /// Doubles with each failure in a row.
    private var patience: Duration {
        let wait = interval * (1 << min(failures, 10))
        return max(interval, min(wait, Self.longestWait))
    }
}

/// What people hear of a request.
package enum RequestNews: Sendable, Hashable {
    case opened(number: Int64, url: String)
    /// More work was pushed to it.
    case updated(number: Int64, url: String)
    case advised(RequestAdvice)
    case changesRequested(by: [String], url: String)
    case merged(url: String)
    case closed(url: String)
    /// The remote or the provider cannot be asked; it is tried again. Told once until it works.
    case trouble(ReeveError)
    case recovered
}
