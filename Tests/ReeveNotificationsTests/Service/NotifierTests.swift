import Logging
import ReeveModel
import ReeveNotifications
import ReeveTestSupport
import ServiceLifecycle
import Synchronization
import Testing

/// What a notifier wrote down.
final class Keeper: Sendable {
    private let texts = Mutex<[String]>([])
    let refuses: Bool

    init(refuses: Bool = false) { self.refuses = refuses }

    var bookmarks: [Bookmark] { texts.withLock { $0 }.compactMap { Bookmark($0) } }
    var last: Bookmark? { bookmarks.last }

    func keep(_ text: String) throws {
        if refuses { throw ReeveError.unavailable("the disk is full") }
        texts.withLock { $0.append(text) }
    }
}

/// A notifier that runs, on virtual time.
struct RunningNotifier {
    let time: ManualTime
    let keeper: Keeper
    let send: AsyncThrowingStream<StoredEvent, any Error>.Continuation

    func waiting(_ seq: Int64, _ ticket: String) {
        send.yield(
            StoredEvent(
                seq: seq, time: time.wall(), kind: "agent.state", ticket: TicketID(ticket),
                data: #"{"agent":{"kind":"claude","state":"waiting","reason":"permission"}}"#))
    }

    func silent(_ seq: Int64) {
        send.yield(StoredEvent(seq: seq, time: time.wall(), kind: "queue.paused", ticket: nil, data: "{}"))
    }

    /// Lets time pass until it is so: whoever sends several events does not know in whose window each is.
    func windows(until isSo: () -> Bool) async -> Bool {
        await eventually {
            time.advance(by: .seconds(1))
            return isSo()
        }
    }

    /// Lets the window of what was sent pass.
    func window() async {
        _ = await eventually { time.hasSleepers }
        time.advance(by: .seconds(1))
    }

    static func with(
        _ routes: [NotificationRoute], bookmark: Bookmark = Bookmark(memory: NotificationMemory(cursor: 0)),
        keeper: Keeper = Keeper(),
        visible: Set<TicketID> = [], timePassesAtEnd: Bool = true,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: (RunningNotifier) async throws -> Void
    ) async throws {
        let (events, send) = AsyncThrowingStream<StoredEvent, any Error>.makeStream()
        let time = ManualTime()
        let notifier = Notifier(
            events: events, bookmark: bookmark, settings: .init(), routes: routes, time: time, localOffset: { _ in 0 },
            isVisible: { $0.intersection(visible) }, keep: { try keeper.keep($0) }, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [.init(service: notifier)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let running = RunningNotifier(time: time, keeper: keeper, send: send)
            try await body(running)
            await group.triggerGracefulShutdown()
            // Its bound is two seconds of the time that only moves here.
            if timePassesAtEnd {
                tasks.addTask {
                    while !Task.isCancelled {
                        time.advance(by: .seconds(1))
                        try? await Task.sleep(for: .milliseconds(2))
                    }
                }
            }
            try await tasks.next()
            tasks.cancelAll()
        }
    }
}

@Suite struct `The notifier` {
    @Test func `Every door gets what its kinds are, and each thing once`() async throws {
        let (all, some, none) = (RecordingDoor(), RecordingDoor(), RecordingDoor())
        let routes = [
            NotificationRoute(name: "all", door: all), NotificationRoute(name: "some", door: some, kinds: [.waiting, .lost]),
            NotificationRoute(name: "none", door: none, kinds: [.done]),
        ]
        try await RunningNotifier.with(routes) { running in
            running.waiting(1, "A")
            running.waiting(2, "A")
            await running.window()
            #expect(await eventually { all.notices.count == 1 && some.notices.count == 1 })
            running.waiting(3, "B")
            await running.window()
            #expect(await eventually { all.notices.count == 2 && some.notices.count == 2 })
        }
        #expect(all.notices.map(\.title) == ["A waits for you", "B waits for you"])
        #expect(none.notices.isEmpty)
        #expect(all.isClosed && some.isClosed && none.isClosed)
    }

    @Test func `A door that hangs or fails keeps no other one waiting, and not the end of the daemon`() async throws {
        let (stuck, good) = (StuckDoor(), RecordingDoor())
        let routes = [
            NotificationRoute(name: "stuck", door: stuck), NotificationRoute(name: "failing", door: FailingDoor()),
            NotificationRoute(name: "good", door: good),
        ]
        try await RunningNotifier.with(routes) { running in
            for number in 1...5 {
                running.waiting(Int64(number), "T\(number)")
                await running.window()
                #expect(await eventually { good.notices.count == number })
            }
            #expect(stuck.count == 1)
        }
    }

    @Test func `A route of width two delivers two at a time`() async throws {
        let stuck = StuckDoor()
        try await RunningNotifier.with([NotificationRoute(name: "stuck", door: stuck, width: 2)]) { running in
            for number in 1...4 {
                running.waiting(Int64(number), "T\(number)")
                await running.window()
                #expect(await eventually { running.keeper.last?.memory.cursor == Int64(number) })
            }
            #expect(await eventually { stuck.count == 2 })
        }
        #expect(stuck.count == 2)
    }

    @Test func `What is told is kept before it is delivered`() async throws {
        let door = RecordingDoor()
        let keeper = Keeper()
        try await RunningNotifier.with([NotificationRoute(name: "all", door: door)], keeper: keeper) { running in
            running.waiting(1, "A")
            await running.window()
            #expect(await eventually { door.notices.count == 1 })
            #expect(keeper.last?.memory.cursor == 1)
            #expect(keeper.last?.memory.told["A"] != nil)
        }
        // The next one reads from there, and is told the same again.
        let again = RecordingDoor()
        let bookmark = try #require(keeper.last)
        try await RunningNotifier.with([NotificationRoute(name: "all", door: again)], bookmark: bookmark) { running in
            running.waiting(1, "A")
            running.waiting(2, "A")
            running.waiting(3, "B")
            #expect(await running.windows { again.notices.count == 1 })
        }
        #expect(again.notices.map(\.title) == ["B waits for you"])
    }

    @Test func `News that wait at the end are told by the next daemon`() async throws {
        let (door, keeper) = (RecordingDoor(), Keeper())
        let routes = [NotificationRoute(name: "all", door: door)]
        try await RunningNotifier.with(routes, keeper: keeper, timePassesAtEnd: false) { running in
            running.waiting(1, "A")
            #expect(await eventually { running.time.hasSleepers })
        }
        #expect(door.notices.isEmpty)
        #expect(keeper.last?.memory.cursor == 0)
    }

    @Test func `A webhook's notices that have not arrived go on after a restart, with the same keys`() async throws {
        let (stuck, keeper) = (StuckDoor(), Keeper())
        try await RunningNotifier.with([NotificationRoute(name: "webhook.ci", door: stuck, isKept: true)], keeper: keeper) {
            running in
            for number in 1...2 {
                running.waiting(Int64(number), "T\(number)")
                await running.window()
                #expect(await eventually { keeper.last?.memory.cursor == Int64(number) })
            }
        }
        let bookmark = try #require(keeper.last)
        let keys = bookmark.waiting["webhook.ci"]?.map(\.key) ?? []
        #expect(keys.count == 2)
        let (good, next) = (RecordingDoor(), Keeper())
        let route = NotificationRoute(name: "webhook.ci", door: good, isKept: true)
        try await RunningNotifier.with([route], bookmark: bookmark, keeper: next) { _ in
            #expect(await eventually { good.notices.count == 2 && next.last?.waiting.isEmpty == true })
        }
        #expect(good.notices.map(\.key) == keys)
    }

    @Test func `What waits for a webhook that is no more is forgotten`() async throws {
        var bookmark = Bookmark(memory: NotificationMemory(cursor: 5))
        bookmark.put(Doors.notice(), for: "webhook.gone")
        let keeper = Keeper()
        try await RunningNotifier.with([], bookmark: bookmark, keeper: keeper) { _ in
            #expect(await eventually { keeper.last?.waiting.isEmpty == true })
        }
    }

    @Test func `A door that takes nothing gives up the oldest`() async throws {
        let (stuck, keeper) = (StuckDoor(), Keeper())
        try await RunningNotifier.with([NotificationRoute(name: "w", door: stuck, isKept: true)], keeper: keeper) { running in
            for number in 1...110 {
                running.waiting(Int64(number), "T\(number)")
                await running.window()
                #expect(await eventually { keeper.last?.memory.cursor == Int64(number) })
            }
        }
        #expect((keeper.last?.waiting["w"]?.count ?? 0) <= Bookmark.mostWaiting)
        #expect(keeper.last?.waiting["w"]?.last?.title == "T110 waits for you")
    }

    @Test func `A disk that takes nothing does not keep anybody from being told`() async throws {
        let door = RecordingDoor()
        try await RunningNotifier.with([NotificationRoute(name: "all", door: door)], keeper: Keeper(refuses: true)) { running in
            running.waiting(1, "A")
            await running.window()
            #expect(await eventually { door.notices.count == 1 })
        }
    }

    @Test func `Events that say nothing are not written down one by one`() async throws {
        let keeper = Keeper()
        try await RunningNotifier.with([], keeper: keeper) { running in
            for seq in 1...2500 { running.silent(Int64(seq)) }
            #expect(await eventually { (keeper.last?.memory.cursor ?? 0) >= 2000 })
        }
        #expect(keeper.bookmarks.count <= 5)
    }

    @Test func `Who looks at the pane is not told`() async throws {
        let door = RecordingDoor()
        try await RunningNotifier.with([NotificationRoute(name: "all", door: door)], visible: [Samples.id("A")]) { running in
            running.waiting(1, "A")
            running.waiting(2, "B")
            #expect(await running.windows { door.notices.count == 1 })
        }
        #expect(door.notices.map(\.title) == ["B waits for you"])
    }

    @Test func `An end of the events does not end the service`() async throws {
        let door = RecordingDoor()
        try await RunningNotifier.with([NotificationRoute(name: "all", door: door)]) { running in
            running.waiting(1, "A")
            running.send.finish(throwing: ReeveError.unavailable("the disk"))
            await running.window()
            #expect(await eventually { door.notices.count == 1 })
        }
    }
}
