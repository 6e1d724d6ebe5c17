import Foundation
import ReeveClient
import ReeveJSON
import ReeveModel
import ReeveTestSupport
import ReeveWire

/// One client of a crash run: asks for one thing after another until the daemon ends, and repeats what was not answered when it is
/// back.
final class CrashClient: @unchecked Sendable {  // used by one thread at a time
    /// How many agents there should be in work.
    static let liveAgents = 50

    private let name: Int
    private let socket: String
    private let diary: Diary
    private let subscribers: Subscribers
    private let trigger: KillTrigger
    private let project: String
    private var generator: SeededGenerator
    private var own: [String] = []
    private var made = 0
    /// Without an answer when the daemon ended.
    private var unanswered: Diary.Entry?
    private var lastAnswered: Diary.Entry?

    init(
        name: Int, socket: String, diary: Diary, subscribers: Subscribers, trigger: KillTrigger, project: String,
        generator: SeededGenerator
    ) {
        self.name = name
        self.socket = socket
        self.diary = diary
        self.subscribers = subscribers
        self.trigger = trigger
        self.project = project
        self.generator = generator
    }

    /// Works on tickets until the connection ends.
    func play() {
        perform(until: { false }) { subscribers.withPast { nextTicketWish($0) } }
    }

    /// Pauses and resumes the queue until the connection ends.
    func playQueue() {
        var wish = Asked.Wish.resume
        perform(until: { false }) {
            usleep(UInt32.random(in: wish == .pause ? 5_000...60_000 : 20_000...250_000, using: &generator))
            wish = wish == .resume && generator.oneIn(2) ? .pause : .resume
            return (wish, nil)
        }
    }

    /// Makes the queue run again, for the end of a run.
    func resumeQueue() {
        var isFirst = true
        perform(until: { !isFirst }) {
            isFirst = false
            return (.resume, nil)
        }
    }

    private func perform(until isOver: () -> Bool, _ next: () -> (Asked.Wish, String?)?) {
        guard let client = try? ControlClient(path: socket, patience: .seconds(30)) else { return }
        if let open = unanswered {
            unanswered = nil
            // One client in eight gives up instead.
            if !generator.oneIn(8), !ask(client, open, again: true) { return }
        } else if let last = lastAnswered, generator.oneIn(4) {
            if !ask(client, last, again: true) { return }
        }
        while !isOver() {
            guard let (wish, ticket) = next() else { continue }
            if !ask(client, diary.note(wish, ticket), again: false) { return }
        }
    }

    /// - Returns: false when the daemon is gone, or says that it stops.
    private func ask(_ client: ControlClient, _ entry: Diary.Entry, again: Bool) -> Bool {
        let method = entry.asked.wish.method
        trigger.seen("ask \(method)")
        do {
            let answer = Array(try client.request(method, entry.asked.parameters(key: entry.key)).raw)
            diary.close(entry, .answered, answer: answer)
            lastAnswered = diary.entry(entry.number)
        } catch {
            switch error.kind {
            case .unreachable:
                if diary.entry(entry.number).asked.outcome == .unanswered { unanswered = entry }
                return false
            case .conflict where again && error.message.contains("outcome of the first request"): diary.close(entry, .unknown)
            case .shuttingDown:
                // The key of any other is free again, and a repeat would be a second one.
                let isOpen = diary.entry(entry.number).asked.outcome == .unanswered
                if isOpen, entry.asked.wish.isAnsweredWithItsEffect { unanswered = entry }
                return false
            case .timeout: diary.close(entry, .unknown)
            case .internal:
                diary.close(entry, .unknown)
                diary.complain(Violation(.commands, "\(entry.asked.wish) of \(entry.asked.ticket ?? "-"): \(error.message)"))
            default: diary.close(entry, .refused)
            }
        }
        return true
    }

    // MARK: What to ask for

    private func nextTicketWish(_ past: EventHistory) -> (Asked.Wish, String?)? {
        if past.running.count > Self.liveAgents, let old = oldest(past) {
            return (generator.pick([.cancel, .cancel, .stop]), old)
        }
        if own.isEmpty || generator.oneIn(3) { return create(past) }
        // Now and then somebody else's.
        let id = generator.oneIn(12) ? (past.tickets.keys.randomElement(using: &generator) ?? own[0]) : generator.pick(own)
        switch past.tickets[id]?.shape.state {
        case nil, .queued:
            return (generator.pick([.update(title: "\(id) \(made)"), .update(title: "again \(made)"), .cancel]), id)
        case .running:
            return (
                generator.pick([
                    .change(to: generator.pick(["stayer", "other", "few", "stubborn", "worker"])), .change(to: "other"),
                    .change(to: "stayer"), .restart, .stop, .cancel, .send, .send, .update(title: "late \(made)"),
                ]), id
            )
        default: return (generator.pick([.retry, .retry, .change(to: "other"), .cancel]), id)
        }
    }

    private func create(_ past: EventHistory) -> (Asked.Wish, String?) {
        made += 1
        let id = "C\(name)-\(made)"
        let after = generator.oneIn(8) ? own.last : nil
        own.append(id)
        if own.count > 12 { own.removeFirst() }
        let isShort = past.running.count < Self.liveAgents
        let kind = generator.pick(
            isShort ? ["stayer", "stayer", "other", "few", "worker", "stubborn"] : ["worker", "worker", "failer"])
        return (.create(kind: kind, after: after, project: generator.oneIn(6) ? project : nil), id)
    }

    /// The agent in work whose ticket was made first among those of this client.
    private func oldest(_ past: EventHistory) -> String? {
        let prefix = "C\(name)-"
        let numbers = past.running.compactMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil }
        return numbers.min().map { prefix + String($0) }
    }
}
