import Foundation
import ReeveTestSupport
import ReeveWire
import Testing

@testable import ReeveCLI

/// What doctor says of the multiplexers. Those that are not installed here are scripts.
@Suite struct DoctorBackendTests {
    private static func found(
        _ backend: String, _ fine: Bool?, _ detail: String, wanted: Bool = false, installed: Bool = true, mend: String? = nil
    ) -> BackendFindingShape {
        var shape = BackendFindingShape()
        shape.backend = backend
        shape.wanted = wanted
        shape.installed = installed
        shape.fine = fine
        shape.detail = detail
        shape.mend = mend
        return shape
    }

    private static func said(_ name: String, _ state: BackendState, _ detail: String? = nil) -> BackendShape {
        var shape = BackendShape()
        shape.name = name
        shape.state = state
        shape.detail = detail
        return shape
    }

    private static func lines(_ findings: [Doctor.Finding]) -> [String] {
        findings.map { "\($0.isFine.map { $0 ? "ok" : "FAIL" } ?? "--") \($0.name): \($0.detail)" }
    }

    private static let old = found("zellij", false, "too old", mend: "install a newer one")
    private static let wantedOld = found("zellij", false, "too old", wanted: true, mend: "install a newer one")
    private static let fine = found("tmux", true, "3.3a at /t", wanted: true)

    @Test(
        arguments: [
            // Without a daemon: faults of the wanted one, of the others what is installed.
            ([fine, old], [], ["ok tmux: 3.3a at /t", "-- zellij: too old"]), ([wantedOld], [], ["FAIL zellij: too old"]),
            ([fine, found("kitty", false, "not there", installed: false)], [], ["ok tmux: 3.3a at /t"]),
            ([found("vscode", nil, "later", wanted: true, installed: false)], [], ["-- vscode: later"]),
            // With one its word counts, and of what is down what mends it.
            ([fine, old], [said("tmux", .up, "tmux 3.3a")], ["ok tmux: tmux 3.3a, says the daemon", "-- zellij: too old"]),
            ([wantedOld], [said("zellij", .down, "a word")], ["FAIL zellij: too old"]),
            ([wantedOld], [said("zellij", .unknown, "connecting")], ["FAIL zellij: too old"]),
            ([fine], [said("tmux", .down, "it hangs")], ["FAIL tmux: it hangs, says the daemon"]),
            ([fine], [said("tmux", .unknown, "connecting")], ["-- tmux: connecting, says the daemon"]),
            // Down, and not that for new sessions.
            (
                [fine, old], [said("tmux", .up, "tmux 3.3a"), said("zellij", .down, "a word")],
                ["ok tmux: tmux 3.3a, says the daemon", "-- zellij: too old"]
            ),
            (
                [fine, found("screen", true, "4.09.00 at /s")], [said("tmux", .up), said("screen", .down, "it hangs")],
                ["ok tmux: up, says the daemon", "-- screen: it hangs, says the daemon"]
            ),
            // Up all the same: there is another way in.
            (
                [found("cmux", true, "answers", wanted: true), found("cmux", nil, "no program", wanted: true)],
                [said("cmux", .up, "cmux by its socket")],
                ["ok cmux: cmux by its socket, says the daemon", "-- cmux: no program"]
            ),
            // An older daemon does not look.
            ([], [said("tmux", .down)], ["FAIL tmux: down, says the daemon"]),
        ] as [([BackendFindingShape], [BackendShape], [String])])
    func `only that for new sessions can have a fault`(
        findings: [BackendFindingShape], said: [BackendShape], lines: [String]
    ) {
        #expect(Self.lines(Doctor.backends(findings, said: said)) == lines)
    }

    @Test func `what the daemon has found is shown with what mends it`() async throws {
        let findings = """
            {"findings":[{"backend":"zellij","wanted":true,"installed":true,"fine":false,"detail":"Zellij 0.43.1 is too old",
            "mend":"install a newer Zellij"},{"backend":"screen","wanted":false,"installed":true,"fine":true,"detail":"4.09.00"}]}
            """.replacingOccurrences(of: "\n", with: "")
        let status = Answer.status.replacingOccurrences(
            of: #"{"name":"tmux","state":"up","detail":"tmux 9.9, pid 7"}"#,
            with: #"{"name":"zellij","state":"down","detail":"a word"}"#)
        try await FakeDaemon.with([
            "system.status": status, "system.ping": #"{"pong":true}"#, "backend.check": findings,
            "agent.kinds": #"{"kinds":[]}"#,
        ]) { daemon in
            let place = ["REEVE_RUNTIME_DIR": daemon.scratch.path]
            let expected = "FAIL zellij: Zellij 0.43.1 is too old\n       install a newer Zellij\nok   screen: 4.09.00\n"
            let ran = await Ran.doctor(environment: place) { $0.text.contains(expected) }
            #expect(ran.code == 1 && ran.text.contains(expected), "\(ran)")
            #expect(!ran.text.contains("a word"))
            let object =
                #"{"check":"zellij","ok":false,"detail":"Zellij 0.43.1 is too old","mend":"install a newer Zellij"}"#
            let json = await Ran.doctor("--json", environment: place) { $0.text.contains(object) }
            #expect(json.text.contains(object), "\(json)")
        }
    }

    // MARK: Without a daemon

    /// A PATH in which nothing is but these scripts; they stand in for programs that are asked for their versions and nothing else.
    private func doctor(
        _ configuration: String, _ scripts: [String: String] = [:], _ arguments: String...
    ) async throws -> Ran {
        try await Scratch.with { scratch in
            for (name, script) in scripts { try await Script.write("\(scratch.path)/\(name)", script) }
            try configuration.write(toFile: "\(scratch.path)/reeve.toml", atomically: true, encoding: .utf8)
            return await Ran.program(
                [Programs.path("reeve"), "doctor"] + arguments,
                [
                    "REEVE_RUNTIME_DIR": scratch.path, "REEVE_CONFIG": "\(scratch.path)/reeve.toml", "HOME": scratch.path,
                    "PATH": scratch.path,
                ])
        }
    }

    private static let zellij = ["zellij": "echo zellij 0.44.1"]
    private static let wezterm = ["wezterm": "echo wezterm 20240203-110809-5046fc22"]
    private static let kitten = ["kitten": "echo kitten 0.39.1 created by Kovid Goyal"]

    @Test(
        arguments: [
            ("tmux", "", [:], "FAIL tmux: 'tmux' is not in reeved's PATH"),
            ("tmux", "", ["tmux": "echo tmux 3.1"], "FAIL tmux: tmux 3.1 is too old; Reeve needs 3.2 or newer"),
            ("auto", "", [:], "ok   reeve: reeve-terminal is beside reeved"),
            ("auto", "", ["tmux": "echo tmux 3.1"], "FAIL tmux: tmux 3.1 is too old; Reeve needs 3.2 or newer"),
            ("reeve", "", [:], "ok   reeve: reeve-terminal is beside reeved"),
            ("screen", "", ["screen": "echo Screen version 4.00.03 '(FAU)' 23-Oct-06"], "FAIL screen: screen 4.00.03 is too old"),
            (
                "zellij", "", ["zellij": "echo zellij 0.43.1"],
                "FAIL zellij: Zellij 0.43.1 is too old; Reeve needs 0.44.1 or newer"
            ),
            (
                "zellij", "[sessions.zellij]\nrequire_in_zellij = true", zellij,
                "FAIL zellij: not inside Zellij, which require_in_zellij wants"
            ),
            ("cmux", "", [:], "FAIL cmux: cmux binary not found at /Applications/cmux.app/Contents/Resources/bin/cmux"),
            (
                "cmux", "[sessions.cmux]\nbinary_path = \"cmux\"", ["cmux": "exit 1"],
                "FAIL cmux: Not running inside cmux: CMUX_WORKSPACE_ID is not set"
            ),
            ("wezterm", "", wezterm, "FAIL wezterm: nobody listens at "),
            ("kitty", "", kitten, "FAIL kitty: no socket of kitty is named"),
            ("kitty", "[sessions.kitty]\nlisten_on = \"unix:/nowhere/k\"", kitten, "FAIL kitty: nobody listens at /nowhere/k"),
            ("vscode", "", [:], "--   vscode: its windows connect once reeved runs"),
        ] as [(String, String, [String: String], String)])
    func `without a daemon the configured multiplexer is looked at`(
        wrapper: String, keys: String, scripts: [String: String], line: String
    ) async throws {
        let ran = try await doctor("[sessions]\nwrapper = \"\(wrapper)\"\n\(keys)\n", scripts)
        // A long line is wrapped; its words are as they were.
        let words = ran.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains(line.split(whereSeparator: \.isWhitespace).joined(separator: " ")), "\(ran)")
        // Only a path of somebody's may be longer.
        for line in ran.text.split(separator: "\n") { #expect(line.count <= 80 || line.contains("/"), "\(line)") }
    }

    @Test func `what else is installed is something to know, and what is not is not spoken of`() async throws {
        let scripts = ["tmux": "echo tmux 3.3a", "zellij": "echo zellij 0.43.1"]
        let ran = try await doctor("[sessions]\nwrapper = \"tmux\"\n", scripts)
        #expect(
            ran.text.contains("\n--   zellij: Zellij 0.43.1 is too old; Reeve needs 0.44.1 or newer\n       install"), "\(ran)")
        #expect(ran.text.contains("\nok   tmux: 3.3a at ") && ran.text.contains("\nok   reeve: reeve-terminal"))
        for name in ["screen", "cmux", "wezterm", "kitty", "vscode"] { #expect(!ran.text.contains("\(name): ")) }
        let json = try await doctor("[sessions]\nwrapper = \"tmux\"\n", scripts, "--json")
        #expect(json.text.contains(#"{"check":"zellij","ok":true,"detail":"Zellij 0.43.1 is too old;"#), "\(json)")
        let quiet = try await doctor("[sessions]\nwrapper = \"zellij\"\n", scripts, "--quiet")
        #expect(quiet.text.contains("FAIL zellij: ") && !quiet.text.contains("tmux: "), "\(quiet)")
    }
}
