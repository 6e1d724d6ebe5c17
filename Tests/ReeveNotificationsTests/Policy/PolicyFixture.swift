import ReeveModel
import ReeveTestSupport

/// A policy on virtual time: the two clocks go together unless a test sets one.
struct PolicyFixture {
    var policy: NotificationPolicy
    var wall = Samples.now
    var uptime: Duration = .seconds(100)
    private(set) var seq: Int64 = 0

    init(
        _ settings: NotificationPolicy.Settings = .init(), memory: NotificationMemory = NotificationMemory(cursor: 0),
        at wall: Timestamp = Samples.now,
        offset: @escaping @Sendable (Timestamp) -> Int = { _ in 0 }
    ) {
        policy = NotificationPolicy(settings, memory: memory, offset: offset)
        self.wall = wall
        seq = memory.cursor
    }

    var now: Moment { Moment(wall: wall, uptime: uptime) }

    mutating func take(_ fact: Happening.Fact, age: Duration = .zero) {
        seq += 1
        policy.take(Happening(seq: seq, time: wall.advanced(by: .zero - age), fact: fact), at: now)
    }

    mutating func pass(_ duration: Duration) {
        wall = wall.advanced(by: duration)
        uptime += duration
    }

    /// What is told within the time, looking whenever the policy wants to.
    mutating func tell(within limit: Duration = .seconds(2), visible: Set<TicketID> = []) -> [Notice] {
        let end = uptime + limit
        var told: [Notice] = []
        while let wait = policy.nextLook(at: now), uptime + wait <= end {
            pass(wait)
            told += policy.tell(at: now, visible: visible)
        }
        pass(end - uptime)
        return told
    }

    mutating func waiting(_ name: String, _ reason: String? = "permission") {
        take(.agent(Samples.id(name), kind: "claude", .waiting, reason: reason))
    }

    mutating func agent(_ name: String, _ state: AgentState, _ reason: String? = nil) {
        take(.agent(Samples.id(name), kind: "claude", state, reason: reason))
    }

    mutating func finished(_ name: String, _ state: TicketState) {
        take(.finished(Samples.id(name), state, title: "do \(name)", reason: "claude exited 0"))
    }
}
