import Foundation
import ReeveClient
import ReeveJSON
import ReeveModel
import ReeveWire
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// One who follows all events, and one who follows those of tickets alone; both resume at their cursors whenever the daemon is back.
final class Subscribers: Sendable {
    private let history: Mutex<EventHistory>
    /// The numbers of ticket events as each of the two got them.
    private let ticketNumbers = Mutex<(all: [Int64], filtered: [Int64])>(([], []))
    private let diary: Diary
    private let trigger: KillTrigger
    private let socket: String
    /// Its write end stays open: the client waits for events for as long as somebody would read this.
    private let pipe = Pipe()

    init(socket: String, limits: EventHistory.Limits, diary: Diary, trigger: KillTrigger) {
        self.socket = socket
        self.diary = diary
        self.trigger = trigger
        history = Mutex(EventHistory(limits: limits))
    }

    /// Looks at the history in place: a copy of it would be copied again by the next event.
    func withPast<Result>(_ body: (EventHistory) -> sending Result) -> sending Result {
        history.withLock { body($0) }
    }

    var cursor: Int64 { history.withLock { $0.cursor } }

    /// Follows everything until the connection ends.
    func followAll() {
        follow(kinds: nil, since: cursor) { event in
            history.withLock { $0.take(event) }
            if event.kind.hasPrefix("ticket.") { ticketNumbers.withLock { $0.all.append(event.seq) } }
            trigger.seen(event.kind)
        }
    }

    /// Follows the events of tickets until the connection ends.
    func followTickets() {
        follow(kinds: ["ticket.*"], since: ticketNumbers.withLock { $0.filtered.last } ?? 0) { event in
            if !event.kind.hasPrefix("ticket.") {
                diary.complain(Violation(.cursors, "a subscriber to ticket.* got \(event.kind)"))
            }
            ticketNumbers.withLock { $0.filtered.append(event.seq) }
        }
    }

    /// What the two have seen differently, up to the point where both are.
    var differences: [Violation] {
        let (all, filtered) = ticketNumbers.withLock { $0 }
        let end = min(all.last ?? 0, filtered.last ?? 0)
        if all.filter({ $0 <= end }) == filtered.filter({ $0 <= end }) { return [] }
        return [Violation(.cursors, "the subscriber to ticket.* got other events than the one to all")]
    }

    private func follow(kinds: [String]?, since: Int64, _ take: (EventShape) -> Void) {
        do {
            let client = try ControlClient(path: socket)
            var params = EventsSubscribe.Params()
            params.since = since
            params.kinds = kinds
            _ = try client.call(EventsSubscribe.self, params)
            while let line = try client.nextNotification(whileOpen: pipe.fileHandleForWriting.fileDescriptor) {
                switch line.member("method")?.string {
                case "event":
                    guard let params = line.member("params") else { break }
                    take(try EventShape(reading: params))
                case "event.lagged": break
                case "event.error" where line.member("params")?.member("data")?.member("kind")?.string == "shutting_down":
                    return
                default: diary.complain(Violation(.cursors, "a subscriber was told \(String(decoding: line.raw, as: UTF8.self))"))
                }
            }
        } catch {
            // However the daemon ended.
            if error.kind == .unreachable || error.kind == .shuttingDown { return }
            diary.complain(Violation(.cursors, "a subscriber was told: \(error)"))
        }
    }
}
