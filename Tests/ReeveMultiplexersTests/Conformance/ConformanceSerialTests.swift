import ReeveModel
import ReeveTestSupport
import Synchronization
import Testing

@testable import ReeveMultiplexers

/// Every backend passes every case that its capabilities claim, and its document says what the suite found. Three at a time: one after the
/// other they took longer than all other tests together.
@Suite struct ConformanceSerialTests {
    @Suite(.serialized) struct RealOnes {
        @Test func `tmux conforms`() async throws { try await conforms(RealTmux.self) }
        @Test func `the built-in terminals conform`() async throws { try await conforms(RealTerminals.self) }
        @Test func `GNU screen conforms`() async throws { try await conforms(RealScreen.self) }
    }

    @Suite(.serialized) struct StandInsOfMultiplexers {
        @Test func `Zellij's stand-in conforms with sessions of their own`() async throws { try await conforms(FakeZellij.self) }
        @Test func `Zellij's stand-in conforms with tabs in a person's session`() async throws {
            try await conforms(FakeZellijTabs.self)
        }
        @Test func `cmux's stand-in conforms by its socket`() async throws { try await conforms(FakeCmux.self) }
        @Test func `cmux's stand-in conforms by its command line`() async throws { try await conforms(FakeCmuxByProgram.self) }
    }

    @Suite(.serialized) struct StandInsOfTerminals {
        @Test func `WezTerm's stand-in conforms`() async throws { try await conforms(FakeWezterm.self) }
        @Test func `kitty's stand-in conforms`() async throws { try await conforms(FakeKitty.self) }
        @Test(.enabled(if: StubbedEditor.canRun, "node or python3 is not installed"))
        func `a window of the editor's stub conforms`() async throws { try await conforms(StubbedEditor.self) }
    }
}

private func conforms<Kind: Stage>(_ kind: Kind.Type) async throws {
    var report: ConformanceReport?
    try await Kind.with { stage in
        var found = ConformanceReport(backend: stage.multiplexer.name, column: stage.column)
        for test in ConformanceCase.all where !test.isLast { found.outcomes.append(await run(test, on: stage)) }
        report = found
    }
    for test in ConformanceCase.all where test.isLast {
        try await Kind.with { stage in report?.outcomes.append(await run(test, on: stage)) }
    }
    try #require(report).check()
}

private func run(_ test: ConformanceCase, on stage: any Stage) async -> (name: String, outcome: ConformanceReport.Outcome) {
    let missing = test.needs.subtracting(stage.multiplexer.capabilities).map(\.rawValue).sorted()
    if let first = missing.first {
        let reason = MultiplexerCapability(rawValue: first).flatMap { stage.multiplexer.limits[$0] }
        return (test.name, .lacks(reason ?? "no '\(first)'"))
    }
    if let why = test.exemption(stage) { return (test.name, .notAsked(why)) }
    // Every issue stays one; it is only seen on its way.
    let hasFailed = Mutex(false)
    do {
        try await withKnownIssue(isIntermittent: true) {
            try await test.body(stage)
        } matching: { _ in
            hasFailed.withLock { $0 = true }
            return false
        }
    } catch {
        Issue.record("\(stage.multiplexer.name): \(test.name): \(error)")
        return (test.name, .failed)
    }
    return (test.name, hasFailed.withLock { $0 } ? .failed : .passed)
}
