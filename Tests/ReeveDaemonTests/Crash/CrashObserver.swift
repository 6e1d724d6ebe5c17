import Foundation
import ReeveClient
import ReeveModel
import ReeveWire

#if canImport(Glibc)
import Glibc
#endif

/// Looks at a daemon that nobody asks for anything, and judges what it sees.
final class CrashObserver: @unchecked Sendable {  // used by one thread at a time
    private let daemon: DaemonUnderLoad
    private let diary: Diary
    private let subscribers: Subscribers
    private var ledger: LedgerReader
    /// Looked at in each round until they are finished and nothing of them is under way.
    private var watched: Set<String> = []
    /// Nothing happened while it was looked at last.
    private var isSteady = false
    private(set) var starts = 0
    private(set) var running = 0
    /// From the moment that was given until each state had been right in a look; nil when that was never so in the last check.
    private(set) var rightAfter: Duration?
    /// From the moment that was given until the look that found nothing; nil when the last check found something. What happens during a look
    /// makes it find something, so with much going on this is the later.
    private(set) var quietAfter: Duration?
    /// What had been right in no look when the patience of the last check was over.
    private(set) var lateFor: [Violation] = []
    /// What has still to come to rest.
    private(set) var unrest: [String] = []
    /// Of the tickets that were found wrong when it was looked at last.
    private var facts: [String: Verdict.Facts] = [:]

    init(daemon: DaemonUnderLoad, diary: Diary, subscribers: Subscribers) {
        self.daemon = daemon
        self.diary = diary
        self.subscribers = subscribers
        ledger = LedgerReader(path: daemon.ledger)
    }

    /// Looks again until everything is explained, at most for `patience` from `start` on.
    ///
    /// While other things move only what has stood unchanged for as long is a violation; the rest is looked at in peace, for which it
    /// waits another 10 s.
    /// - Returns: what is not explained.
    func check(from start: ContinuousClock.Instant, patience: Duration, everything: Bool) -> [Violation] {
        watched.formUnion(diary.takeTouched())
        if everything { watched.formUnion(diary.tickets) }
        var found: [Violation] = []
        (rightAfter, quietAfter, lateFor) = (nil, nil, [])
        var standing = StandingViolations()
        let deadline = start + patience
        let end = deadline + .seconds(10)
        while true {
            facts = [:]
            do { found = try look(everything) } catch { found = [Violation(.recovery, "the daemon cannot be asked: \(error)")] }
            let now = ContinuousClock.now
            standing.see(found, facts: facts, at: now)
            if rightAfter == nil, standing.haveAllBeenRight { rightAfter = now - start }
            if now <= deadline { lateFor = standing.neverRight }
            if found.isEmpty { quietAfter = now - start }
            if found.isEmpty || now >= (isSteady ? deadline : end) { break }
            let unchanged = standing.longer(than: patience, at: now)
            if !unchanged.isEmpty {
                found = unchanged
                break
            }
            usleep(20_000)
        }
        if everything { found += strangers(patience, until: isSteady ? deadline : end) + subscribers.differences }
        return found
    }

    private func look(_ everything: Bool) throws(ReeveError) -> [Violation] {
        let client = try ControlClient(path: daemon.socket)
        let before = try client.call(SystemStatus.self, Empty()).cursor
        var tickets = try self.tickets(client, everything ? nil : [.queued, .running, .review])
        for id in watched where !everything && tickets[id] == nil { tickets[id] = try ticket(id, client) }
        var agents = try self.agents(client)
        var status = try client.call(SystemStatus.self, Empty())
        isSteady = status.cursor == before
        if let late = lateness(until: status.cursor) { return [late] }
        watched.formUnion(ledger.read())
        var alive = living
        running = agents.values.count { $0.pid != nil && $0.exit == nil }
        starts = ledger.lines.values.reduce(0) { $0 + $1.count }
        let candidates = watched.union(tickets.keys).union(alive.keys)
        var wrong = judge(candidates, tickets, agents, alive)
        // A look at everything takes long enough for some ticket to change in it. What seems wrong is looked at alone, in a moment.
        if !wrong.isEmpty, wrong.count <= 100 {
            for id in wrong.keys { tickets[id] = try ticket(id, client) }
            agents = try self.agents(client)
            status = try client.call(SystemStatus.self, Empty())
            if let late = lateness(until: status.cursor) { return [late] }
            _ = ledger.read()
            alive = living
            wrong = judge(Set(wrong.keys), tickets, agents, alive)
        }
        facts = wrong.mapValues(\.facts)
        let found =
            Verdict.pause(diary.askedOfQueue.suffix(50), isPaused: status.paused) + diary.complaints
            + subscribers.withPast(\.violations) + wrong.sorted { $0.key < $1.key }.flatMap(\.value.violations)
        if found.isEmpty {
            watched = candidates.filter { tickets[$0]?.state == .running || tickets[$0]?.state == .queued || alive[$0] != nil }
        }
        unrest = agents.values.filter { [.launching, .switching, .unknown].contains($0.state) }.map {
            "\($0.ticket) is \($0.state.rawValue)"
        }
        // One that waits for another ticket or for a limit may wait for ever.
        unrest += tickets.values.filter { ticket in
            ticket.state == .queued && !["after ", "limit"].contains { ticket.reason?.contains($0) == true }
        }.map { "\($0.id) is queued (\($0.reason ?? "-"))" }
        return found
    }

    /// - Returns: what is wrong if a subscriber does not get there within a second.
    private func lateness(until cursor: Int64) -> Violation? {
        for _ in 0..<500 where subscribers.cursor < cursor { usleep(2000) }
        guard subscribers.cursor < cursor else { return nil }
        return Violation(.cursors, "a subscriber is at \(subscribers.cursor), the daemon at \(cursor)")
    }

    /// The ticket's processes that live.
    private var living: [String: Set<LedgerLine>] { Dictionary(grouping: ledger.alive(), by: \.ticket).mapValues { Set($0) } }

    /// Those of the tickets with which something is wrong.
    private func judge(
        _ candidates: Set<String>, _ tickets: [String: TicketShape], _ agents: [String: AgentShape],
        _ alive: [String: Set<LedgerLine>]
    ) -> [String: (facts: Verdict.Facts, violations: [Violation])] {
        var wrong: [String: (facts: Verdict.Facts, violations: [Violation])] = [:]
        subscribers.withPast { past in
            for id in candidates {
                let lines = ledger.lines[id] ?? []
                let c = Verdict.Case(
                    id: id, asked: diary.asked(of: id), ticket: tickets[id], agent: agents[id], past: past.tickets[id],
                    launches: Dictionary(
                        lines.compactMap { line in past.launches[line.launch].map { (line.launch, $0) } },
                        uniquingKeysWith: { $1 }),
                    ledger: lines, alive: alive[id] ?? [])
                let violations = Verdict.violations(of: c)
                if !violations.isEmpty { wrong[id] = (c.facts, violations) }
            }
        }
        return wrong
    }

    private func agents(_ client: ControlClient) throws(ReeveError) -> [String: AgentShape] {
        Dictionary(
            try client.call(AgentList.self, AgentList.Params()).agents.map { ($0.ticket, $0) }, uniquingKeysWith: { $1 })
    }

    private func tickets(_ client: ControlClient, _ states: [TicketState]?) throws(ReeveError) -> [String: TicketShape] {
        var found: [String: TicketShape] = [:]
        var params = TicketList.Params()
        params.states = states
        params.limit = 1000
        repeat {
            let page = try client.call(TicketList.self, params)
            for ticket in page.tickets { found[ticket.id] = ticket }
            params.before = page.next
        } while params.before != nil
        return found
    }

    private func ticket(_ id: String, _ client: ControlClient) throws(ReeveError) -> TicketShape? {
        do throws(ReeveError) { return try client.call(TicketGet.self, TicketReference(id)).ticket } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    /// Processes of this run that nobody accounts for: agents that are in no ledger. One that has just been started may not have written
    /// its line yet, but not for longer than `patience`.
    private func strangers(_ patience: Duration, until end: ContinuousClock.Instant) -> [Violation] {
        var since: [Int: ContinuousClock.Instant] = [:]
        while true {
            let processes = ProcessFacts.mentioning(["REEVE_SOCKET=\(daemon.socket)"])
            watched.formUnion(ledger.read())
            let known = Set(ledger.lines.values.joined().map(\.pid))
            let found = processes.filter { !known.contains($0) }
            let now = ContinuousClock.now
            since = Dictionary(uniqueKeysWithValues: found.map { ($0, since[$0] ?? now) })
            if found.isEmpty || now >= end || since.values.contains(where: { now - $0 > patience }) {
                return found.map { Violation(.agents, "process \($0) is an agent's and in no ledger") }
            }
            usleep(20_000)
        }
    }
}
