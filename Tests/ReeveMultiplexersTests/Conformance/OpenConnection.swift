import ReeveModel
import ReeveTestSupport
import Synchronization

@testable import ReeveMultiplexers

/// What a daemon has with a multiplexer all the time, until it is told to end.
final class OpenConnection: Sendable {
    private let state = Mutex((isUp: false, isOver: false, tries: 0))
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(of multiplexer: any Multiplexer) {
        // Bridge: one that does not end when it is cancelled must not hang the test.
        let run = Task {
            while !Task.isCancelled {
                self.state.withLock { $0.tries += 1 }
                try? await multiplexer.run { event in
                    if case .connected = event { self.state.withLock { $0.isUp = true } }
                }
                try? await Task.sleep(for: .milliseconds(50))
            }
            self.state.withLock { $0.isOver = true }
        }
        task.withLock { $0 = run }
    }

    var isUp: Bool { state.withLock(\.isUp) }
    /// How often it has been begun.
    var tries: Int { state.withLock(\.tries) }

    /// Cancels it. - Returns: whether it ended within the time that a daemon has for its end.
    func ends() async -> Bool {
        task.withLock { $0?.cancel() }
        return await eventually(within: .seconds(10)) { state.withLock(\.isOver) }
    }
}
