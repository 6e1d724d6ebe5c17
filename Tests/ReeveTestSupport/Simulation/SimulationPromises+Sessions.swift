import ReeveModel

/// Sessions without a ticket end when somebody asks for it or something ends them, and then they are gone.
extension SimulationPromises {
    var sessionsBroken: [String] {
        let wanted = ledger.asked.compactMap { asked -> SessionName? in
            if case .destroy(let name) = asked.wish { name } else { nil }
        }
        var found: [String] = []
        for asked in ledger.asked where asked.isAnswered {
            switch asked.wish {
            case .spawn(let name):
                guard let id = asked.session, log.contains(where: { $0.endedSession?.id == id }) else { continue }
                if !killedSessions.contains(id), !wanted.contains(name) {
                    found.append("the session \(name) (\(id)) is over: nobody has asked for that, and nothing has killed it")
                }
            case .destroy(let name):
                guard let end = asked.logAfter else { continue }
                for payload in log[asked.logBefore..<end] {
                    guard let over = payload.endedSession, over.name == name, terminals.contains(over.id) else { continue }
                    found.append("the end of the session \(name) (\(over.id)) was acknowledged, and its terminal is there")
                }
            default: break
            }
        }
        return found
    }
}
