import Foundation
import ReeveClient
import ReeveModel
import ReeveTestSupport
import ReeveWire
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The work of a soak: fifty agents that stay, of which one is replaced, one switched and one spoken to in each turn, and tickets that come and are
/// done: three finished tickets a second at most, more than two hundred an hour on any machine.
final class SoakChurn: Sendable {
    static let agents = 50

    private struct State {
        var isOver = false
        var complaints: [String] = []
        var turns = 0
    }

    private let socket: String
    private let state = Mutex(State())

    init(socket: String) { self.socket = socket }

    var complaints: [String] { state.withLock(\.complaints) }
    var turns: Int { state.withLock(\.turns) }
    func end() { state.withLock { $0.isOver = true } }
    private var isOver: Bool { state.withLock(\.isOver) }

    func run(seed: UInt64) async {
        await onOwnThread { [self] in
            do throws(ReeveError) { try play(seed) } catch {
                state.withLock { $0.complaints.append("the churn: \(error.message)") }
            }
        }
    }

    private func play(_ seed: UInt64) throws(ReeveError) {
        var generator = SeededGenerator(seed: seed)
        let client = try ControlClient(path: socket)
        var made = 0
        func create(_ agent: String) throws(ReeveError) -> String {
            made += 1
            var params = TicketCreate.Params()
            params.id = "S\(made)"
            params.title = "soak \(made)"
            params.body = String(repeating: "What is to be done, in some detail. ", count: 20)
            params.agent = agent
            return try client.call(TicketCreate.self, params).ticket.id
        }
        var staying: [String] = []
        var finished: [String] = []
        for _ in 0..<Self.agents { staying.append(try create("stayer")) }
        try wait(client, staying)
        while !isOver {
            finished.append(try create("worker"))
            finished.append(try create(generator.oneIn(10) ? "failer" : "worker"))
            let old = staying.removeFirst()
            _ = try client.call(TicketCancel.self, TicketReference(old))
            staying.append(try create("stayer"))
            try bother(client, generator.pick(staying), finished[0], &generator)
            if finished.count > 40 { finished.removeFirst(20) }
            state.withLock { $0.turns += 1 }
            usleep(UInt32.random(in: 200_000...600_000, using: &generator))
        }
    }

    /// A switch, a text and a retry. Refusals are answers like others: a ticket may just be on its way.
    private func bother(
        _ client: ControlClient, _ staying: String, _ finished: String, _ generator: inout SeededGenerator
    ) throws(ReeveError) {
        var change = AgentSwitch.Params()
        change.ticket = staying
        change.to = generator.pick(["other", "stayer", "stubborn"])
        try ask { () throws(ReeveError) in _ = try client.call(AgentSwitch.self, change) }
        var text = AgentSend.Params()
        text.ticket = staying
        text.text = "hello"
        try ask { () throws(ReeveError) in _ = try client.call(AgentSend.self, text) }
        try ask { () throws(ReeveError) in _ = try client.call(TicketRetry.self, TicketReference(finished)) }
    }

    private func ask(_ body: () throws(ReeveError) -> Void) throws(ReeveError) {
        do throws(ReeveError) { try body() } catch {
            if error.kind == .unreachable || error.kind == .internal { throw error }
        }
    }

    private func wait(_ client: ControlClient, _ tickets: [String]) throws(ReeveError) {
        var params = AgentWait.Params()
        params.tickets = tickets
        params.until = ["running"]
        _ = try client.call(AgentWait.self, params)
    }
}
