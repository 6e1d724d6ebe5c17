import Foundation
import ReeveTestSupport
import Testing

/// `contrib/` against the real daemon.
@Suite(.serialized) struct ContribSerialTests {
    private let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../contrib/reeve-rpc").standardized.path

    private static func has(_ program: String) -> Bool {
        ["/usr/local/bin", "/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// A folder with nothing but what the script needs: what it finds there is what it uses.
    private func folder(_ d: RealDaemon, with program: String) throws -> String {
        let folder = try d.scratch.directory("only-\(program)")
        for name in ["sh", "tr", "cat", program] {
            let found = try #require(
                ["/usr/local/bin", "/usr/bin", "/bin"].map { "\($0)/\(name)" }.first {
                    FileManager.default.isExecutableFile(atPath: $0)
                })
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: found)
        }
        return folder
    }

    private func check(with program: String) async throws {
        try await RealDaemon.with { d in
            let path = "PATH=\(try folder(d, with: program))"
            func rpc(_ words: String...) async -> RealDaemon.Result {
                await d.run(["/usr/bin/env", path, "/bin/sh", script] + words)
            }
            #expect(await rpc("system.ping").text == "{\"result\":{\"pong\":true}}\n")
            let made = await rpc("ticket.create", "{\"title\":\"ein Käfer\",\n \"id\":\"A\",\"agent\":\"sleeper\"}")
            #expect(made.code == 0 && made.text.contains("ein Käfer"), "\(made)")
            let missing = await rpc("ticket.get", #"{"ticket":"NO-SUCH"}"#)
            #expect(missing.code == 1 && missing.text.hasPrefix(#"{"error":{"code":-32001"#))
            #expect(await rpc("ticket.get", "{").code == 1)
            #expect(await rpc("-t", "1", "agent.wait", #"{"tickets":["A"],"until":["done"]}"#).code == 6)
            #expect(await rpc("-s", "\(d.scratch.path)/none", "system.ping").code == 3)
            #expect(await rpc("-t", "soon", "system.ping").code == 2)
            #expect(await rpc("system ping").code == 2)
            #expect(await rpc().code == 2)
        }
    }

    /// The editors' own tests, with the programs of this build; each ends with "N passed, M failed".
    private func editor(_ name: String) async {
        let run = URL(fileURLWithPath: script).deletingLastPathComponent().appendingPathComponent("\(name)/test/run").path
        let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "REEVE_BIN": Programs.directory]
        let result = await ProgramRun.of([run], environment: environment)
        #expect(result.code == 0 && result.text.contains(" passed, 0 failed"), "\(result.text) \(result.errors)")
    }

    @Test(.enabled(if: has("nvim") && has("python3"), "nvim or python3 is not installed"))
    func `the Neovim client does what it should in the real editor`() async { await editor("nvim") }

    @Test(.enabled(if: has("emacs") && has("python3"), "emacs or python3 is not installed"))
    func `the Emacs client does what it should in the real editor`() async { await editor("emacs") }

    @Test(.enabled(if: has("socat"), "socat is not installed")) func `reeve-rpc calls a method through socat`() async throws {
        try await check(with: "socat")
    }

    @Test(.enabled(if: has("python3"), "python3 is not installed")) func `reeve-rpc calls a method through python3`() async throws
    {
        try await check(with: "python3")
    }
}
