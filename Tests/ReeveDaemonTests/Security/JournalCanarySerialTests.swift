import Foundation
import ReeveTestSupport
import Testing

#if Systemd && canImport(Glibc)
import Glibc

/// Secrets in a daemon that logs into systemd's journal, and the fields of what it logs there. What stands in the other outputs is among
/// the tests beside this one, which a daemon that logs as text is enough for.
@Suite(.serialized, .enabled(if: StandInJournal.isPossible, "needs root, unshare and mount"))
struct JournalCanarySerialTests {
    @Test func `a secret is in no entry of systemd's journal, and in no line for systemctl status`() async throws {
        let value = Canary.fresh("value"), title = Canary.fresh("title"), sent = Canary.fresh("sent")
        let refused = Canary.fresh("refused"), configured = Canary.fresh("configured")
        let kinds = """
            [agents.secretive]
            start = ["/bin/sleep", "1000"]
            prompt = "none"
            env = { KEY = "$CANARY_SOURCE" }
            [agents.lacking]
            start = ["/bin/sleep", "1000"]
            prompt = "none"
            env = { KEY = "$NOT_SET" }
            [breaker]
            failures = 2
            """
        try await Canary.with(kinds, ["CANARY_SOURCE": value], logsToJournal: true) { d, outputs in
            #expect(await d.reeve("add", title, "--agent", "secretive", "--id", "A").code == 0)
            #expect(await d.reeve("wait", "A", "--until", "running", "--timeout", RealDaemon.patience).code == 0)
            let requests = [
                #"{"id":1,"method":"agent.send","params":{"ticket":"A","text":"\#(sent)","force":true}}"#,
                #"{"id":1,"method":"agent.send","params":{"ticket":"NOBODY","text":"\#(refused)"}}"#,
                #"{"id":1,"method":"\#(refused)"}"#, #"{"id":1,"\#(refused)":1}"#, refused,
            ]
            for request in requests { _ = try await Canary.ask(d, request) }
            // Launches that fail, until they are stopped: logged, and in the line for systemctl.
            for id in ["B", "C"] {
                #expect(await d.reeve("add", title, "--agent", "lacking", "--id", id).code == 0)
                #expect(await d.reeve("wait", id, "--until", "failed", "--timeout", RealDaemon.patience).code == 0)
            }
            let file = "\(d.scratch.path)/reeve.toml"
            let sound = try String(contentsOfFile: file, encoding: .utf8)
            try (sound + "\n[agents.odd]\nstart = [\"x\"]\nenv = { KEY = \"\(configured)\", OTHER = 5 }\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await Canary.ask(d, #"{"id":1,"method":"system.reload"}"#).contains(#""error""#))
            kill(d.pid, SIGHUP)
            try sound.write(toFile: file, atomically: true, encoding: .utf8)
            try await outputs.look(d)
            await d.kill()
            try await d.start()
            #expect(
                await eventually {
                    try? await outputs.look(d)
                    return outputs.places(of: "launching stopped after 2 failures").contains(.notices)
                })
            #expect(outputs.places(of: "MESSAGE=ready").contains(.journal), "nothing was heard of its log")
            #expect(d.log.isEmpty, "it logs as text: \(d.log.prefix(2000))")
            for secret in [value, sent, refused, configured] { Canary.expect(outputs, secret, only: []) }
            Canary.expect(outputs, title, only: [.events, .answers, .database], perhaps: [.client])
        }
    }

    @Test func `what a caller has named is one field of a record, line breaks and all`() async throws {
        let place = try Scratch()
        defer { place.remove() }
        let journal = try StandInJournal(in: place.path)
        defer { journal.stop() }
        try await RealDaemon.with(prelude: journal.prelude) { d in
            // A directory that is gone when the launch is prepared: the reason is logged with its name. A name with line breaks is
            // refused in a request, and comes in by a link.
            let odd = "\(d.scratch.path)/odd\nPRIORITY=0\nREEVE_FORGED=yes\nMESSAGE=forged"
            let link = "\(d.scratch.path)/link"
            try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: odd)
            #expect(await d.reeve("queue", "pause").code == 0)
            // Not by reeve, which resolves it itself.
            let ticket = #"{"title":"x","id":"A","agent":"sleeper","project":"\#(link)"}"#
            let add = try await Canary.ask(d, #"{"id":1,"method":"ticket.create","params":\#(ticket)}"#)
            #expect(add.contains(#""result""#), "\(add)")
            try FileManager.default.removeItem(atPath: odd)
            #expect(await d.reeve("queue", "resume").code == 0)
            #expect(await d.reeve("wait", "A", "--until", "failed", "--timeout", RealDaemon.patience).code == 0)
            var said: [(name: String, value: String)] = []
            #expect(
                await eventually {
                    said =
                        journal.records.compactMap { StandInJournal.fields(of: $0) }
                        .first { $0.contains { $0.name == "MESSAGE" && $0.value.hasPrefix("not launched") } } ?? []
                    return !said.isEmpty
                }, "\(journal.text.suffix(4000))")
            #expect(said.filter { $0.name == "REEVE_TICKET" }.map(\.value) == ["A"], "\(said)")
            #expect(said.filter { $0.name == "PRIORITY" }.map(\.value) == ["4"], "\(said)")
            #expect(said.count { $0.name == "MESSAGE" } == 1 && said.count { $0.name == "REEVE_ERROR" } == 1, "\(said)")
            #expect(said.first { $0.name == "REEVE_ERROR" }?.value.contains("REEVE_FORGED=yes") == true, "\(said)")
            for record in journal.records {
                let fields = StandInJournal.fields(of: record)
                #expect(fields != nil && fields?.contains { $0.name == "REEVE_FORGED" } == false, "\(record)")
            }
        }
    }
}
#endif
