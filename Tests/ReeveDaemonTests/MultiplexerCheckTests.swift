import ReeveModel
import ReeveTestSupport
import ReeveWire
import Synchronization
import Testing

@testable import ReeveDaemon

/// All multiplexers looked at, in memory.
@Suite struct MultiplexerCheckTests {
    @Test func `the first is that for new sessions, and each finding is told`() async {
        let findings = await MultiplexerChecks.result(
            [
                ("one", { MultiplexerCheck(isInstalled: true, findings: [.fine("a"), .advice("b", mend: "c")]) }),
                ("none", { MultiplexerCheck(isInstalled: false, findings: []) }),
                ("other", { MultiplexerCheck(isInstalled: false, findings: [.fault("d", mend: "e")]) }),
            ], time: ManualTime()
        ).findings
        #expect(findings.map(\.backend) == ["one", "one", "other"])
        #expect(findings.map(\.wanted) == [true, true, false] && findings.map(\.installed) == [true, true, false])
        #expect(findings.map(\.fine) == [true, nil, false])
        #expect(findings.map(\.detail) == ["a", "b", "d"] && findings.map(\.mend) == [nil, "c", "e"])
    }

    @Test func `one that does not answer is said to be late`() async throws {
        let time = ManualTime()
        let found = Mutex<[BackendFindingShape]?>(nil)
        let asking = Task {
            let result = await MultiplexerChecks.result(
                [
                    (
                        "slow",
                        {
                            // Until it is cancelled.
                            try? await Task.sleep(for: .seconds(100_000))
                            return MultiplexerCheck(isInstalled: false, findings: [])
                        }
                    )
                ], time: time)
            found.withLock { $0 = result.findings }
        }
        let isTold = await eventually {
            time.advance(by: MultiplexerChecks.patience)
            return found.withLock { $0 != nil }
        }
        #expect(isTold)
        await asking.value
        let late = try #require(found.withLock { $0?.first })
        #expect(late.detail == "no answer within 10s" && late.fine == false && late.installed && late.mend != nil)
    }
}
