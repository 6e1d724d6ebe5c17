import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Testing

/// What counts as delivered.
@Suite struct DeliveryTests {
    private func send(_ world: FakeWorld) async throws -> BackendActor.Evidence {
        var evidence: BackendActor.Evidence?
        try await EngineFixture.with(world: world) { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            evidence = try await f.engine.desk.send(Samples.id("A"), "hello", enter: true, force: false)
        }
        return try #require(evidence)
    }

    @Test func `a program that reads and shows it is believed by its screen`() async throws {
        #expect(try await send(FakeWorld()) == .screen)
    }

    @Test func `a program that reads and shows nothing is believed by the terminal's queue`() async throws {
        let world = FakeWorld()
        world.programs(areSilent: true, read: true)
        #expect(try await send(world) == .read)
        #expect(world.keys == ["hello", "Enter"])
    }

    @Test(arguments: [true, false])
    func `a program that does not read is not believed, however busy its screen`(isBusy: Bool) async throws {
        let world = FakeWorld()
        world.programs(areBusy: isBusy, read: false)
        let error = await #expect(throws: ReeveError.self) { _ = try await send(world) }
        #expect(error?.kind == .timeout && error?.message.contains("nothing has read it") == true)
        #expect(world.keys == ["hello"])
    }

    @Test func `an agent that ends while its screen is looked at before a text is sent nothing`() async throws {
        let world = FakeWorld()
        try await EngineFixture.with(world: world) { f in
            try await f.add("A")
            #expect(await f.awaitState("A", .running))
            world.endsWhenLookedAt(try #require(f.launch(of: "A")))
            let error = await #expect(throws: ReeveError.self) {
                _ = try await f.engine.desk.send(Samples.id("A"), "hello", enter: true, force: false)
            }
            #expect(error?.kind == .conflict)
            #expect(world.keys.isEmpty)
        }
    }
}
