import Foundation
import ReeveTestSupport
import Testing

/// The brakes of the real daemon, as `reeve status` shows them, and how a person lets go of them.
@Suite(.serialized) struct BrakeSerialTests {
    /// A kind that writes down its start and fails at once, until the file `mended` is there.
    private func failing(_ name: String, in place: Scratch) -> String {
        """
        [agents.\(name)]
        start = ["/bin/sh", "-c", "echo $REEVE_TICKET >> \(place.path)/starts; test -e \(place.path)/mended || exit 3"]
        prompt = "none"
        """
    }

    private func starts(_ place: Scratch) -> [String] {
        let text = (try? String(contentsOfFile: "\(place.path)/starts", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    private func mend(_ place: Scratch) { _ = FileManager.default.createFile(atPath: "\(place.path)/mended", contents: nil) }

    /// What a person reads, without the breaks that the width of a terminal makes.
    private func words(_ d: RealDaemon) async -> String {
        await d.reeve("status").text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    }

    private func json(_ d: RealDaemon) async -> [String: Any] {
        let text = await d.reeve("status", "--json").text
        return (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:]
    }

    private func down(_ d: RealDaemon) async -> [String] {
        guard let retries = await json(d)["retries"] as? [String: Any] else { return [] }
        let tickets = retries["downTickets"] as? [String] ?? []
        return retries["down"] as? Int == tickets.count ? tickets : ["the number is another"]
    }

    /// The kinds that are not launched; `*` is all.
    private func brakes(_ d: RealDaemon) async -> [String] {
        let brakes = await json(d)["brakes"] as? [[String: Any]] ?? []
        return brakes.map { $0["agent"] as? String ?? "*" }.sorted()
    }

    @Test func `an agent that stays down is in reeve status, over a restart, until somebody retries its ticket`() async throws {
        let place = try Scratch()
        defer { place.remove() }
        let configuration = """
            [retry]
            attempts = 9
            backoff = "10ms"
            intensity = 3
            [breaker]
            failures = 0

            """
        try await RealDaemon.with(configuration + failing("broken", in: place)) { d in
            #expect(await d.reeve("status", "--json").text.contains("retries") == false)
            #expect(await d.reeve("add", "x", "--agent", "broken", "--id", "D").code == 0)
            #expect(await d.reeve("wait", "D", "--until", "failed", "--timeout", RealDaemon.patience).code == 0)
            let told = "started too often, stays down: D; reeve retry ID starts it again"
            for isRestarted in [false, true] {
                if isRestarted {
                    await d.kill()
                    try await d.start()
                }
                #expect(await words(d).contains(told), "after a restart: \(isRestarted)")
                #expect(await down(d) == ["D"])
                #expect(await d.reeve("show", "D", "--json").text.contains("stays down: started 3 times within 10 min"))
                #expect(starts(place) == ["D", "D", "D"])
            }
            // One more start by a person's word, and no fourth and fifth by itself.
            #expect(await d.reeve("retry", "D").code == 0)
            #expect(await eventually { await d.state("D") == "failed" && starts(place).count == 4 })
            #expect(await down(d) == ["D"])
            mend(place)
            #expect(await d.reeve("retry", "D").code == 0)
            #expect(await eventually { await d.state("D") == "done" })
            #expect(await down(d).isEmpty)
            #expect(await words(d).contains("stays down") == false)
            #expect(starts(place).count == 5)
        }
    }

    @Test func `a brake is in reeve status, for one kind and for all, over a restart, until the queue is resumed`() async throws {
        let place = try Scratch()
        defer { place.remove() }
        let configuration = """
            [breaker]
            failures = 3
            cooldown = "1h"

            """
        let kinds = failing("broken", in: place) + "\n" + failing("hopeless", in: place)
        try await RealDaemon.with(configuration + kinds) { d in
            func run(_ id: String, _ agent: String, until state: String) async {
                #expect(await d.reeve("add", "x", "--agent", agent, "--id", id, "-q").code == 0)
                // The ticket's state and not the agent's, which may be called done a moment before.
                #expect(await eventually { await d.state(id) == state }, "\(id)")
            }
            #expect(await brakes(d).isEmpty)
            for id in ["B1", "B2"] { await run(id, "broken", until: "failed") }
            // Not three of all in a row.
            await run("W1", "worker", until: "done")
            await run("B3", "broken", until: "failed")
            let kind = "no broken is launched since"
            let why = "3 launches in a row failed, the last because broken exited 3; one is tried at"
            #expect(await eventually { await brakes(d) == ["broken"] })
            var text = await words(d)
            #expect(
                text.contains(kind) && text.contains(why) && text.contains("; reeve queue resume launches at once"), "\(text)")
            #expect(await d.reeve("add", "x", "--agent", "broken", "--id", "B4").code == 0)
            // All other kinds go on.
            await run("W2", "worker", until: "done")
            #expect(await d.state("B4") == "queued")

            for id in ["H1", "H2", "H3"] { await run(id, "hopeless", until: "failed") }
            // Where nothing is launched, it is not said of each kind as well.
            #expect(await eventually { await brakes(d) == ["*"] })
            #expect(await d.reeve("add", "x", "--id", "W3").code == 0)
            let refusal = await d.reeve("launch", "W3")
            #expect(refusal.code == 5 && refusal.errors.contains("reeve queue resume"), "\(refusal)")
            await d.kill()
            try await d.start()
            #expect(await brakes(d) == ["*"])
            text = await words(d)
            #expect(text.contains("nothing is launched since"), "\(text)")
            #expect(text.contains("3 launches in a row failed, the last because hopeless exited 3; one is tried at"), "\(text)")
            #expect(await d.state("W3") == "queued" && starts(place).sorted() == ["B1", "B2", "B3", "H1", "H2", "H3"])

            mend(place)
            #expect(await d.reeve("queue", "resume").code == 0)
            for id in ["W3", "B4"] { #expect(await eventually { await d.state(id) == "done" }, "\(id)") }
            #expect(await brakes(d).isEmpty)
            #expect(await words(d).contains("launched since") == false)
        }
    }
}
