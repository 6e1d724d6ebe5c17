import Foundation
import Processes
import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct ProcessRunnerTests {
    private let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "WORD": "a b"]

    @Test func `a command says its code and both its outputs`() async throws {
        let output = try await ProcessRunner.run(["sh", "-c", "echo out; echo err >&2; exit 3"], environment: environment)
        #expect(output == ProcessRunner.Output(status: 3, text: "out\n", errors: "err\n"))
    }

    @Test func `a signal is 128 and its number`() async throws {
        let output = try await ProcessRunner.run(["sh", "-c", "kill -TERM $$"], environment: environment)
        #expect(output.status == 143)
    }

    @Test func `nothing is inherited`() async throws {
        let output = try await ProcessRunner.run(["/usr/bin/env"], environment: ["WORD": "a b"])
        #expect(output.text == "WORD=a b\n")
    }

    @Test func `it runs in the directory that is named`() async throws {
        try await Scratch.with { scratch in
            let directory = try scratch.directory("a b")
            let output = try await ProcessRunner.run(["pwd", "-P"], environment: environment, directory: directory)
            #expect(output.text == directory + "\n")
        }
    }

    @Test func `a directory that is gone is an error that says so`() async throws {
        let error = await #expect(throws: ReeveError.self) {
            _ = try await ProcessRunner.run(["pwd"], environment: environment, directory: "/nowhere/at/all")
        }
        #expect(error?.kind == .unavailable)
        #expect(error?.hint == "is its directory there, and yours?")
    }

    @Test func `a program that is missing is told from one that fails`() async throws {
        let error = await #expect(throws: ReeveError.self) {
            _ = try await ProcessRunner.run(["no-such-program"], environment: environment)
        }
        #expect(error.map(ProcessRunner.isMissing) == true)
    }

    @Test(arguments: [nil, 0, 5, 65_537, 1_000_000])
    func `a command reads what it is given`(_ count: Int?) async throws {
        let input = count.map { [UInt8](repeating: UInt8(ascii: "x"), count: $0) }
        let output = try await ProcessRunner.run(["wc", "-c"], environment: environment, input: input)
        #expect(output.text.filter(\.isNumber) == String(count ?? 0))
    }

    @Test func `a command may leave its input unread`() async throws {
        let output = try await ProcessRunner.run(
            ["sh", "-c", "exec 0<&-; echo done"], environment: environment, input: [UInt8](repeating: 0, count: 1_000_000))
        #expect(output.text == "done\n")
    }

    @Test func `too much output is an error that says so, and the command is stopped`() async throws {
        let error = await #expect(throws: ReeveError.self) {
            _ = try await ProcessRunner.run(["yes"], environment: environment, outputLimit: 1000)
        }
        #expect(error?.kind == .unavailable)
        #expect(error?.message == "'yes' said more than is read, and was stopped")
    }

    @Test func `exactly the limit is read`() async throws {
        let output = try await ProcessRunner.run(["printf", "12345"], environment: environment, outputLimit: 5)
        #expect(output.text == "12345")
    }

    @Test func `bytes that are no text are no error`() async throws {
        let output = try await ProcessRunner.run(["printf", #"a\377b"#], environment: environment)
        #expect(output.text == "a\u{FFFD}b")
    }

    @Test(arguments: [true, false])
    func `after its time a command is killed with all that it has started`(_ isKeepingEnd: Bool) async throws {
        try await Scratch.with { scratch in
            let time = ManualTime()
            // Both ignore what may be ignored; the second one has its number written before anybody waits.
            let script =
                "trap '' TERM HUP INT; sleep 1000 & echo $! >\(scratch.path)/new; mv \(scratch.path)/new \(scratch.path)/pid; wait"
            async let outcome: ReeveError? = {
                do {
                    let limit = ProcessRunner.TimeLimit(.seconds(5), time)
                    if isKeepingEnd {
                        _ = try await ProcessRunner.runKeepingEnd(
                            ["sh", "-c", script], environment: environment, kept: 100, timeLimit: limit)
                    } else {
                        _ = try await ProcessRunner.run(["sh", "-c", script], environment: environment, timeLimit: limit)
                    }
                    return nil
                } catch { return error as? ReeveError }
            }()
            #expect(await eventually { FileManager.default.fileExists(atPath: scratch.path + "/pid") && time.hasSleepers })
            time.advance(by: .seconds(5))
            let error = await outcome
            #expect(error?.kind == .timeout)
            #expect(error?.message == "'sh' was not done after 5s and was stopped")
            let text = try String(contentsOfFile: scratch.path + "/pid", encoding: .utf8)
            let pid = try #require(Int32(text.trimmingCharacters(in: .newlines)))
            #expect(await eventually { isGone(pid) })
        }
    }

    @Test func `what is done in time is not stopped`() async throws {
        let output = try await ProcessRunner.run(
            ["echo", "done"], environment: environment, timeLimit: .init(.seconds(5), ManualTime()))
        #expect(output.text == "done\n")
    }

    @Test func `with a time limit there is no terminal to ask on`() async throws {
        let output = try await ProcessRunner.run(
            ["sh", "-c", "(: </dev/tty) 2>/dev/null || echo none"], environment: environment,
            timeLimit: .init(.seconds(5), ManualTime()))
        #expect(output.text == "none\n")
    }

    @Test func `of an output without end the end is kept`() async throws {
        let result = try await ProcessRunner.runKeepingEnd(
            ["sh", "-c", "yes | head -c 3000000; echo last >&2; exit 4"], environment: environment, kept: 7)
        #expect(result.status == 4)
        #expect(result.end == "y\nlast\n")
    }

    private func isGone(_ pid: Int32) -> Bool {
        // A zombie that nobody has reaped yet is gone too.
        guard kill(pid, 0) == 0 else { return true }
        let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return stat.contains(") Z ")
    }
}
