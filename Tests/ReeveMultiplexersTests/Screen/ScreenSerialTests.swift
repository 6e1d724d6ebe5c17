import Foundation
import Logging
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// Our backend against the real screen of this machine: what is screen's own. What every backend must do is in the suite for all.
@Suite(.serialized) struct ScreenSerialTests {
    private typealias Session = (handle: TerminalHandle, id: SessionID)

    private func shows(_ screen: RealScreen, _ session: Session, _ text: String) async throws -> Bool {
        try await eventually {
            try await screen.multiplexer.capture(session.handle, id: session.id, lines: 100, styled: false).contains(text)
        }
    }

    /// A session whose program writes what it reads into a file.
    private func sink(_ screen: RealScreen, _ name: String) async throws -> (session: Session, file: String) {
        let file = "\(screen.scratch.path)/\(name)"
        let session = try await screen.start(name, ["/bin/sh", "-c", "stty raw -echo; printf ready; exec cat > \(file)"])
        #expect(try await shows(screen, session, "ready"))
        return (session, file)
    }

    private func received(_ file: String, _ count: Int) async -> [UInt8] {
        _ = await eventually(within: .seconds(15)) { (FileManager.default.contents(atPath: file)?.count ?? 0) >= count }
        return Array(FileManager.default.contents(atPath: file) ?? Data())
    }

    @Test func `a session is made large, found by its server's command line, listed and destroyed`() async throws {
        try await RealScreen.with { screen in
            let session = try await screen.start("op-A.1", ["sleep", "100"])
            #expect(try await screen.multiplexer.life(of: session.handle, id: session.id) == .alive)
            #expect(try await screen.multiplexer.life(of: session.handle, id: Samples.session("other")) == .gone)
            let listed = try await screen.multiplexer.list()
            #expect(listed.map(\.name) == ["op-A.1"])
            #expect(listed.first?.owner == "inst" && listed.first?.id == session.id)
            // Our own visit, which made it large, is over when screen has seen that.
            #expect(await eventually { (try? await screen.multiplexer.list().first?.attached) == 0 })
            #expect(listed.first?.width == 200 && listed.first?.height == 50)
            try await screen.multiplexer.destroy(session.handle, id: session.id)
            #expect(try await screen.multiplexer.list().isEmpty)
            #expect(try await screen.multiplexer.life(of: session.handle, id: session.id) == .gone)
        }
    }

    @Test func `a session that was made before a crash is taken up, and one of its name is a conflict`() async throws {
        try await RealScreen.with { screen in
            let first = try await screen.start("op-B", ["sleep", "100"])
            let again = try await screen.multiplexer.spawn(
                SpawnRequest(
                    id: first.id, name: Samples.name("op-B"), arguments: screen.fleet.command(for: first.id), owner: "inst"))
            #expect(again == first.handle)
            let error = await #expect(throws: ReeveError.self) {
                let other = Samples.session("other")
                _ = try await screen.multiplexer.spawn(
                    SpawnRequest(
                        id: other, name: Samples.name("op-B"), arguments: screen.fleet.command(for: other), owner: "inst"))
            }
            #expect(error?.kind == .conflict)
        }
    }

    @Test func `text is delivered byte for byte, line feeds as line feeds`() async throws {
        try await RealScreen.with { screen in
            let (session, file) = try await sink(screen, "op-raw")
            let texts = [
                "Enter", "$HOME ${HOME} ^C \\003 '\" # ! %n", "a\nb\n\nc\n", "tab\there", "ünïcödé 😀 𝒳 漢字 e\u{301}",
                "\u{1B}[31mred\u{1B}]0;title\u{07}", "\u{0}\u{1}\u{2}\u{3}\u{11}\u{13}\u{7F}\u{85}", "\r", "  lead and trail  ",
                String(repeating: "0123456789abcde\n", count: 6400),
            ]
            for text in texts { try await screen.multiplexer.send(text, to: session.handle, id: session.id) }
            let expected = Array(texts.joined().utf8)
            let got = await received(file, expected.count)
            #expect(got == expected, "first difference at \(zip(got, expected).prefix { $0 == $1 }.count) of \(expected.count)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: screen.settings.exchangeDirectory).isEmpty)
        }
    }

    @Test func `keys are keys`() async throws {
        try await RealScreen.with { screen in
            let (session, file) = try await sink(screen, "op-keys")
            let keys = Key.names.compactMap { Key(name: $0) } + [.control("c"), .control("@"), .control("[")]
            for key in keys { try await screen.multiplexer.press(key, in: session.handle, id: session.id) }
            let expected = keys.flatMap { KeyBytes.of($0) }
            #expect(await received(file, expected.count) == expected)
        }
    }

    @Test func `a capture has every letter and what has scrolled away`() async throws {
        try await RealScreen.with { screen in
            let session = try await screen.start(
                "op-cap",
                ["/bin/sh", "-c", "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo \"line $i é 日 😀 │❯\"; done; exec sleep 100"])
            #expect(try await shows(screen, session, "line 300 é 日 😀 │❯"))
            let all = try await screen.multiplexer.capture(session.handle, id: session.id, lines: 1000, styled: false)
            #expect(all.contains("line 1 é 日 😀 │❯"))
            let few = try await screen.multiplexer.capture(session.handle, id: session.id, lines: 2, styled: false)
            #expect(few == "line 299 é 日 😀 │❯\nline 300 é 日 😀 │❯")
            let error = await #expect(throws: ReeveError.self) {
                _ = try await screen.multiplexer.capture(session.handle, id: session.id, lines: 2, styled: true)
            }
            #expect(error?.kind == .unsupported)
        }
    }

    @Test func `nothing is typed at somebody who scrolls, nor lost to a copy mode that was left behind`() async throws {
        try await RealScreen.with { screen in
            let (session, file) = try await sink(screen, "op-copy")
            let command = try await screen.multiplexer.attachCommand(session.handle, id: session.id)
            let person = try PersonAtTerminal(command.arguments, environment: screen.settings.callEnvironment)
            #expect(await eventually { (try? await screen.multiplexer.seen()) == [session.id] })
            try await screen.multiplexer.send("one ", to: session.handle, id: session.id)
            person.type("\u{1}[")
            let refused = await eventually {
                do {
                    try await screen.multiplexer.press(.space, in: session.handle, id: session.id)
                    return false
                } catch { return (error as? ReeveError)?.kind == .conflict }
            }
            #expect(refused)
            await person.leave()
            #expect(await eventually { (try? await screen.multiplexer.seen()) == [] })
            try await screen.multiplexer.send("two", to: session.handle, id: session.id)
            var got = ""
            _ = await eventually {
                got = String(decoding: await received(file, 7), as: UTF8.self)
                return got.hasSuffix("two")
            }
            #expect(got.hasPrefix("one ") && got.hasSuffix("two") && got.filter { $0 != " " } == "onetwo")
        }
    }

    @Test func `a fingerprint changes with the screen and with the cursor, and with nothing else`() async throws {
        try await RealScreen.with { screen in
            let session = try await screen.start("op-fp", ["/bin/sh", "-c", "printf ready; exec cat"])
            #expect(try await shows(screen, session, "ready"))
            let before = try await screen.multiplexer.fingerprint(session.handle, id: session.id)
            #expect(try await screen.multiplexer.fingerprint(session.handle, id: session.id) == before)
            try await screen.multiplexer.press(.space, in: session.handle, id: session.id)
            let changed = await eventually {
                (try? await screen.multiplexer.fingerprint(session.handle, id: session.id)) != before
            }
            #expect(changed)
        }
    }

    @Test func `a dead keeper's window stays and takes nothing, and a dead server is gone`() async throws {
        try await RealScreen.with { screen in
            let session = try await screen.start("op-dead", ["/bin/sh", "-c", "echo last words; exec sleep 100"])
            #expect(try await shows(screen, session, "last words"))
            await screen.fleet.dismiss(session.id)
            #expect(await eventually { (try? await screen.multiplexer.life(of: session.handle, id: session.id)) == .dead })
            #expect(try await screen.multiplexer.list().first?.dead == true)
            let error = await #expect(throws: ReeveError.self) {
                try await screen.multiplexer.send("x", to: session.handle, id: session.id)
            }
            #expect(error?.kind == .conflict)
            #expect(try await shows(screen, session, "last words"))
            try await screen.kill()
            #expect(await eventually { (try? await screen.multiplexer.life(of: session.handle, id: session.id)) == .gone })
            #expect(try await screen.multiplexer.list().isEmpty)
        }
    }

    @Test func `a server that hangs is a time-out, and leaves nothing behind`() async throws {
        try await RealScreen.with { screen in
            let session = try await screen.start("op-hang", ["sleep", "100"])
            try await screen.hang()
            #expect(await eventually { (try? await screen.multiplexer.probe()) == nil })
            let error = await #expect(throws: ReeveError.self) {
                try await screen.multiplexer.send("x", to: session.handle, id: session.id)
            }
            #expect(error?.kind == .timeout)
            #expect(try await screen.multiplexer.life(of: session.handle, id: session.id) == .alive)
            try await screen.wake()
            #expect(await eventually { (try? await screen.multiplexer.probe()) != nil })
            try await screen.multiplexer.send("y", to: session.handle, id: session.id)
            let left = try FileManager.default.contentsOfDirectory(atPath: screen.settings.socketDirectory)
            #expect(left == [session.handle.session])
        }
    }

    @Test func `what screen makes where its socket was taken away is used only if nothing gets lost in it`() async throws {
        try await RealScreen.with { screen in
            let (session, file) = try await sink(screen, "op-sock")
            let path = "\(screen.settings.socketDirectory)/\(session.handle.session)"
            try FileManager.default.removeItem(atPath: path)
            do {
                try await screen.multiplexer.send("back", to: session.handle, id: session.id)
                #expect(await received(file, 4) == Array("back".utf8))
            } catch {
                // A FIFO, as 4.9 makes it.
                let kind = (error as? ReeveError)?.kind
                #expect(kind == .unavailable || kind == .timeout)
                #expect(FileManager.default.contents(atPath: file)?.isEmpty == true)
            }
            #expect(await eventually { FileManager.default.fileExists(atPath: path) })
            #expect(try await screen.multiplexer.life(of: session.handle, id: session.id) == .alive)
            try await screen.multiplexer.destroy(session.handle, id: session.id)
            #expect(try await screen.multiplexer.life(of: session.handle, id: session.id) == .gone)
        }
    }

    @Test func `a name whose socket would not fit is refused`() async throws {
        try await RealScreen.with { screen in
            var settings = screen.settings
            settings.socketDirectory += String(repeating: "x", count: 60)
            let error = await #expect(throws: ReeveError.self) {
                let far = ScreenMultiplexer(settings: settings, time: RealTime(), logger: .init(label: "test"))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await far.run { _ in } }
                    defer { group.cancelAll() }
                    let id = Samples.session("far")
                    let isReady = await eventually { (try? await far.list()) != nil }
                    #expect(isReady)
                    _ = try await far.spawn(
                        SpawnRequest(id: id, name: Samples.name("op-far-away"), arguments: ["/k", id.text], owner: "inst"))
                }
            }
            #expect(error?.kind == .invalidParams)
        }
    }

    @Test func `a split is there for whoever attaches, and what is typed and read is the agent's`() async throws {
        try await RealScreen.with { screen in
            let (session, file) = try await sink(screen, "op-split")
            let pane = try await screen.multiplexer.split(session.handle, id: session.id, direction: .horizontal)
            #expect(pane.id == "1" && !pane.active && pane.width < 200 && pane.height > 0)
            #expect(try await screen.multiplexer.list().map(\.panes) == [2])
            // 100 by 30: each has its half.
            let command = try await screen.multiplexer.attachCommand(session.handle, id: session.id)
            let person = try PersonAtTerminal(command.arguments, environment: screen.settings.callEnvironment)
            #expect(await eventually { (try? await screen.multiplexer.list().map(\.width)) == [49] })
            // The person goes into the shell beside the agent, and has something there.
            person.type("\u{1}\t")
            person.type("echo in the shell; stty -echo\r")
            try await screen.multiplexer.send("for the agent", to: session.handle, id: session.id)
            #expect(String(decoding: await received(file, 13), as: UTF8.self) == "for the agent")
            let second = try await screen.multiplexer.split(session.handle, id: session.id, direction: .vertical)
            #expect(second.id == "2")
            await person.leave()
            #expect(await eventually { (try? await screen.multiplexer.seen()) == [] })
            // Also where somebody has left the other window in front.
            let text = try await screen.multiplexer.capture(session.handle, id: session.id, lines: 50, styled: false)
            #expect(text == "ready", "\(text)")
            try await screen.multiplexer.send("!", to: session.handle, id: session.id)
            #expect(String(decoding: await received(file, 14), as: UTF8.self) == "for the agent!")
            try await screen.multiplexer.destroy(session.handle, id: session.id)
            #expect(try await screen.multiplexer.list().isEmpty)
        }
    }
}
