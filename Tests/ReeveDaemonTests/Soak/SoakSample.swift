import Foundation
import ReeveTestSupport

/// What a daemon and its surroundings take up at one moment.
struct SoakSample: Sendable {
    enum Quantity: String, Sendable, CaseIterable {
        case resident = "resident memory"
        case anonymous = "anonymous memory"
        case descriptors = "descriptors"
        case threads = "threads"
        case database = "database per finished ticket"
        case sessions = "tmux sessions"
        case keepers = "keepers"
        case scopes = "systemd scopes"
        case stateFiles = "files of the state"
        case runtimeFiles = "files at run time"

        var unit: String {
            switch self {
            case .resident, .anonymous, .database: "KiB"
            case .descriptors, .threads, .sessions, .keepers, .scopes, .stateFiles, .runtimeFiles: ""
            }
        }

        /// How much more the last third may have than the first: what the allocator, the scheduler and the churn of the moment make up.
        var tolerance: Flatness.Tolerance {
            switch self {
            case .resident, .anonymous: Flatness.Tolerance(share: 0.05, amount: 2048)
            case .database: Flatness.Tolerance(share: 0.05, amount: 1)
            case .descriptors: Flatness.Tolerance(share: 0.05, amount: 15)
            case .threads: Flatness.Tolerance(share: 0, amount: 4)
            case .sessions, .keepers, .scopes: Flatness.Tolerance(share: 0.1, amount: 6)
            case .stateFiles, .runtimeFiles: Flatness.Tolerance(share: 0.1, amount: 15)
            }
        }
    }

    var seconds: Double
    /// Without those that cannot be measured here.
    var values: [Quantity: Double]
    var events: Int64
    var finished: Int
    var lost: Int
    var running: Int

    static func take(
        _ daemon: DaemonUnderLoad, at seconds: Double, events: Int64, finished: Int, lost: Int, running: Int
    ) async -> SoakSample {
        let memory = ProcessFacts.memory(of: daemon.pid)
        let database = ["", "-wal"].map { ProcessFacts.size("\(daemon.stateDirectory)/reeve.db\($0)") }.reduce(0, +)
        let sessions = await daemon.tmux("list-sessions", "-F", "#{session_name}").split(separator: "\n").count
        let keepers = ProcessFacts.mentioning(["\(daemon.directory)/"], in: ["cmdline"]).filter {
            ProcessFacts.name(of: $0)?.hasPrefix("reeve-keeper") == true
        }
        let values: [Quantity: Int] = [
            .resident: memory["Rss"] ?? 0, .anonymous: memory["Anonymous"] ?? 0,
            .descriptors: ProcessFacts.descriptors(of: daemon.pid), .threads: ProcessFacts.threads(of: daemon.pid),
            .sessions: sessions, .keepers: keepers.count,
            .stateFiles: files(below: daemon.stateDirectory), .runtimeFiles: files(below: daemon.runtimeDirectory),
        ]
        var sample = SoakSample(
            seconds: seconds, values: values.mapValues { Double($0) }, events: events, finished: finished, lost: lost,
            running: running)
        if daemon.hasUserManager { sample.values[.scopes] = Double(await scopes(of: daemon)) }
        sample.values[.database] = Double(database) / 1024 / Double(max(1, finished))
        return sample
    }

    /// Control groups of scopes that hold a process of this run.
    private static func scopes(of daemon: DaemonUnderLoad) async -> Int {
        let groups = ProcessFacts.mentioning(["\(daemon.directory)/"]).compactMap { ProcessFacts.controlGroup(of: $0) }
        return Set(groups.filter { $0.hasSuffix(".scope") }).count
    }

    private static func files(below directory: String) -> Int {
        FileManager.default.enumerator(atPath: directory)?.reduce(0) { count, _ in count + 1 } ?? 0
    }

    // MARK: As a table of 80 columns

    static let heading = " min  RSS MiB  anon   fds thr  KiB/ticket  tmux keep scop  state run  done events"

    var line: String {
        func number(_ quantity: Quantity, _ width: Int, divided: Double = 1, digits: Int = 0) -> String {
            guard let value = values[quantity] else { return String(repeating: " ", count: width - 1) + "-" }
            return String(format: "%\(width).\(digits)f", value / divided)
        }
        return String(format: "%4.1f", seconds / 60) + number(.resident, 9, divided: 1024, digits: 1)
            + number(.anonymous, 6, divided: 1024, digits: 1) + number(.descriptors, 6) + number(.threads, 4)
            + number(.database, 12, digits: 1) + number(.sessions, 6) + number(.keepers, 5) + number(.scopes, 5)
            + number(.stateFiles, 7) + number(.runtimeFiles, 4) + String(format: "%6d", finished) + String(format: "%7d", events)
    }
}
