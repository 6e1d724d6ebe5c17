package import Logging
package import ReeveModel
import ServiceLifecycle

/// Reads events, asks the policy, hands notices to the doors. No door waits for another.
///
/// What is told is first kept and then delivered. So a person is told at most once, whatever ends the process between the two; a webhook,
/// which knows repeats by their key, is told at least once.
package actor Notifier<Events: AsyncSequence & Sendable>: Service where Events.Element == StoredEvent {
    private let events: Events
    private let lanes: [DoorLane]
    private let time: any TimeSource
    private let isVisible: @Sendable (Set<TicketID>) async -> Set<TicketID>
    private let keep: @Sendable (String) async throws -> Void
    private let grace: Duration
    private let logger: Logger

    private var policy: NotificationPolicy
    private var bookmark: Bookmark
    /// What was written down last; nil until something was.
    private var kept: Bookmark?
    private var isKeeping = false
    private var keepers: [CheckedContinuation<Void, Never>] = []
    private var cannotKeep = false
    /// When the nearest look is, in uptime.
    private var armed: Duration?
    private let looks: AsyncStream<(deadline: Duration, wait: Duration)>
    private let look: AsyncStream<(deadline: Duration, wait: Duration)>.Continuation
    private let finished: AsyncStream<(String, Notice)>
    private let finish: AsyncStream<(String, Notice)>.Continuation

    /// - Parameters:
    ///   - events: those after `bookmark.memory.cursor`, in order, without end.
    ///   - bookmark: what `keep` was given last.
    ///   - isVisible: of these tickets, those whose pane is in front of somebody. Asked right before they are told of it.
    ///   - keep: makes a bookmark's text durable; returns when it is.
    ///   - grace: how long doors may take at a shutdown for what they have.
    package init(
        events: Events, bookmark: Bookmark, settings: NotificationPolicy.Settings, routes: [NotificationRoute],
        time: any TimeSource, localOffset: @escaping @Sendable (Timestamp) -> Int,
        isVisible: @escaping @Sendable (Set<TicketID>) async -> Set<TicketID> = { _ in [] },
        keep: @escaping @Sendable (String) async throws -> Void, grace: Duration = .seconds(2), logger: Logger
    ) {
        self.events = events
        self.time = time
        self.isVisible = isVisible
        self.keep = keep
        self.grace = grace
        self.logger = logger
        self.bookmark = bookmark
        policy = NotificationPolicy(settings, memory: bookmark.memory, offset: localOffset)
        (looks, look) = AsyncStream.makeStream()
        (finished, finish) = AsyncStream.makeStream()
        let finish = finish
        lanes = routes.map { route in DoorLane(route, logger: logger) { finish.yield((route.name, $0)) } }
    }

    /// Another configuration counts from the next event on.
    package func set(_ settings: NotificationPolicy.Settings) {
        policy.settings = settings
        arm()
    }

    package func run() async throws {
        await resume()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.settle() }
            await serveAndRead()
            finish.finish()
            await group.waitForAll()
        }
        for lane in lanes { await lane.route.door.close() }
        await remember()
    }

    private func serveAndRead() async {
        await withTaskGroup(of: Void.self) { group in
            let lanes = lanes
            group.addTask { await Self.serve(lanes) }
            await cancelWhenGracefulShutdown {
                await withDiscardingTaskGroup { inner in
                    inner.addTask { await self.read() }
                    inner.addTask { await self.tellInTime() }
                }
            }
            // News that wait are behind the cursor and told after the next start. What the doors have got has its time.
            for lane in lanes { await lane.close() }
            let (time, grace) = (time, grace)
            group.addTask { try? await time.sleep(for: grace) }
            await group.next()
            group.cancelAll()
        }
    }

    private static func serve(_ lanes: [DoorLane]) async {
        await withDiscardingTaskGroup { group in
            for lane in lanes { group.addTask { await lane.run() } }
        }
    }

    // MARK: Events in

    /// What had not arrived when the last process ended. Of routes that are no more it is forgotten.
    private func resume() async {
        let routes = Set(lanes.filter { $0.route.isKept }.map(\.route.name))
        bookmark.waiting = bookmark.waiting.filter { routes.contains($0.key) }
        for lane in lanes { for notice in bookmark.waiting[lane.route.name] ?? [] { await lane.put(notice) } }
        arm()
        await remember()
    }

    private func read() async {
        do {
            for try await event in events {
                take(event)
                // Events that say nothing move only the cursor; it is not written down at each.
                if let kept, policy.isSettled, policy.memory.cursor - kept.memory.cursor >= Self.longestCursorLag {
                    await remember()
                }
            }
        } catch {
            if Task.isCancelled { return }
            logger.error("no more notifications: events cannot be read: \(error)")
        }
        // Its end would end the daemon: notifications are worth less than that.
        try? await gracefulShutdown()
    }

    private func take(_ event: StoredEvent) {
        policy.take(Happening(event), at: now)
        arm()
    }

    private var now: Moment { Moment(wall: time.wall(), uptime: time.uptime()) }

    // MARK: Notices out

    /// A sleeper for the next look, unless one wakes by then.
    private func arm() {
        guard let wait = policy.nextLook(at: now) else { return }
        let deadline = time.uptime() + wait
        if let armed, armed <= deadline { return }
        armed = deadline
        look.yield((deadline, wait))
    }

    private func tellInTime() async {
        await withDiscardingTaskGroup { group in
            for await (deadline, wait) in looks {
                group.addTask {
                    guard (try? await self.time.sleep(for: wait)) != nil else { return }
                    await self.tell(due: deadline)
                }
            }
            group.cancelAll()
        }
    }

    private func tell(due deadline: Duration) async {
        // A sleeper that an earlier one has overtaken.
        guard armed == deadline else { return }
        armed = nil
        defer { arm() }
        guard policy.nextLook(at: now) == .zero else { return }
        let tickets = policy.tickets
        let visible = tickets.isEmpty ? [] : await isVisible(tickets)
        // News that came meanwhile are told with the others: nobody looked for their pane, so they may be told to somebody who sees it.
        let notices = policy.tell(at: now, visible: visible)
        var deliveries: [(DoorLane, Notice)] = []
        for notice in notices {
            for lane in lanes {
                guard let narrowed = notice.narrowed(to: lane.route.kinds) else { continue }
                deliveries.append((lane, narrowed))
                if lane.route.isKept { bookmark.put(narrowed, for: lane.route.name) }
            }
        }
        await remember()
        for (lane, notice) in deliveries { await lane.put(notice) }
    }

    // MARK: What is kept

    private func settle() async {
        for await (route, notice) in finished {
            guard bookmark.waiting[route] != nil else { continue }
            bookmark.remove(notice.key, of: route)
            await remember()
        }
    }

    /// Events that are read again at a start, at most.
    private static var longestCursorLag: Int64 { 1000 }

    /// Returns when what is true now is written down.
    private func remember() async {
        if policy.isSettled { bookmark.memory = policy.memory }
        // One after the other, so that the newest is the last.
        while isKeeping { await withCheckedContinuation { keepers.append($0) } }
        guard needsKeeping else { return }
        isKeeping = true
        let writing = bookmark
        do {
            try await keep(writing.text)
            cannotKeep = false
        } catch {
            if !cannotKeep { logger.warning("how far notifications have come is not kept: \(error)") }
            cannotKeep = true
        }
        kept = writing
        isKeeping = false
        let waiting = keepers
        keepers = []
        for waiter in waiting { waiter.resume() }
    }

    private var needsKeeping: Bool {
        guard let kept, !cannotKeep else { return true }
        return bookmark.waiting != kept.waiting || !bookmark.memory.saysTheSame(as: kept.memory)
            || bookmark.memory.cursor - kept.memory.cursor >= Self.longestCursorLag
    }
}
