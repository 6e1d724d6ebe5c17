import Foundation
import ReeveClient
import ReeveJSON
import ReeveModel
import ReeveTestSupport
import ReeveWire
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A hundred clients that do what clients do: follow, read too slowly, come and go, say nothing, ask.
final class SoakCrowd: Sendable {
    enum Manner: Sendable, CaseIterable {
        case following, slow, reconnecting, idle, asking

        /// A hundred together.
        var count: Int {
            switch self {
            case .following, .reconnecting: 20
            case .slow: 10
            case .idle, .asking: 25
            }
        }
    }

    private struct State {
        var isOver = false
        var complaints: [String] = []
        var asked = 0
        var events = 0
    }

    private let socket: String
    private let patience: Duration?
    private let state = Mutex(State())
    /// Followers wait for events for as long as somebody would read this.
    private let pipe = Pipe()

    /// - Parameter patience: how long each waits for an answer; nil for as long as `reeve` does.
    init(socket: String, patience: Duration?) {
        self.socket = socket
        self.patience = patience
    }

    var complaints: [String] { state.withLock(\.complaints) }
    var asked: Int { state.withLock(\.asked) }
    var events: Int { state.withLock(\.events) }

    /// Everybody goes.
    func end() {
        state.withLock { $0.isOver = true }
        try? pipe.fileHandleForReading.close()
    }

    /// Returns when everybody has gone.
    func run(seed: UInt64) async {
        var generator = SeededGenerator(seed: seed)
        await withTaskGroup(of: Void.self) { group in
            for manner in Manner.allCases {
                for _ in 0..<manner.count {
                    let own = SeededGenerator(seed: generator.next())
                    group.addTask { await onOwnThread { self.behave(manner, own) } }
                }
            }
        }
    }

    private var isOver: Bool { state.withLock(\.isOver) }

    private func behave(_ manner: Manner, _ seed: SeededGenerator) {
        var generator = seed
        do throws(ReeveError) {
            switch manner {
            case .following: try follow()
            case .slow: readSlowly(&generator)
            case .reconnecting:
                while !isOver {
                    let client = try ControlClient(path: socket, patience: patience)
                    try ask(client, &generator)
                    pause(100...400, &generator)
                }
            case .idle:
                let client = try ControlClient(path: socket, patience: patience)
                _ = try client.call(SystemPing.self, Empty())
                while !isOver { pause(200...400, &generator) }
                _ = try client.call(SystemPing.self, Empty())
            case .asking:
                let client = try ControlClient(path: socket, patience: patience)
                while !isOver {
                    try ask(client, &generator)
                    pause(50...250, &generator)
                }
            }
        } catch {
            state.withLock { $0.complaints.append("a client that is \(manner): \(error.message)") }
        }
    }

    private func pause(_ milliseconds: ClosedRange<UInt32>, _ generator: inout SeededGenerator) {
        usleep(UInt32.random(in: milliseconds, using: &generator) * 1000)
    }

    private func ask(_ client: ControlClient, _ generator: inout SeededGenerator) throws(ReeveError) {
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: _ = try client.call(SystemStatus.self, Empty())
        case 1: _ = try client.call(AgentList.self, AgentList.Params())
        case 2: _ = try client.call(TicketList.self, TicketList.Params())
        case 3: _ = try client.call(QueueStatus.self, Empty())
        default:
            let cursor = try client.call(SystemStatus.self, Empty()).cursor
            var params = EventsRead.Params()
            params.since = max(0, cursor - 50)
            params.limit = 50
            _ = try client.call(EventsRead.self, params)
        }
        state.withLock { $0.asked += 1 }
    }

    private func follow() throws(ReeveError) {
        let client = try ControlClient(path: socket, patience: patience)
        var cursor = try client.call(EventsSubscribe.self, EventsSubscribe.Params()).cursor
        while let line = try client.nextNotification(whileOpen: pipe.fileHandleForWriting.fileDescriptor) {
            if line.member("method")?.string == "event.lagged" { continue }
            let seq = line.member("params")?.member("seq")?.integer
            if seq != cursor + 1 { state.withLock { $0.complaints.append("after event \(cursor) came \(seq ?? -1)") } }
            cursor = seq ?? cursor
            state.withLock { $0.events += 1 }
            if isOver { return }
        }
    }

    /// From the first event on, at a few kilobytes a second: never gets to the end.
    private func readSlowly(_ generator: inout SeededGenerator) {
        guard let connection = RawConnection(path: socket) else { return }
        connection.send("{\"method\":\"events.subscribe\",\"params\":{\"since\":0}}")
        while !isOver, connection.skip(1024) { pause(100...300, &generator) }
    }
}
