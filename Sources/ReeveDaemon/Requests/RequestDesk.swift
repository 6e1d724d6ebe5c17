import Foundation
import Logging
import ReeveEngine
import ReeveJSON
import ReeveModel

/// Offers the branches of tickets whose review is a request, and follows what becomes of them. Decisions are `RequestTracker`'s; this keeps
/// one for each ticket, writes its record down before anything follows from it, and carries the rest out.
actor RequestDesk {
    /// Work for the service's task group: an actor must not start tasks of its own.
    enum Job: Sendable {
        case publish(TicketID)
        case look(TicketID, number: Int64)
        case wait(TicketID, Duration, turn: Int)
    }

    /// Before a record that could not be written is written again.
    private static let pause = Duration.seconds(1)

    let jobs: AsyncStream<Job>
    private let line: AsyncStream<Job>.Continuation
    private let requests: any MergeRequests
    private let queue: QueueActor
    private let metadata: MetadataDesk
    private let journal: any Journal
    private let interval: Duration
    private let time: any TimeSource
    private let logger: Logger
    private var trackers: [TicketID: RequestTracker] = [:]
    /// A later wait of a ticket takes the place of an earlier one.
    private var waits: [TicketID: Int] = [:]

    init(
        requests: any MergeRequests, queue: QueueActor, metadata: MetadataDesk, journal: any Journal, interval: Duration,
        time: any TimeSource, logger: Logger
    ) {
        (jobs, line) = AsyncStream.makeStream()
        self.requests = requests
        self.queue = queue
        self.metadata = metadata
        self.journal = journal
        self.interval = interval
        self.time = time
        self.logger = logger
    }

    static func key(_ ticket: TicketID) -> String { "request.\(ticket)" }

    // MARK: What happens to tickets

    /// After a start: what waits for its request is followed again.
    func resume() async {
        let open = (try? await journal.tickets(TicketQuery(states: [.review], limit: 10_000))) ?? []
        for ticket in open where ticket.progress?.review?.kind == .pr { await offer(ticket.id, isNew: false) }
    }

    /// A review has been opened, or is over.
    func heed(_ event: StoredEvent) async {
        guard let id = event.ticket else { return }
        switch event.kind {
        case "agent.review":
            guard let root = try? JSONDocument(Array(event.data.utf8)).root, root.member("review")?.string == "pr" else { return }
            if root.member("verdict")?.string == "open" { await offer(id, isNew: true) } else { await feed(id, .ended) }
        case "ticket.finished": await feed(id, .ended)
        case "ticket.removed": trackers[id] = nil
        default: break
        }
    }

    private func offer(_ id: TicketID, isNew: Bool) async {
        guard let ticket = try? await journal.ticket(id), let visit = ticket.progress?.visit else { return }
        guard ticket.extras.place != nil else {
            await say(
                id, "no worktree: make the request by hand, then reeve approve \(id)", tone: .warn)
            return
        }
        if trackers[id] == nil {
            let stored = (try? await journal.meta(Self.key(id))).flatMap { $0 }.flatMap { RequestRecord(stored: $0) }
            trackers[id] = RequestTracker(record: stored ?? RequestRecord(), interval: interval)
        }
        let isKnown = trackers[id]?.record.isAwaited == true
        await feed(id, isNew || !isKnown ? .offered(visit: visit) : .resumed)
    }

    // MARK: Carrying out

    /// One event of one ticket at a time: the record is on the disk before an effect follows.
    func feed(_ id: TicketID, _ event: RequestTracker.Event) async {
        guard var tracker = trackers[id] else { return }
        let effects = tracker.handle(event)
        trackers[id] = tracker
        for effect in effects {
            switch effect {
            case .record:
                let changes: [JournalChange] = [.setMeta(key: Self.key(id), value: tracker.record.stored)]
                while (try? await journal.enqueue(changes).value()) == nil, !Task.isCancelled {
                    try? await time.sleep(for: Self.pause)
                }
            case .publish: line.yield(.publish(id))
            case .look(let number): line.yield(.look(id, number: number))
            case .wait(let duration):
                waits[id, default: 0] += 1
                line.yield(.wait(id, duration, turn: waits[id] ?? 0))
            case .tell(let news): await tell(id, news)
            case .sendBack(let by, let text):
                await review(id, ReviewVerdict(isApproval: false, text: text, reviewer: by.joined(separator: ", ")))
            case .finish(let head):
                if let head { try? await journal.enqueue([.setMeta(key: QueueActor.mergedKey(id), value: head)]).value() }
                await review(id, ReviewVerdict(isApproval: true, text: "merged", reviewer: "the request"))
            }
        }
    }

    func isCurrent(_ id: TicketID, turn: Int) -> Bool { waits[id] == turn }

    func publish(_ id: TicketID) async {
        guard let record = trackers[id]?.record, let ticket = try? await journal.ticket(id), let place = ticket.extras.place
        else {
            return
        }
        let summary = ((try? await journal.stepRuns(of: id)) ?? []).last { !$0.summary.isEmpty }?.summary ?? ""
        let order = PublishOrder(
            ticket: id, place: place, title: ticket.title,
            body: [summary, ticket.body ?? ""].filter { !$0.isEmpty }.joined(separator: "\n\n"),
            lastPushed: record.pushed, mergedHead: record.mergedHead)
        let event: RequestTracker.Event
        do throws(ReeveError) { event = .published(try await requests.publish(order)) } catch { event = .failed(error) }
        await feed(id, event)
    }

    func look(_ id: TicketID, number: Int64) async {
        guard let ticket = try? await journal.ticket(id), let place = ticket.extras.place else { return }
        let event: RequestTracker.Event
        do throws(ReeveError) {
            event = .looked(try await requests.look(RequestReference(place: place, number: number)))
        } catch {
            event = .failed(error)
        }
        await feed(id, event)
    }

    private func review(_ id: TicketID, _ verdict: ReviewVerdict) async {
        do { _ = try await queue.review(id, verdict, CommandContext()) } catch {
            // A person was faster, or it has ended.
            logger.info("a request's end changes nothing", metadata: ["ticket": "\(id)", "error": "\(error)"])
        }
    }

    // MARK: Telling

    private func tell(_ id: TicketID, _ news: RequestNews) async {
        switch news {
        case .opened(let number, let url): await say(id, "request #\(number): \(url)", tone: .info)
        case .updated(let number, let url): await say(id, "request #\(number) has the new work: \(url)", tone: .info)
        case .advised(let advice):
            await say(id, "\(advice.reason); run: \(advice.commands.joined(separator: "; "))", tone: .warn)
        case .changesRequested(let by, let url): await say(id, "\(by.joined(separator: ", ")) wants changes: \(url)", tone: .warn)
        case .merged(let url): await say(id, "merged: \(url)", tone: .success)
        case .closed(let url): await say(id, "closed without a merge: \(url)", tone: .warn)
        case .trouble(let error): await say(id, error.spoken, tone: .warn)
        case .recovered: await say(id, "the provider answers again", tone: .info)
        }
    }

    private func say(_ id: TicketID, _ text: String, tone: MetadataTone) async {
        logger.info("request", metadata: ["ticket": "\(id)", "news": "\(text)"])
        _ = try? await metadata.add(line: text, tone: tone, source: "request", timeToLive: nil, to: .ticket(id))
        _ = try? await metadata.set(status: text, tone: tone, timeToLive: nil, of: .ticket(id))
    }
}
