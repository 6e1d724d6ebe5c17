import Foundation
import NIOPosix
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// Looking at multiplexers whose programs are scripts, and at the stand-ins.
@Suite(.serialized) struct MultiplexerCheckSerialTests {
    private func with(_ body: (MultiplexersOfChecks) async throws -> Void) async throws {
        try await Scratch.with { scratch in
            try await body(MultiplexersOfChecks(path: "\(scratch.path):/usr/bin:/bin", directory: scratch.path))
        }
    }

    @Test(arguments: [
        ("tmux", "tmux", "echo tmux 3.2a", true, "3.2a at "), ("tmux", "tmux", "echo tmux 3.1c", false, "tmux 3.1c is too old"),
        ("tmux", "tmux", "echo what", false, "says 'what'"),
        ("screen", "screen", "echo Screen version 4.09.00 '(GNU)' 30-Jan-22", true, "4.09.00 at "),
        ("screen", "screen", "echo Screen version 4.00.03 '(FAU)' 23-Oct-06", false, "screen 4.00.03 is too old"),
        ("zellij", "zellij", "echo zellij 0.44.1", true, "0.44.1 at "),
        ("zellij", "zellij", "echo zellij 0.44.0", false, "Zellij 0.44.0 is too old"),
        ("wezterm", "wezterm", "echo wezterm 20240203-110809-5046fc22", true, "20240203-110809-5046fc22 at "),
        ("wezterm", "wezterm", "echo wezterm 20221119-145034-49b9839f", false, "20221119-145034-49b9839f is too old"),
        ("wezterm", "wezterm", "exit 3", false, "--version' says ''"),
        ("kitty", "kitten", "echo kitten 0.39.1 created by Kovid Goyal", true, "kitten 0.39.1 at "),
        ("kitty", "kitten", "exit 3", false, "--version' says ''"),
    ])
    func `a program is asked for its version`(
        name: String, program: String, script: String, isFine: Bool, detail: String
    ) async throws {
        try await with { multiplexers in
            // `/usr/bin` may have a real one.
            var multiplexers = multiplexers
            multiplexers.path = "\(multiplexers.directory):/usr/bin:/bin"
            try await multiplexers.write(program, script)
            let check = try #require(await multiplexers.named(name)?.check())
            let found = try #require(check.findings.first)
            #expect(check.isInstalled && found.isFine == isFine && found.detail.contains(detail), "\(check)")
            if isFine { #expect(found.detail.hasSuffix(" at \(multiplexers.directory)/\(program)"), "\(found)") }
            if !isFine {
                #expect(found.mend?.contains("[sessions.\(name)] binary_path") == true && check.findings.count == 1, "\(found)")
            }
        }
    }

    @Test(arguments: ["tmux", "screen", "zellij", "wezterm", "kitty", "cmux"])
    func `a program that is not there, a folder and a file that cannot be run are none`(name: String) async throws {
        try await with { multiplexers in
            var multiplexers = multiplexers
            multiplexers.path = multiplexers.directory
            let none = name == "cmux" ? "cmux binary not found at" : "no program at"
            for (binary, detail) in [
                (nil, "is not in reeved's PATH"), ("\(multiplexers.directory)/none", "\(none) "),
                (multiplexers.directory, "\(none) "), ("/etc/passwd", "\(none) /etc/passwd"),
            ] {
                multiplexers.binary = binary
                let check = try #require(await multiplexers.named(name)?.check())
                #expect(!check.isInstalled && !check.isUsable, "\(check)")
                #expect(check.findings.first?.detail.contains(detail) == true, "\(check)")
                #expect(check.findings.first?.mend?.hasSuffix(" set [sessions.\(name)] binary_path") == true, "\(check)")
            }
        }
    }

    @Test func `Zellij is wanted around the daemon only where that is required`() async throws {
        try await with { multiplexers in
            try await multiplexers.write("zellij", "echo zellij 0.44.1")
            #expect(await multiplexers.zellij(session: nil).check().isUsable)
            let outside = await multiplexers.zellij(session: nil, requires: true).check()
            #expect(outside.isInstalled && outside.findings.last == ZellijMultiplexer.notInside)
        }
    }

    @Test func `a Zellij that does not say its sessions is a fault`() async throws {
        try await with { multiplexers in
            try await multiplexers.write("zellij", #"[ "$1" = --version ] && echo zellij 0.44.1 || true"#)
            let check = await multiplexers.zellij(session: "work").check()
            #expect(check.findings.last?.detail.contains("answered nothing") == true && !check.isUsable, "\(check)")
        }
    }

    @Test func `a person's session is looked for, and who is attached to it`() async throws {
        try await FakeZellij.with(version: "0.45.0", .inPersonsSession) { stage in
            let there = await stage.zellij.check()
            #expect(there.findings.map(\.isFine) == [true, true], "\(there)")
            #expect(there.findings.last?.detail == "the session 'work' is there")
        }
        try await FakeZellij.with(version: "0.45.0", .inPersonsSessionWithoutThem) { stage in
            let alone = await stage.zellij.check()
            #expect(alone.findings.map(\.isFine) == [true, nil] && alone.isUsable, "\(alone)")
            #expect(alone.findings.last?.mend == "zellij attach work")
        }
        // Before 0.45.0 tabs are not lost.
        try await FakeZellij.with(version: "0.44.3", .inPersonsSessionWithoutThem) { stage in
            #expect(await stage.zellij.check().findings.map(\.isFine) == [true, true])
        }
    }

    @Test func `a mux server has to listen, and to answer`() async throws {
        try await with { multiplexers in
            try await multiplexers.write("wezterm", "echo wezterm 20240203-110809-5046fc22")
            let alone = await multiplexers.wezterm(socket: "\(multiplexers.directory)/nobody").check()
            #expect(alone.findings.last?.detail == "nobody listens at \(multiplexers.directory)/nobody", "\(alone)")
            #expect(alone.findings.last?.mend == "wezterm-mux-server --daemonize" && alone.isInstalled && !alone.isUsable)
        }
        try await FakeWezterm.with { stage in
            let there = await stage.multiplexer.check()
            #expect(there.findings.last == .fine("answers at \(stage.server.socketPath)") && there.isUsable, "\(there)")
        }
    }

    @Test func `a kitty has to be named, to listen, and to take remote control`() async throws {
        try await FakeKitty.with { stage in
            let there = await stage.multiplexer.check()
            #expect(there.findings.last == .fine("answers at \(stage.server.socketPath)") && there.isUsable, "\(there)")
            try await with { multiplexers in
                try await multiplexers.write(
                    "kitten",
                    #"[ "$1" = --version ] && exec echo kitten 0.39.1; echo 'Error: Remote control is disabled' >&2; exit 1"#)
                let refused = await multiplexers.kitty(socket: stage.server.socketPath).check()
                #expect(refused.findings.last?.detail.contains("Remote control is disabled") == true, "\(refused)")
                #expect(refused.findings.last?.mend == "docs/kitty.md" && !refused.isUsable)
                #expect(await multiplexers.kitty(socket: "").check().findings.last == KittyMultiplexer.noSocket)
                let nobody = await multiplexers.kitty(socket: "\(multiplexers.directory)/nobody").check()
                #expect(nobody.findings.last?.detail.hasPrefix("nobody listens at ") == true, "\(nobody)")
                try await multiplexers.write("kitten", "echo kitty 0.25.2 created by Kovid Goyal")
                let old = await multiplexers.kitty(socket: "").check()
                #expect(old.findings.map(\.isFine) == [true, nil, false] && old.findings[1] == KittyMultiplexer.untried)
            }
        }
    }

    @Test(arguments: [
        (FakeCmux.Setting(), [true], "answers by its socket"),
        (FakeCmux.Setting(byProgram: true), [true], "answers by its command line"),
        (FakeCmux.Setting(without: ["paste"]), [true, nil], "answers by its socket"),
        (FakeCmux.Setting(mode: "cmuxOnly", isConnected: false), [false], "keeps reeved out: "),
        (FakeCmux.Setting(mode: "password", password: "secret", isConnected: false), [false], "wants a password: "),
    ])
    func `cmux is asked whether it lets us in`(setting: FakeCmux.Setting, fine: [Bool?], detail: String) async throws {
        try await FakeCmux.with(setting) { stage in
            let check = await stage.cmux.check()
            #expect(check.isInstalled && check.findings.map(\.isFine) == fine, "\(check)")
            #expect(check.findings.first?.detail.hasPrefix(detail) == true, "\(check)")
        }
    }

    @Test func `outside cmux nothing is asked where that is required`() async throws {
        try await with { multiplexers in
            // Would leave a mark.
            try await multiplexers.write("cmux", "touch '\(multiplexers.directory)/asked'")
            let check = await multiplexers.cmux(requires: true).check()
            #expect(check.findings.last?.detail.hasPrefix("Not running inside cmux") == true)
            #expect(check.isInstalled && check.findings.map(\.isFine) == [true, false], "\(check)")
            #expect(check.findings.last == CmuxCheck.notInside)
            #expect(!FileManager.default.fileExists(atPath: "\(multiplexers.directory)/asked"))
            let asked = await multiplexers.cmux(requires: false).check()
            #expect(!asked.isUsable && FileManager.default.fileExists(atPath: "\(multiplexers.directory)/asked"), "\(asked)")
        }
    }

    @Test func `built-in terminals need their program, as one that can be run`() async throws {
        try await RealTerminals.with { stage in
            #expect(await stage.builtIn.check().findings == [.fine("reeve-terminal is beside reeved")])
        }
        try await Scratch.with { scratch in
            let missing = BuiltInMultiplexer(
                settings: BuiltInSettings(
                    program: "\(scratch.path)/reeve-terminal", scrollback: 1, detachKey: #"C-\"#, runtimeDirectory: scratch.path,
                    environment: [:], hasUserManager: false), group: MultiThreadedEventLoopGroup.singleton)
            let check = await missing.check()
            #expect(!check.isInstalled && check.findings.first?.detail == "no program at \(scratch.path)/reeve-terminal")
            #expect(check.findings.first?.mend?.contains("make install") == true)
        }
    }
}
