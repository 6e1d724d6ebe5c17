import Foundation
import Logging
import NIOCore
import NIOPosix
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveMultiplexers

/// Our backend against the stand-in for zellij, with real keepers in real terminals.
@Suite(.serialized) struct ZellijSerialTests {
    private typealias Session = (handle: TerminalHandle, id: SessionID)

    private func shows(_ stage: FakeZellij, _ session: Session, _ text: String) async throws -> Bool {
        try await eventually {
            try await stage.zellij.capture(session.handle, id: session.id, lines: 100, styled: false).contains(text)
        }
    }

    private func refusal(_ body: () async throws -> Void) async -> ReeveError? {
        await #expect(throws: ReeveError.self) { try await body() }
    }

    // MARK: Sessions of their own

    @Test(arguments: ["0.44.1", "0.45.0"])
    func `a session is made, found by its command, listed with its true name, and destroyed`(version: String) async throws {
        try await FakeZellij.with(version: version, .alone) { stage in
            #expect(stage.events().first == .connected("zellij \(version)"))
            let session = try await stage.start("op-A.1", ["sleep", "100"])
            #expect(session.handle.session == "op-A.1" && session.handle.pane == "terminal_0")
            #expect(try await stage.zellij.life(of: session.handle, id: session.id) == .alive)
            #expect(try await !stage.zellij.exists(session.handle, id: Samples.session("other")))
            let listed = try await stage.zellij.list()
            #expect(
                listed.map(\.name) == ["op-A.1"] && listed.map(\.id) == [session.id] && listed.map(\.handle) == [session.handle])
            #expect(listed.first?.owner == "inst" && listed.first?.panes == 1 && listed.first?.attached == 0)
            #expect(FileManager.default.fileExists(atPath: "\(stage.ground.runtimeDirectory)/zellij-\(session.id).kdl") == false)
            try await stage.zellij.destroy(session.handle, id: session.id)
            #expect(try await stage.zellij.list().isEmpty)
            #expect(try await stage.zellij.life(of: session.handle, id: session.id) == .gone)
            #expect(await refusal { try await stage.zellij.destroy(session.handle, id: session.id) }?.kind == .notFound)
        }
    }

    @Test func `a name that is too long for zellij's socket is shortened, and comes back whole`() async throws {
        try await FakeZellij.with { stage in
            let name = "op-FEAT-with-a-very-long-name-indeed"
            let session = try await stage.start(name, ["sleep", "100"])
            #expect(session.handle.session.utf8.count <= ZellijNames.longest)
            #expect(try await stage.zellij.list().map(\.name) == [name])
        }
    }

    @Test func `many sessions are all listed`() async throws {
        try await FakeZellij.with { stage in
            let names = (1...11).map { "op-\($0)" }
            for name in names { _ = try await stage.zellij.spawn(stage.order(name)) }
            try await stage.zellij("attach", "--create-background", "mine")
            #expect(try await stage.zellij.list().map(\.name).sorted() == names.sorted())
        }
    }

    @Test func `a session of somebody else under our name is a conflict and stays as it is`() async throws {
        try await FakeZellij.with { stage in
            try await stage.zellij("attach", "--create-background", "op-X")
            #expect(await refusal { _ = try await stage.start("op-X", ["true"]) }?.kind == .conflict)
            #expect(try await stage.zellij("list-sessions", "-n").contains("op-X [Created"))
            // Dead, it would come to life again with whatever was in it.
            try await stage.zellij("kill-session", "op-X")
            let error = await refusal { _ = try await stage.start("op-X", ["true"]) }
            #expect(error?.kind == .conflict && error?.message.contains("dead") == true)
            #expect(try await stage.zellij("list-sessions", "-n").contains("EXITED"))
        }
    }

    @Test func `a session that was made just before a crash is taken up again`() async throws {
        try await FakeZellij.with { stage in
            let first = try await stage.start("op-B", ["sleep", "100"])
            #expect(try await stage.zellij.spawn(stage.order("op-B")) == first.handle)
            #expect(try await stage.zellij.list().count == 1)
        }
    }

    @Test func `an unknown session is gone, also where zellij says so with exit code 0`() async throws {
        try await FakeZellij.with { stage in
            let one = try await stage.start("op-one", ["cat"])
            let two = try await stage.start("op-two", ["cat"])
            var lost = one.handle
            lost.session = "op-none"
            // Two sessions run: the trap is set.
            #expect(try await stage.zellij.life(of: lost, id: one.id) == .gone)
            #expect(await refusal { try await stage.zellij.send("x", to: lost, id: one.id) }?.kind == .notFound)
            try await stage.zellij.destroy(two.handle, id: two.id)
            // And one: it would get what is meant for another.
            #expect(try await stage.zellij.life(of: lost, id: one.id) == .gone)
            #expect(await refusal { try await stage.zellij.send("x", to: two.handle, id: two.id) }?.kind == .notFound)
            #expect(try await stage.zellij.capture(one.handle, id: one.id, lines: 10, styled: false) == "")
        }
    }

    @Test func `a handle of another life never reaches the pane`() async throws {
        try await FakeZellij.with { stage in
            let old = try await stage.start("op-old", ["cat"])
            try await stage.zellij.destroy(old.handle, id: old.id)
            await stage.fleet.forget(old.id)
            // The same session, made again: zellij counts from the start, so its pane has the same name.
            let new = try await stage.start("op-old", ["cat"])
            #expect(new.handle.pane == old.handle.pane && new.handle.epoch != old.handle.epoch)
            #expect(try await stage.zellij.life(of: old.handle, id: new.id) == .gone)
            #expect(await refusal { try await stage.zellij.send("x", to: old.handle, id: new.id) }?.kind == .notFound)
            #expect(await refusal { try await stage.zellij.destroy(old.handle, id: new.id) }?.kind == .notFound)
            #expect(try await stage.zellij.life(of: new.handle, id: new.id) == .alive)
        }
    }

    // MARK: Input and output

    @Test func `text is delivered byte for byte`() async throws {
        try await FakeZellij.with { stage in
            let file = "\(stage.scratch.path)/received"
            let session = try await stage.start(
                "op-raw", ["/bin/sh", "-c", "stty raw -echo; printf ready; exec cat > \(file)"])
            #expect(try await shows(stage, session, "ready"))
            let texts = [
                "Enter", "-l flagged", "--", "--pane-id", "$HOME $(id) `id` ; && ' \" \\ * ! %H #{pid}", "ends with ;",
                "a\nb\n\nc\n",
                "tab\there", "ünïcödé 😀 𝒳 漢字", "\u{1B}[31mred\u{1B}]0;title\u{07}", "  lead and trail  ", "\r", "NUL \0 inside",
                String(repeating: "0123456789abcdef", count: 6400) + "漢", String(repeating: "line of a paste\n", count: 7000),
            ]
            var expected: [UInt8] = []
            for text in texts {
                try await stage.zellij.send(text, to: session.handle, id: session.id)
                expected += Array(text.utf8)
            }
            #expect(await eventually { FileManager.default.contents(atPath: file)?.count ?? 0 >= expected.count })
            let received = Array(FileManager.default.contents(atPath: file) ?? Data())
            #expect(
                received == expected,
                "first difference at \(zip(received, expected).prefix { $0 == $1 }.count) of \(expected.count)")
        }
    }

    @Test func `texts that are sent at the same time, in several calls each, are not mixed`() async throws {
        try await FakeZellij.with { stage in
            let file = "\(stage.scratch.path)/received"
            let session = try await stage.start(
                "op-order", ["/bin/sh", "-c", "stty raw -echo; printf ready; exec cat > \(file)"])
            #expect(try await shows(stage, session, "ready"))
            let words = (1...8).map { "<\($0)>" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for word in words {
                    group.addTask { try await stage.zellij.send(word + "\0abc", to: session.handle, id: session.id) }
                }
                try await group.waitForAll()
            }
            #expect(await eventually { FileManager.default.contents(atPath: file)?.count == 7 * words.count })
            let received = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
            #expect(words.allSatisfy { received.contains($0 + "\0abc") })
        }
    }

    @Test func `several lines are bracketed for a program that asks for it, and the marker inside is neutralised`() async throws {
        try await FakeZellij.with { stage in
            let file = "\(stage.scratch.path)/received"
            let session = try await stage.start(
                "op-br", ["/bin/sh", "-c", "stty raw -echo; printf '\\033[?2004hready'; exec cat > \(file)"])
            #expect(try await shows(stage, session, "ready"))
            try await stage.zellij.send("one\ntwo\u{1B}[201~; rm", to: session.handle, id: session.id)
            let expected = "\u{1B}[200~one\ntwo[201~; rm\u{1B}[201~"
            #expect(await eventually { FileManager.default.contents(atPath: file)?.count == expected.utf8.count })
            #expect(FileManager.default.contents(atPath: file) == Data(expected.utf8))
        }
    }

    @Test func `keys are keys`() async throws {
        try await FakeZellij.with { stage in
            let file = "\(stage.scratch.path)/received"
            let session = try await stage.start(
                "op-keys", ["/bin/sh", "-c", "stty raw -echo; printf ready; exec cat > \(file)"])
            #expect(try await shows(stage, session, "ready"))
            for name in ["Enter", "Escape", "Tab", "BTab", "C-c", "C-d", "C-[", "Space", "BSpace", "Up", "Delete", "PageUp"] {
                try await stage.zellij.press(try #require(Key(name: name)), in: session.handle, id: session.id)
            }
            let expected = "\r\u{1B}\t\u{1B}[Z\u{3}\u{4}\u{1B} \u{7F}\u{1B}[A\u{1B}[3~\u{1B}[5~"
            #expect(await eventually { FileManager.default.contents(atPath: file)?.count == expected.utf8.count })
            #expect(FileManager.default.contents(atPath: file) == Data(expected.utf8))
        }
    }

    @Test func `into a pane whose program has ended nothing is sent, or Enter would start it again`() async throws {
        try await FakeZellij.with { stage in
            let session = try await stage.start("op-dead", ["cat"])
            let before = stage.events().count
            let keeper = try await stage.keeper(of: session.id)
            try #require(keeper > 1)
            kill(keeper, SIGKILL)
            #expect(try await eventually { try await stage.zellij.life(of: session.handle, id: session.id) == .dead })
            let error = await refusal { try await stage.zellij.press(.enter, in: session.handle, id: session.id) }
            #expect(error?.kind == .conflict)
            #expect(try await stage.zellij.list().map(\.dead) == [true])
            // Zellij tells nobody of it: it is looked for.
            #expect(await eventually { stage.events().dropFirst(before).contains(.changed) })
            try await stage.zellij.destroy(session.handle, id: session.id)
            #expect(try await stage.zellij.list().isEmpty)
        }
    }

    @Test func `the last N lines means N lines`() async throws {
        try await FakeZellij.with { stage in
            let session = try await stage.start("op-cap", ["/bin/sh", "-c", "seq 1 500; printf 'end'; exec sleep 100"])
            #expect(try await shows(stage, session, "end"))
            let hundred = try await stage.zellij.capture(session.handle, id: session.id, lines: 100, styled: false)
            #expect(hundred.split(separator: "\n").map { String($0) } == (402...500).map { "\($0)" } + ["end"])
            #expect(try await stage.zellij.capture(session.handle, id: session.id, lines: 1, styled: false) == "end")
        }
    }

    @Test func `colours are kept on request, and the fingerprint follows the screen`() async throws {
        try await FakeZellij.with { stage in
            let session = try await stage.start("op-col", ["/bin/sh", "-c", "printf '\\033[31mred\\033[0m'; exec cat"])
            #expect(try await shows(stage, session, "red"))
            #expect(try await stage.zellij.capture(session.handle, id: session.id, lines: 5, styled: true).contains("\u{1B}[31m"))
            let before = try await stage.zellij.fingerprint(session.handle, id: session.id)
            #expect(try await stage.zellij.fingerprint(session.handle, id: session.id) == before)
            // A blank moves the cursor and nothing else.
            try await stage.zellij.press(.space, in: session.handle, id: session.id)
            #expect(try await eventually { try await stage.zellij.fingerprint(session.handle, id: session.id) != before })
        }
    }

    // MARK: A zellij that does not answer

    @Test func `a hung zellij is unavailable and not an empty list`() async throws {
        try await FakeZellij.with { stage in
            let session = try await stage.start("op-hung", ["cat"])
            try await stage.hang()
            let hung = await refusal { try await stage.zellij.probe() }
            #expect(hung?.kind == .unavailable)
            let unanswered = await refusal { _ = try await stage.zellij.life(of: session.handle, id: session.id) }
            // The connection may have been given up by then.
            #expect(unanswered?.kind == .timeout || unanswered?.kind == .unavailable)
            try await stage.wake()
            #expect(await eventually { (try? await stage.zellij.list().count) == 1 })
        }
    }

    @Test func `exit code 0 without an answer is never taken for one`() async throws {
        try await FakeZellij.with { stage in
            let session = try await stage.start("op-slow", ["cat"])
            stage.set("timeout", true)
            #expect(await refusal { _ = try await stage.zellij.list() }?.kind == .unavailable)
            #expect(await refusal { _ = try await stage.zellij.life(of: session.handle, id: session.id) }?.kind == .unavailable)
            #expect(await refusal { try await stage.zellij.send("x", to: session.handle, id: session.id) }?.kind == .unavailable)
            #expect(
                await refusal { _ = try await stage.zellij.fingerprint(session.handle, id: session.id) }?.kind == .unavailable)
            #expect(await refusal { try await stage.zellij.destroy(session.handle, id: session.id) }?.kind == .unavailable)
            stage.set("timeout", false)
            #expect(await eventually { (try? await stage.zellij.life(of: session.handle, id: session.id)) == .alive })
        }
    }

    @Test func `when everything has ended there is nothing, and that is told`() async throws {
        try await FakeZellij.with { stage in
            let session = try await stage.start("op-end", ["cat"])
            // Known to the looks that come: its end is a change then.
            #expect(await eventually { stage.events().contains(.changed) })
            let before = stage.events().count
            try await stage.kill()
            #expect(try await eventually { try await stage.zellij.life(of: session.handle, id: session.id) == .gone })
            #expect(try await stage.zellij.list().isEmpty)
            #expect(await eventually { stage.events().dropFirst(before).contains(.changed) })
        }
    }

    // MARK: Tabs in a person's session

    @Test(arguments: ["0.44.1", "0.45.0"])
    func `in a person's session an agent has a tab, and the person's view stays where it is`(version: String) async throws {
        try await FakeZellij.with(version: version, .inPersonsSession) { stage in
            let session = try await stage.start("op-A", ["cat"])
            #expect(session.handle.session == FakeZellij.personsSession)
            #expect(try await stage.activeTab() == "Tab #1")
            #expect(try await stage.zellij.list().map(\.name) == ["op-A"])
            #expect(try await stage.zellij.spawn(stage.order("op-A")) == session.handle)
            #expect(try await stage.zellij.seen().isEmpty)
            try await stage.zellij.focus(session.handle, id: session.id)
            #expect(try await stage.activeTab() == "op-A")
            #expect(try await stage.zellij.seen() == [session.id])
            #expect(try await stage.zellij.list().map(\.attached) == [1])
            let command = try await stage.zellij.attachCommand(session.handle, id: session.id)
            #expect(command.arguments == [FakeZellij.program, "attach", FakeZellij.personsSession])
            #expect(command.socket == FakeZellij.personsSession && command.inside.contains("go-to-tab-by-id"))
            try await stage.zellij.destroy(session.handle, id: session.id)
            let tabs = ZellijTab.list(try await stage.zellij("--session", "work", "action", "list-tabs", "--json"))
            #expect(tabs?.map(\.name) == ["Tab #1"])
        }
    }

    @Test func `a tab of somebody else under our name is a conflict`() async throws {
        try await FakeZellij.with(version: "0.45.0", .inPersonsSession) { stage in
            try await stage.zellij("--session", "work", "action", "new-tab", "--name", "op-X", "--no-focus", "--", "cat")
            #expect(await refusal { _ = try await stage.start("op-X", ["true"]) }?.kind == .conflict)
        }
    }

    @Test func `no tab is made that 0-45-0 would lose`() async throws {
        try await FakeZellij.with(version: "0.45.0", .inPersonsSessionWithoutThem) { stage in
            let error = await refusal { _ = try await stage.start("op-A", ["cat"]) }
            #expect(error?.kind == .unavailable && error?.hint == "zellij attach work")
            #expect(try await stage.activeTab() == "Tab #1")
            let tabs = ZellijTab.list(try await stage.zellij("--session", "work", "action", "list-tabs", "--json"))
            #expect(tabs?.count == 1)
        }
        try await FakeZellij.with(version: "0.44.1", .inPersonsSessionWithoutThem) { stage in
            let session = try await stage.start("op-A", ["cat"])
            #expect(try await stage.zellij.life(of: session.handle, id: session.id) == .alive)
            #expect(await refusal { try await stage.zellij.focus(session.handle, id: session.id) }?.kind == .conflict)
        }
    }

    @Test func `a tab that a person closes is told, and not only found`() async throws {
        try await FakeZellij.with(version: "0.45.0", .inPersonsSession, pause: .seconds(3600)) { stage in
            let session = try await stage.start("op-push", ["cat"])
            let tab = try #require(ZellijEpoch(session.handle.epoch)).tab
            // The look that follows a launch, after which its pane is subscribed to.
            #expect(await eventually { stage.events().contains(.changed) })
            let before = stage.events().count
            try await stage.zellij("--session", "work", "action", "close-tab-by-id", "\(tab)")
            #expect(await eventually { stage.events().dropFirst(before).contains(.changed) })
            #expect(try await stage.zellij.life(of: session.handle, id: session.id) == .gone)
        }
    }

    @Test func `without the person's session there is no zellij, and not an empty one`() async throws {
        try await FakeZellij.with(version: "0.45.0", .inPersonsSession) { stage in
            try await stage.zellij("kill-session", "work")
            #expect(await eventually { (await refusalKind { try await stage.zellij.probe() }) == .unavailable })
            #expect(await refusal { _ = try await stage.start("op-A", ["cat"]) }?.kind == .unavailable)
        }
    }

    private func refusalKind(_ body: () async throws -> Void) async -> ReeveError.Kind? {
        do { try await body() } catch { return (error as? ReeveError)?.kind }
        return nil
    }

    // MARK: What it needs

    @Test(arguments: [("0.43.1", "too old"), ("0.44.0", "too old")])
    func `a zellij that is too old is refused with what to do`(version: String, words: String) async throws {
        let error = try await connecting(version: version, requireInZellij: false)
        #expect(error?.kind == .unavailable && error?.message.contains(words) == true)
        #expect(error?.hint?.contains("binary_path") == true)
    }

    @Test func `outside zellij it says so where that is required`() async throws {
        let error = try await connecting(version: "0.45.0", requireInZellij: true)
        #expect(error?.kind == .unavailable && error?.message == "Not running inside Zellij")
        #expect(error?.hint?.contains("require_in_zellij = false") == true)
    }

    @Test func `without a zellij it says that there is none`() async throws {
        let error = try await connecting(version: "0.45.0", requireInZellij: false, binary: "/nowhere/zellij")
        #expect(error?.kind == .unavailable && error?.message.contains("/nowhere/zellij") == true)
    }

    private func connecting(version: String, requireInZellij: Bool, binary: String = FakeZellij.program) async throws
        -> ReeveError?
    {
        try await Scratch.with { scratch in
            let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let multiplexer = ZellijMultiplexer(
                settings: ZellijSettings(
                    binary: binary, session: nil, requireInZellij: requireInZellij, prefix: "op-", instance: "i",
                    runtimeDirectory: scratch.path,
                    environment: ["PATH": "/usr/bin:/bin", "FAKE_ZELLIJ_HOME": scratch.path, "FAKE_ZELLIJ_VERSION": version],
                    hasUserManager: false), group: loops, time: RealTime(), logger: Logger(label: "test"))
            let error = await refusal { try await multiplexer.run { _ in } }
            try await loops.shutdownGracefully()
            return error
        }
    }

    @Test func `what it cannot do it says with its reason`() async throws {
        try await FakeZellij.with { stage in
            let session = try await stage.start("op-no", ["cat"])
            for capability in MultiplexerCapability.allCases where !stage.zellij.capabilities.contains(capability) {
                #expect(stage.zellij.limits[capability] != nil, "\(capability)")
            }
            let error = await refusal {
                try await stage.zellij.tag(session.handle, id: session.id, key: "k", value: "v")
            }
            #expect(error?.kind == .unsupported && error?.message.contains("keeps no values") == true)
            #expect(try await stage.zellij.claim(session.handle, id: session.id) == nil)
        }
    }
}
