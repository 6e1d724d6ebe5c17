import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

/// What a daemon that comes back waits for, and what it does not put off.
@Suite struct RecoveryTests {
    @Test func `the doors open although an agent in work has ended, and its terminal has gone, before the last one was asked`()
        async throws
    {
        let journal = MemoryJournal()
        let world = FakeWorld()
        try await EngineFixture.with(journal: journal, world: world) { f in
            for name in ["GOES", "STAYS"] {
                try await f.add(name)
                #expect(await f.awaitState(name, .running))
            }
            world.holdInspection(of: try #require(f.launch(of: "STAYS")), whileMoreThan: 1)
        }
        var ticket = try #require(try await journal.ticket(Samples.id("GOES")))
        ticket.intent = .cancel
        try await journal.enqueue([.putTicket(ticket)]).value()
        // The fixture itself waits for the doors; on this clock their deadline never comes.
        try await EngineFixture.with(journal: journal, world: world, ids: "u", time: EngineFixture.EndlessTime()) { f in
            let isCancelled = try await f.awaitTicket("GOES", .cancelled)
            #expect(isCancelled)
            #expect(f.engine.board.agent(Samples.id("STAYS"))?.state == .running)
        }
    }

    @Test func `nothing is launched before everything in work has its slot again`() async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        func narrow(_ settings: inout EngineSettings) {
            settings.limits = QueueLimits(maxParallel: 1)
            settings.kinds["codex"] = AgentKind(name: "codex", start: ["codex"], prompt: .paste, enterDelay: .zero)
        }
        try await EngineFixture.with(journal: journal, world: world, narrow) { f in
            try await f.add("WORKS")
            #expect(await f.awaitState("WORKS", .running))
            try await f.add("WAITS")
        }
        // A switch was under way: its prompt is written anew, which takes its time, and meanwhile the multiplexer comes up.
        var ticket = try #require(try await journal.ticket(Samples.id("WORKS")))
        ticket.intent = .switch(to: "codex", prompt: "go on", policy: .signal)
        try await journal.enqueue([.putTicket(ticket)]).value()
        let (starts, connections) = (world.starts.count, world.connections)
        let isConnected = Mutex(false)
        world.holdPrompts {
            let isUp = await eventually { world.connections > connections }
            isConnected.withLock { $0 = isUp }
            _ = await eventually(within: .milliseconds(300)) { world.starts.count > starts }
            world.holdPrompts {}
        }
        try await EngineFixture.with(journal: journal, world: world, ids: "u", narrow) { f in
            #expect(isConnected.withLock { $0 })
            #expect(await eventually { f.engine.board.agent(Samples.id("WORKS"))?.kind == "codex" })
            let waiting = try await journal.ticket(Samples.id("WAITS"))
            #expect(waiting?.state == .queued)
        }
    }

    @Test func `a terminal whose time ran out while no daemon was there is closed as soon as the multiplexer is connected`()
        async throws
    {
        let journal = MemoryJournal()
        let world = FakeWorld()
        try await EngineFixture.with(journal: journal, world: world) { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
        }
        var ticket = try #require(try await journal.ticket(Samples.id("A")))
        ticket.finishedAt = ticket.finishedAt?.advanced(by: .seconds(-3600))
        try await journal.enqueue([.putTicket(ticket)]).value()
        world.connects(after: .milliseconds(200))
        try await EngineFixture.with(journal: journal, world: world, ids: "u") { _ in
            #expect(await eventually { world.sessionCount == 0 })
        }
    }

    @Test func `a terminal that a killed daemon made and could not write down is made anew when its keeper has died`()
        async throws
    {
        let journal = MemoryJournal()
        let world = FakeWorld()
        let ticket = Samples.ticket("T", state: .running, attempts: 1)
        let session = Samples.record()
        _ = journal.apply([.addTicket(ticket), .putSession(session), .putLaunch(Samples.launch("L1"))])
        _ = try await world.spawn(SpawnRequest(id: session.id, name: session.name, arguments: [], owner: "inst"))
        world.killKeeper(session.id, terminal: false)
        try await EngineFixture.with(journal: journal, world: world) { f in
            #expect(await f.awaitState("T", .running))
            #expect(f.launch(of: "T") == Samples.launchID("L1"))
        }
    }

    @Test func `a session without a ticket whose keeper has died takes its terminal along, now or after a restart`() async throws
    {
        let journal = MemoryJournal()
        let world = FakeWorld()
        let name = try #require(SessionName("mine"))
        try await EngineFixture.with(journal: journal, world: world) { f in
            for round in 1...2 {
                // The name is free again.
                try await f.engine.sessions.spawn(name, command: ["x"], directory: nil, environment: [:])
                let id = try #require(try await journal.load().sessions.first?.session.id)
                #expect(world.sessionCount == 1)
                if round == 2 { break }
                world.killKeeper(id, terminal: false)
                #expect(try await eventually { try await journal.load().sessions.isEmpty })
                #expect(world.sessionCount == 0)
            }
        }
        // It died while nobody looked, as it does when the daemon is killed between its end and that of its terminal.
        let left = try #require(try await journal.load().sessions.first?.session)
        world.killKeeper(left.id, terminal: false)
        world.connects(after: .milliseconds(50))
        try await EngineFixture.with(journal: journal, world: world, ids: "u") { f in
            #expect(try await eventually { try await journal.load().sessions.isEmpty })
            #expect(world.sessionCount == 0)
            try await f.engine.sessions.spawn(name, command: ["x"], directory: nil, environment: [:])
        }
    }

    @Test(arguments: [1, 2])
    func `a session whose keeper lets go of its lock last is buried all the same`(_ looks: Int) async throws {
        let name = try #require(SessionName("mine"))
        try await EngineFixture.with { f in
            try await f.engine.sessions.spawn(name, command: ["x"], directory: nil, environment: [:])
            let id = try #require(try await f.journal.load().sessions.first?.session.id)
            // It is watched, and has been found alive.
            #expect(await eventually { f.world.inspectionCount(in: id) > 0 })
            f.world.killKeeper(id, terminal: false, looks: looks)
            #expect(try await eventually { try await f.journal.load().sessions.isEmpty })
            #expect(f.world.sessionCount == 0)
        }
    }

    @Test(arguments: ["its keeper dies", "it is destroyed"])
    func `the end of a session that the disk does not take is written down once there is room`(_ end: String) async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        let name = try #require(SessionName("mine"))
        try await EngineFixture.with(journal: journal, world: world) { f in
            try await f.engine.sessions.spawn(name, command: ["x"], directory: nil, environment: [:])
            let id = try #require(try await journal.load().sessions.first?.session.id)
            journal.fail(with: .unavailable("no room"))
            if end == "it is destroyed" {
                await #expect(throws: ReeveError.self) { try await f.engine.sessions.destroy(name) }
            } else {
                world.killKeeper(id, terminal: false)
                #expect(await eventually { journal.refusedKinds.contains("session.lost") })
            }
            #expect(world.sessionCount == 0)
            // Its name is not free before that.
            #expect(await f.engine.sessions.open("mine") != nil)
            journal.fail(with: nil)
            #expect(try await eventually { try await journal.load().sessions.isEmpty })
            #expect(await eventually { await f.engine.sessions.open("mine") == nil })
            try await f.engine.sessions.spawn(name, command: ["x"], directory: nil, environment: [:])
            #expect(try await journal.load().sessions.count == 1)
        }
    }

    @Test(arguments: [true, false])
    func `a session that does not come about leaves no terminal, once the multiplexer answers again or after a restart`(
        isSameDaemon: Bool
    ) async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        let name = try #require(SessionName("mine"))
        try await EngineFixture.with(journal: journal, world: world) { f in
            world.whenStarting { world.setUp(false) }
            await #expect(throws: ReeveError.self) {
                try await f.engine.sessions.spawn(name, command: ["x"], directory: nil, environment: [:])
            }
            // It is there, and so is its name.
            #expect(world.sessionCount == 1)
            #expect(await f.engine.sessions.open("mine") != nil)
            guard isSameDaemon else { return }
            world.setUp(true)
            #expect(await eventually { await f.engine.sessions.open("mine") == nil })
            #expect(world.sessionCount == 0 && journal.openSessions.isEmpty)
        }
        world.whenStarting {}
        world.setUp(true)
        try await EngineFixture.with(journal: journal, world: world, ids: "u") { f in
            #expect(try await eventually { try await journal.load().sessions.isEmpty })
            #expect(world.sessionCount == 0)
            try await f.engine.sessions.spawn(name, command: ["x"], directory: nil, environment: [:])
        }
    }

    @Test func `the name of a session that does not come about is free once the disk has taken that`() async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        let name = try #require(SessionName("mine"))
        try await EngineFixture.with(journal: journal, world: world) { f in
            func spawn() async throws {
                try await f.engine.sessions.spawn(name, command: ["x"], directory: nil, environment: [:])
            }
            world.whenStarting { journal.fail(with: .unavailable("no room")) }
            await #expect(throws: ReeveError.self) { try await spawn() }
            world.whenStarting {}
            #expect(world.sessionCount == 0)
            journal.fail(with: nil)
            #expect(await eventually { (try? await spawn()) != nil })
            let open = try await journal.load().sessions
            #expect(open.count == 1 && journal.openSessions.count == 1)
        }
        try await EngineFixture.with(journal: journal, world: world, ids: "u") { f in
            #expect(await f.engine.sessions.isLive(name))
        }
    }

    @Test func `a terminal in which an agent works that the journal does not know is closed when that has ended`() async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        let session = Mutex<SessionID?>(nil)
        try await EngineFixture.with(journal: journal, world: world) { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            session.withLock { $0 = f.engine.board.agent(Samples.id("A"))?.sessionID }
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
        }
        // Begun after this journal was saved: it knows of the first launch there and of no other.
        let unknown = try #require(LaunchID("unknown"))
        let order = LaunchOrder(
            id: unknown, label: "claude", arguments: ["claude"], directory: "/", environment: [:], standardInput: nil)
        _ = try await world.run(order, in: try #require(session.withLock { $0 }))
        try await EngineFixture.with(journal: journal, world: world, ids: "u", { $0.linger = .zero }) { f in
            // Its time is over at once, and it is looked at again and again.
            #expect(await eventually { world.looksForOthers >= 2 })
            #expect(world.running() == [unknown] && world.sessionCount == 1)
            world.end(unknown, .code(0))
            #expect(await eventually { world.sessionCount == 0 })
            #expect(await eventually { journal.kinds.contains("session.closed") })
        }
    }

    @Test func `a ticket that is tried again while its terminal is to be closed gets it, if that is put off`() async throws {
        let journal = MemoryJournal()
        let world = FakeWorld()
        try await EngineFixture.with(journal: journal, world: world, { $0.linger = .zero }) { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            let session = try #require(f.engine.board.agent(Samples.id("A"))?.sessionID)
            world.watch(session)
            world.holdLists(true)
            try f.end("A")
            #expect(try await f.awaitTicket("A", .done))
            // Whether somebody looks is being asked.
            #expect(await eventually { world.heldLists > 0 })
            _ = try await f.engine.queue.retry(Samples.id("A"), CommandContext())
            // Its launch is on the way, and waits for what comes of that.
            #expect(await eventually { f.engine.board.picture.running == 1 })
            #expect(await !eventually(within: .milliseconds(100)) { world.starts.count > 1 })
            world.holdLists(false)
            #expect(await f.awaitState("A", .running))
            #expect(f.engine.board.agent(Samples.id("A"))?.sessionID == session && world.sessionCount == 1)
        }
    }
}
