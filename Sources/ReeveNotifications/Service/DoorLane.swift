import Logging
import ReeveModel

/// One route's queue, and who serves it. A lane waits for its own door only.
actor DoorLane {
    /// Notices that wait; beyond it the oldest is given up. A person who is told of a hundred old things is told of nothing.
    static let mostWaiting = Bookmark.mostWaiting

    nonisolated let route: NotificationRoute
    private let logger: Logger
    private var queue: [Notice] = []
    private var idle: [Int: CheckedContinuation<Void, Never>] = [:]
    private var next = 0
    private var isClosed = false
    /// Of the failures that follow each other only the first is a warning.
    private var isFailing = false
    private let done: @Sendable (Notice) -> Void

    /// - Parameter done: the notice has arrived or is given up; not called for one that was cancelled.
    init(_ route: NotificationRoute, logger: Logger, done: @escaping @Sendable (Notice) -> Void) {
        self.route = route
        self.logger = logger
        self.done = done
    }

    func put(_ notice: Notice) {
        guard !isClosed else { return }
        queue.append(notice)
        if queue.count > Self.mostWaiting {
            let lost = queue.removeFirst()
            logger.warning("notification given up: too many wait", metadata: ["door": "\(route.name)", "notice": "\(lost.key)"])
            done(lost)
        }
        wake()
    }

    /// What is in the queue is still delivered; nothing is added.
    func close() {
        isClosed = true
        wake()
    }

    /// Until it is closed and empty, or cancelled.
    nonisolated func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, route.width) { group.addTask { await self.serve() } }
        }
    }

    private func serve() async {
        while let notice = await take() {
            do throws(ReeveError) {
                try await route.door.deliver(notice)
                if isFailing { logger.info("notifications arrive again", metadata: ["door": "\(route.name)"]) }
                isFailing = false
            } catch {
                if Task.isCancelled { return }
                logger.log(
                    level: isFailing ? .debug : .warning,
                    "notification not delivered: \(error.spoken)",
                    metadata: ["door": "\(route.name)", "notice": "\(notice.key)"])
                isFailing = true
            }
            done(notice)
        }
    }

    private func take() async -> Notice? {
        while queue.isEmpty {
            if isClosed || Task.isCancelled { return nil }
            await news()
        }
        return Task.isCancelled ? nil : queue.removeFirst()
    }

    private func news() async {
        next += 1
        let number = next
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume() } else { idle[number] = continuation }
            }
        } onCancel: {
            // A bridge: cancellation handlers are synchronous, and the waiter is the actor's.
            Task { await self.wake() }
        }
    }

    private func wake() {
        let woken = idle
        idle = [:]
        for waiter in woken.values { waiter.resume() }
    }
}
