import Processes
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// Which pane of which Zellij session is meant, and who looks at what beside it. On the stand-in.
@Suite(.serialized) struct ZellijPlacesSerialTests {
    @Test(arguments: ["0.44.1", "0.45.0"])
    func `a split leaves the view of whoever looks where it is, and goes with the tab`(version: String) async throws {
        try await FakeZellij.with(version: version, .inPersonsSession) { stage in
            let session = try await stage.start("op-A", ["cat"])
            // In a tab that is not in front nobody is taken there.
            let first = try await stage.zellij.split(session.handle, id: session.id, direction: .horizontal)
            #expect(try await stage.activeTab() == "Tab #1")
            // In the one that is, the person stays in the agent's pane.
            try await stage.zellij("--session", "work", "action", "focus-pane-id", session.handle.pane)
            #expect(try await stage.zellij.seen() == [session.id])
            let second = try await stage.zellij.split(session.handle, id: session.id, direction: .vertical)
            #expect(first.id != second.id && second.width > 0 && !second.active)
            #expect(try await stage.zellij.seen() == [session.id])
            #expect(try await stage.zellij.list().map(\.panes) == [3])
            // Or in the pane beside it that they are in.
            try await stage.zellij("--session", "work", "action", "focus-pane-id", first.id)
            _ = try await stage.zellij.split(session.handle, id: session.id, direction: .vertical)
            #expect(try await stage.zellij("--session", "work", "action", "list-clients").contains(first.id))
            // Whoever works there looks at the agent, and is not to lose what they have there.
            #expect(try await stage.zellij.seen() == [session.id])
            #expect(try await stage.zellij.list().map(\.attached) == [1])
            try await stage.zellij.destroy(session.handle, id: session.id)
            let panes = try await stage.zellij("--session", "work", "action", "list-panes", "--json", "--all")
            #expect(ZellijPane.list(panes)?.count == 1)
        }
    }

    @Test(arguments: ["0.44.1", "0.45.0"])
    func `a tab and a pane whose answers are lost are there once, and the view stays where it is`(version: String) async throws {
        try await FakeZellij.with(version: version, .inPersonsSession) { stage in
            stage.set("unanswered", true)
            let session = try await stage.start("op-A", ["cat"])
            #expect(try await stage.activeTab() == "Tab #1")
            try await stage.zellij.focus(session.handle, id: session.id)
            let pane = try await stage.zellij.split(session.handle, id: session.id, direction: .horizontal)
            #expect(pane.id != session.handle.pane && !pane.active)
            #expect(try await stage.zellij("--session", "work", "action", "list-clients").contains(session.handle.pane))
            #expect(try await stage.zellij.list().map(\.panes) == [2])
        }
    }

    @Test func `a session can be split while nobody is there, and all of it ends with it`() async throws {
        try await FakeZellij.with(version: "0.44.1", .alone) { stage in
            let session = try await stage.start("op-A", ["cat"])
            let pane = try await stage.zellij.split(session.handle, id: session.id, direction: .horizontal)
            #expect(pane.id == "terminal_1")
            #expect(try await stage.zellij.life(of: session.handle, id: session.id) == .alive)
            try await stage.zellij.destroy(session.handle, id: session.id)
            #expect(try await stage.zellij.list().isEmpty)
            let gone = await stage.refusal {
                _ = try await stage.zellij.split(session.handle, id: session.id, direction: .vertical)
            }
            #expect(gone == .notFound)
        }
    }

    @Test func `only attach takes the beginning of a name for the name`() async throws {
        try await FakeZellij.with { stage in
            let ten = try await stage.start("op-P10", ["cat"])
            #expect(try await stage.zellij("attach", "op-P1").contains("ENOTTY"))
            #expect(try await stage.zellij("attach", "op-P2").contains("No session with the name"))
            for words in [ZellijCommand.kill("op-P1"), ZellijCommand.delete("op-P1"), ZellijCommand.panes("op-P1")] {
                _ = try await ProcessRunner.run([FakeZellij.program] + words, environment: stage.environment)
            }
            #expect(try await stage.zellij.life(of: ten.handle, id: ten.id) == .alive)
            var one = ten.handle
            one.session = "op-P1"
            #expect(await stage.refusal { try await stage.zellij.destroy(one, id: ten.id) } == .notFound)
            #expect(await stage.refusal { try await stage.zellij.send("x", to: one, id: ten.id) } == .notFound)
        }
    }

    @Test(arguments: [nil, "other"] as [String?])
    func `a tab stays a tab when sessions get another place, and a person's session never ends with it`(
        place: String?
    ) async throws {
        try await FakeZellij.with(version: "0.45.0", .inPersonsSession) { stage in
            let one = try await stage.start("op-A", ["cat"])
            let two = try await stage.start("op-B", ["cat"])
            try await stage.zellij.focus(one.handle, id: one.id)
            try await stage.zellij("attach", "--create-background", "other")
            try await stage.moved(to: place) { zellij in
                // Nobody has asked it for one of them yet.
                #expect(try await eventually { try await zellij.list().count == 2 })
                #expect(try await zellij.life(of: one.handle, id: one.id) == .alive)
                let listed = try await zellij.list().sorted { $0.name < $1.name }
                #expect(listed.map(\.name) == ["op-A", "op-B"] && listed.map(\.attached) == [1, 0])
                #expect(try await zellij.seen() == [one.id])
                let command = try await zellij.attachCommand(one.handle, id: one.id)
                #expect(command.socket == FakeZellij.personsSession && command.inside.contains("go-to-tab-by-id"))
                try await zellij.destroy(one.handle, id: one.id)
                #expect(try await zellij.life(of: one.handle, id: one.id) == .gone)
                #expect(try await zellij.life(of: two.handle, id: two.id) == .alive)
                #expect(try await zellij.list().map(\.name) == ["op-B"])
            }
            let tabs = ZellijTab.list(try await stage.zellij("--session", "work", "action", "list-tabs", "--json"))
            #expect(tabs?.map(\.name) == ["Tab #1", "op-B"])
        }
    }

    @Test func `a session of its own ends whole also when agents get tabs now`() async throws {
        try await FakeZellij.with { stage in
            let session = try await stage.start("op-with-a-name-that-is-shortened", ["cat"])
            try await stage.zellij("--session", session.handle.session, "action", "new-tab", "--name", "more", "--", "cat")
            try await stage.zellij("attach", "--create-background", "work")
            try await stage.moved(to: "work") { zellij in
                #expect(try await eventually { try await zellij.list().map(\.id) == [session.id] })
                #expect(try await zellij.attachCommand(session.handle, id: session.id).inside.isEmpty)
                try await zellij.destroy(session.handle, id: session.id)
                #expect(try await zellij.list().isEmpty)
            }
            #expect(try await !stage.zellij("list-sessions", "-n").contains(session.handle.session))
        }
    }
}
