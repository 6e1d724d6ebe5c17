import Foundation
import ReeveTestSupport
import Testing

@testable import ReeveCLI

@Suite struct DoctorTests {
    @Test func `what a running daemon says of its multiplexer counts, not this shell's PATH`() async throws {
        try await FakeDaemon.with(["system.status": Answer.status]) { daemon in
            let bare = ["PATH": Programs.directory, "REEVE_RUNTIME_DIR": daemon.scratch.path]
            let line = "ok   tmux: tmux 9.9, pid 7, says the daemon\n"
            let up = await Ran.doctor(environment: bare) { $0.text.contains(line) }
            #expect(up.code == 0 && up.text.contains(line), "\(up)")
            #expect(up.text.contains("no AI coding agent in this shell's PATH"))
        }
        let down = Answer.status.replacingOccurrences(of: #""state":"up","detail":"tmux 9.9, pid 7""#, with: #""state":"down""#)
        try await FakeDaemon.with(["system.status": down]) { daemon in
            let line = "FAIL tmux: down, says the daemon\n"
            let ran = await Ran.doctor(environment: ["REEVE_RUNTIME_DIR": daemon.scratch.path]) { $0.text.contains(line) }
            #expect(ran.code == 1 && ran.text.contains(line), "\(ran)")
        }
    }

    @Test func `the agents that the daemon finds are shown, and what is otherwise than Reeve knows them`() async throws {
        let kinds = """
            {"kinds":[{"name":"amp","program":"amp"},
            {"name":"claude","program":"claude","path":"/opt/claude","version":"2.1.0","fine":true},
            {"name":"codex","program":"codex","path":"/opt/codex","version":"9.0.0","fine":true,"remarks":["codex 9.0.0 is newer"]},
            {"name":"demo","program":"reeve-demo-agent","path":"/opt/reeve-demo-agent"},
            {"name":"pi","program":"pi","path":"/opt/pi","fine":false,"remarks":["'pi' has no --session"]}]}
            """.replacingOccurrences(of: "\n", with: "")
        try await FakeDaemon.with([
            "system.status": Answer.status, "system.ping": #"{"pong":true}"#, "agent.kinds": kinds,
            "backend.check": #"{"findings":[]}"#,
        ]) { daemon in
            let ran = await Ran.doctor(environment: ["REEVE_RUNTIME_DIR": daemon.scratch.path]) {
                $0.text.contains("agent claude: 2.1.0")
            }
            #expect(ran.code == 1, "\(ran)")
            #expect(ran.text.contains("ok   agent claude: 2.1.0 at /opt/claude\n"))
            #expect(ran.text.contains("--   agent codex: 9.0.0 at /opt/codex; codex 9.0.0 is newer\n"))
            #expect(ran.text.contains("FAIL agent pi: an unknown version at /opt/pi; 'pi' has no --session\n"))
            #expect(ran.text.contains("--   agents: not in the daemon's PATH: amp\n"))
            #expect(!ran.text.contains("agent demo"))
            #expect(daemon.requests.last { $0.method == "agent.kinds" }?.params == #"{"check":true}"#)
        }
    }

    @Test func `a daemon that is stopped is said to be silent within seconds`() async throws {
        try await FakeDaemon.with([:]) { daemon in
            let ran = await Ran.reeve("doctor", environment: ["REEVE_RUNTIME_DIR": daemon.scratch.path])
            #expect(ran.code == 1 && ran.text.contains("FAIL daemon: the daemon does not answer"), "\(ran)")
            #expect(ran.text.contains("systemctl --user status reeve"))
        }
    }

    @Test func `without a daemon the configured tmux is looked at, whatever its path`() async throws {
        try await Scratch.with { scratch in
            let tmux = "\(try scratch.directory("my 'own' $(x)"))/tmux"
            let configuration = "\(scratch.path)/reeve.toml"
            try "[sessions]\nwrapper = \"tmux\"\n[sessions.tmux]\nbinary_path = \"\(tmux)\"\n".write(
                toFile: configuration, atomically: true, encoding: .utf8)
            let environment = ["REEVE_RUNTIME_DIR": scratch.path, "REEVE_CONFIG": configuration, "HOME": scratch.path]
            #expect(await Ran.reeve("doctor", environment: environment).text.contains("FAIL tmux: no program at \(tmux)\n"))
            try await Script.write(tmux, "echo tmux 3.2a")
            let ran = await Ran.reeve("doctor", "--json", environment: environment)
            #expect(ran.text.contains(#"{"check":"tmux","ok":true,"detail":"3.2a at \#(tmux)"}"#), "\(ran)")
            try await Script.write(tmux, "echo tmux 3.1")
            #expect(await Ran.reeve("doctor", environment: environment).text.contains("FAIL tmux: tmux 3.1 is too old"))
            try "[queue]\nwrong = 1\n".write(toFile: configuration, atomically: true, encoding: .utf8)
            #expect(await Ran.reeve("doctor", environment: environment).text.contains("FAIL configuration: "))
        }
    }

    @Test func `the unit is looked for where systemd has it`() async throws {
        try await Scratch.with { scratch in
            let systemctl = "\(scratch.path)/systemctl"
            try await Script.write(
                systemctl,
                #"[ "$*" = "--user show -p FragmentPath reeve.service" ] && echo FragmentPath=/opt/units/reeve.service"#)
            #expect(Doctor.unitFile(systemctl, folders: []) == "/opt/units/reeve.service")
            try await Script.write(systemctl, "echo FragmentPath=")
            #expect(Doctor.unitFile(systemctl, folders: [scratch.path]) == nil)
            // No user manager: what lies in its folders.
            try await Script.write(systemctl, "exit 1")
            #expect(Doctor.unitFile(systemctl, folders: ["/nonexistent", scratch.path]) == nil)
            try "".write(toFile: "\(scratch.path)/reeve.service", atomically: true, encoding: .utf8)
            #expect(Doctor.unitFile(systemctl, folders: ["/nonexistent", scratch.path]) == "\(scratch.path)/reeve.service")
            #expect(Doctor.unitFolders.contains("/usr/local/lib/systemd/user"))
        }
    }

    @Test func `who somebody is comes from the user database`() {
        #expect(Doctor.user == NSUserName() || getuid() == 0 && Doctor.user == "root")
    }
}
