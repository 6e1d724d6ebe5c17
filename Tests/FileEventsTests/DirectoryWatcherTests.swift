import FileEvents
import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

/// Collects the events up to the one that is waited for.
private func events(_ watcher: DirectoryWatcher, upTo last: (FileEvent) -> Bool) async -> [FileEvent] {
    var seen: [FileEvent] = []
    for await event in watcher.events {
        seen.append(event)
        if last(event) { break }
    }
    return seen
}

@Suite struct DirectoryWatcherTests {
    /// In place: Foundation would write beside it and rename.
    private func make(_ path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs("x", file)
        fclose(file)
    }

    @Test func `a file that is written is told as created, modified and closed, in this order`() async throws {
        try await Scratch.with { scratch in
            let watcher = try DirectoryWatcher()
            try watcher.add(scratch.path)
            let file = fopen("\(scratch.path)/a", "w")
            fputs("text", file)
            fclose(file)
            let seen = await events(watcher) { $0.kind == .closedAfterWrite }
            #expect(seen.map(\.kind) == [.created, .modified, .closedAfterWrite])
            #expect(seen.allSatisfy { $0.name == "a" && $0.directory == scratch.path })
        }
    }

    @Test func `a file that is still open is told as modified and not as closed`() async throws {
        try await Scratch.with { scratch in
            let watcher = try DirectoryWatcher()
            try watcher.add(scratch.path)
            let file = fopen("\(scratch.path)/a", "w")
            fputs("half", file)
            fflush(file)
            let seen = await events(watcher) { $0.kind == .modified }
            #expect(seen.map(\.kind) == [.created, .modified])
            fclose(file)
        }
    }

    @Test func `a rename between two watched directories is told in both`() async throws {
        try await Scratch.with { scratch in
            let one = try scratch.directory("one")
            let two = try scratch.directory("two")
            try make("\(one)/a")
            let watcher = try DirectoryWatcher()
            try watcher.add(one)
            try watcher.add(two)
            rename("\(one)/a", "\(two)/b")
            let seen = await events(watcher) { $0.directory == two }
            #expect(
                seen == [
                    FileEvent(directory: one, name: "a", kind: .movedOut), FileEvent(directory: two, name: "b", kind: .movedIn),
                ])
        }
    }

    @Test func `a deletion is told`() async throws {
        try await Scratch.with { scratch in
            try make("\(scratch.path)/a")
            let watcher = try DirectoryWatcher()
            try watcher.add(scratch.path)
            unlink("\(scratch.path)/a")
            #expect(await events(watcher) { _ in true } == [FileEvent(directory: scratch.path, name: "a", kind: .deleted)])
        }
    }

    @Test func `a directory that is removed is told as gone, once, and can be added again`() async throws {
        try await Scratch.with { scratch in
            let path = try scratch.directory("d")
            let watcher = try DirectoryWatcher()
            try watcher.add(path)
            rmdir(path)
            #expect(await events(watcher) { _ in true } == [FileEvent(directory: path, kind: .directoryGone)])
        }
    }

    @Test func `a directory that comes back is told of after it was added again, and its end only once`() async throws {
        try await Scratch.with { scratch in
            let path = try scratch.directory("d")
            let watcher = try DirectoryWatcher()
            try watcher.add(path)
            rmdir(path)
            mkdir(path, 0o700)
            try watcher.add(path)
            try make("\(path)/a")
            let seen = await events(watcher) { $0.kind == .closedAfterWrite }
            #expect(seen.filter { $0.kind == .directoryGone }.count <= 1)
            #expect(seen.contains(FileEvent(directory: path, name: "a", kind: .created)))
        }
    }

    @Test func `a directory that is moved away is told as gone, and what happens in it is told no more`() async throws {
        try await Scratch.with { scratch in
            let path = try scratch.directory("d")
            let other = try scratch.directory("other")
            let watcher = try DirectoryWatcher()
            try watcher.add(path)
            try watcher.add(other)
            rename(path, "\(scratch.path)/elsewhere")
            var reader = watcher.events.makeAsyncIterator()
            #expect(await reader.next() == FileEvent(directory: path, kind: .directoryGone))
            try make("\(scratch.path)/elsewhere/a")
            try make("\(other)/b")
            #expect(await reader.next()?.directory == other)
        }
    }

    @Test func `after remove a directory is silent and the others are not`() async throws {
        try await Scratch.with { scratch in
            let one = try scratch.directory("one")
            let two = try scratch.directory("two")
            let watcher = try DirectoryWatcher()
            try watcher.add(one)
            try watcher.add(two)
            watcher.remove(one)
            try make("\(one)/a")
            try make("\(two)/b")
            #expect(await events(watcher) { $0.kind == .closedAfterWrite }.allSatisfy { $0.directory == two })
        }
    }

    @Test func `a directory with two names is told under both, and under the one that is left`() async throws {
        try await Scratch.with { scratch in
            let path = try scratch.directory("d")
            let link = "\(scratch.path)/link"
            symlink(path, link)
            let watcher = try DirectoryWatcher()
            try watcher.add(path)
            try watcher.add(link)
            mkdir("\(path)/a", 0o700)
            var reader = watcher.events.makeAsyncIterator()
            #expect(await reader.next()?.directory == path)
            #expect(await reader.next()?.directory == link)
            watcher.remove(path)
            mkdir("\(path)/b", 0o700)
            #expect(await reader.next() == FileEvent(directory: link, name: "b", kind: .created))
        }
    }

    @Test func `adding a directory twice tells each event once`() async throws {
        try await Scratch.with { scratch in
            let watcher = try DirectoryWatcher()
            try watcher.add(scratch.path)
            try watcher.add(scratch.path)
            mkdir("\(scratch.path)/a", 0o700)
            mkdir("\(scratch.path)/b", 0o700)
            #expect(await events(watcher) { $0.name == "b" }.map(\.name) == ["a", "b"])
        }
    }

    @Test func `what is not there, or no directory, is refused by name`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try make("\(scratch.path)/file")
        let watcher = try DirectoryWatcher()
        let missing = #expect(throws: ReeveError.self) { try watcher.add("\(scratch.path)/none") }
        #expect(missing?.kind == .notFound)
        #expect(missing?.message.contains("\(scratch.path)/none") == true)
        let file = #expect(throws: ReeveError.self) { try watcher.add("\(scratch.path)/file") }
        #expect(file?.kind == .invalidParams)
    }

    @Test func `close ends the stream, and adding is refused then`() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let watcher = try DirectoryWatcher()
        try watcher.add(scratch.path)
        watcher.close()
        watcher.close()
        watcher.remove(scratch.path)
        for await _ in watcher.events {}
        let refusal = #expect(throws: ReeveError.self) { try watcher.add(scratch.path) }
        #expect(refusal?.kind == .shuttingDown)
    }

    @Test func `a watcher that nobody holds closes itself`() async throws {
        var watcher: DirectoryWatcher? = try DirectoryWatcher()
        let events = try #require(watcher?.events)
        watcher = nil
        for await _ in events {}
    }

    @Test(arguments: [
        (ENOSPC, ReeveError.Kind.unavailable, "fs.inotify.max_user_watches"), (EACCES, .unavailable, "ls -ld"),
        (ENOENT, .notFound, "make it"), (ENOTDIR, .invalidParams, "directory"),
    ])
    func `why a directory cannot be watched is told with what to do`(code: Int32, kind: ReeveError.Kind, hint: String) {
        let error = WatchFailure.error(code, watching: "/a\u{1B}[2Jb")
        #expect(error.kind == kind)
        #expect(error.hint?.contains(hint) == true)
        #expect(error.message.contains("/a[2Jb"))
    }

    @Test func `too many watchers are told with what to do`() {
        #expect(WatchFailure.errorOfStarting(EMFILE).hint?.contains("fs.inotify.max_user_instances") == true)
        #expect(WatchFailure.errorOfStarting(ENOMEM).kind == .unavailable)
    }
}
