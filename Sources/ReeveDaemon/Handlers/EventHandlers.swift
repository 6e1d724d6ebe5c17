import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire

extension Handlers {
    func registerEvents(_ router: inout Router) {
        let hub = engine.hub
        let cursor = cursor
        router.register(EventsSubscribe.self) { params, context in
            // The journal's number: the hub hears of a commit a moment later.
            let newest = max(await hub.cursor, cursor())
            let since = params.since ?? newest
            guard since <= newest else {
                throw Self.beyond(newest)
            }
            // A cursor that the log no longer reaches is refused now, and not by silence later.
            _ = try await journal.events(after: since, limit: 1)
            for kind in params.kinds ?? [] where !Self.isKnown(kind) {
                throw ReeveError.invalid(
                    "$.kinds", "no kind '\(kind)'",
                    hint: NearestName.hint(kind, in: EventPayload.allKinds) ?? "agent.* means all of a noun")
            }
            context.subscriber.subscribe(
                after: since,
                EventFilter(
                    kinds: params.kinds.map { Set($0) }, tickets: params.tickets.map { Set($0) },
                    agents: params.agents.map { Set($0) }))
            var result = EventsSubscribe.Result()
            result.cursor = since
            return result
        }
        router.register(EventsUnsubscribe.self) { _, context in
            context.subscriber.unsubscribe()
            return Empty()
        }
        router.register(EventsRead.self) { params, _ in
            let newest = max(await hub.cursor, cursor())
            guard params.since <= newest else { throw Self.beyond(newest) }
            let events = try await journal.events(after: params.since, limit: params.limit)
            var result = EventsRead.Result()
            result.events = events.map { EventShape($0) }
            result.cursor = events.last?.seq ?? params.since
            return result
        }
    }

    private static func beyond(_ newest: Int64) -> ReeveError {
        ReeveError.invalid("$.since", "the newest event is \(newest)", hint: "is this another daemon's cursor?")
    }

    private static func isKnown(_ kind: String) -> Bool {
        EventPayload.allKinds.contains { $0 == kind || $0.prefix { $0 != "." } + ".*" == kind }
    }
}

/// The engine's hub as the server's feed.
struct HubFeed: EventFeed {
    let hub: EventHub

    func newest() async -> Int64 { await hub.cursor }

    func next(after cursor: Int64, limit: Int) async throws -> (events: [StoredEvent], isLagging: Bool) {
        let batch = try await hub.next(after: cursor, limit: limit)
        return (batch.events, batch.isLagging)
    }
}
