import ReeveEngine
import ReeveModel

/// What is asked for, and what goes wrong, when.
extension Simulation {
    private static let names = (1...3).map { Samples.name("s\($0)") }

    func plan() {
        for index in ids.indices { atRandom(0...8_000) { $0.create(index) } }
        for index in 0..<Int.random(in: 0...2, using: &generator) {
            // Said twice by a client that got no answer.
            for _ in 1...2 { atRandom(0...20_000) { $0.client?.createOnce("key-\(index)") } }
        }
        for _ in 0..<Int.random(in: 3...14, using: &generator) { atRandom(500...50_000) { $0.act() } }
        // More than one of them see the same review, and each says something.
        for _ in 0..<Int.random(in: 2...10, using: &generator) { atRandom(3_000...50_000) { $0.review() } }
        for _ in 0..<Int.random(in: 0...5, using: &generator) { atRandom(500...50_000) { $0.actOnSessions() } }
        for _ in 0..<Int.random(in: 0...8, using: &generator) { atRandom(1_000...50_000) { $0.hurt() } }
    }

    private func atRandom(_ moments: ClosedRange<Int>, _ body: @escaping (Simulation) -> Void) {
        at(clock.now + generator.milliseconds(moments), body)
    }

    /// Faults are over: for a while nobody does anything; then what runs ends, and what waits for a person gets an answer.
    func planEnds() {
        checkSteps()
        for second in stride(from: 30, through: 600, by: 5) {
            at(Self.troubleEnds + .seconds(second)) { simulation in
                simulation.world.endAll(.code(0))
                simulation.approveAll()
            }
        }
        at(Self.troubleEnds + .seconds(330)) { $0.checkSessions() }
        for second in stride(from: 340, through: 400, by: 20) {
            at(Self.troubleEnds + .seconds(second)) { simulation in
                for name in Self.names { simulation.client?.destroy(name) }
            }
        }
    }

    // MARK: Clients

    private func create(_ index: Int) {
        let id = ids[index]
        let earlier = index > 0 && generator.oneIn(3) ? [ids[Int.random(in: 0..<index, using: &generator)]] : []
        // Whose agent nobody has chosen goes through the agents of its steps.
        let chosen = SimulatedWorkflows.isStepwise(id) && generator.oneIn(2) ? nil : generator.pick(Self.kinds)
        let new = NewTicket(
            id: id, title: "x", type: SimulatedWorkflows.type(of: id), project: generator.oneIn(2) ? "/p" : nil, agent: chosen,
            after: earlier)
        client?.create(new, id: id, thenPauses: generator.oneIn(6))
    }

    private func act() {
        guard let client else { return }
        let id = generator.pick(ids)
        let kind = generator.pick(Self.kinds)
        switch Int.random(in: 0..<12, using: &generator) {
        case 0, 1, 2: client.change(id, to: kind)
        case 3: client.cancel(id)
        case 4: client.retry(id)
        case 5: client.restart(id)
        case 6: client.pause(true)
        case 7: client.stop(id)
        case 8: client.send(id)
        case 9:
            let after = generator.oneIn(2) ? [generator.pick(ids)] : []
            client.update(id, title: generator.oneIn(3) ? nil : "x \(speaker("edited"))", agent: kind, after: after)
        case 10: client.launch(id)
        default: client.pause(false)
        }
    }

    /// Somebody who has seen a review decides it, perhaps a moment too late; or the files of a step are seen to be there.
    private func review() {
        guard let client else { return }
        let known = disk.allTickets
        let stepwise = ids.filter(SimulatedWorkflows.isStepwise)
        guard let id = stepwise.first(where: { known[$0]?.state == .review }) ?? stepwise.randomElement(using: &generator),
            let progress = known[id]?.progress
        else { return }
        if generator.oneIn(6) { return client.artifactsAreThere(id, visit: progress.visit) }
        let visit = generator.oneIn(2) ? progress.visit : nil
        for _ in 0..<generator.pick([1, 1, 2]) {
            client.review(id, isApproval: !generator.oneIn(3), visit: visit, by: speaker("reviewer"))
        }
        // Who says yes sees at once what he would rather have: the one meets the other half-way.
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: client.change(id, to: generator.pick(Self.kinds))
        case 1: client.restart(id)
        default: break
        }
    }

    private func approveAll() {
        for (id, ticket) in disk.allTickets.sorted(by: { $0.key < $1.key }) where ticket.state == .review {
            client?.review(id, isApproval: true, visit: nil, by: speaker("reviewer"))
        }
    }

    private func speaker(_ name: String) -> String {
        speakers += 1
        return "\(name)-\(speakers)"
    }

    private func actOnSessions() {
        guard let client else { return }
        let name = generator.pick(Self.names)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: client.destroy(name)
        case 1: client.type(into: name)
        default: client.spawn(name)
        }
    }

    // MARK: Faults

    private func hurt() {
        let session = world.sessionIDs.randomElement(using: &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: if let session { world.killKeeper(session, terminal: true) }
        case 1: if let session { world.killKeeper(session, terminal: false) }
        case 2: world.goAway(for: generator.milliseconds(100...8000))
        case 3: world.hang(for: generator.milliseconds(100...8000))
        case 4: if let session { world.rename(session) }
        case 5: if let session { world.personTypes(in: session, for: generator.milliseconds(100...20_000)) }
        case 6: if let session { world.dropKeeper(session) }
        case 7:
            ledger.note { $0.clockJumped = true }
            clock.putWall(by: generator.oneIn(2) ? .seconds(86_400) : .seconds(-86_400))
        case 8:
            condition.set(isSlow: true)
            clock.after(generator.milliseconds(1000...15_000), owner: SimulatedWorld.owner) { [condition] in
                condition.set(isSlow: false)
            }
        default:
            condition.set(isFull: true)
            clock.after(generator.milliseconds(10...5000), owner: SimulatedWorld.owner) { [condition] in
                condition.set(isFull: false)
            }
        }
    }
}
