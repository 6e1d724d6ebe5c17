import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// `memory_max`: an agent's own scope, asked for through a `systemd-run` that notes how it was called and then becomes the program, as the
/// real one does with `--scope` (systemd 252, `run.c`). The real one is asked by `scripts/show-systemd`.
@Suite(.serialized) struct MemoryLimitSerialTests {
    private func withSystemd(
        version: Int, isThere: Bool = true, _ body: (RealTmux, [String: String], String) async throws -> Void
    ) async throws {
        try await RealTmux.with { tmux in
            let programs = try tmux.scratch.directory("bin")
            let runtime = try tmux.scratch.directory("run/systemd")
            if isThere { #expect(FileManager.default.createFile(atPath: "\(runtime)/private", contents: nil)) }
            let log = "\(tmux.scratch.path)/asked"
            let fake = "\(programs)/systemd-run"
            try """
            #!/bin/sh
            if [ "$1" = --version ]; then echo "systemd \(version) (\(version).1-2)"; exit; fi
            for word; do printf '%s\\n' "$word"; done >\(log)
            while [ "$1" != -- ]; do shift; done
            shift
            exec "$@"
            """.write(toFile: fake, atomically: true, encoding: .utf8)
            chmod(fake, 0o755)
            try await body(
                tmux, ["PATH": "\(programs):/usr/bin:/bin", "XDG_RUNTIME_DIR": "\(tmux.scratch.path)/run"], log)
        }
    }

    private func start(_ tmux: RealTmux, _ environment: [String: String], limit: Int64?) async throws -> LaunchFact {
        let session = try await tmux.start("op-memory", ["true"])
        #expect(
            try await eventually {
                try await tmux.fleet.inspect(Samples.launchID("L-" + session.id.text), in: session.id) == .ended(.code(0))
            })
        return try await tmux.fleet.run(
            LaunchOrder(
                id: Samples.launchID("LIMITED"), label: "claude", arguments: ["/bin/sh", "-c", "exit 7", "$HOME"], directory: "/",
                environment: environment, standardInput: nil, memoryMax: limit), in: session.id)
    }

    private func ends(_ tmux: RealTmux, _ exit: Exit) async throws -> Bool {
        try await eventually {
            try await tmux.fleet.inspect(Samples.launchID("LIMITED"), in: tmux.order("op-memory").id) == .ended(exit)
        }
    }

    @Test(arguments: [252, 254]) func `an agent with a limit is started in a scope of its own`(version: Int) async throws {
        try await withSystemd(version: version) { tmux, environment, log in
            guard case .running = try await start(tmux, environment, limit: 512 << 20) else {
                Issue.record("it does not run")
                return
            }
            #expect(try await ends(tmux, .code(7)), "its exit code is its own")
            let words = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
            for word in [
                "--user", "--scope", "--collect", "--unit=reeve-agent-LIMITED.scope", "--property=MemoryMax=536870912",
                "--property=MemorySwapMax=0",
            ] { #expect(words.contains(word)) }
            #expect(words.contains("--expand-environment=no") == (version >= 254))
            #expect(Array(words.drop { $0 != "--" }) == ["--", "/bin/sh", "-c", "exit 7", "$HOME"])
        }
    }

    @Test func `an agent without a limit is started as it is`() async throws {
        try await withSystemd(version: 252) { tmux, environment, log in
            _ = try await start(tmux, environment, limit: nil)
            #expect(try await ends(tmux, .code(7)))
            #expect(!FileManager.default.fileExists(atPath: log))
        }
    }

    @Test func `where no user manager is, an agent starts without its limit`() async throws {
        try await withSystemd(version: 252, isThere: false) { tmux, environment, log in
            _ = try await start(tmux, environment, limit: 512 << 20)
            #expect(try await ends(tmux, .code(7)))
            #expect(!FileManager.default.fileExists(atPath: log))
        }
    }
}
