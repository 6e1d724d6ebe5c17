import Foundation
import Testing

extension UnderLoad {
    /// Many clients and agents for long. `make soak MINUTES=30` judges what has grown; here a few seconds prove that everything of it works.
    @Suite struct SoakSerialTests {
        private static let variables = ProcessInfo.processInfo.environment
        private static let minutes = variables["REEVE_SOAK_MINUTES"].flatMap(Double.init)

        @Test func `a hundred clients and fifty agents for a while, and nothing grows`() async throws {
            var options = SoakRun.Options()
            if let minutes = Self.minutes {
                options.length = .seconds(minutes * 60)
                // Also of agents that stay: workers are gone before anybody has counted theirs.
                options.limited.insert("stayer")
            } else {
                // Among the other tests only what is right comes before when.
                options.patience = .seconds(120)
                options.readyPatience = .seconds(180)
            }
            options.directory = Self.variables["REEVE_LOAD_DIRECTORY"]
            options.programs = Self.variables["REEVE_BIN"]
            let report = try await SoakRun.run(options) { if Self.minutes != nil { Progress.say($0) } }
            let summary = report.lines.joined(separator: "\n")
            #expect(report.complaints.isEmpty, "\(summary)\neverything is kept in \(report.evidence ?? "-")")
            #expect(report.turns >= options.turns && report.asked > 0 && report.followed > 0, "\(summary)")
            #expect(report.unmeasured.allSatisfy { $0 == .scopes }, "\(summary)")
            #expect(report.verdicts.count == SoakSample.Quantity.allCases.count - report.unmeasured.count, "\(summary)")
            let last = try #require(report.samples.last)
            #expect(last.running >= SoakChurn.agents - 5 && last.finished > 0, "\(summary)")
            guard Self.minutes != nil else { return }
            Progress.say(summary)
            // Seconds are all warm-up: only a long run says what grows, and only one in which much was done.
            #expect(report.growing.isEmpty, "\(summary)")
            #expect(!report.churn.isMissed && !report.hasNoScopes, "\(summary)")
        }
    }
}
