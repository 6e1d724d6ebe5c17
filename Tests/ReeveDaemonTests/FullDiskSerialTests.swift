import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc

/// A whole daemon whose state directory, or a part of it, is on a disk that is really full.
@Suite(.serialized, .enabled(if: SmallDisk.isPossible, "a tmpfs cannot be mounted here"))
struct FullDiskSerialTests {
    /// A kind that is told by its prompt file, and writes into the ledger that it was started, if it was told all of it.
    private func reader(_ ledger: String) -> String {
        """
        [agents.reader]
        start = ["/bin/sh", "-c", "grep -q whole && echo $REEVE_TICKET >> \(ledger)"]
        prompt = "stdin"
        """
    }

    private func tickets(_ d: RealDaemon) async -> [[String: Any]] {
        let text = await d.reeve("list", "--all", "--json").text
        let answer = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return answer?["tickets"] as? [[String: Any]] ?? []
    }

    /// `prompts` fails before the launch is written down, `launches` after that, at the keeper's claim.
    @Test(arguments: ["prompts", "launches"])
    func `a disk that takes no prompt, or no launch record, puts a launch off, and space back is enough`(
        part: String
    ) async throws {
        let place = try Scratch()
        defer { place.remove() }
        try await RealDaemon.with(reader("\(place.path)/ledger")) { d in
            let disk = try SmallDisk(at: "\(d.scratch.path)/s/\(part)", kilobytes: 64)
            defer { disk.remove() }
            try disk.fill()
            func ledger() -> String { (try? String(contentsOfFile: "\(place.path)/ledger", encoding: .utf8)) ?? "" }

            #expect(await d.reeve("add", "the whole of it", "--agent", "reader", "--id", "A").code == 0)
            // It is tried and put off: neither failed nor half launched.
            #expect(await eventually { await d.reeve("list", "--json").text.contains("next try in") }, "\(d.log.suffix(2000))")
            // Who asks for it is told why.
            var refusal = ""
            #expect(
                await eventually {
                    refusal = await d.reeve("launch", "A", "--json").text
                    return refusal.contains("No space left on device")
                }, "\(refusal)")
            let seen = await tickets(d)
            #expect(seen.count == 1 && seen.first?["state"] as? String == "queued" && seen.first?["attempts"] as? Int == 0)
            #expect(ledger() == "")
            // Another, that needs nothing of the kind, is not held up by it.
            if part == "prompts" {
                #expect(await d.reeve("add", "x", "--id", "B").code == 0)
                #expect(await d.reeve("wait", "B", "--until", "done", "--timeout", RealDaemon.patience).code == 0)
                let left = try FileManager.default.contentsOfDirectory(atPath: "\(d.scratch.path)/s/prompts")
                #expect(left == ["filler"], "no half of a prompt")
            }

            #expect(disk.resize(kilobytes: 4096))
            #expect(await eventually(within: .seconds(180)) { await d.state("A") == "done" }, "\(d.log.suffix(2000))")
            #expect(ledger() == "A\n")
            #expect(await tickets(d).first { $0["id"] as? String == "A" }?["attempts"] as? Int == 1)
        }
    }

    @Test func `the whole state directory is full: what is refused is not there, agents go on, and space back is enough`()
        async throws
    {
        try await RealDaemon.with { d in
            #expect(await d.stop() == 0)
            let disk = try SmallDisk(at: "\(d.scratch.path)/s", kilobytes: 4096)
            defer { disk.remove() }
            try await d.start()
            #expect(await d.reeve("add", "x", "--agent", "sleeper", "--id", "STAYS").code == 0)
            #expect(await d.reeve("wait", "STAYS", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let pid = try #require(await d.agentPid("STAYS"))

            try disk.fill()
            try String(repeating: "word ", count: 40_000).write(
                toFile: "\(d.scratch.path)/body", atomically: true, encoding: .utf8)
            var acknowledged: Set = ["STAYS"]
            var refusal: RealDaemon.Result?
            // The log of the database has some room of its own.
            for number in 1...40 where refusal == nil {
                let id = "T\(number)"
                let run = await d.reeve("add", "big", "--id", id, "--after", "STAYS", "--body-file", "\(d.scratch.path)/body")
                if run.code == 0 { acknowledged.insert(id) } else { refusal = run }
            }
            #expect(refusal?.code == 1 && refusal?.errors.contains("full") == true, "\(String(describing: refusal))")
            #expect(await Set(tickets(d).compactMap { $0["id"] as? String }) == acknowledged)
            #expect(await d.agentPid("STAYS") == pid && kill(pid, 0) == 0)

            #expect(disk.resize(kilobytes: 65_536))
            #expect(await d.reeve("add", "y", "--id", "AFTER").code == 0)
            #expect(await d.reeve("wait", "AFTER", "--until", "done", "--timeout", RealDaemon.patience).code == 0)
            // What was acknowledged on the full disk is there for the next daemon, and nothing else is.
            await d.kill()
            try await d.start()
            #expect(await Set(tickets(d).compactMap { $0["id"] as? String }) == acknowledged.union(["AFTER"]))
            #expect(await d.agentPid("STAYS") == pid)
            #expect(await d.reeve("cancel", "STAYS").code == 0)
            #expect(await d.stop() == 0)
        }
    }
}
#endif
