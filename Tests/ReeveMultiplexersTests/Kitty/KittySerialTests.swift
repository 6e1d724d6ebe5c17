import Foundation
import Processes
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// Our backend against the fake of kitty. What every backend must do is in the suite for all.
@Suite(.serialized) struct KittySerialTests {
    private func received(_ file: String, _ count: Int) async -> [UInt8] {
        _ = await eventually(within: .seconds(15)) { (FileManager.default.contents(atPath: file)?.count ?? 0) >= count }
        return Array(FileManager.default.contents(atPath: file) ?? Data())
    }

    private func sink(
        _ stage: FakeKitty, _ name: String, asks: Bool = false, reading: String = "exec cat"
    ) async throws -> (session: (handle: TerminalHandle, id: SessionID), file: String) {
        let file = "\(stage.scratch.path)/\(name)"
        let script = "stty raw -echo; printf '\(asks ? "\\033[?2004h" : "")ready'; \(reading) > \(file)"
        let session = try await stage.start(name, ["/bin/sh", "-c", script])
        #expect(try await stage.shows(session, "ready"))
        return (session, file)
    }

    @Test func `a session is made, found by its mark, listed and destroyed`() async throws {
        try await FakeKitty.with { stage in
            let session = try await stage.start("op-A.1", ["sleep", "100"])
            #expect(try await stage.multiplexer.life(of: session.handle, id: session.id) == .alive)
            #expect(try await stage.multiplexer.life(of: session.handle, id: Samples.session("other")) == .gone)
            let listed = try await stage.multiplexer.list()
            #expect(listed.map(\.name) == ["op-A.1"] && listed.first?.owner == "inst" && listed.first?.id == session.id)
            #expect(listed.first?.handle == session.handle && listed.first?.dead == false)
            try await stage.multiplexer.destroy(session.handle, id: session.id)
            #expect(try await stage.multiplexer.list().isEmpty)
            let error = await #expect(throws: ReeveError.self) {
                try await stage.multiplexer.destroy(session.handle, id: session.id)
            }
            #expect(error?.kind == .notFound)
        }
    }

    @Test func `a session that was made before a crash is taken up, and one of its name is a conflict`() async throws {
        try await FakeKitty.with { stage in
            let first = try await stage.start("op-B", ["sleep", "100"])
            func spawn(_ id: SessionID) async throws -> TerminalHandle {
                try await stage.multiplexer.spawn(
                    SpawnRequest(id: id, name: Samples.name("op-B"), arguments: stage.fleet.command(for: id), owner: "inst"))
            }
            #expect(try await spawn(first.id) == first.handle)
            let error = await #expect(throws: ReeveError.self) { _ = try await spawn(Samples.session("other")) }
            #expect(error?.kind == .conflict)
        }
    }

    @Test func `text and keys are delivered byte for byte`() async throws {
        try await FakeKitty.with { stage in
            let (session, file) = try await sink(stage, "op-raw")
            let texts = [
                "$HOME \\n \\x1b ^C '\" ! %n", "tab\there", "ünïcödé 😀 𝒳 漢字", "\u{1B}[31mred\u{7}", "\u{1}\u{3}\u{7F}", "\r",
                "a\nb\n\nc\n", String(repeating: "0123456789abcdef", count: 6400),
            ]
            for text in texts { try await stage.multiplexer.send(text, to: session.handle, id: session.id) }
            let keys: [Key] = [.enter, .escape, .backTab, .up, .pageDown, .delete, .control("c"), .control("@")]
            for key in keys { try await stage.multiplexer.press(key, in: session.handle, id: session.id) }
            let expected = Array(texts.joined().utf8) + keys.flatMap { KeyBytes.of($0) }
            let got = await received(file, expected.count)
            #expect(got == expected, "first difference at \(zip(got, expected).prefix { $0 == $1 }.count) of \(expected.count)")
        }
    }

    @Test func `several lines are whole pastes for a program that asks for it, with marks inside made harmless`() async throws {
        try await FakeKitty.with { stage in
            let (session, file) = try await sink(stage, "op-br", asks: true)
            try await stage.multiplexer.send("one\ntwo\u{1B}[201~; rm", to: session.handle, id: session.id)
            try await stage.multiplexer.send("one line", to: session.handle, id: session.id)
            var expected = "\u{1B}[200~one\ntwo[201~; rm\u{1B}[201~one line"
            #expect(await received(file, expected.utf8.count) == Array(expected.utf8))
            // Longer than what kitty takes at once, and no character is torn.
            let lines = (1...100).map { "\($0) 漢字 😀 é\n" }.joined()
            try await stage.multiplexer.send(lines, to: session.handle, id: session.id)
            let pieces = PasteText.pieces(Array(lines.utf8)[...], longest: 1024, atLines: true)
            #expect(pieces.count > 1 && pieces.allSatisfy { $0.hasSuffix("\n") } && pieces.joined() == lines)
            expected += pieces.map { "\u{1B}[200~\($0)\u{1B}[201~" }.joined()
            #expect(await received(file, expected.utf8.count) == Array(expected.utf8))
        }
    }

    @Test func `the rest of a long paste is not sent once the program that read it has ended`() async throws {
        try await FakeKitty.with { stage in
            // All of it takes longer than the second in which a keeper hears nothing after an end.
            let (session, file) = try await sink(stage, "op-cut", reading: "head -c 3000")
            let trace = "\(stage.scratch.path)/carried-out"
            let line = "echo x >>'\(trace)'\n"
            let text = String(repeating: line, count: 4000)
            let error = await #expect(throws: ReeveError.self) {
                try await stage.multiplexer.send(text, to: session.handle, id: session.id)
            }
            #expect(error?.kind == .conflict && error?.hint?.contains("a part of the text") == true)
            #expect(await received(file, 3000).count == 3000)
            #expect(try await stage.multiplexer.life(of: session.handle, id: session.id) == .alive)
            // The piece that was on its way when the program ended may be heard, where it took longer than the keeper is deaf. No other
            // is sent.
            let carriedOut = FileManager.default.contents(atPath: trace)?.split(separator: UInt8(ascii: "\n")).count ?? 0
            #expect(carriedOut <= KittyCommand.longestPaste / line.utf8.count, "\(carriedOut) lines")
        }
    }

    @Test func `an older kitty only types, and says which one could do more`() async throws {
        try await FakeKitty.with(version: "0.32.1") { stage in
            #expect(!stage.multiplexer.capabilities.contains(.bracketedPaste))
            let reason = try #require(stage.multiplexer.limits[.bracketedPaste])
            #expect(reason.contains("kitty 0.32.1") && reason.contains("0.32.2"))
            let (session, file) = try await sink(stage, "op-old", asks: true)
            try await stage.multiplexer.send("one\ntwo", to: session.handle, id: session.id)
            #expect(await received(file, 7) == Array("one\ntwo".utf8))
        }
    }

    @Test func `a capture has colours if they are wanted, and what has scrolled away`() async throws {
        try await FakeKitty.with { stage in
            let script =
                "i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo \"line $i é 日\"; done; printf '\\033[31mred\\033[0m\\n'; exec sleep 100"
            let session = try await stage.start("op-cap", ["/bin/sh", "-c", script])
            #expect(try await stage.shows(session, "red"))
            let all = try await stage.multiplexer.capture(session.handle, id: session.id, lines: 1000, styled: false)
            #expect(all.contains("line 1 é 日\n"))
            let few = try await stage.multiplexer.capture(session.handle, id: session.id, lines: 2, styled: false)
            #expect(few == "line 100 é 日\nred")
            let coloured = try await stage.multiplexer.capture(session.handle, id: session.id, lines: 2, styled: true)
            #expect(coloured.contains("\u{1B}[31mred"))
        }
    }

    @Test func `a fingerprint changes with the cursor alone`() async throws {
        try await FakeKitty.with { stage in
            let session = try await stage.start("op-fp", ["/bin/sh", "-c", "printf ready; exec cat"])
            #expect(try await stage.shows(session, "ready"))
            let before = try await stage.multiplexer.fingerprint(session.handle, id: session.id)
            #expect(try await stage.multiplexer.fingerprint(session.handle, id: session.id) == before)
            try await stage.multiplexer.press(.space, in: session.handle, id: session.id)
            #expect(
                await eventually {
                    (try? await stage.multiplexer.fingerprint(session.handle, id: session.id)).map { $0 != before } ?? false
                })
        }
    }

    @Test func `a session can be split`() async throws {
        try await FakeKitty.with { stage in
            let session = try await stage.start("op-split", ["sleep", "100"])
            let pane = try await stage.multiplexer.split(session.handle, id: session.id, direction: .horizontal)
            #expect(pane.id != session.handle.pane && pane.width > 0 && pane.height > 0)
            #expect(try await stage.multiplexer.list().map(\.panes) == [2])
            #expect(try await stage.multiplexer.life(of: session.handle, id: session.id) == .alive)
        }
    }

    @Test func `a keeper's end is seen, and nothing is sent after it`() async throws {
        try await FakeKitty.with { stage in
            let session = try await stage.start("op-dead", ["sleep", "100"])
            await stage.fleet.dismiss(session.id)
            #expect(await eventually { (try? await stage.multiplexer.life(of: session.handle, id: session.id)) != .alive })
            let error = await #expect(throws: ReeveError.self) {
                try await stage.multiplexer.send("x", to: session.handle, id: session.id)
            }
            #expect(error?.kind == .conflict || error?.kind == .notFound)
        }
    }

    @Test func `a server that hangs is a time-out, and one that was started anew has nothing of ours`() async throws {
        try await FakeKitty.with { stage in
            let session = try await stage.start("op-hang", ["sleep", "100"])
            try await stage.hang()
            let error = await #expect(throws: ReeveError.self) { try await stage.multiplexer.probe() }
            #expect(error?.kind == .timeout && error?.message.contains("is stopped") == true)
            try await stage.wake()
            try await stage.multiplexer.probe()
            let connections = stage.events().filter { if case .connected = $0 { true } else { false } }.count
            try await stage.kill()
            #expect(
                await eventually { stage.events().filter { if case .connected = $0 { true } else { false } }.count > connections }
            )
            #expect(try await stage.multiplexer.life(of: session.handle, id: session.id) == .gone)
            // What was counted may have been a connection to the one that hung.
            #expect(await eventually { (try? await stage.multiplexer.list().isEmpty) == true })
        }
    }

    @Test func `a session is brought to the front, and what is in front is told`() async throws {
        try await FakeKitty.with { stage in
            let one = try await stage.start("op-one", ["sleep", "100"])
            let two = try await stage.start("op-two", ["sleep", "100"])
            #expect(try await stage.multiplexer.seen() == [])
            try await stage.multiplexer.focus(one.handle, id: one.id)
            #expect(try await stage.multiplexer.seen() == [one.id])
            try await stage.multiplexer.focus(two.handle, id: two.id)
            #expect(try await stage.multiplexer.seen() == [two.id])
        }
    }

    @Test func `the fake has the traps of the real one`() async throws {
        try await FakeKitty.with { stage in
            let unmatched = try await stage.kitten("send-text", "--match=id:99", "x")
            #expect(unmatched.status == 0 && unmatched.errors.isEmpty)
            #expect(try await stage.kitten("close-window", "--match=id:99").errors.contains("No matching windows"))
            #expect(try await stage.kitten("send-text", "--match=id:1", "--bracketed-paste=maybe", "x").status == 1)
            let (session, file) = try await sink(stage, "op-trap")
            _ = try await stage.kitten("send-text", "--match=id:\(session.handle.pane)", "a\\x41")
            #expect(await received(file, 2) == Array("aA".utf8))
            try await stage.server.tmux("set-option", "-g", "@remote_control", "no")
            let error = await #expect(throws: ReeveError.self) { try await stage.multiplexer.probe() }
            #expect(error?.kind == .unavailable && error?.hint?.contains("allow_remote_control") == true)
        }
    }
}
