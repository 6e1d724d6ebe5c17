import Foundation
import Testing

extension UnderLoad {
    /// `kill -9` and SIGTERM of the real daemon again and again, and SIGHUP between, while everything is asked of it. `make crash N=1000`
    /// runs more rounds with release programs.
    @Suite struct CrashSerialTests {
        private static let variables = ProcessInfo.processInfo.environment

        @Test func `nothing is lost and nothing happens twice, whenever the daemon is killed`() async throws {
            var options = CrashRun.Options()
            options.rounds = Self.variables["REEVE_CRASH_ROUNDS"].flatMap(Int.init) ?? 25
            options.seed = Self.variables["REEVE_CRASH_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...1_000_000)
            options.directory = Self.variables["REEVE_LOAD_DIRECTORY"]
            options.programs = Self.variables["REEVE_BIN"]
            options.linesEvery = max(1, options.rounds / 40)
            let isLong = Self.variables["REEVE_CRASH_ROUNDS"] != nil
            // Among the other tests only what is right comes before when.
            if !isLong {
                options.patience = .seconds(20)
                options.stopPatience = .seconds(60)
                options.readyPatience = .seconds(180)
            }
            let report = try await CrashRun.run(options) { if isLong { Progress.say($0) } }
            let summary = (["seed \(options.seed)"] + report.lines).joined(separator: "\n")
            if isLong { Progress.say(summary) }
            #expect(report.violations.isEmpty, "\(summary)\nagain: make crash N=\(options.rounds) SEED=\(options.seed)")
            #expect(report.rounds == options.rounds)
            // As many as twelve rounds have at least; see `RoundPlans`.
            if options.rounds >= 12 {
                #expect(report.kills >= 9 && report.terminations >= 3 && report.reloads >= 2, "\(summary)")
            }
            // Only a run of its own is long enough for that; `make test` judges nothing by the clock.
            #expect(!report.missesBar, "\(summary)")
        }
    }
}
