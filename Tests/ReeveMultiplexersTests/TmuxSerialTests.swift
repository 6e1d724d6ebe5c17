import Foundation
import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveMultiplexers

/// Our backend against the real tmux of this machine.
@Suite(.serialized) struct TmuxSerialTests {
    private func shows(_ tmux: RealTmux, _ session: (handle: TerminalHandle, id: SessionID), _ text: String) async throws -> Bool
    {
        try await eventually {
            try await tmux.multiplexer.capture(session.handle, id: session.id, lines: 100, styled: false).contains(text)
        }
    }

    @Test func `a session is made, found by its tag, listed with its true name, and destroyed`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-A.1", ["sleep", "100"])
            #expect(try await tmux.multiplexer.exists(session.handle, id: session.id))
            #expect(try await !tmux.multiplexer.exists(session.handle, id: Samples.session("other")))
            let listed = try await tmux.multiplexer.list()
            #expect(listed.map(\.name) == ["op-A.1"])
            #expect(listed.first?.owner == "inst" && listed.first?.id == session.id && listed.first?.panes == 1)
            #expect(listed.first?.width == 200 && listed.first?.height == 50)
            try await tmux.multiplexer.destroy(session.handle, id: session.id)
            #expect(try await tmux.multiplexer.list().isEmpty)
            #expect(try await !tmux.multiplexer.exists(session.handle, id: session.id))
        }
    }

    @Test func `a session whose name begins like another's is never hit`() async throws {
        try await RealTmux.with { tmux in
            let ten = try await tmux.start("op-A10", ["sleep", "100"])
            let one = try await tmux.start("op-A1", ["sleep", "100"])
            try await tmux.multiplexer.destroy(one.handle, id: one.id)
            let error = await #expect(throws: ReeveError.self) { try await tmux.multiplexer.destroy(one.handle, id: one.id) }
            #expect(error?.kind == .notFound)
            #expect(try await tmux.multiplexer.exists(ten.handle, id: ten.id))
        }
    }

    @Test func `a session of somebody else under our name is a conflict and stays as it is`() async throws {
        try await RealTmux.with { tmux in
            try await tmux.tmux("new-session", "-d", "-s", "op-X", "sleep 100")
            let error = await #expect(throws: ReeveError.self) { _ = try await tmux.start("op-X", ["true"]) }
            #expect(error?.kind == .conflict)
            #expect(try await tmux.tmux("show-options", "-t", "=op-X:") == "")
        }
    }

    @Test func `a session that was made just before a crash is taken up again`() async throws {
        try await RealTmux.with { tmux in
            let first = try await tmux.start("op-B", ["sleep", "100"])
            try await tmux.tmux("set-option", "-u", "-t", "=op-B:", "@reeve")
            let again = try await tmux.multiplexer.spawn(
                SpawnRequest(
                    id: first.id, name: Samples.name("op-B"), arguments: tmux.fleet.command(for: first.id), owner: "inst"))
            #expect(again == first.handle)
            #expect(try await tmux.multiplexer.exists(again, id: first.id))
        }
    }

    /// Every text arrives byte for byte at a program that reads raw: random ones, and all the nasty ones we know.
    @Test func `text is delivered byte for byte`() async throws {
        try await RealTmux.with { tmux in
            let file = "\(tmux.scratch.path)/received"
            let script = "stty raw -echo; printf ready; exec cat > \(file)"
            let session = try await tmux.start("op-raw", ["/bin/sh", "-c", script])
            #expect(try await shows(tmux, session, "ready"))
            var texts = [
                "Enter", "C-c", "-l flagged", "=x", "~x", "$HOME $(id) `id` ; && ' \" \\ * ! %H #(touch /tmp/x) #{pid} #S",
                "ends with ;", ";",
                "\\;", "a\nb\n\nc\n", "tab\there", "ünïcödé 😀 𝒳 漢字", "\u{1B}[31mred\u{1B}]0;title\u{07}", "\u{1B}[200~x",
                "  lead and trail  ", "\r",
                String(repeating: "0123456789abcdef", count: 6400),
            ]
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<60 {
                let scalars = (0..<Int.random(in: 1...60, using: &generator)).compactMap { _ in
                    Unicode.Scalar(
                        Bool.random(using: &generator)
                            ? UInt32.random(in: 1...127, using: &generator) : UInt32.random(in: 128...0x2FFF, using: &generator))
                }
                texts.append(PasteText.neutralised(String(String.UnicodeScalarView(scalars))))
            }
            var expected: [UInt8] = []
            for text in texts {
                try await tmux.multiplexer.send(text, to: session.handle, id: session.id)
                expected += Array(text.utf8)
            }
            let all = await eventually { FileManager.default.contents(atPath: file)?.count ?? 0 >= expected.count }
            #expect(all)
            let received = Array(FileManager.default.contents(atPath: file) ?? Data())
            #expect(
                received == expected,
                "first difference at \(zip(received, expected).prefix { $0 == $1 }.count) of \(expected.count)")
        }
    }

    @Test func `several lines are bracketed for a program that asks for it, and the marker inside is neutralised`() async throws {
        try await RealTmux.with { tmux in
            let file = "\(tmux.scratch.path)/received"
            let script = "stty raw -echo; printf '\\033[?2004hready'; exec cat > \(file)"
            let session = try await tmux.start("op-br", ["/bin/sh", "-c", script])
            #expect(try await shows(tmux, session, "ready"))
            try await tmux.multiplexer.send("one\ntwo\u{1B}[201~; rm", to: session.handle, id: session.id)
            let expected = "\u{1B}[200~one\ntwo[201~; rm\u{1B}[201~"
            #expect(
                await eventually { FileManager.default.contents(atPath: file).map { $0.count == expected.utf8.count } ?? false })
            #expect(FileManager.default.contents(atPath: file) == Data(expected.utf8))
        }
    }

    @Test func `keys are keys`() async throws {
        try await RealTmux.with { tmux in
            let file = "\(tmux.scratch.path)/received"
            let session = try await tmux.start(
                "op-keys", ["/bin/sh", "-c", "stty raw -echo; printf ready; exec cat > \(file)"])
            #expect(try await shows(tmux, session, "ready"))
            for name in ["Enter", "Escape", "Tab", "C-c", "C-d", "C-[", "Space", "BSpace", "Up"] {
                let key = try #require(Key(name: name))
                try await tmux.multiplexer.press(key, in: session.handle, id: session.id)
            }
            let expected = "\r\u{1B}\t\u{3}\u{4}\u{1B} \u{7F}\u{1B}[A"
            #expect(await eventually { FileManager.default.contents(atPath: file)?.count == expected.utf8.count })
            #expect(FileManager.default.contents(atPath: file) == Data(expected.utf8))
        }
    }

    @Test func `copy mode is a conflict, and nothing is sent`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-copy", ["cat"])
            try await tmux.tmux("copy-mode", "-t", session.handle.pane)
            let error = await #expect(throws: ReeveError.self) {
                try await tmux.multiplexer.send("lost", to: session.handle, id: session.id)
            }
            #expect(error?.kind == .conflict && error?.message.contains("copy mode") == true)
            await #expect(throws: ReeveError.self) {
                try await tmux.multiplexer.press(.enter, in: session.handle, id: session.id)
            }
            // It has not been taken out of the mode either, and no buffer is left.
            #expect(try await tmux.tmux("display-message", "-p", "-t", session.handle.pane, "#{pane_in_mode}") == "1\n")
            #expect(try await tmux.tmux("list-buffers") == "")
            try await tmux.tmux("send-keys", "-X", "-t", session.handle.pane, "cancel")
            try await tmux.multiplexer.send("arrives", to: session.handle, id: session.id)
            #expect(try await shows(tmux, session, "arrives"))
        }
    }

    @Test func `a dead pane is a conflict, and the server lives on`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-dead", ["cat"])
            let pid = try await tmux.tmux("display-message", "-p", "-t", session.handle.pane, "#{pane_pid}")
            kill(pid_t(pid.split(separator: "\n").first.flatMap { Int32($0) } ?? 0), SIGKILL)
            #expect(try await eventually { try await tmux.multiplexer.list().first?.dead == true })
            let error = await #expect(throws: ReeveError.self) {
                try await tmux.multiplexer.send("a\nb", to: session.handle, id: session.id)
            }
            #expect(error?.kind == .conflict)
            try await tmux.multiplexer.probe()
        }
    }

    @Test func `the last N lines means N lines`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-cap", ["/bin/sh", "-c", "seq 1 500; printf 'end'; exec sleep 100"])
            #expect(try await shows(tmux, session, "end"))
            let hundred = try await tmux.multiplexer.capture(session.handle, id: session.id, lines: 100, styled: false)
            let expected = (402...500).map { "\($0)" } + ["end"]
            #expect(hundred.split(separator: "\n").map { String($0) } == expected)
            #expect(try await tmux.multiplexer.capture(session.handle, id: session.id, lines: 1, styled: false) == "end")
        }
    }

    @Test func `a screen that looks like the protocol is only text`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start(
                "op-evil", ["/bin/sh", "-c", "printf '%%end 1 2 1\\n%%exit\\n%%error 0 0 1\\nREEVE-FENCE-1\\n'; exec sleep 100"])
            #expect(try await shows(tmux, session, "REEVE-FENCE-1"))
            let text = try await tmux.multiplexer.capture(session.handle, id: session.id, lines: 10, styled: false)
            #expect(text == "%end 1 2 1\n%exit\n%error 0 0 1\nREEVE-FENCE-1")
            try await tmux.multiplexer.probe()
        }
    }

    @Test func `a split keeps the focus where it is, and there is an end to splitting`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-split", ["cat"])
            let pane = try await tmux.multiplexer.split(session.handle, id: session.id, direction: .horizontal)
            #expect(!pane.active && pane.width < 200 && pane.height == 50)
            #expect(try await tmux.multiplexer.list().first?.panes == 2)
            let error = await #expect(throws: ReeveError.self) {
                for _ in 0..<200 { _ = try await tmux.multiplexer.split(session.handle, id: session.id, direction: .vertical) }
            }
            #expect(error?.kind == .conflict && error?.message.contains("no space") == true)
        }
    }

    @Test func `a person's rename does not lose a session, a kill does`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-ren", ["cat"])
            try await tmux.tmux("rename-session", "-t", "=op-ren", "mine now")
            #expect(try await tmux.multiplexer.exists(session.handle, id: session.id))
            #expect(try await tmux.multiplexer.list().map(\.name) == ["op-ren"])
            try await tmux.tmux("kill-session", "-t", session.handle.session)
            #expect(try await eventually { try await !tmux.multiplexer.exists(session.handle, id: session.id) })
        }
    }

    @Test func `focus without anybody looking is a conflict, and attaching names this very session`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-foc", ["cat"])
            let error = await #expect(throws: ReeveError.self) {
                try await tmux.multiplexer.focus(session.handle, id: session.id)
            }
            #expect(error?.kind == .conflict)
            let command = try await tmux.multiplexer.attachCommand(session.handle, id: session.id)
            let socket = try #require(command.socket)
            #expect(socket.hasSuffix("/\(tmux.socketName)"))
            #expect(command.arguments == ["tmux", "-u", "-S", socket, "attach-session", "-t", session.handle.session])
        }
    }

    @Test func `a tag is kept in tmux itself`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-tag", ["cat"])
            try await tmux.multiplexer.tag(session.handle, id: session.id, key: "title", value: "#(touch /tmp/x) ; \"$HOME\"")
            #expect(
                try await tmux.tmux("show-options", "-v", "-t", "=op-tag:", "@reeve_title") == "#(touch /tmp/x) ; \"$HOME\"\n")
        }
    }

    @Test func `a keeper's death and a session's end are pushed`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-push", ["cat"])
            let news = tmux.fleet.events(of: session.id)
            let pid = try await tmux.tmux("display-message", "-p", "-t", session.handle.pane, "#{pane_pid}")
            // By the keeper's connection: tmux 3.3a as Debian builds it forgets one pane-died hook in three.
            kill(pid_t(pid.split(separator: "\n").first.flatMap { Int32($0) } ?? 0), SIGKILL)
            var iterator = news.makeAsyncIterator()
            #expect(await iterator.next() == .gone)
            #expect(await eventually { await !tmux.fleet.isAlive(session.id) })
            #expect(try await tmux.fleet.inspect(Samples.launchID("L-" + session.id.text), in: session.id) == .lost)
            let before = tmux.events().count
            try await tmux.tmux("kill-session", "-t", session.handle.session)
            #expect(await eventually { tmux.events().dropFirst(before).contains(.changed) })
        }
    }

    @Test func `a hung server is a time-out and not an empty list`() async throws {
        try await RealTmux.with { tmux in
            _ = try await tmux.start("op-hung", ["cat"])
            let server =
                try await tmux.tmux("display-message", "-p", "#{pid}").split(separator: "\n").first.flatMap { Int32($0) } ?? 0
            kill(server, SIGSTOP)
            await awaitStop(Int(server))
            let error = await #expect(throws: ReeveError.self) { try await tmux.multiplexer.probe() }
            #expect(error?.message.contains("is stopped; kill -CONT \(server)") == true)
            kill(server, SIGCONT)
            #expect(try await eventually { try await tmux.multiplexer.list().count == 1 })
        }
    }

    @Test func `a server that hangs while several connections are tried goes on with all its sessions`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-stays", ["cat"])
            try await tmux.hang()
            let next = OpenConnection(of: try tmux.successor())
            #expect(await eventually(within: .seconds(120)) { next.tries == 4 })
            try await tmux.wake()
            #expect(await eventually { next.isUp })
            let life = try await tmux.multiplexer.life(of: session.handle, id: session.id)
            #expect(life == .alive)
            #expect(await next.ends())
        }
    }

    @Test func `a connection that is given up while it is being made does not take the server with it`() async throws {
        try await RealTmux.with { tmux in
            let session = try await tmux.start("op-stays", ["cat"])
            let server = try await tmux.tmux("display-message", "-p", "#{pid}")
            // With much to say of itself a client takes long to introduce itself, so that more of the moments below are within that.
            let many = Dictionary(
                uniqueKeysWithValues: (1...2000).map { ("REEVE_TEST_\($0)", String(repeating: "x", count: 100)) })
            let started = ContinuousClock.now
            let first = OpenConnection(of: try tmux.successor(with: many))
            #expect(await eventually { first.isUp })
            let whole = ContinuousClock.now - started
            #expect(await first.ends())
            for share in 0..<32 {
                let next = try tmux.successor(with: many)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try? await next.run { _ in } }
                    // No wait for anything: the moments are what is tried, those of the introduction come last.
                    try await Task.sleep(for: whole / 2 + whole / 64 * share)
                    group.cancelAll()
                }
            }
            #expect(try await tmux.tmux("display-message", "-p", "#{pid}") == server)
            #expect(try await tmux.multiplexer.life(of: session.handle, id: session.id) == .alive)
            // None of them is left there.
            #expect(try await eventually { try await tmux.tmux("list-clients").split(separator: "\n").count == 1 })
        }
    }

    @Test func `a handle of a server that is gone never reaches a pane of the one that took its place`() async throws {
        try await RealTmux.with { tmux in
            let file = "\(tmux.scratch.path)/received"
            let old = try await tmux.start("op-old", ["cat"])
            let epoch = old.handle.epoch
            try await tmux.tmux("kill-server")
            #expect(await eventually { (try? await tmux.multiplexer.list().isEmpty) == true })
            // The new server counts from the start: its first panes have the numbers of the old ones.
            let new = try await tmux.start("op-new", ["/bin/sh", "-c", "stty raw -echo; exec cat > \(file)"])
            #expect(new.handle.epoch != epoch)
            var stale = new.handle
            stale.epoch = epoch
            #expect(try await tmux.multiplexer.exists(stale, id: new.id) == false)
            let sent = await #expect(throws: ReeveError.self) {
                try await tmux.multiplexer.send("x", to: stale, id: new.id)
            }
            #expect(sent?.kind == .notFound)
            let killed = await #expect(throws: ReeveError.self) { try await tmux.multiplexer.destroy(stale, id: new.id) }
            #expect(killed?.kind == .notFound)
            #expect(try await tmux.multiplexer.exists(new.handle, id: new.id))
        }
    }

    @Test func `a deleted socket file is made again by the server that lives`() async throws {
        try await RealTmux.with { tmux in
            _ = try await tmux.start("op-sock", ["cat"])
            let server = try await tmux.tmux("display-message", "-p", "#{pid}")
            unlink(tmux.socketPath)
            // A second connection has to find the same server.
            await withTaskGroup(of: Void.self) { group in
                let before = tmux.events().count
                group.addTask { try? await tmux.multiplexer.run { event in tmux.ground.note(event) } }
                #expect(
                    await eventually {
                        tmux.events().dropFirst(before).contains { if case .connected = $0 { true } else { false } }
                    })
                group.cancelAll()
            }
            #expect(try await tmux.tmux("display-message", "-p", "#{pid}") == server)
        }
    }

    @Test func `a tmux that is too old is refused clearly, and so is none`() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let fake = "\(scratch.path)/tmux"
        try "#!/bin/sh\necho tmux 3.1c\n".write(toFile: fake, atomically: true, encoding: .utf8)
        chmod(fake, 0o755)
        for (binary, words) in [(fake, "too old"), ("\(scratch.path)/none", "cannot be run")] {
            let server = TmuxServer(
                settings: TmuxSettings(
                    binary: binary, socketName: "x", configFile: "", keepSession: "k", instance: "i",
                    runtimeDirectory: scratch.path,
                    environment: ["PATH": "/usr/bin:/bin"], hasUserManager: false), time: RealTime())
            // A fork of another test may hold the fresh script open for writing for an instant ("text file busy").
            let isRefused = await eventually {
                do { _ = try await server.checkVersion() } catch let error as ReeveError {
                    return error.kind == .unavailable && error.message.contains(words)
                } catch {}
                return false
            }
            #expect(isRefused, "\(words)")
        }
    }
}
