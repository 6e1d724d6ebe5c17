import ReeveModel

/// Takes signals one after another, and says after each when it wants to be asked again at the latest.
protocol SignalTaker: Actor {
    associatedtype Signal: Sendable
    nonisolated var signals: AsyncStream<Signal> { get }
    nonisolated var line: AsyncStream<Signal>.Continuation { get }
    /// The signal that asks again, and nothing else.
    static var tick: Signal { get }
    static func isTick(_ signal: Signal) -> Bool
    /// - Returns: by the clock that only runs forward.
    func take(_ signal: Signal) async -> Duration
}

extension SignalTaker {
    /// Until the signals end. One timer runs for the earliest wish; others find out that they were too early.
    nonisolated func takeAll(_ group: inout DiscardingTaskGroup, time: any TimeSource) async {
        var armed: Duration?
        for await signal in signals {
            if Self.isTick(signal) { armed = nil }
            let next = await take(signal)
            // A tick may have been dropped from a full line: a time that has come is no timer any more.
            if let armed, armed <= next, armed > time.uptime() { continue }
            armed = next
            group.addTask { [line] in
                try? await time.sleep(for: max(.milliseconds(1), next - time.uptime()))
                line.yield(Self.tick)
            }
        }
    }
}
