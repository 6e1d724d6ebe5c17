import Foundation
import Ownership
import ReeveHooks
import ReeveTestSupport
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What is kept until a daemon starts.
@Suite struct HookSpoolTests {
    private func taken(_ spool: HookSpool) -> (events: [String], told: HookSpool.Taken) {
        var events: [String] = []
        let told = spool.take { events.append(String(decoding: $0, as: UTF8.self)) }
        return (events, told)
    }

    private func with(_ bounds: HookSpool.Bounds = .standard, _ body: (HookSpool, String) throws -> Void) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let directory = "\(scratch.path)/spool"
        try body(HookSpool(directory: directory, bounds: bounds), directory)
    }

    @Test func `events come out in their order, once`() throws {
        try with { spool, directory in
            #expect(taken(spool).told == HookSpool.Taken())
            #expect(access(directory, F_OK) != 0)
            for n in 0..<20 { try spool.add(Array("event \(n)".utf8)) }
            #expect(spool.count == 20)
            let (events, told) = taken(spool)
            #expect(events == (0..<20).map { "event \($0)" })
            #expect(told.events == 20 && told.dropped == 0 && told.broken == 0)
            #expect(taken(spool).events == [])
            let left = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(left == [])
        }
    }

    @Test func `it is the person's alone`() throws {
        try with { spool, directory in
            try spool.add([1])
            var info = stat()
            #expect(lstat(directory, &info) == 0 && info.st_mode & 0o7777 == 0o700)
            for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
                #expect(lstat("\(directory)/\(name)", &info) == 0 && info.st_mode & 0o7777 == 0o600)
            }
        }
    }

    @Test func `beyond the number of events the oldest go, and are counted once`() throws {
        try with(.init(events: 5, bytes: 1000)) { spool, _ in
            for n in 0..<12 {
                let gone = try spool.add(Array("\(n)".utf8))
                #expect(gone == (n < 5 ? 0 : 1))
            }
            let (events, told) = taken(spool)
            #expect(events == ["7", "8", "9", "10", "11"])
            #expect(told.dropped == 7)
            #expect(taken(spool).told.dropped == 0)
        }
    }

    @Test func `beyond the bytes the oldest go, as many as it takes`() throws {
        try with(.init(events: 100, bytes: 100)) { spool, _ in
            for n in 0..<9 { try spool.add([UInt8](repeating: 48 + UInt8(n), count: 9)) }
            let gone = try spool.add([UInt8](repeating: UInt8(ascii: "x"), count: 94))
            #expect(gone == 9)
            #expect(throws: Refusal.self) { try spool.add([UInt8](repeating: 0, count: 100)) }
            let (events, told) = taken(spool)
            #expect(events == [String(repeating: "x", count: 94)])
            #expect(told.dropped == 9)
        }
    }

    @Test func `the standard bounds are 1 000 events and 4 MiB`() {
        #expect(HookSpool.Bounds.standard == .init(events: 1000, bytes: 4_194_304))
    }

    @Test func `half-written events are ignored, and foreign files left alone`() throws {
        try with { spool, directory in
            try spool.add(Array("whole".utf8))
            func put(_ name: String, _ text: String, old: Bool = false) throws {
                try PrivateFile.write(text.utf8, to: "\(directory)/\(name)")
                guard old else { return }
                var times = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
                try #require(utimes("\(directory)/\(name)", &times) == 0)
            }
            try put("0000000000000001-00000001-9", "shorter\n")
            try put("0000000000000002-00000001-4", "")
            try put("0000000000000003-00000001-4", "\0\0\0\0")
            try put(".0000000000000004-00000001-4", "new", old: false)
            try put(".0000000000000005-00000001-4", "old", old: true)
            for name in ["note.txt", "0000000000000006-00000001-", "0000000000000006-00000001-04", "x-y-z"] {
                try put(name, "theirs\n", old: true)
            }
            let (events, told) = taken(spool)
            #expect(events == ["whole"])
            #expect(told.events == 1 && told.broken == 3)
            let left = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            let names = [
                ".0000000000000004-00000001-4", "0000000000000006-00000001-", "0000000000000006-00000001-04", "note.txt", "x-y-z",
            ]
            #expect(left == names)
        }
    }

    @Test func `what cannot be handled stays, with all behind it`() throws {
        struct Stop: Error {}
        try with { spool, _ in
            for n in 0..<4 { try spool.add(Array("\(n)".utf8)) }
            #expect(throws: Stop.self) {
                try spool.take { (event: [UInt8]) throws(Stop) in if event == Array("2".utf8) { throw Stop() } }
            }
            #expect(taken(spool).events == ["2", "3"])
        }
    }

    @Test func `a directory that others could have prepared is not used`() throws {
        try with { spool, directory in
            let victim = "\(directory).victim"
            try #require(mkdir(victim, 0o700) == 0)
            try #require(symlink(victim, directory) == 0)
            #expect(throws: Refusal.self) { try spool.add([1]) }
            #expect(taken(spool).told == HookSpool.Taken())
            let left = try FileManager.default.contentsOfDirectory(atPath: victim)
            #expect(left == [])
        }
    }

    @Test func `many who write and one who reads lose nothing and see nothing twice`() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let spool = HookSpool(directory: "\(scratch.path)/spool")
        let race = Race()
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<Race.writers {
                group.addTask {
                    await onOwnThread {
                        for n in 0..<100 { _ = try? spool.add(Array("\(writer)-\(n) \(String(repeating: "x", count: n))".utf8)) }
                        race.left.withLock { $0 -= 1 }
                    }
                }
            }
            group.addTask {
                await onOwnThread {
                    var isOver = false
                    while !isOver {
                        // What is added before the last writer has said so is there in this turn.
                        isOver = race.left.withLock { $0 } == 0
                        let told = spool.take { event in
                            race.seen.withLock { $0.append(String(decoding: event.prefix { $0 != 32 }, as: UTF8.self)) }
                        }
                        race.broken.withLock { $0 += told.broken + told.dropped }
                    }
                }
            }
        }
        let all = race.seen.withLock { $0 }
        #expect(all.count == 800 && Set(all).count == 800)
        #expect(race.broken.withLock { $0 } == 0)
        for writer in 0..<8 {
            let own = all.filter { $0.hasPrefix("\(writer)-") }
            #expect(own == (0..<100).map { "\(writer)-\($0)" })
        }
    }

    @Test func `many who write at the bound keep it, and what went is counted`() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let spool = HookSpool(directory: "\(scratch.path)/spool", bounds: .init(events: 50, bytes: 1 << 20))
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask { await onOwnThread { for n in 0..<50 { _ = try? spool.add(Array("\(writer)-\(n)".utf8)) } } }
            }
        }
        let (events, told) = taken(spool)
        #expect(events.count == 50 && Set(events).count == 50)
        #expect(told.dropped == 350)
    }

    @Test func `processes that write at once lose nothing`() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let spool = HookSpool(directory: "\(scratch.path)/spool")
        try spool.add(Array("first".utf8))
        // What `add` does, by programs that know nothing of each other.
        let script = """
            cd "$0" && n=0
            while [ $n -lt 40 ]; do
              n=$((n + 1)); text="process $$ $n"; size=$((${#text} + 1))
              name=$(printf '7%015x-%08x-%d' $n $$ $size)
              (umask 077; printf '%s\\n' "$text" > ".$name" && mv ".$name" "$name")
            done
            """
        let path = spool.directory
        let codes = await withTaskGroup(of: Int32.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    await ProgramRun.of(["/bin/sh", "-c", script, path], environment: ["PATH": "/usr/bin:/bin"]).code
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == [0, 0, 0, 0])
        let (events, told) = taken(spool)
        #expect(events.count == 161 && Set(events).count == 161 && events.first == "first")
        #expect(told.broken == 0)
    }
}

private final class Race: Sendable {
    static let writers = 8
    let left = Mutex(writers)
    let seen = Mutex<[String]>([])
    let broken = Mutex(0)
}
