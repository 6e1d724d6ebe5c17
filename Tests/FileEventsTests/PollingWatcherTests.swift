import FileEvents
import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct PollingWatcherTests {
    private func write(_ path: String, _ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }

    @Test func `what changed since the last look is told`() async throws {
        try await Scratch.with { scratch in
            try write("\(scratch.path)/changes", "1")
            try write("\(scratch.path)/goes", "1")
            try write("\(scratch.path)/stays", "1")
            let watcher = PollingWatcher(time: ManualTime())
            try watcher.add(scratch.path)
            try write("\(scratch.path)/changes", "12")
            unlink("\(scratch.path)/goes")
            try write("\(scratch.path)/new", "1")
            var reader = watcher.events.makeAsyncIterator()
            let seen = [await reader.next(), await reader.next(), await reader.next()]
            #expect(seen.map(\.?.name) == ["goes", "changes", "new"])
            #expect(seen.map(\.?.kind) == [.deleted, .modified, .created])
        }
    }

    @Test func `the next look comes after the interval`() async throws {
        try await Scratch.with { scratch in
            let time = ManualTime()
            let watcher = PollingWatcher(time: time, interval: .seconds(1))
            try watcher.add(scratch.path)
            async let first: FileEvent? = {
                for await event in watcher.events { return event }
                return nil
            }()
            #expect(await eventually { time.hasSleepers })
            try write("\(scratch.path)/a", "1")
            time.advance(by: .seconds(1))
            #expect(await first?.name == "a")
        }
    }

    @Test func `a directory that is gone, or another one, is told once`() async throws {
        try await Scratch.with { scratch in
            let one = try scratch.directory("one")
            let two = try scratch.directory("two")
            let watcher = PollingWatcher(time: ManualTime())
            try watcher.add(one)
            try watcher.add(two)
            rmdir(one)
            rename(two, "\(scratch.path)/kept")
            mkdir(two, 0o700)
            var reader = watcher.events.makeAsyncIterator()
            #expect(await reader.next() == FileEvent(directory: one, kind: .directoryGone))
            #expect(await reader.next() == FileEvent(directory: two, kind: .directoryGone))
            watcher.close()
            #expect(await reader.next() == nil)
        }
    }

    @Test func `close ends the stream within an interval, cancelling at once`() async throws {
        let time = ManualTime()
        let watcher = PollingWatcher(time: time)
        let reader = Task { for await _ in watcher.events {} }
        #expect(await eventually { time.hasSleepers })
        watcher.close()
        time.advance(by: .seconds(1))
        await reader.value
        let other = PollingWatcher(time: time)
        let cancelled = Task { for await _ in other.events {} }
        cancelled.cancel()
        await cancelled.value
    }

    @Test func `what is not there is refused`() {
        let refusal = #expect(throws: ReeveError.self) { try PollingWatcher(time: ManualTime()).add("/nowhere/at/all") }
        #expect(refusal?.kind == .notFound)
    }
}
