import ReeveJSON
import ReeveModel
import ReeveWire

/// Carries events to one subscriber at its own pace: the next batch is asked for when the last one has been taken.
struct SubscriptionPump: Sendable {
    let feed: any EventFeed

    private static let batch = 256

    func run(_ connection: Connection, _ subscription: Subscription) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await pump(connection, subscription) }
            group.addTask { for await _ in subscription.end {} }
            await group.next()
            group.cancelAll()
        }
    }

    private func pump(_ connection: Connection, _ subscription: Subscription) async {
        let form = await connection.form
        var cursor = subscription.cursor
        var wasLagging = false
        // The first batch of a subscription from an old cursor comes from the log; that is no lag.
        var hasCaughtUp = false
        do {
            while !Task.isCancelled {
                let (events, isLagging) = try await feed.next(after: cursor, limit: Self.batch)
                guard let last = events.last else { return }
                // A newer subscription of this connection may have begun meanwhile: nothing of ours may follow its answer.
                try Task.checkCancellation()
                if isLagging, !wasLagging, hasCaughtUp {
                    var writer = JSONWriter()
                    writer.beginObject()
                    writer.key("resumeFrom")
                    writer.value(cursor)
                    writer.endObject()
                    try await connection.push([Response.notification("event.lagged", params: writer.bytes, form: form)])
                }
                wasLagging = isLagging
                if !isLagging { hasCaughtUp = true }
                let lines = events.filter { subscription.filter.accepts($0, agent: EventData.agent(in: $0)) }.map {
                    Response.notification("event", params: Response.params(of: $0), form: form)
                }
                if !lines.isEmpty { try await connection.push(lines) }
                cursor = last.seq
            }
        } catch let error as ReeveError {
            // The log no longer reaches back to the cursor: said, and the subscription is over.
            try? await connection.push([Response.notification("event.error", params: Response.json(of: error), form: form)])
        } catch {
            // The peer has gone.
        }
    }
}
