import Foundation
import Ownership
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What may stand where a file or a directory of ours is to be.
@Suite struct PrivateFileTests {
    /// What somebody could have prepared, and what is said about it.
    enum Prepared: CaseIterable, Sendable {
        case link, linkToNowhere, directory, fifo, groupReadable, othersWritable, anothers

        var reason: String {
            switch self {
            case .link, .linkToNowhere: "is a link, which is not followed"
            case .directory: "is a directory"
            case .fifo: "is no plain file"
            case .groupReadable: "is open to others (mode 640)"
            case .othersWritable: "is open to others (mode 602)"
            case .anothers: "belongs to another user (uid 65534)"
            }
        }

        func make(_ path: String, victim: String) throws {
            switch self {
            case .link: try #require(symlink(victim, path) == 0)
            case .linkToNowhere: try #require(symlink("\(victim).not-there", path) == 0)
            case .directory: try #require(mkdir(path, 0o700) == 0)
            case .fifo: try #require(mkfifo(path, 0o600) == 0)
            case .groupReadable, .othersWritable, .anothers:
                try #require(FileManager.default.createFile(atPath: path, contents: Data("old".utf8)))
                try #require(chmod(path, self == .groupReadable ? 0o640 : self == .othersWritable ? 0o602 : 0o600) == 0)
                if self == .anothers { try #require(chown(path, 65_534, 65_534) == 0) }
            }
        }

        /// Only root can give a file away.
        static var possible: [Prepared] { allCases.filter { $0 != .anothers || geteuid() == 0 } }
    }

    @Test(arguments: Prepared.possible)
    func `what others could have prepared is neither opened nor read nor changed`(prepared: Prepared) async throws {
        try await Scratch.with { scratch in
            let victim = "\(scratch.path)/victim"
            try PrivateFile.write("keep me".utf8, to: victim)
            let path = "\(scratch.path)/file"
            try prepared.make(path, victim: victim)
            for flags in [O_RDONLY, O_RDWR, O_RDWR | O_CREAT, O_WRONLY | O_CREAT | O_TRUNC, O_RDWR | O_CREAT | O_APPEND] {
                let refusal = #expect(throws: Refusal.self) { close(try PrivateFile.open(path, flags)) }
                // To write into a directory is what the kernel itself refuses.
                if prepared != .directory || flags == O_RDONLY { #expect(refusal?.reason == "\(path) " + said(prepared, path)) }
                #expect(refusal?.mend.isEmpty == false)
            }
            #expect(throws: Refusal.self) { try PrivateFile.read(path) }
            #expect(throws: Refusal.self) { try PrivateFile.check(path) }
            #expect(try PrivateFile.read(victim) == Array("keep me".utf8))
            #expect(access("\(victim).not-there", F_OK) != 0)
            if case .groupReadable = prepared { #expect(FileManager.default.contents(atPath: path) == Data("old".utf8)) }
        }
    }

    private func said(_ prepared: Prepared, _ path: String) -> String {
        prepared == .directory ? prepared.reason + "; a file should be there" : prepared.reason
    }

    @Test(arguments: Prepared.possible.filter { $0 != .directory })
    func `a file that is written anew takes the place of what was there, and nothing that a link names is touched`(
        prepared: Prepared
    ) async throws {
        try await Scratch.with { scratch in
            let victim = "\(scratch.path)/victim"
            try PrivateFile.write("keep me".utf8, to: victim)
            let path = "\(scratch.path)/file"
            try prepared.make(path, victim: victim)
            try PrivateFile.write("new".utf8, to: path)
            #expect(try PrivateFile.read(path) == Array("new".utf8))
            #expect(try PrivateFile.read(victim) == Array("keep me".utf8))
            #expect(access("\(victim).not-there", F_OK) != 0)
        }
    }

    /// In a process of its own, since the umask is a process's: with none at all the mode is still right from the first moment.
    @Test func `a file that is made is 0600 whatever the umask`() async throws {
        try await Scratch.with { scratch in
            let keeper = Programs.path("reeve-keeper")
            for name in ["r", "r/sessions", "s", "s/launches"] { _ = try scratch.directory(name) }
            let shell = try SpawnedProgram(
                ["/bin/sh", "-c", "umask 0; exec \"$0\" k1 --runtime-dir \"$1/r\" --state-dir \"$1/s\"", keeper, scratch.path],
                environment: [:])
            defer {
                kill(shell.processIdentifier, SIGKILL)
                shell.wait()
            }
            let files = ["r/sessions/k1.sock", "r/sessions/k1.lock", "s/launches/k1.log"]
            for file in files {
                let path = "\(scratch.path)/\(file)"
                #expect(await eventually { access(path, F_OK) == 0 })
                var info = stat()
                #expect(lstat(path, &info) == 0 && info.st_mode & 0o777 == 0o600, "\(file)")
            }
        }
    }

    @Test func `nothing there is no refusal where nothing need be there`() async throws {
        try await Scratch.with { scratch in
            let bytes = try PrivateFile.read("\(scratch.path)/x")
            #expect(bytes == nil)
            let isThere = try PrivateFile.check("\(scratch.path)/x")
            #expect(!isThere)
            let refusal = #expect(throws: Refusal.self) { try PrivateFile.open("\(scratch.path)/x", O_RDONLY) }
            #expect(refusal?.code == ENOENT)
        }
    }

    @Test func `a directory is made private, and what others could have prepared is refused`() async throws {
        try await Scratch.with { scratch in
            let fresh = "\(scratch.path)/fresh"
            try PrivateDirectory.prepare(fresh)
            try PrivateDirectory.prepare(fresh)
            var info = stat()
            #expect(lstat(fresh, &info) == 0 && info.st_mode & 0o777 == 0o700)
            let bad = "\(scratch.path)/it's bad"
            func refusal() -> Refusal? { #expect(throws: Refusal.self) { try PrivateDirectory.prepare(bad) } }
            #expect(symlink(fresh, bad) == 0)
            #expect(refusal()?.reason == "\(bad) is no directory but a link, which is not followed")
            unlink(bad)
            #expect(symlink("/nowhere", bad) == 0)
            #expect(refusal()?.reason == "\(bad) is no directory but a link, which is not followed")
            unlink(bad)
            try PrivateFile.write([], to: bad)
            #expect(refusal()?.reason == "\(bad) is no directory")
            unlink(bad)
            for mode in [0o750, 0o701, 0o722, 0o1777] as [mode_t] {
                #expect(mkdir(bad, 0o700) == 0 && chmod(bad, mode) == 0)
                let found = refusal()
                #expect(found?.reason == "\(bad) is open to others (mode \(String(mode, radix: 8)))")
                // What it says can be pasted into a shell.
                let command = try #require(found?.mend.split(separator: ": ").last)
                #expect(
                    await ProgramRun.of(["/bin/sh", "-c", String(command)], environment: ["PATH": "/bin:/usr/bin"]).code == 0)
                try PrivateDirectory.prepare(bad)
                rmdir(bad)
            }
            guard geteuid() == 0 else { return }
            #expect(mkdir(bad, 0o700) == 0 && chown(bad, 65_534, 65_534) == 0)
            #expect(refusal()?.reason == "\(bad) belongs to another user (uid 65534)")
        }
    }
}
