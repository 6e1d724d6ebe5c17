import Foundation
import Logging
import ReeveModel
import ReeveStore
import ReeveWire
import ServiceLifecycle

/// Backups and checks of the database in use.
///
/// A copy is made below the state directory and not where the caller wants it: under systemd the daemon may write there and next to
/// nowhere else, and whoever asked can move it anywhere with the rights that he has himself.
struct DatabaseDesk: Sendable {
    /// A copy that nobody has fetched goes after so long.
    private static let copiesKept = Duration.seconds(86_400)
    /// In the journal's `meta`: when the last backup was made, in milliseconds since 1970.
    private static let lastBackup = "last_backup"

    private let directories: Directories
    private let journal: SQLiteJournal
    private let care: DatabaseCare
    private let time: any TimeSource
    private let logger: Logger

    init(directories: Directories, journal: SQLiteJournal, time: any TimeSource, logger: Logger) {
        self.directories = directories
        self.journal = journal
        self.time = time
        self.logger = logger
        care = DatabaseCare(path: directories.database, isAlone: false)
    }

    func status() async -> DatabaseStatus.Result {
        var result = DatabaseStatus.Result()
        result.file = directories.database
        result.bytes = DatabaseCare.size(directories.database)
        result.trouble = journal.trouble
        if let activity = care.activity {
            result.activity = activity.what
            if activity.pagesInAll > 0 { result.percent = activity.pagesDone * 100 / activity.pagesInAll }
        }
        // A damaged database must not keep anybody from hearing that it is damaged.
        result.freeBytes = (try? await journal.freeBytes()) ?? 0
        if let moment = (try? await journal.meta(Self.lastBackup)).flatMap(\.self).flatMap({ Int64($0) }) {
            result.lastBackupAt = Timestamp(milliseconds: moment).rfc3339
        }
        return result
    }

    func check() async throws -> DatabaseCheck.Result {
        let start = time.uptime()
        let report = try await care.check()
        if !report.findings.isEmpty {
            logger.critical(
                "the database is not sound",
                metadata: ["findings": "\(report.findings.joined(separator: "; "))", "next": "docs/database.md"])
        }
        return DatabaseCheck.Result(report, file: directories.database, took: time.uptime() - start)
    }

    func backup() async throws -> DatabaseBackup.Result {
        let start = time.uptime()
        removeUnfetched()
        let target = "\(directories.copies)/reeve-\(UUID().uuidString.lowercased()).db"
        var result = DatabaseBackup.Result()
        result.file = target
        result.bytes = try await care.backup(to: target, replaces: false)
        result.ms = (time.uptime() - start).milliseconds
        logger.info("backup made", metadata: ["bytes": "\(result.bytes)", "ms": "\(result.ms)"])
        // The copy is there: that nobody can write down when is no reason to say otherwise.
        try? await journal.enqueue([.setMeta(key: Self.lastBackup, value: "\(time.wall().milliseconds)")]).value()
        return result
    }

    /// Copies whose caller has not come for them, and drafts of a daemon that was killed.
    func removeUnfetched() {
        let oldest = Date(timeIntervalSince1970: Double(time.wall().advanced(by: .zero - Self.copiesKept).milliseconds) / 1000)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directories.copies)) ?? [] {
            let path = "\(directories.copies)/\(name)"
            guard let made = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date, made < oldest
            else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}

extension DatabaseCheck.Result {
    init(_ report: DatabaseReport, file: String, took: Duration) {
        self.init()
        ok = report.findings.isEmpty
        findings = report.findings
        self.file = file
        bytes = report.bytes
        ms = took.milliseconds
    }
}

/// A long database after an unclean end is looked over when the doors are open, and not before.
struct LateCheck: Service {
    private static let delay = Duration.seconds(60)

    let desk: DatabaseDesk
    let isWanted: Bool
    let time: any TimeSource

    func run() async throws {
        desk.removeUnfetched()
        await cancelWhenGracefulShutdown {
            if isWanted {
                do {
                    try await time.sleep(for: Self.delay)
                    // Found damage is in the log; one that could not be looked for is no reason to stop.
                    _ = try await desk.check()
                } catch {}
            }
            // A service that ends would end all of them.
            while !Task.isCancelled { try? await time.sleep(for: .seconds(86_400)) }
        }
    }
}
