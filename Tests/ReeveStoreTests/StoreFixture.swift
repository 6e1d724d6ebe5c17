import Logging
import ReeveModel
import ReeveTestSupport

@testable import ReeveStore

/// A real journal in a private directory.
enum StoreFixture {
    static func open(
        _ path: String, time: any TimeSource = ManualTime(), retention: @escaping @Sendable () -> Retention = { Retention() }
    ) throws -> SQLiteJournal {
        try SQLiteJournal(
            path: path, time: time, retention: retention, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            encode: { _ in "{}" }, onCommit: { _ in })
    }
}
