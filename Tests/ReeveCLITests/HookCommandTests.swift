import Foundation
import ReeveTestSupport
import Testing

/// What `reeve hook` does with an event that the daemon may not have: none is lost, and the agent is told nothing.
@Suite struct HookCommandTests {
    private static func error(_ kind: String, _ code: Int) -> String {
        #"{"id":ID,"error":{"code":\#(code),"message":"no","data":{"kind":"\#(kind)"}}}"#
    }

    private static let answers: [(name: String, answer: String?, isKept: Bool)] = [
        ("it is heard", #"{"id":ID,"result":{}}"#, false),
        ("it is stopped, and has it in its socket", nil, false),
        ("it cannot use it", error("invalid_params", -32602), false),
        ("it knows no such method", error("unknown_method", -32601), false),
        ("it has no room for another connection", error("busy", -32003), true),
        ("it is stopping", error("shutting_down", -32006), true),
    ]

    @Test(arguments: answers.map(\.name)) func `an event is kept if the daemon does not have it`(name: String) async throws {
        let row = try #require(Self.answers.first { $0.name == name })
        try await FakeDaemon.with({ _, _, id in row.answer.map { [$0.replacing("ID", with: id)] } ?? [] }) { daemon in
            let spool = "\(daemon.scratch.path)/spool"
            func kept() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? [] }
            func tell() async {
                let ran = await Ran.reeve(
                    "hook", "demo", #"{"agent":"demo","status":"waiting"}"#,
                    environment: ["REEVE_SOCKET": daemon.socket, "REEVE_SPOOL": spool, "REEVE_LAUNCH": "l-1"])
                #expect(ran.code == 0 && ran.text.isEmpty && ran.errors.isEmpty, "\(ran)")
            }
            await tell()
            #expect(await eventually { daemon.requests.map(\.method) == ["agent.event"] })
            if row.isKept {
                // A refusal that is later than a hook waits is not heard by it: then the event counts as in the daemon's socket.
                #expect(
                    await eventually {
                        if kept().isEmpty { await tell() }
                        return !kept().isEmpty
                    })
            }
            #expect(kept().count == (row.isKept ? 1 : 0))
            #expect(daemon.requests.allSatisfy { $0.method == "agent.event" })
            guard let file = kept().first else { return }
            let text = try String(contentsOfFile: "\(spool)/\(file)", encoding: .utf8)
            #expect(text.contains(#""launch":"l-1""#))
        }
    }
}
