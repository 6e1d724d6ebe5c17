import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveGit

@Suite struct FileLockTests {
    @Test func `one at a time has it, and the next one when it is let go`() async throws {
        try await Scratch.with { scratch in
            let path = scratch.path + "/reeve.lock"
            do {
                let first = try FileLock.attempt(path)
                #expect(first != nil)
                let second = try FileLock.attempt(path)
                #expect(second == nil)
                withExtendedLifetime(first) {}
            }
            // A process that another test started just now has a copy of the descriptor until its exec.
            #expect(try await eventually { try FileLock.attempt(path) != nil })
        }
    }

    @Test func `who waits too long is told by what`() async throws {
        try await Scratch.with { scratch in
            let path = scratch.path + "/reeve.lock"
            let time = ManualTime()
            let first = try FileLock.attempt(path)
            async let error = failure { () async throws -> Bool in
                _ = try await FileLock.wait(for: path, within: .seconds(1), time: time)
                return true
            }
            for _ in 0..<20 {
                #expect(await eventually { time.hasSleepers })
                time.advance(by: .milliseconds(50))
            }
            let told = await error
            #expect(told?.kind == .timeout)
            #expect(told?.hint == "fuser \(path) names the process")
            withExtendedLifetime(first) {}
        }
    }
}
