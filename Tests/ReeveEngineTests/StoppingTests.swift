import ReeveEngine
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

/// What the daemon's own end does to what is under way.
@Suite struct StoppingTests {
    /// A worktree whose set-up command runs until it is stopped.
    private final class EndlessSetUp: Worktrees {
        private let begun = Mutex(0)
        var count: Int { begun.withLock { $0 } }

        func prepare(_ wish: WorktreeWish) async throws(ReeveError) -> WorktreePlace {
            begun.withLock { $0 += 1 }
            do { try await Task.sleep(for: .seconds(3600)) } catch {}
            throw ReeveError(.unavailable, "the set-up command was stopped")
        }

        func remove(_ place: WorktreePlace, mergedHead: String?) async throws(ReeveError) -> WorktreeRemoval {
            throw .unavailable("there is none")
        }
    }

    /// A worktree on a disk that is full until there is room.
    private final class FullDisk: Worktrees {
        private let hasRoom = Mutex(false)
        private let refusals = Mutex(0)
        var refused: Int { refusals.withLock { $0 } }
        func makeRoom() { hasRoom.withLock { $0 = true } }

        func prepare(_ wish: WorktreeWish) async throws(ReeveError) -> WorktreePlace {
            refusals.withLock { $0 += 1 }
            guard hasRoom.withLock({ $0 }), let branch = BranchName("b") else {
                throw .unavailable("'git worktree' failed", hint: ReeveError.makeRoom)
            }
            return WorktreePlace(
                repository: "/p", root: "/p", directory: "/", branch: branch, base: branch, remote: nil, notes: [])
        }

        func remove(_ place: WorktreePlace, mergedHead: String?) async throws(ReeveError) -> WorktreeRemoval {
            throw .unavailable("there is none")
        }
    }

    @Test func `a launch that is being prepared when the daemon stops has not failed`() async throws {
        let journal = MemoryJournal()
        let setUp = EndlessSetUp()
        try await EngineFixture.with(
            journal: journal, worktrees: setUp,
            {
                $0.usesWorktrees = true
                $0.limits.autoLaunch = false
                $0.limits.maxPerProject = 9
            }
        ) { f in
            for name in ["A", "B", "C"] { try await f.add(name, project: "/p") }
            await withTaskGroup(of: Void.self) { group in
                for name in ["A", "B", "C"] {
                    group.addTask { _ = try? await f.engine.queue.launch(Samples.id(name)) }
                }
                #expect(await eventually { setUp.count == 3 })
                // As the control socket does with what is under way a second after it was told to stop.
                group.cancelAll()
            }
            for name in ["A", "B", "C"] { #expect(journal.allTickets[Samples.id(name)]?.state == .queued) }
            #expect(f.engine.board.picture.counts[.failed] ?? 0 == 0)
        }
        // The queue's own, when the engine stops.
        try await EngineFixture.with(
            journal: journal, ids: "u", worktrees: setUp,
            {
                $0.usesWorktrees = true
                $0.limits.maxPerProject = 9
            }
        ) { _ in #expect(await eventually { setUp.count == 6 }) }
        for name in ["A", "B", "C"] { #expect(journal.allTickets[Samples.id(name)]?.state == .queued) }
        let events = try await journal.load()
        #expect(events.work.isEmpty)
    }

    @Test func `a worktree for which the disk has no room is waited for`() async throws {
        let disk = FullDisk()
        try await EngineFixture.with(worktrees: disk, { $0.usesWorktrees = true }) { f in
            try await f.add("A", project: "/p")
            #expect(await eventually { disk.refused > 0 })
            #expect(await eventually { await f.engine.queue.waitingReason(Samples.id("A")) != nil })
            #expect(f.journal.allTickets[Samples.id("A")]?.state == .queued)
            disk.makeRoom()
            _ = try await f.engine.queue.launch(Samples.id("A"))
            #expect(await f.awaitState("A", .running))
        }
    }
}
