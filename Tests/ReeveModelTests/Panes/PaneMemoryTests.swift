import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct PaneMemoryTests {
    private static func host(_ pane: String, on server: String) -> PaneFollowing.Host {
        PaneFollowing.Host(
            PaneHost(server: server, pane: pane), layout: .grid, epoch: "7.8", since: Timestamp(milliseconds: 9))
    }

    private static func wait(_ name: String, asked: Bool) -> PaneMemory.Wait {
        PaneMemory.Wait(
            session: Samples.name(name), sessionID: Samples.session("s-" + name), ticket: asked ? nil : Samples.id("T-1"),
            host: PaneHost(server: "/run/a b/c", pane: "%12"), layout: asked ? .horizontal : nil,
            isolation: asked ? .window : nil, epoch: "1.2", since: Timestamp(milliseconds: 1_790_000_000_000),
            launch: asked ? nil : Samples.launchID("l-1"))
    }

    @Test(arguments: [
        PaneMemory(), PaneMemory(waits: [wait("one", asked: true), wait("two", asked: false)]),
        PaneMemory(following: PaneFollowing(hosts: [host("%1", on: "/a"), host("%2", on: "/with spaces/b")])),
        PaneMemory(
            waits: [wait("one", asked: false)],
            following: PaneFollowing(hosts: [host("%1", on: "/a")], settled: [Samples.launchID("l1"), Samples.launchID("l2")])),
    ])
    func `what is kept reads back as it was`(memory: PaneMemory) {
        #expect(PaneMemory(stored: memory.stored) == memory)
    }

    @Test(arguments: [
        "", "?", "wait", "wait one", "follow - - 1 1.1 %0", "follow - - 1 1.1 %0 ", "follow - - x 1.1 %0 /a",
        "follow - - 1 1.1 0 /a",
        "settled", "settled ", "settled a b", "later words", "wait one s-one - - - - x 1.1 %0 /a",
        "wait -one s-one - - - - 1 1.1 %0 /a",
    ])
    func `a line that cannot be read is left out, and no other`(line: String) {
        let good = PaneMemory(following: PaneFollowing(hosts: [Self.host("%1", on: "/a")]))
        #expect(PaneMemory(stored: line) == PaneMemory())
        #expect(PaneMemory(stored: line + "\n" + good.stored + "\n" + line) == good)
    }
}
