import Foundation
import ReeveModel
import Synchronization

/// What all clients of a run have asked and been told, and what they found wrong themselves.
final class Diary: Sendable {
    struct Entry: Sendable {
        /// Its place, which is also its idempotency key.
        var number: Int
        var asked: Asked
        var answer: [UInt8]?

        var key: String { "crash-\(number)" }
    }

    private struct State {
        var entries: [Entry] = []
        var byTicket: [String: [Int]] = [:]
        var ofQueue: [Int] = []
        var moment = 0
        var complaints: [Violation] = []
        var touched: Set<String> = []
    }

    private let state = Mutex(State())

    /// Written down before it is sent.
    func note(_ wish: Asked.Wish, _ ticket: String?) -> Entry {
        state.withLock { state in
            state.moment += 1
            let entry = Entry(number: state.entries.count, asked: Asked(wish: wish, ticket: ticket, sent: state.moment))
            state.entries.append(entry)
            if let ticket {
                state.byTicket[ticket, default: []].append(entry.number)
                state.touched.insert(ticket)
            } else {
                state.ofQueue.append(entry.number)
            }
            return entry
        }
    }

    /// What came of it. The first answer is the one that every repeat has to give.
    func close(_ entry: Entry, _ outcome: Asked.Outcome, answer: [UInt8]? = nil) {
        state.withLock { state in
            state.moment += 1
            if let ticket = entry.asked.ticket { state.touched.insert(ticket) }
            let known = state.entries[entry.number]
            if known.asked.outcome == .answered {
                if outcome != .answered || answer != known.answer {
                    let said = answer.map { String(decoding: $0, as: UTF8.self) } ?? ""
                    let whom = known.asked.ticket ?? "the queue"
                    state.complaints.append(
                        Violation(.commands, "\(known.asked.wish) of \(whom) was answered, and its repeat is \(outcome) \(said)"))
                }
                return
            }
            guard outcome != .unanswered else { return }
            state.entries[entry.number].asked.outcome = outcome
            state.entries[entry.number].asked.over = state.moment
            state.entries[entry.number].answer = answer
        }
    }

    func entry(_ number: Int) -> Entry { state.withLock { $0.entries[number] } }

    func complain(_ complaint: Violation) { state.withLock { $0.complaints.append(complaint) } }
    var complaints: [Violation] { state.withLock { $0.complaints } }

    func asked(of ticket: String) -> [Asked] {
        state.withLock { state in (state.byTicket[ticket] ?? []).map { state.entries[$0].asked } }
    }

    var askedOfQueue: [Asked] { state.withLock { state in state.ofQueue.map { state.entries[$0].asked } } }

    /// Tickets that somebody asked something of since this was looked at last.
    func takeTouched() -> Set<String> {
        state.withLock { state in
            defer { state.touched = [] }
            return state.touched
        }
    }

    var tickets: [String] { state.withLock { Array($0.byTicket.keys) } }

    /// How many of them were answered, per method.
    var acknowledged: [String: Int] {
        state.withLock { state in
            state.entries.reduce(into: [:]) { $0[$1.asked.wish.method, default: 0] += $1.asked.outcome == .answered ? 1 : 0 }
        }
    }
}
