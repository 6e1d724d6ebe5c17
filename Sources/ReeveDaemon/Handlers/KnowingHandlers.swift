import ReeveControl
import ReeveEngine
import ReeveHooks
import ReeveJSON
import ReeveModel
import ReeveWire

extension Handlers {
    func registerKnowing(_ router: inout Router) {
        let desk = engine.desk
        let line = senses.line
        // On the event loop: agents wait for their hooks.
        router.registerFast(AgentEvent.self) { (params) throws(ReeveError) in
            let envelope = try HookEnvelope(try JSONDocument(params.json, allowsLoneSurrogates: true).root)
            line.yield(.event(envelope))
            return Empty().json
        }
        router.register(AgentExplain.self) { params, _ in
            let agent = try await desk.agent(try Self.ticketID(params.ticket))
            return AgentExplain.Result(await senses.explain(agent))
        }
    }
}

extension AgentExplain.Result {
    init(_ explanation: Senses.Explanation) {
        self.init()
        agent = AgentShape(explanation.agent)
        if let thread = explanation.thread {
            self.thread = ThreadShape(thread)
            evidence = thread.lines.map { EvidenceShape($0) }
            silent = thread.silent.map(\.word)
        } else {
            // Nothing of its own is heard or read: what is shown is its keeper's word.
            var line = EvidenceShape()
            line.source = EvidenceSource.process.word
            line.state = explanation.agent.state.rawValue
            line.rule = explanation.agent.pid.map { "the keeper says that process \($0) runs" } ?? "the keeper's last word"
            evidence = [line]
            silent = EvidenceSource.allCases.filter { $0 != .none && $0 != .exit && $0 != .process }.map(\.word)
        }
    }
}

extension ThreadShape {
    init(_ explanation: ThreadExplanation) {
        self.init()
        kind = explanation.key.kind
        id = explanation.key.id
        state = explanation.verdict.state.rawValue
        detail = explanation.verdict.detail
        title = explanation.title
        directory = explanation.directory
        since = explanation.verdict.since.rfc3339
        unseen = explanation.verdict.isUnseen
    }
}

extension EvidenceShape {
    init(_ line: ThreadExplanation.Line) {
        self.init()
        source = line.evidence.source.word
        state = line.evidence.state.rawValue
        detail = line.evidence.detail
        rule = line.evidence.rule
        matched = line.evidence.matched.isEmpty ? nil : line.evidence.matched
        ageMs = Int(line.age.milliseconds)
        guess = line.evidence.isGuess ? true : nil
        outranked = line.outranked
    }
}
