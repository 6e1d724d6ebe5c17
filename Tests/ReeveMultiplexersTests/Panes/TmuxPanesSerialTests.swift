import Foundation
import Processes
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// Panes in a real tmux server of a person's: what is looked at, what is done, and what is left alone.
@Suite(.serialized) struct TmuxPanesSerialTests {
    /// A person's tmux with one window.
    struct Person {
        let scratch: Scratch
        let panes: TmuxPanes
        let server: String
        let main: String
        let environment: [String: String]

        static func with(_ size: (Int, Int) = (240, 60), _ body: (Person) async throws -> Void) async throws {
            let scratch = try Scratch()
            defer { scratch.remove() }
            let environment = [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": scratch.path, "LANG": "C.UTF-8",
            ]
            let server = "\(scratch.path)/sock"
            let made = try await ProcessRunner.run(
                [
                    "tmux", "-u", "-S", server, "-f", "/dev/null", "new-session", "-d", "-s", "mine", "-x", "\(size.0)", "-y",
                    "\(size.1)", "-P", "-F", "#{pane_id}", "--", "sleep", "1000",
                ], environment: environment)
            let person = Person(
                scratch: scratch,
                panes: TmuxPanes(
                    binary: "tmux", environment: environment, instance: "me",
                    runtimeDirectory: try scratch.directory("r"), time: RealTime(), patience: .seconds(60)),
                server: server, main: String(made.text.prefix { $0 != "\n" }), environment: environment)
            do { try await body(person) } catch {
                _ = try? await person.tmux("kill-server")
                throw error
            }
            _ = try? await person.tmux("kill-server")
        }

        @discardableResult
        func tmux(_ words: String...) async throws -> String {
            let output = try await ProcessRunner.run(["tmux", "-u", "-S", server] + words, environment: environment)
            return output.text + output.errors
        }

        var host: PaneHost { PaneHost(server: server, pane: main) }

        func tag(_ name: String, isolation: PaneIsolation = .inline) -> PaneTag {
            PaneTag(
                instance: "me", session: Samples.session("s-" + name), host: main, isolation: isolation,
                createdAt: Timestamp(milliseconds: 1), name: Samples.name(name))
        }

        func plan(_ view: PaneView, _ request: PaneQuestion.Request, _ configuration: PaneConfiguration = PaneConfiguration())
            -> PanePlan
        {
            var configuration = configuration
            configuration.borderStatus = view.borderStatus
            let sessions = view.tags.map {
                PaneQuestion.Session(
                    session: $1.name.text, pane: $0, createdAt: $1.createdAt, lastActiveAt: nil, isBusy: false)
            }
            return PanePlanner.plan(
                PaneQuestion(
                    window: view.window, host: main, instance: "me", configuration: configuration, sessions: sessions,
                    request: request))
        }

        @discardableResult
        func open(
            _ name: String, _ command: [String] = ["sleep", "1000"], _ configuration: PaneConfiguration = PaneConfiguration()
        )
            async throws -> (plan: PanePlan, pane: String)
        {
            let view = try await panes.look(host)
            let plan = plan(view, .open(session: name), configuration)
            let pane = try await panes.carryOut(plan, in: view, command: command, tag: tag(name))
            return (plan, try #require(pane))
        }
    }

    /// What tmux has now is what was planned.
    private func expect(_ plan: PanePlan, made: String?, in view: PaneView) {
        for planned in plan.panes {
            let id = planned.id == PanePlan.newPane ? made ?? "" : planned.id
            #expect(view.rectangles[id] == planned.rectangle, "\(id)")
        }
        #expect(view.window.panes.count == plan.panes.count)
    }

    @Test(arguments: ["off", "top", "bottom"])
    func `what is planned is what tmux then has, title lines included`(titles: String) async throws {
        try await Person.with { person in
            try await person.tmux("set-option", "-w", "-t", "mine", "pane-border-status", titles)
            for name in ["one", "two", "three"] {
                let (plan, pane) = try await person.open(name)
                let view = try await person.panes.look(person.host)
                expect(plan, made: pane, in: view)
                #expect(view.tags[pane] == person.tag(name) && view.window.activePane == person.main)
            }
            let view = try await person.panes.look(person.host)
            let plan = person.plan(view, .close(session: "two"))
            _ = try await person.panes.carryOut(plan, in: view, command: [], tag: nil)
            expect(plan, made: nil, in: try await person.panes.look(person.host))
        }
    }

    @Test func `a zoomed window stays zoomed, and the layout behind it is the planned one`() async throws {
        try await Person.with { person in
            try await person.open("one")
            try await person.tmux("resize-pane", "-Z", "-t", person.main)
            let (plan, pane) = try await person.open("two")
            let view = try await person.panes.look(person.host)
            #expect(view.window.isZoomed && view.window.activePane == person.main)
            expect(plan, made: pane, in: view)
        }
    }

    @Test func `a window that has changed since the look is left as it is`() async throws {
        try await Person.with { person in
            let view = try await person.panes.look(person.host)
            let plan = person.plan(view, .open(session: "one"))
            try await person.tmux("split-window", "-d", "-v", "-t", person.main, "--", "sleep", "1000")
            let before = try await person.tmux("list-panes", "-t", person.main)
            let error = await #expect(throws: ReeveError.self) {
                try await person.panes.carryOut(plan, in: view, command: ["sleep", "1"], tag: person.tag("one"))
            }
            #expect(error?.kind == .conflict)
            #expect(try await person.tmux("list-panes", "-t", person.main) == before)
            try await person.tmux("kill-session", "-t", "=mine")
        }
    }

    @Test(arguments: [["resize-pane", "-Z", "-t", "%0"], ["select-pane", "-t", "%1"]])
    func `a person's zoom or change of focus between look and deed is seen`(act: [String]) async throws {
        try await Person.with { person in
            try await person.open("one")
            let view = try await person.panes.look(person.host)
            let plan = person.plan(view, .open(session: "two"))
            _ = try await ProcessRunner.run(
                ["tmux", "-u", "-S", person.server] + act, environment: person.environment)
            let before = try await person.tmux(
                "list-panes", "-t", person.main, "-F", "#{pane_id} #{pane_active} #{window_zoomed_flag}")
            let error = await #expect(throws: ReeveError.self) {
                try await person.panes.carryOut(plan, in: view, command: ["sleep", "1"], tag: person.tag("two"))
            }
            #expect(error?.kind == .conflict)
            let after = try await person.tmux(
                "list-panes", "-t", person.main, "-F", "#{pane_id} #{pane_active} #{window_zoomed_flag}")
            #expect(after == before)
        }
    }

    @Test func `a server has one name, however it is written`() async throws {
        try await Person.with { person in
            #expect(person.panes.canonical("\(person.scratch.path)//sock") == person.panes.canonical(person.server))
            #expect(person.panes.canonical("/nowhere") == "/nowhere")
        }
    }

    @Test func `a session of agents whose name is taken gets the next one`() async throws {
        try await Person.with { person in
            let view = try await person.panes.look(person.host)
            try await person.tmux("new-session", "-d", "-s", "reeve-agents-0", "--", "sleep", "1000")
            let pane = try await person.panes.stand(
                alone: .session, beside: view, command: ["sleep", "1000"], tag: person.tag("one", isolation: .session))
            let name = try await person.tmux("display-message", "-p", "-t", pane, "#{session_name}")
            #expect(name == "reeve-agents-0-2\n")
        }
    }

    @Test func `only a pane with this instance's tag is ended`() async throws {
        try await Person.with { person in
            let foreign = try await person.tmux(
                "split-window", "-d", "-P", "-F", "#{pane_id}", "-t", person.main, "--", "sleep", "1000")
            let pane = String(foreign.prefix { $0 != "\n" })
            for text in ["", "other s-x \(person.main) inline 1 x"] {
                if !text.isEmpty { try await person.tmux("set-option", "-p", "-t", pane, PaneTag.option, text) }
                let error = await #expect(throws: ReeveError.self) { try await person.panes.kill(pane, on: person.server) }
                #expect(error?.kind == .conflict)
            }
            let view = try await person.panes.look(person.host)
            #expect(view.window.panes.map(\.owner) == [nil, "other"] && view.tags.isEmpty)
            try await person.tmux("set-option", "-p", "-t", pane, PaneTag.option, person.tag("x").text)
            try await person.panes.kill(pane, on: person.server)
            #expect(try await person.panes.look(person.host).window.panes.count == 1)
            // Gone already is as good.
            try await person.panes.kill(pane, on: person.server)
        }
    }

    @Test func `a pane whose tag was never set is known by its command`() async throws {
        try await Person.with { person in
            let tag = person.tag("one")
            try await person.tmux(
                "split-window", "-d", "-h", "-t", person.main, "--", "env", "-u", "TMUX", "REEVE_PANE=\(tag.text)", "sleep",
                "1000")
            #expect(try await person.panes.look(person.host).tags.values.map(\.self) == [tag])
            #expect(try await person.panes.tagged(on: person.server).map(\.tag) == [tag])
            // From then on it has it.
            let options = try await person.tmux("list-panes", "-t", person.main, "-F", "#{@reeve_pane}")
            #expect(options.contains(tag.text))
        }
    }

    @Test func `what is shown has ended: its pane stays, dead, for the plan that closes it`() async throws {
        try await Person.with { person in
            let over = "\(person.scratch.path)/over"
            let (_, pane) = try await person.open("one", ["sh", "-c", "while [ ! -e \(over) ]; do sleep 0.02; done"])
            try "".write(toFile: over, atomically: true, encoding: .utf8)
            #expect(try await eventually { try await person.panes.tagged(on: person.server).first?.isDead == true })
            let view = try await person.panes.look(person.host)
            let plan = person.plan(view, .close(session: "one"))
            #expect(plan.decision == .close(paneId: pane, reason: .ended(session: "one", grown: [])))
            _ = try await person.panes.carryOut(plan, in: view, command: [], tag: nil)
            #expect(try await person.panes.look(person.host).window.panes.count == 1)
        }
    }

    @Test func `an idle one's pane goes to the new one, and all others stay where they are`() async throws {
        try await Person.with((200, 50)) { person in
            let sizes = PaneConfiguration(evict: .idle)
            for name in ["one", "two", "three", "four"] { try await person.open(name, ["sleep", "1000"], sizes) }
            let before = try await person.panes.look(person.host)
            let (plan, pane) = try await person.open("five", ["sleep", "1000"], sizes)
            guard case .replace(let gone, _, _) = plan.decision else {
                Issue.record("\(plan.decision)")
                return
            }
            let after = try await person.panes.look(person.host)
            expect(plan, made: pane, in: after)
            #expect(after.rectangles[pane] == before.rectangles[gone] && after.rectangles[gone] == nil)
        }
    }

    @Test(arguments: [PaneIsolation.window, .session])
    func `isolated panes begin in a place of their own, which nobody is taken to`(isolation: PaneIsolation) async throws {
        try await Person.with { person in
            let view = try await person.panes.look(person.host)
            let tag = person.tag("one", isolation: isolation)
            let pane = try await person.panes.stand(
                alone: isolation, beside: view, command: ["sleep", "1000"], tag: tag)
            let there = try await person.panes.look(PaneHost(server: person.server, pane: pane))
            #expect(there.tags == [pane: tag] && there.windowID != view.windowID)
            #expect((there.sessionID == view.sessionID) == (isolation == .window))
            #expect(try await person.tmux("display-message", "-p", "-t", "mine:", "#{window_id}") == view.windowID + "\n")
        }
    }

    @Test func `names and commands come through as they are, and nothing of them is run`() async throws {
        try await Person.with { person in
            let file = "\(person.scratch.path)/words"
            let words = ["#(touch \(person.scratch.path)/bad)", "a;b", "$HOME", "it's \"quoted\" \\", "ü ~x", "#{pane_id}"]
            let script = "printf '%s\\n' \"$@\" > \(file); exec sleep 1000"
            try await person.open("one", ["sh", "-c", script, "sh"] + words)
            #expect(
                await eventually {
                    (try? String(contentsOfFile: file, encoding: .utf8)) == words.map { $0 + "\n" }.joined()
                })
            #expect(!FileManager.default.fileExists(atPath: "\(person.scratch.path)/bad"))
        }
    }

    @Test func `a server that is none, or is not ours, is refused`() async throws {
        try await Person.with { person in
            for server in ["/nowhere/sock", "relative", "\(person.scratch.path)/r"] {
                await #expect(throws: ReeveError.self) {
                    try await person.panes.look(PaneHost(server: server, pane: "%0"))
                }
            }
            let error = await #expect(throws: ReeveError.self) {
                try await person.panes.look(PaneHost(server: person.server, pane: "%0;kill-server"))
            }
            #expect(error?.kind == .invalidParams)
            let missing = await #expect(throws: ReeveError.self) {
                try await person.panes.look(PaneHost(server: person.server, pane: "%99"))
            }
            #expect(missing?.kind == .notFound)
            #expect(!person.panes.isGone(person.server))
            try await person.tmux("kill-server")
            #expect(await eventually { person.panes.isGone(person.server) })
        }
    }

    @Test func `servers are remembered for the daemon that comes next`() async throws {
        try await Person.with { person in
            #expect(person.panes.servers().isEmpty)
            person.panes.remember([person.server, "/other"])
            #expect(person.panes.servers() == [person.server, "/other"])
        }
    }
}
