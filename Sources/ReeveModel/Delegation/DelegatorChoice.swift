/// Who works on a step, and on whose word.
package struct DelegatorChoice: Sendable, Hashable {
    /// The places that may name somebody. The first that does decides.
    package enum Level: String, Sendable, Hashable, CaseIterable {
        /// `step_delegators` of the ticket.
        case ticketStep = "ticket-step"
        /// `delegator` of the ticket, or the agent that whoever made it has named.
        case ticket
        case step
        case type
        case project
        case standard = "default"
    }

    package var agent: String
    /// Nil: an agent kind was named, without anything beside it.
    package var delegator: Delegator?
    package var level: Level
    /// "step 'code' of FEAT asks for 'opus'".
    package var reason: String
}

/// What each level says about one step of one ticket. A name is a delegator's or an agent kind's; empty or nil says nothing.
package struct DelegatorQuestion: Sendable, Hashable {
    package var step: String
    package var type: String
    package var named: [DelegatorChoice.Level: String]

    /// - Parameters:
    ///   - ticketAgent: only what whoever made the ticket has chosen, not what Reeve filled in.
    package init(
        step: String, type: String, stepDelegators: [String: String] = [:], ticketDelegator: String? = nil,
        ticketAgent: String? = nil, stepAgent: String? = nil, typeAgent: String? = nil, project: String? = nil,
        standard: String
    ) {
        self.step = step
        self.type = type
        named = [:]
        named[.ticketStep] = stepDelegators[step]
        // The older word, `agent`, is what tickets had before there were delegators.
        named[.ticket] = ticketDelegator?.isEmpty == false ? ticketDelegator : ticketAgent
        named[.step] = stepAgent
        named[.type] = typeAgent
        named[.project] = project
        named[.standard] = standard
    }

    /// - Parameters:
    ///   - delegators: by name. One of an agent kind's name takes its place.
    ///   - kinds: names of the agent kinds.
    package func answer(delegators: [String: Delegator], kinds: Set<String>) throws(ReeveError) -> DelegatorChoice {
        for level in DelegatorChoice.Level.allCases {
            guard let name = named[level], !name.isEmpty else { continue }
            let reason = reason(level, name)
            if let delegator = delegators[name] {
                guard kinds.contains(delegator.agent) else {
                    throw unknown(
                        "no agent '\(shown(delegator.agent))', which [delegators.\(shown(name))] names; \(reason)",
                        delegator.agent, kinds)
                }
                return DelegatorChoice(agent: delegator.agent, delegator: delegator, level: level, reason: reason)
            }
            if kinds.contains(name) { return DelegatorChoice(agent: name, delegator: nil, level: level, reason: reason) }
            throw unknown("no delegator or agent '\(shown(name))'; \(reason)", name, kinds.union(delegators.keys))
        }
        throw ReeveError(.notFound, "nothing says who works on step '\(shown(step))'", hint: "set [queue] default_agent")
    }

    private func reason(_ level: DelegatorChoice.Level, _ name: String) -> String {
        let asks = "asks for '\(shown(name))'"
        return switch level {
        case .ticketStep: "the ticket \(asks) in its step '\(shown(step))'"
        case .ticket: "the ticket \(asks)"
        case .step: "step '\(shown(step))' of \(shown(type)) \(asks)"
        case .type: "the type \(shown(type)) \(asks)"
        case .project: "the project \(asks)"
        case .standard: "nobody else does, so the default \(asks)"
        }
    }

    private func unknown(_ message: String, _ name: String, _ known: Set<String>) -> ReeveError {
        ReeveError(
            .notFound, message,
            hint: NearestName.hint(name, in: known) ?? "known: \(known.sorted().joined(separator: ", "))")
    }

    /// Names stand in tickets, which anybody may have written.
    private func shown(_ name: String) -> String { String(InertText.clean(name).prefix(60)) }
}
