import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire

extension Handlers {
    func registerMetadata(_ router: inout Router) {
        let desk = engine.metadata
        router.register(MetadataSetStatus.self) { params, _ in
            var result = MetadataSetStatus.Result()
            result.status = MetadataStatusShape(
                try await desk.set(
                    status: params.text, tone: MetadataTone(word: params.tone), timeToLive: Self.duration(params.ttlMs),
                    of: try Self.address(params)))
            return result
        }
        router.register(MetadataSetProgress.self) { params, _ in
            var result = MetadataSetProgress.Result()
            result.progress = MetadataProgressShape(
                try await desk.set(
                    progress: try params.amount(), label: params.label, timeToLive: Self.duration(params.ttlMs),
                    of: try Self.address(params)))
            return result
        }
        router.register(MetadataLog.self) { params, _ in
            var result = MetadataLog.Result()
            result.line = MetadataLineShape(
                try await desk.add(
                    line: params.message, tone: MetadataTone(word: params.tone), source: params.source,
                    timeToLive: Self.duration(params.ttlMs), to: try Self.address(params)))
            return result
        }
        router.register(MetadataNotify.self) { params, _ in
            var result = MetadataLog.Result()
            result.line = MetadataLineShape(
                try await desk.notify(
                    params.body, title: params.title, urgency: params.urgency, from: try Self.address(params)))
            return result
        }
        router.register(MetadataClear.self) { params, _ in
            var result = MetadataClear.Result()
            result.cleared = try await desk.clear(
                Set(params.parts ?? MetadataPart.allCases), of: try Self.address(params))
            return result
        }
        router.register(MetadataGet.self) { params, _ in
            let found = try await desk.look(try Self.address(params))
            var result = MetadataGet.Result()
            result.ticket = found.owner.ticket?.text
            result.session = found.owner.session?.text
            result.metadata = MetadataShape(found.board)
            return result
        }
    }

    private static func address(_ params: some MetadataParams) throws(ReeveError) -> MetadataDesk.Address {
        switch (params.ticket, params.session) {
        case (let ticket?, nil): return .ticket(try ticketID(ticket))
        case (nil, let session?): return .session(session)
        case (nil, nil):
            throw .invalid("$.ticket", "whose?", hint: "give ticket or session; an agent finds its own in REEVE_TICKET")
        default:
            throw .invalid("$.session", "give ticket or session, not both", hint: "a session of a ticket speaks for its ticket")
        }
    }

    private static func duration(_ milliseconds: Int?) -> Duration? { milliseconds.map { .milliseconds($0) } }
}
