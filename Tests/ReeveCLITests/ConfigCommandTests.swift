import Foundation
import ReeveTestSupport
import Testing

@testable import ReeveCLI

@Suite struct ConfigCommandTests {
    private static func with(_ text: String, _ body: (String, [String: String]) async throws -> Void) async throws {
        try await Scratch.with { scratch in
            let path = "\(scratch.path)/reeve.toml"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try await body(path, ["REEVE_CONFIG": path, "HOME": scratch.path])
        }
    }

    private static func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func `the configuration's commands answer people, scripts and programs`() async throws {
        try await Self.with("[queue]\nmax_parallel = 7\n") { path, environment in
            let shown = await Ran.reeve("config", "show", environment: environment)
            #expect(shown.code == 0 && shown.text.contains("max_parallel = 7\n") && !shown.text.hasSuffix("\n\n"))
            #expect(await Ran.reeve("config", "show", "-q", environment: environment).text == shown.text)
            let json = try Self.object(await Ran.reeve("config", "show", "--json", environment: environment).text)
            #expect(json["toml"] as? String == shown.text && json["path"] as? String == path)
            #expect(await Ran.reeve("config", "check", environment: environment).text == "\(path): ok\n")
            #expect(await Ran.reeve("config", "check", "-q", environment: environment).text == "")
            let checked = try Self.object(await Ran.reeve("config", "check", "--json", environment: environment).text)
            #expect(checked["path"] as? String == path)
            #expect(await Ran.reeve("config", "path", "-q", environment: environment).text == "\(path)\n")
            let place = try Self.object(await Ran.reeve("config", "path", "--json", environment: environment).text)
            #expect(place["path"] as? String == path)
        }
    }

    @Test func `a wrong file is an error like any other`() async throws {
        try await Self.with("[queue]\nmax_paralel = 7\n") { path, environment in
            let ran = await Ran.reeve("config", "check", environment: environment)
            #expect(ran.code == 2 && ran.errors.hasPrefix("reeve: \(path):2: unknown key 'queue.max_paralel'"))
            for command in ["check", "show"] {
                let json = await Ran.reeve("config", command, "--json", environment: environment)
                #expect(json.code == 2 && json.errors.isEmpty)
                let error = try #require(try Self.object(json.text)["error"] as? [String: Any])
                #expect((error["data"] as? [String: Any])?["kind"] as? String == "invalid_params")
                #expect((error["message"] as? String)?.contains("max_paralel") == true)
            }
        }
    }

    @Test func `kinds are read from what the daemon's program prints`() {
        let text = """
            [sessions.tmux]
            binary_path = "/opt/my tmux/tmux"
            [agents.mine]
            start = ["x"]
            [agents."a.b"]
            """
        #expect(Config.agentKinds(text) == ["mine", "a.b"])
    }
}
