import ReeveModel
import ReeveNotifications
import ReeveTestSupport
import Synchronization

/// Notices and doors for tests.
enum Doors {
    static func notice(
        _ key: String = "k", kind: NoticeKind = .waiting, ticket: TicketID? = Samples.id("A"), title: String = "A waits for you",
        body: String = "claude: permission"
    ) -> Notice {
        Notice(
            key: key, seq: 1, time: Samples.now, kind: kind, ticket: ticket, urgency: kind.urgency, title: title, body: body)
    }
}

/// Writes down what it gets.
final class RecordingDoor: NotificationDoor {
    private let got = Mutex<[Notice]>([])
    private let closed = Mutex(false)
    var notices: [Notice] { got.withLock { $0 } }
    var isClosed: Bool { closed.withLock { $0 } }

    func deliver(_ notice: Notice) async throws(ReeveError) { got.withLock { $0.append(notice) } }
    func close() async { closed.withLock { $0 = true } }
}

/// Takes what it is given and never comes back, but for being cancelled.
final class StuckDoor: NotificationDoor {
    private let got = Mutex(0)
    var count: Int { got.withLock { $0 } }

    func deliver(_ notice: Notice) async throws(ReeveError) {
        got.withLock { $0 += 1 }
        for await _ in AsyncStream<Void>(unfolding: {
            try? await Task.sleep(for: .seconds(3600)); return nil
        }) {}
        if Task.isCancelled { throw ReeveError(.shuttingDown, "cancelled") }
    }
}

struct FailingDoor: NotificationDoor {
    func deliver(_ notice: Notice) async throws(ReeveError) { throw .unavailable("never") }
}
