import Synchronization

/// Tells many listeners the same, each in its own stream. Listening ends with the stream; nobody has to sign off.
final class Broadcast<Element: Sendable>: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Element>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())
    private let policy: AsyncStream<Element>.Continuation.BufferingPolicy

    init(bufferingPolicy policy: AsyncStream<Element>.Continuation.BufferingPolicy = .unbounded) { self.policy = policy }

    var isEmpty: Bool { state.withLock(\.listeners.isEmpty) }

    /// - Parameter first: what the new listener is told at once.
    func listen(first: Element? = nil) -> AsyncStream<Element> {
        let (stream, continuation) = AsyncStream<Element>.makeStream(bufferingPolicy: policy)
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        if let first { continuation.yield(first) }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) } }
        return stream
    }

    /// In the order in which they came to listen.
    func tell(_ element: Element) { for listener in listeners { listener.yield(element) } }

    func finish() { for listener in listeners { listener.finish() } }

    /// Told without the lock: a listener that ends takes it.
    private var listeners: [AsyncStream<Element>.Continuation] {
        state.withLock { state in state.listeners.sorted { $0.key < $1.key }.map(\.value) }
    }
}
