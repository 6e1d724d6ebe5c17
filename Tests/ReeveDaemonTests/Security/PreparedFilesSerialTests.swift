import Foundation
import ReeveDaemon
import ReeveModel
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What somebody could have put where the daemon's directories and files are to be.
@Suite(.serialized) struct PreparedFilesSerialTests {
    private static let directories = ["r", "r/sessions", "s", "s/launches", "s/prompts", "s/copies"]
    private static let files = ["s/reeve.lock", "s/reeve.db", "s/reeve.db-wal", "s/reeve.db-shm"]

    private func daemon(_ scratch: Scratch) async -> ProgramRun {
        await ProgramRun.of(
            [
                "/usr/bin/timeout", "30", Programs.path("reeved"), "--runtime-dir", "\(scratch.path)/r", "--state-dir",
                "\(scratch.path)/s",
            ],
            environment: ["PATH": "/usr/bin:/bin", "HOME": scratch.path])
    }

    /// A state directory with a sound database in it.
    private func prepared(_ body: (Scratch) async throws -> Void) async throws {
        try await Scratch.with { scratch in
            for name in Self.directories { _ = try scratch.directory(name) }
            let made = await ProgramRun.of(
                [
                    "/bin/sh", "-c",
                    "umask 0; \"$0\" --runtime-dir \"$1/r\" --state-dir \"$1/s\" & "
                        + "until [ -S \"$1/r/control.sock\" ]; do sleep 0.05; done; kill -TERM $!; wait",
                    Programs.path("reeved"), scratch.path,
                ],
                environment: ["PATH": "/nowhere:/usr/bin:/bin", "HOME": scratch.path])
            try #require(access("\(scratch.path)/s/reeve.db", F_OK) == 0, "\(made)")
            try await body(scratch)
        }
    }

    @Test func `a daemon refuses what others could have prepared, with the reason and the way out`() async throws {
        try await prepared { scratch in
            for name in Self.files where access("\(scratch.path)/\(name)", F_OK) == 0 {
                var info = stat()
                #expect(lstat("\(scratch.path)/\(name)", &info) == 0 && info.st_mode & 0o777 == 0o600, "\(name)")
            }
            for name in Self.directories + Self.files {
                let path = "\(scratch.path)/\(name)"
                let isFile = Self.files.contains(name)
                let isMissing = access(path, F_OK) != 0
                if isMissing { #expect(FileManager.default.createFile(atPath: path, contents: nil)) }
                #expect(chmod(path, isFile ? 0o644 : 0o750) == 0)
                let open = await daemon(scratch)
                #expect(open.code == 69, "\(name): \(open)")
                #expect(open.errors.contains("reeved: \(path) is open to others (mode \(isFile ? 644 : 750))\n"), "\(open)")
                #expect(open.errors.contains("chmod \(isFile ? 600 : 700) \(path)\n"), "\(open)")
                #expect(chmod(path, isFile ? 0o600 : 0o700) == 0)

                #expect(rename(path, path + ".real") == 0 && symlink(path + ".real", path) == 0)
                let link = await daemon(scratch)
                #expect(link.code == 69 || link.code == 65, "\(name): \(link)")
                #expect(link.errors.contains("link, which is not followed") && link.errors.contains("\n  "), "\(link)")
                #expect(unlink(path) == 0 && rename(path + ".real", path) == 0)

                if geteuid() == 0 {
                    #expect(chown(path, AnotherUser.uid, AnotherUser.uid) == 0)
                    let anothers = await daemon(scratch)
                    #expect(anothers.code == 69, "\(name): \(anothers)")
                    #expect(
                        anothers.errors.contains("\(path) belongs to another user (uid \(AnotherUser.uid))\n  "), "\(anothers)")
                    #expect(chown(path, 0, 0) == 0)
                }
                if isMissing { unlink(path) }
            }
            let socket = "\(scratch.path)/r/control.sock"
            unlink(socket)
            #expect(symlink("\(scratch.path)/elsewhere", socket) == 0)
            let inTheWay = await daemon(scratch)
            #expect(inTheWay.code == 69 && inTheWay.errors.contains("\(socket) is in the way and no socket\n  "), "\(inTheWay)")
            #expect(access("\(scratch.path)/elsewhere", F_OK) != 0)
        }
    }

    @Test func `files that are written anew follow no link`() async throws {
        try await RealDaemon.with { d in
            let victim = "\(d.scratch.path)/victim"
            try "keep me".write(toFile: victim, atomically: true, encoding: .utf8)
            #expect(await d.stop() == 0)
            await d.tmux("kill-server")
            for name in ["r/tmux.conf", "r/tmux-\(d.server).pid"] {
                let path = "\(d.scratch.path)/\(name)"
                unlink(path)
                #expect(symlink(victim, path) == 0)
            }
            try await d.start()
            for name in ["r/tmux.conf", "r/tmux-\(d.server).pid"] {
                let isPlain = await eventually {
                    var info = stat()
                    return lstat("\(d.scratch.path)/\(name)", &info) == 0 && info.st_mode & 0o170777 == S_IFREG | 0o600
                }
                #expect(isPlain, "\(name)")
            }
            #expect(try String(contentsOfFile: victim, encoding: .utf8) == "keep me")
        }
    }

    @Test func `a prompt is written through no link, and read from none`() async throws {
        try await Scratch.with { scratch in
            let directories = try Directories(
                runtime: "\(scratch.path)/r", state: "\(scratch.path)/s", configuration: nil, environment: ["HOME": scratch.path])
            try directories.prepare()
            let environment = AgentEnvironment(
                environment: [:], directories: directories, programs: "/p", defaultDirectory: "/")
            let launch = try #require(LaunchID("aaaaaaaaaaaaaaaa"))
            let victim = "\(scratch.path)/victim"
            try "keep me".write(toFile: victim, atomically: true, encoding: .utf8)
            let path = environment.promptPath(for: launch)
            #expect(symlink(victim, path) == 0)
            await #expect(throws: ReeveError.self) { try await environment.readPrompt(for: launch) }
            try await environment.writePrompt("secret", for: launch)
            #expect(try String(contentsOfFile: victim, encoding: .utf8) == "keep me")
            #expect(try await environment.readPrompt(for: launch) == "secret")
            var info = stat()
            #expect(lstat(path, &info) == 0 && info.st_mode & 0o170777 == S_IFREG | 0o600)
        }
    }
}
