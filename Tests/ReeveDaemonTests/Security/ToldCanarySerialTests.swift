import Foundation
import ReeveJSON
import ReeveTestSupport
import ReeveWire
import Testing

/// Secrets in what agents, reviewers, editors and files tell. `docs/security.md` says which may be where.
@Suite(.serialized) struct ToldCanarySerialTests {
    /// A canary in a member, and where it may come out.
    private struct Plant {
        var canary: String
        var only: Set<Output>
        var perhaps: Set<Output>
    }

    private static let agents = """
        [agents.reviewed]
        start = ["reeve-demo-agent", "--work", "50"]
        prompt = "none"
        enter_delay = "10ms"
        [agents.told]
        start = ["reeve-demo-agent", "--work", "50"]
        prompt = "paste"
        enter_delay = "10ms"
        [agents.claude]
        start = ["/bin/sleep", "1000"]
        prompt = "none"
        """

    /// Its rejection, and the plan's summary, are in the prompts of its steps.
    private static let type = """
        name = "REV"
        agent = "reviewed"
        [[steps]]
        name = "plan"
        review = "plan"
        prompt = "Plan {{ id }}"
        on_reject = { goto_step = "plan", prompt = "Again: {{ feedback }}" }
        [[steps]]
        name = "build"
        prompt = "Build {{ id }} by {{ steps.plan.summary }}"
        """

    /// An object of JSON from names and values that are JSON.
    private func object(_ members: KeyValuePairs<String, String>) -> String {
        "{\(members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}"
    }

    private func text(_ value: String) -> String {
        var writer = JSONWriter()
        writer.value(value)
        return writer.text
    }

    @Test func `every free text that a method takes has been decided on`() throws {
        #expect(Set(FreeTexts.decisions.keys).subtracting(FreeTexts.taken) == [], "no method takes that any more")
        #expect(FreeTexts.taken.subtracting(FreeTexts.decisions.keys) == [], "decide what a secret in it may do")
        let tests = try TestNames.all()
        for case .elsewhere(let name) in FreeTexts.decisions.values { #expect(tests.contains(name), "\(name)") }
    }

    @Test func `what agents and reviewers tell is where it is wanted and nowhere else`() async throws {
        var plants: [String: Plant] = [:]
        func plant(_ member: String, _ only: Set<Output>, perhaps: Set<Output> = []) -> String {
            let canary = Canary.fresh(member.filter(\.isLetter))
            plants[member] = Plant(canary: canary, only: only, perhaps: perhaps)
            return text(canary)
        }
        try await Canary.with(Self.agents) { d, outputs in
            let folder = try d.scratch.directory("types")
            try Self.type.write(toFile: "\(folder)/REV.toml", atomically: true, encoding: .utf8)
            #expect(await d.reeve("config", "reload").code == 0)
            for (id, kind) in [("A", "reviewed"), ("C", "claude")] {
                #expect(await d.reeve("add", "x", "--agent", kind, "--id", id).code == 0)
                #expect(await d.reeve("wait", id, "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            }
            #expect(await d.reeve("add", "x", "--type", "REV", "--id", "R").code == 0)
            #expect(await d.reeve("wait", "R", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            #expect(await d.reeve("add", "y", "--after", "A", "--id", "LATER").code == 0)
            let questions = [
                ("metadata.get", "A"), ("agent.explain", "C"), ("agent.get", "R"), ("ticket.steps", "R"), ("ticket.step", "R"),
            ].map { #"{"id":1,"method":"\#($0.0)","params":{"ticket":"\#($0.1)"}}"# }
            func tell(_ method: String, _ params: KeyValuePairs<String, String>) async throws {
                let answer = try await Canary.ask(d, #"{"id":1,"method":"\#(method)","params":\#(object(params))}"#)
                #expect(answer.contains(#""result""#), "\(method): \(answer)")
                try await outputs.look(d, asking: questions)
            }
            let shown: Set<Output> = [.answers, .database, .events]

            try await tell(
                "ticket.update",
                [
                    "ticket": text("LATER"), "title": plant("ticket.update.title", shown.union([.client])),
                    "body": plant("ticket.update.body", [.database]),
                ])
            try await tell(
                "metadata.status",
                [
                    "ticket": text("A"), "text": plant("metadata.status.text", shown, perhaps: [.client]),
                    "tone": plant("metadata.status.tone", []),
                ])
            try await tell(
                "metadata.progress",
                [
                    "ticket": text("A"), "percent": "3",
                    "label": plant("metadata.progress.label", shown, perhaps: [.client]),
                ])
            try await tell(
                "metadata.log",
                [
                    "ticket": text("A"), "message": plant("metadata.log.message", shown),
                    "tone": plant("metadata.log.tone", []), "source": plant("metadata.log.source", shown),
                ])
            try await tell(
                "metadata.notify",
                [
                    "ticket": text("A"), "title": plant("metadata.notify.title", shown),
                    "body": plant("metadata.notify.body", shown),
                ])

            // An agent's own words become the name of its conversation; the rest of its events goes when it is understood.
            let launch = try #require(await agent(d, "C")?["launch"] as? String)
            let now = Int(Date().timeIntervalSince1970 * 1000)
            let prompt = object([
                "hook_event_name": text("UserPromptSubmit"), "session_id": text("s-1"), "cwd": text("/"),
                "prompt": plant("agent.event.event", [.answers, .database]),
            ])
            try await tell(
                "agent.event",
                ["kind": text("claude"), "at": "\(now)", "ticket": text("C"), "launch": text(launch), "event": prompt])
            try await tell(
                "agent.event",
                [
                    "kind": text("claude"), "at": "\(now + 1)", "ticket": plant("agent.event.ticket", []),
                    "session": plant("agent.event.session", []), "launch": plant("agent.event.launch", []),
                    "tmux": plant("agent.event.tmux", []), "pane": plant("agent.event.pane", []),
                    "ancestors": "[\(object(["pid": "1", "start": plant("agent.event.ancestors", [])]))]",
                    "event": object(["hook_event_name": text("Stop"), "session_id": text("s-2"), "cwd": text("/")]),
                ])
            let unreadable = try await Canary.ask(
                d,
                #"{"id":1,"method":"agent.event","params":"#
                    + object(["kind": text("claude"), "at": "\(now + 2)", "unreadable": plant("agent.event.unreadable", [])])
                    + "}")
            #expect(!unreadable.isEmpty)
            #expect(
                await eventually {
                    await d.reeve("explain", "C", "--json").text.contains(plants["agent.event.event"]?.canary ?? "-")
                })

            try await tell(
                "agent.report",
                [
                    "ticket": text("R"), "status": text("complete"), "summary": plant("agent.report.summary", shown),
                    "files": "[\(plant("agent.report.files", [.answers, .database]))]",
                ])
            #expect(await eventually { await d.state("R") == "review" })
            try await tell(
                "agent.reject",
                [
                    "ticket": text("R"), "reason": plant("agent.reject.reason", shown), "by": plant("agent.reject.by", shown),
                ])
            #expect(await eventually { await d.reeve("steps", "R", "-q").text.contains("2 plan running") })
            try await outputs.look(d, asking: questions)
            try await tell("agent.report", ["ticket": text("R"), "status": text("complete"), "summary": text("done")])
            #expect(await eventually { await d.state("R") == "review" })
            try await tell(
                "agent.approve",
                ["ticket": text("R"), "text": plant("agent.approve.text", shown), "by": plant("agent.approve.by", shown)])
            #expect(await eventually { await d.reeve("steps", "R", "-q").text.contains("3 build running") })
            try await outputs.look(d, asking: questions)

            let words = plant("agent.switch.prompt", [.database, .stateFiles])
            try await tell("agent.switch", ["ticket": text("A"), "to": text("told"), "prompt": words])
            #expect(
                await eventually { await d.reeve("preview", "A").text.contains(plants["agent.switch.prompt"]?.canary ?? "-") })
            let command = plant("session.run.command", [.arguments, .database]).dropFirst().dropLast()
            try await tell(
                "session.run",
                [
                    "command": #"["sh","-c","cat #\#(command)"]"#, "force": "true", "name": text("runs"),
                    "env": object(["KEY": plant("session.run.env", [])]),
                ])

            // A window that stays while it is looked at.
            let window = try LineClient(d.socket)
            let registered = await window.ask(
                #"{"id":1,"method":"host.register","params":"#
                    + object([
                        "kind": text("vscode"), "window": plant("host.register.window", []),
                        // `reeve doctor` names the windows that are there.
                        "title": plant("host.register.title", [.client]), "version": plant("host.register.version", [.client]),
                        "capabilities": "[\(plant("host.register.capabilities", []))]",
                    ]) + "}")
            let host = try #require(registered?.firstMatch(of: /"host":"([^"]+)"/).map { String($0.1) }, "\(registered ?? "")")
            let reported = await window.ask(
                #"{"id":2,"method":"host.report","params":"#
                    + object(["host": text(host), "terminal": plant("host.report.terminal", []), "event": text("closed")]) + "}")
            #expect(reported?.contains(#""result""#) == true, "\(reported ?? "")")
            // Doctor gives the daemon two seconds: a look on a busy machine may be without what it would have said.
            let isSeen = try await eventually {
                try await outputs.look(d, asking: questions)
                return ["title", "version"].allSatisfy { member in
                    plants["host.register.\(member)"].map { outputs.places(of: $0.canary).contains(.client) } == true
                }
            }
            #expect(isSeen)
            window.close()

            await d.kill()
            try await d.start()
            try await outputs.look(d, asking: questions)
            for (member, plant) in plants.sorted(by: { $0.key < $1.key }) {
                Canary.expect(outputs, plant.canary, only: plant.only, perhaps: plant.perhaps, member)
            }
            let told = FreeTexts.decisions.filter { if case .told = $0.value { true } else { false } }.keys
            #expect(Set(plants.keys) == Set(told))
        }
    }

    @Test func `what stands in a ticket's file is where its ticket is, and a fault of it is told without the rest`() async throws
    {
        let place = try Scratch()
        defer { place.remove() }
        let folder = try place.directory(".tickets")
        let other = try place.directory("other/.tickets")
        _ = try place.directory("other/.tickets/queue")
        _ = try place.directory(".tickets/queue")
        var plants: [(what: String, plant: Plant)] = []
        func plant(_ what: String, _ only: Set<Output>, perhaps: Set<Output> = []) -> String {
            let canary = Canary.fresh(what.filter(\.isLetter))
            plants.append((what, Plant(canary: canary, only: only, perhaps: perhaps)))
            return canary
        }
        func write(_ path: String, _ matter: String, _ title: String, _ body: String) throws {
            try "---\n\(matter)\n---\n\n# Feature: \(title)\n\n\(body)\n".write(toFile: path, atomically: true, encoding: .utf8)
        }
        try await Canary.with("[tickets]\ndirectory = \"\(folder)\"\n\(Self.agents)") { d, outputs in
            let asking = [#"{"id":1,"method":"ticket.folder"}"#]
            #expect(await d.reeve("queue", "pause").code == 0)
            let title: Set<Output> = [.answers, .client, .database, .events]
            try write(
                "\(folder)/queue/a.md",
                "id: FILE-1\nteam: \(plant("a key of one's own", [.database])) # \(plant("a comment", []))",
                plant("a title", title), plant("a body", [.database]))
            #expect(await eventually { await d.state("FILE-1") == "queued" })
            // The reader names the place and not the text, but for a word that it knows to be a wrong one.
            try write(
                "\(folder)/queue/b.md", "id: [\(plant("a key of a file that is none", []))", plant("its title", []),
                plant("its body", []))
            try write(
                "\(folder)/queue/c.md",
                "id: FILE-3\npriority: \(plant("a priority that is none", [.answers, .events, .log], perhaps: [.client, .database]))",
                plant("the title beside it", []), plant("the body beside it", []))
            #expect(await eventually { await d.reeve("folder").text.contains("c.md:3") })
            try await outputs.look(d, asking: asking)

            try write(
                "\(other)/queue/i.md", "id: IMP-1\nteam: \(plant("an imported key", [.database]))",
                plant("an imported title", title), plant("an imported body", [.database]))
            try write(
                "\(other)/queue/j.md", "id: IMP-2\nproject: [\(plant("a key that cannot be imported", []))",
                plant("a title that cannot be imported", []), plant("a body that cannot be imported", []))
            let answer = try await Canary.ask(
                d, #"{"id":1,"method":"ticket.import","params":{"directory":"\#(place.path)/other"}}"#)
            #expect(answer.contains(#""imported":1"#) && answer.contains(#""wrong":1"#), "\(answer)")
            for (what, plant) in plants where what.contains("cannot be imported") {
                #expect(!answer.contains(plant.canary), "\(what)")
            }
            try await outputs.look(d, asking: asking)
            await d.kill()
            try await d.start()
            try await outputs.look(d, asking: asking)
            for (what, plant) in plants { Canary.expect(outputs, plant.canary, only: plant.only, perhaps: plant.perhaps, what) }
        }
    }

    private func agent(_ d: RealDaemon, _ ticket: String) async -> [String: Any]? {
        let text = await d.reeve("agents", "--json").text
        let answer = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return (answer?["agents"] as? [[String: Any]])?.first { $0["ticket"] as? String == ticket }
    }
}
