import ReeveModel

/// What must hold after a run, whatever has happened in it: each as the sentences that say how it was broken.
struct SimulationPromises {
    var limits: QueueLimits
    var retry: RetryPolicy
    var log: [EventPayload]
    var launches: [Launch]
    var tickets: [TicketID: Ticket]
    var answers: [String: RecordedAnswer]
    var ledger: SimulationLedger.State
    /// How long the log was at each kill.
    var kills: [Int]
    /// What the keepers know of each launch, and how often each was started: the truth that states are held against.
    var records: [LaunchID: LaunchFact]
    var starts: [LaunchID: Int]
    /// Sessions whose keeper was killed or whose terminal was closed, and those that have a terminal at the end.
    var killedSessions: Set<SessionID>
    var terminals: Set<SessionID>

    /// Rules of their own lie beside this file: `+Asked` (what was acknowledged), `+Steps`, `+Sessions`.
    var broken: [String] {
        keyedOnce + acknowledgedHappened + acknowledgedHolds + explained + contradicted + launchedWhilePaused + startedTooEarly
            + triedTooOften + launchedAgainstTheBrake + stepsBroken + sessionsBroken + eventsMissed
    }

    /// A request with a key has made one ticket, and what was answered names it.
    private var keyedOnce: [String] {
        var found: [String] = []
        for (key, id) in ledger.keyed {
            let made = tickets.values.filter { $0.title == key }
            if made.map(\.id) != [id] { found.append("\(key) made \(made.map(\.id.text).sorted()), answered was \(id)") }
        }
        // Also where nobody was answered: the key and the ticket are one commit.
        for key in answers.keys where tickets.values.count(where: { $0.title == key }) != 1 {
            found.append("\(key) is remembered and has made \(tickets.values.count { $0.title == key }) tickets")
        }
        return found
    }

    /// Every state follows from a fact about the last launch, or from a prerequisite, or from what was said of a step: an agent that is done
    /// and still runs is made to leave, and may end as it likes.
    private var explained: [String] {
        let said = ledger.asked.filter { $0.mayHaveHappened }.map(\.wish)
        let approved = Set(log.compactMap { $0.decision?.isApproved == true ? $0.ticket : nil })
        return tickets.values.sorted { $0.id < $1.id }.compactMap { ticket in
            let last = launches.last { $0.ticket == ticket.id }
            let isExplained =
                switch (ticket.state, last?.state) {
                case (.done, .ended(let exit)?):
                    exit.isSuccess || approved.contains(ticket.id) || ledger.nudged.contains(ticket.id)
                        || last.map { said.contains(.report($0.id, .complete)) || ledger.rested.contains($0.id) } ?? false
                case (.failed, .ended(let exit)?):
                    !exit.isSuccess || last.map { said.contains(.report($0.id, .failed)) } ?? false
                case (.failed, .refused?), (.lost, .lost?), (.cancelled, _): true
                case (.lost, .intended?), (.lost, .running?): false
                case (.queued, _): ticket.after.contains { tickets[$0]?.state != .done }
                default: false
                }
            guard !isExplained else { return nil }
            return
                "\(ticket.id) is \(ticket.state.rawValue) (\(ticket.reason ?? "-")), its last launch \(last.map { "\($0.state)" } ?? "none")"
        }
    }

    /// What was written down of the last launch is what has become of it, and nobody is cancelled unasked.
    private var contradicted: [String] {
        tickets.values.sorted { $0.id < $1.id }.compactMap { ticket in
            if ticket.state == .cancelled {
                return ledger.ended.contains(ticket.id) ? nil : "\(ticket.id) is cancelled and nobody has asked for that"
            }
            guard let last = launches.last(where: { $0.ticket == ticket.id }) else { return nil }
            let fact = records[last.id]
            let isTrue =
                switch last.state {
                case .ended(let exit): fact == .ended(exit)
                case .refused: starts[last.id] == nil
                case .lost: if case .ended = fact { false } else { true }
                case .intended, .running: true
                }
            return isTrue
                ? nil : "\(ticket.id)'s last launch is \(last.state), its keeper knows \(fact.map { "\($0)" } ?? "nothing")"
        }
    }

    /// By the order of the log, which is finer than the clock: what comes after a pause was not launched.
    private var launchedWhilePaused: [String] {
        var isPaused = false
        var states: [TicketID: TicketState] = [:]
        var found: [String] = []
        for payload in log {
            switch payload {
            case .queuePaused: isPaused = true
            case .queueResumed: isPaused = false
            case .ticketCreated(let ticket), .ticketUpdated(let ticket), .ticketFinished(let ticket):
                // From a review its own agent goes on: that is no launch.
                if isPaused, ticket.state == .running, states[ticket.id] != .running, states[ticket.id] != .review {
                    found.append("\(ticket.id) was launched after a pause that was in the log")
                }
                states[ticket.id] = ticket.state
            default: break
            }
        }
        return found
    }

    /// A ticket is launched when what it comes after is done.
    private var startedTooEarly: [String] {
        var states: [TicketID: TicketState] = [:]
        var found: [String] = []
        for payload in log {
            switch payload {
            case .ticketCreated(let ticket), .ticketUpdated(let ticket), .ticketFinished(let ticket):
                if ticket.state == .running, states[ticket.id] == .queued {
                    for earlier in ticket.after where states[earlier] != .done && !ledger.wishesFor.keys.contains(earlier) {
                        found.append("\(ticket.id) was launched and \(earlier) is \(states[earlier]?.rawValue ?? "not there")")
                    }
                }
                states[ticket.id] = ticket.state
            default: break
            }
        }
        return found
    }

    /// The budget and the intensity of retries, over all daemons, of tickets that nobody asked anything for.
    private var triedTooOften: [String] {
        guard !ledger.clockJumped else { return [] }
        var found: [String] = []
        // Each step of a type may be a launch of its own, and is no try.
        for ticket in tickets.values.sorted(by: { $0.id < $1.id })
        where ledger.wishesFor[ticket.id] == nil && !ledger.led.contains(ticket.id) && !SimulatedWorkflows.isStepwise(ticket.id) {
            let begun = launches.filter { launch in
                guard launch.ticket == ticket.id else { return false }
                // One that came to nothing for want of its terminal is no try.
                if case .refused = launch.state { return false }
                return true
            }
            if begun.count > retry.attempts + 1 {
                found.append("\(ticket.id) was tried \(begun.count) times, allowed are \(retry.attempts + 1)")
            }
            for (index, first) in begun.enumerated() {
                let within = begun[index...].count {
                    $0.createdAt.milliseconds - first.createdAt.milliseconds <= retry.period.milliseconds
                }
                if within > retry.intensity { found.append("\(ticket.id) was started \(within) times within the period") }
            }
        }
        return found
    }

    /// While launching is stopped, one ticket at a time is tried.
    private var launchedAgainstTheBrake: [String] {
        var isBraked = false
        var trial: TicketID?
        var states: [TicketID: TicketState] = [:]
        var found: [String] = []
        for (index, payload) in log.enumerated() {
            // A daemon that starts anew tries anew.
            if kills.contains(index) { trial = nil }
            switch payload {
            case .queueBraked(let brake): if brake.scope == .all { (isBraked, trial) = (true, nil) }
            case .queueUnbraked(let scope): if scope == .all { isBraked = false }
            case .ticketCreated(let ticket), .ticketUpdated(let ticket), .ticketFinished(let ticket):
                let isLaunch = ticket.state == .running && states[ticket.id] == .queued
                if isBraked, isLaunch {
                    if let trial, states[trial] == .running {
                        found.append("\(ticket.id) was launched beside the trial \(trial)")
                    }
                    trial = ticket.id
                }
                states[ticket.id] = ticket.state
            default: break
            }
        }
        return found
    }

    /// A subscriber that resumed at its cursor after each kill got each event once, in order.
    private var eventsMissed: [String] {
        let wanted = Array(Int64(1)...Int64(max(1, log.count)))
        guard ledger.events != wanted else { return [] }
        let gap = zip(ledger.events, wanted).first { $0 != $1 }
        return [
            "the subscriber got \(ledger.events.count) of \(log.count) events\(gap.map { ", \($0.0) in the place of \($0.1)" } ?? "")"
        ]
    }
}
