import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// Our backend in front of the stand-in for cmux, by its socket and by its program, with real keepers in real terminals.
@Suite(.serialized) struct CmuxSerialTests {
    private typealias Setting = FakeCmux.Setting

    // MARK: Sessions

    @Test(arguments: [false, true])
    func `a session is a workspace with its name, made without taking the keyboard, listed and closed`(byProgram: Bool)
        async throws
    {
        try await FakeCmux.with(Setting(byProgram: byProgram)) { cmux in
            #expect(cmux.connectedBy?.hasSuffix(byProgram ? "by its command line" : "by its socket") == true)
            let before = try await cmux.state()
            let session = try await cmux.start("op-A.1", ["sleep", "100"])
            let state = try await cmux.state()
            let workspace = try #require(state.titled("op-A.1"))
            #expect(workspace.id == session.handle.session && workspace.surfaces == [session.handle.pane])
            #expect(!workspace.isSelected && state.keyWindow == before.keyWindow && state.windows == before.windows)
            #expect(try await cmux.cmux.life(of: session.handle, id: session.id) == .alive)
            #expect(try await cmux.cmux.life(of: session.handle, id: Samples.session("other")) == .gone)
            let listed = try await cmux.cmux.list()
            #expect(listed.map(\.name) == ["op-A.1"])
            #expect(listed.first?.owner == "inst" && listed.first?.id == session.id && listed.first?.handle == session.handle)
            #expect(listed.first?.dead == false && listed.first?.panes == 1)
            try await cmux.cmux.destroy(session.handle, id: session.id)
            #expect(try await cmux.state().workspaces.map(\.title) == before.workspaces.map(\.title))
            #expect(try await cmux.cmux.list().isEmpty)
            let error = await #expect(throws: ReeveError.self) {
                try await cmux.cmux.destroy(session.handle, id: session.id)
            }
            #expect(error?.kind == .notFound)
        }
    }

    @Test func `with several windows a session gets its own, which goes with it, and the keyboard stays where it was`()
        async throws
    {
        try await FakeCmux.with(Setting(windows: 2)) { cmux in
            let before = try await cmux.state()
            let session = try await cmux.start("op-W", ["sleep", "100"])
            let state = try await cmux.state()
            let workspace = try #require(state.titled("op-W"))
            #expect(state.windows.count == 3 && !before.windows.contains(workspace.window))
            #expect(state.workspaces.count { $0.window == workspace.window } == 1)
            #expect(state.keyWindow == before.keyWindow)
            try await cmux.cmux.destroy(session.handle, id: session.id)
            #expect(try await cmux.state().windows == before.windows)
        }
    }

    @Test(arguments: [(CmuxPlacement.workspace, 2, 2), (.window, 1, 2), (.auto, 0, 1)])
    func `the placement decides`(placement: CmuxPlacement, windows: Int, after: Int) async throws {
        try await FakeCmux.with(Setting(windows: windows, placement: placement)) { cmux in
            let session = try await cmux.start("op-P", ["sleep", "100"])
            let state = try await cmux.state()
            #expect(state.windows.count == after)
            if placement == .workspace { #expect(state.titled("op-P")?.window == state.keyWindow) }
            try await cmux.cmux.destroy(session.handle, id: session.id)
            #expect(try await cmux.state().titled("op-P") == nil)
        }
    }

    @Test func `the only workspace of the last window is closed, and the window stays`() async throws {
        try await FakeCmux.with(Setting(windows: 0)) { cmux in
            let session = try await cmux.start("op-only", ["sleep", "100"])
            let state = try await cmux.state()
            #expect(state.workspaces.map(\.title) == ["op-only"])
            try await cmux.cmux.destroy(session.handle, id: session.id)
            let after = try await cmux.state()
            #expect(after.windows == state.windows && after.workspaces.count == 1 && after.titled("op-only") == nil)
        }
    }

    @Test func `a workspace of somebody else under our name is a conflict and stays as it is`() async throws {
        try await FakeCmux.with { cmux in
            let person = try #require(try await cmux.state().workspaces.first)
            try await cmux.order(["do": "edit", "workspace": person.id, "title": "op-X"])
            let error = await #expect(throws: ReeveError.self) { _ = try await cmux.start("op-X", ["true"]) }
            #expect(error?.kind == .conflict)
            let state = try await cmux.state()
            #expect(state.workspaces.count == 1 && state.workspaces.first?.surfaces == person.surfaces)
        }
    }

    @Test func `a session that was made just before a crash is taken up again`() async throws {
        try await FakeCmux.with { cmux in
            let first = try await cmux.start("op-B", ["sleep", "100"])
            #expect(try await cmux.cmux.spawn(cmux.order("op-B")) == first.handle)
            #expect(try await cmux.state().workspaces.count == 2)
        }
    }

    @Test func `a workspace that a person took the tag from is not ours any more`() async throws {
        try await FakeCmux.with { cmux in
            let session = try await cmux.start("op-T", ["cat"])
            try await cmux.order(["do": "edit", "workspace": session.handle.session, "description": "mine"])
            #expect(try await cmux.cmux.life(of: session.handle, id: session.id) == .gone)
            let error = await #expect(throws: ReeveError.self) {
                try await cmux.cmux.send("x", to: session.handle, id: session.id)
            }
            #expect(error?.kind == .notFound)
            await #expect(throws: ReeveError.self) { try await cmux.cmux.destroy(session.handle, id: session.id) }
            #expect(try await cmux.state().titled("op-T") != nil)
        }
    }

    @Test func `a workspace that a person pinned is not closed, and the reason says so`() async throws {
        try await FakeCmux.with { cmux in
            let session = try await cmux.start("op-pin", ["sleep", "100"])
            try await cmux.order(["do": "edit", "workspace": session.handle.session, "pinned": true])
            let error = await #expect(throws: ReeveError.self) {
                try await cmux.cmux.destroy(session.handle, id: session.id)
            }
            #expect(error?.kind == .conflict && error?.hint?.contains("unpin") == true)
        }
    }

    @Test func `a cmux that keeps no descriptions is refused, with nothing left behind`() async throws {
        try await FakeCmux.with(Setting(without: ["description"])) { cmux in
            let error = await #expect(throws: ReeveError.self) { _ = try await cmux.cmux.spawn(cmux.order("op-old")) }
            #expect(error?.kind == .unsupported)
            let left = try await cmux.state().workspaces
            #expect(left.count == 1)
        }
    }

    @Test(arguments: [SplitDirection.horizontal, .vertical])
    func `a split is beside the keeper's terminal, in the same workspace`(direction: SplitDirection) async throws {
        try await FakeCmux.with { cmux in
            let session = try await cmux.start("op-S", ["sleep", "100"])
            let pane = try await cmux.cmux.split(session.handle, id: session.id, direction: direction)
            #expect(try await cmux.state().titled("op-S")?.surfaces == [session.handle.pane, pane.id])
            #expect(try await cmux.cmux.life(of: session.handle, id: session.id) == .alive)
        }
    }

    // MARK: Ends

    @Test func `the end of a keeper is told, and its session is not alive`() async throws {
        try await FakeCmux.with { cmux in
            let session = try await cmux.start("op-D", ["sleep", "100"])
            await cmux.fleet.dismiss(session.id)
            let isTold = await eventually { cmux.events().contains(.paneDied(session.handle.pane)) }
            #expect(isTold)
            let isGone = try await eventually { try await cmux.cmux.life(of: session.handle, id: session.id) == .gone }
            #expect(isGone)
        }
    }

    @Test func `a terminal that stays after its program is dead, and takes nothing`() async throws {
        try await FakeCmux.with(Setting(exited: "stays")) { cmux in
            let session = try await cmux.start("op-Z", ["sleep", "100"])
            await cmux.fleet.dismiss(session.id)
            let isDead = try await eventually { try await cmux.cmux.life(of: session.handle, id: session.id) == .dead }
            #expect(isDead)
            #expect(try await cmux.cmux.list().first?.dead == true)
            let error = await #expect(throws: ReeveError.self) {
                try await cmux.cmux.send("x", to: session.handle, id: session.id)
            }
            #expect(error?.kind == .conflict)
            try await cmux.cmux.destroy(session.handle, id: session.id)
            #expect(try await cmux.state().titled("op-Z") == nil)
        }
    }

    @Test func `after a restart of cmux what it brought back is dead, takes nothing, and is replaced`() async throws {
        try await FakeCmux.with { cmux in
            let session = try await cmux.start("op-R", ["sleep", "100"])
            try await cmux.order(["do": "restart"])
            let again = await eventually { cmux.ground.connections.count == 2 }
            #expect(again)
            #expect(try await cmux.state().titled("op-R") != nil)
            #expect(try await cmux.cmux.life(of: session.handle, id: session.id) == .dead)
            let error = await #expect(throws: ReeveError.self) {
                try await cmux.cmux.send("rm -rf /", to: session.handle, id: session.id)
            }
            #expect(error?.kind == .notFound)
            let fresh = try await cmux.start("op-R", ["sleep", "100"])
            #expect(fresh.handle.epoch != session.handle.epoch)
            #expect(try await cmux.cmux.life(of: fresh.handle, id: fresh.id) == .alive)
            #expect(try await cmux.state().workspaces.count { $0.title == "op-R" } == 1)
        }
    }

    // MARK: Terminals

    private static let nasty = [
        "Enter", "ctrl-c", "-l flagged", "--", "$HOME $(id) `id` ; && ' \" * ! %H #{pid}", "a\\nb\\tc\\\\", "ünïcödé 😀 𝒳 漢字",
        "  lead and trail  ", String(repeating: "0123456789abcdef", count: 100),
    ]

    @Test(arguments: [false, true])
    func `one line arrives byte for byte, and presses nothing`(byProgram: Bool) async throws {
        try await FakeCmux.with(Setting(byProgram: byProgram)) { cmux in
            let file = "\(cmux.scratch.path)/received"
            let session = try await cmux.start(
                "op-raw", ["/bin/sh", "-c", "stty raw -echo; printf ready; exec cat > \(file)"])
            #expect(try await cmux.shows(session, "ready"))
            // A text takes four processes by the program.
            let texts = byProgram ? Array(Self.nasty.dropFirst(2).prefix(5)) : Self.nasty
            for text in texts { try await cmux.cmux.send(text, to: session.handle, id: session.id) }
            let expected = Data(texts.joined().utf8)
            let all = await eventually { FileManager.default.contents(atPath: file)?.count ?? 0 >= expected.count }
            #expect(all)
            #expect(FileManager.default.contents(atPath: file) == expected)
        }
    }

    @Test(arguments: [false, true])
    func `several lines are one paste for a program that asks for it, and nothing in them is a key`(byProgram: Bool) async throws
    {
        try await FakeCmux.with(Setting(byProgram: byProgram)) { cmux in
            let file = "\(cmux.scratch.path)/received"
            let script = "stty raw -echo; printf '\\033[?2004hready'; exec cat > \(file)"
            let session = try await cmux.start("op-br", ["/bin/sh", "-c", script])
            #expect(try await cmux.shows(session, "ready"))
            try await cmux.cmux.send("one\ntwo\u{1B}[201~; \\n rm", to: session.handle, id: session.id)
            let expected = Data("\u{1B}[200~one\ntwo [201~; \\n rm\u{1B}[201~".utf8)
            let all = await eventually { FileManager.default.contents(atPath: file)?.count ?? 0 >= expected.count }
            #expect(all)
            #expect(FileManager.default.contents(atPath: file) == expected)
        }
    }

    @Test func `a cmux without a paste gets no lines, and says why`() async throws {
        try await FakeCmux.with(Setting(without: ["paste"])) { cmux in
            let session = try await cmux.start("op-np", ["cat"])
            let error = await #expect(throws: ReeveError.self) {
                try await cmux.cmux.send("one\ntwo", to: session.handle, id: session.id)
            }
            #expect(error?.kind == .unsupported)
            try await cmux.cmux.send("three", to: session.handle, id: session.id)
            #expect(try await cmux.shows(session, "three"))
            #expect(try await !cmux.cmux.capture(session.handle, id: session.id, lines: 100, styled: false).contains("one"))
        }
    }

    @Test(arguments: [false, true])
    func `keys are keys`(byProgram: Bool) async throws {
        try await FakeCmux.with(Setting(byProgram: byProgram)) { cmux in
            let file = "\(cmux.scratch.path)/received"
            let session = try await cmux.start(
                "op-keys", ["/bin/sh", "-c", "stty raw -echo; printf ready; exec cat > \(file)"])
            #expect(try await cmux.shows(session, "ready"))
            let names =
                ["Enter", "C-c", "Space", "Up"] + (byProgram ? [] : ["Escape", "Tab", "BTab", "C-d", "C-[", "BSpace"])
            for name in names {
                try await cmux.cmux.press(try #require(Key(name: name)), in: session.handle, id: session.id)
            }
            let expected = Data(("\r\u{3} \u{1B}[A" + (byProgram ? "" : "\u{1B}\t\u{1B}[Z\u{4}\u{1B}\u{7F}")).utf8)
            #expect(await eventually { FileManager.default.contents(atPath: file)?.count == expected.count })
            #expect(FileManager.default.contents(atPath: file) == expected)
            let error = await #expect(throws: ReeveError.self) {
                try await cmux.cmux.press(.control("]"), in: session.handle, id: session.id)
            }
            #expect(error?.kind == .unsupported)
        }
    }

    @Test(arguments: [false, true])
    func `a terminal that nothing was written to has an empty screen and is alive`(byProgram: Bool) async throws {
        try await FakeCmux.with(Setting(byProgram: byProgram)) { cmux in
            let session = try await cmux.start("op-E", ["sleep", "100"])
            #expect(try await cmux.cmux.capture(session.handle, id: session.id, lines: 10, styled: false) == "")
            #expect(try await cmux.cmux.fingerprint(session.handle, id: session.id) == "")
            #expect(try await cmux.cmux.life(of: session.handle, id: session.id) == .alive)
        }
    }

    @Test(arguments: [false, true])
    func `the last lines are captured, what has scrolled away too, and colours are refused`(byProgram: Bool) async throws {
        try await FakeCmux.with(Setting(byProgram: byProgram)) { cmux in
            let session = try await cmux.start("op-H", ["/bin/sh", "-c", "seq 1 200; echo end; exec cat"])
            #expect(try await cmux.shows(session, "end"))
            let text = try await cmux.cmux.capture(session.handle, id: session.id, lines: 101, styled: false)
            let numbers = (101...200).map { "\($0)" }.joined(separator: "\n")
            #expect(text == numbers + "\nend")
            let before = try await cmux.cmux.fingerprint(session.handle, id: session.id)
            try await cmux.cmux.send("x", to: session.handle, id: session.id)
            let changed = try await eventually {
                try await cmux.cmux.fingerprint(session.handle, id: session.id) != before
            }
            #expect(changed)
            let error = await #expect(throws: ReeveError.self) {
                _ = try await cmux.cmux.capture(session.handle, id: session.id, lines: 10, styled: true)
            }
            #expect(error?.kind == .unsupported)
        }
    }

    // MARK: People

    @Test(arguments: [false, true])
    func `a session is brought to the front when asked, is seen there, and not while another program is`(byProgram: Bool)
        async throws
    {
        try await FakeCmux.with(Setting(byProgram: byProgram, windows: 2)) { cmux in
            let session = try await cmux.start("op-F", ["sleep", "100"])
            #expect(try await cmux.cmux.seen().isEmpty)
            try await cmux.cmux.focus(session.handle, id: session.id)
            let state = try await cmux.state()
            #expect(state.titled("op-F")?.isSelected == true && state.titled("op-F")?.window == state.keyWindow)
            #expect(try await cmux.cmux.seen() == [session.id])
            try await cmux.order(["do": "leave"])
            #expect(try await cmux.cmux.seen().isEmpty)
            let error = await #expect(throws: ReeveError.self) {
                _ = try await cmux.cmux.attachCommand(session.handle, id: session.id)
            }
            #expect(error?.kind == .unsupported)
        }
    }

    @Test(arguments: [false, true])
    func `state, progress and news are in the sidebar`(byProgram: Bool) async throws {
        try await FakeCmux.with(Setting(byProgram: byProgram)) { cmux in
            let session = try await cmux.start("op-L", ["sleep", "100"])
            let waiting = TerminalStatus(state: "waiting", text: "asks \"y/n\" \\ -- now", progress: 0.4)
            for _ in 1...2 { try await cmux.cmux.display(waiting, of: session.handle, id: session.id) }
            let shown = try #require(try await cmux.state().titled("op-L"))
            #expect(shown.status == ["reeve": "waiting"] && shown.progress == ["0.40", "asks \"y/n\" \\ -- now"])
            #expect(shown.log == [["warning", "reeve", "asks \"y/n\" \\ -- now"]])
            try await cmux.cmux.display(TerminalStatus(state: "running"), of: session.handle, id: session.id)
            let after = try #require(try await cmux.state().titled("op-L"))
            #expect(after.status == ["reeve": "running"] && after.progress == nil && after.log.count == 1)
            let told = TerminalStatus(state: "running", text: "tests", progress: 0.37, progressLabel: "3/8 suites")
            try await cmux.cmux.display(told, of: session.handle, id: session.id)
            let last = try #require(try await cmux.state().titled("op-L"))
            #expect(last.progress == ["0.37", "3/8 suites"] && last.log.last == ["info", "reeve", "tests"])
        }
    }
}
