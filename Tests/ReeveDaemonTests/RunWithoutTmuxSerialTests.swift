import Foundation
import ReeveTestSupport
import Testing

/// The scripts behind `make run` on a machine without tmux: with a PATH that has everything of this one's but that.
@Suite(.serialized) struct RunWithoutTmuxSerialTests {
    private struct Machine {
        var environment: [String: String]
        /// What was asked of the package manager.
        var orders: String

        var ordered: String { (try? String(contentsOfFile: orders, encoding: .utf8)) ?? "" }

        func run(_ script: String, _ options: [String] = [], with own: [String: String] = [:]) async -> ProgramRun {
            let path = Fence.root.appendingPathComponent("scripts/\(script)").path
            return await ProgramRun.of([path] + options, environment: environment.merging(own) { $1 })
        }
    }

    /// `swift` has built this build already, and the package manager installs nothing.
    private func machine(_ scratch: Scratch) async throws -> Machine {
        let folder = try scratch.directory("bin")
        let orders = "\(scratch.path)/orders"
        let answers = "*--version*) echo 'Swift version 99.0' ;; *--show-bin-path*) echo '\(Programs.directory)' ;;"
        let programs = [
            "swift": "case \"$*\" in \(answers) esac",
            "apt-get": "echo \"$*\" >> '\(orders)'", "sudo": "exec \"$@\"",
        ]
        for (name, text) in programs { try await Script.write("\(folder)/\(name)", text) }
        for directory in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: String(directory))) ?? [] where name != "tmux" {
                // The first of a name is the one that counts, as in a PATH.
                try? FileManager.default.createSymbolicLink(
                    atPath: "\(folder)/\(name)", withDestinationPath: "\(directory)/\(name)")
            }
        }
        return Machine(
            environment: ["PATH": folder, "HOME": scratch.path, "LANG": "C.UTF-8"].merging(SwiftBacktrace.environment) { $1 },
            orders: orders)
    }

    @Test func `the whole of make run works on a machine without tmux, in Reeve's own terminals`() async throws {
        try await Scratch.with { scratch in
            let machine = try await machine(scratch)
            let setup = await machine.run("setup")
            #expect(setup.code == 0, "\(setup)")
            #expect(!machine.ordered.contains("tmux"))
            let run = await machine.run("run")
            #expect(run.code == 0, "\(run)")
            for line in ["reeve: up (built-in terminals)", "MANUAL: talker → worker"] {
                #expect(run.text.contains(line), "\(run.text)")
            }
            for ticket in ["PARSER", "TESTS", "MANUAL"] {
                let isDone = try Regex("(?m)^\(ticket) +P2 +done ")
                #expect(run.text.contains(isDone), "\(run.text)")
            }
        }
    }

    @Test(arguments: [[], ["--tests"]], ["tmux", "auto", "reeve"])
    func `tmux is asked for where it is the multiplexer, and by the tests`(options: [String], wrapper: String) async throws {
        try await Scratch.with { scratch in
            let machine = try await machine(scratch)
            let setup = await machine.run("setup", options, with: ["WRAPPER": wrapper])
            // Installed, or named to whoever has to install it.
            let said = (machine.ordered + setup.text + setup.errors).split { !$0.isLetter }
            #expect(said.contains("tmux") == (wrapper == "tmux" || options == ["--tests"]), "\(said)")
        }
    }
}
