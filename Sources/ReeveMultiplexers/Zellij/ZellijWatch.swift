import Synchronization

/// The subscriptions to the panes that are known now: one process for each Zellij session.
final class ZellijWatch: Sendable {
    private struct Following {
        var panes: Set<String>
        var number: Int
        /// Finishing it ends the subscription.
        var stop: AsyncStream<Never>.Continuation
    }

    private let following = Mutex<[String: Following]>([:])
    private let counter = Mutex(0)

    /// Ends the subscriptions whose panes are others now, and begins what is missing, in `group`.
    /// - Parameter run: one subscription, until it ends.
    func follow(
        _ wanted: [String: Set<String>], in group: inout ThrowingDiscardingTaskGroup<any Error>,
        _ run: @escaping @Sendable (_ session: String, _ panes: Set<String>) async -> Void
    ) {
        let known = following.withLock { following in
            for (session, old) in following where wanted[session] != old.panes {
                old.stop.finish()
                following[session] = nil
            }
            return Set(following.keys)
        }
        for (session, panes) in wanted where !known.contains(session) && !panes.isEmpty {
            let (stops, stop) = AsyncStream<Never>.makeStream()
            let number = counter.withLock { counter in
                counter += 1
                return counter
            }
            following.withLock { $0[session] = Following(panes: panes, number: number, stop: stop) }
            group.addTask {
                await withTaskGroup(of: Void.self) { race in
                    race.addTask { await run(session, panes) }
                    race.addTask { for await _ in stops {} }
                    await race.next()
                    race.cancelAll()
                }
                // It may have ended by itself: the next look begins another one, if its panes are still there.
                self.following.withLock { if $0[session]?.number == number { $0[session] = nil } }
            }
        }
    }
}
