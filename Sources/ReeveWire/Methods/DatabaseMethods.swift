package enum DatabaseStatus: WireMethod {
    package static let name = "database.status"
    package static let summary = "The database's file, and what is being done with it."
    package typealias Params = Empty

    package struct Result: WireObject {
        package var file = ""
        package var bytes: Int64 = 0
        package var freeBytes: Int64 = 0
        package var trouble: String?
        package var activity: String?
        package var percent: Int?
        package var lastBackupAt: String?
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("file", \.file, "its path"),
            .required("bytes", \.bytes, "its size, without what is still in the write-ahead log"),
            .required("freeBytes", \.freeBytes, "of these, unused: they are used again or given back"),
            .optional("trouble", \.trouble, "why nothing can be written now; absent when all is well"),
            .optional("activity", \.activity, "`backup` or `check`, while one is under way"),
            .optional("percent", \.percent, "how far a backup is"),
            .optional("lastBackupAt", \.lastBackupAt, "when `database.backup` last made one; RFC 3339, UTC"),
        ]
    }
}

package enum DatabaseCheck: WireMethod {
    package static let name = "database.check"
    package static let summary = "Looks for damage: SQLite's `integrity_check`, then what the schema promises. Delays no commit."
    package typealias Params = Empty

    package struct Result: WireObject {
        package var ok = true
        package var findings: [String] = []
        package var file = ""
        package var bytes: Int64 = 0
        package var ms: Int64 = 0
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("ok", \.ok, "whether there are no findings"),
            .required("findings", \.findings, "a sentence each, the gravest first"),
            .required("file", \.file, "what was looked at"),
            .required("bytes", \.bytes, "its size"),
            .required("ms", \.ms, "how long it took"),
        ]
    }
}

package enum DatabaseBackup: WireMethod {
    package static let name = "database.backup"
    package static let summary = """
        Copies the database as it is now into a new file below the state directory, and checks the copy. Delays no commit. Move the \
        file to where it is to stay: after a day it is removed.
        """
    package typealias Params = Empty

    package struct Result: WireObject {
        package var file = ""
        package var bytes: Int64 = 0
        package var ms: Int64 = 0
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("file", \.file, "the copy: one file, mode 0600, synced to the disk"),
            .required("bytes", \.bytes, "its size"),
            .required("ms", \.ms, "how long it took"),
        ]
    }
}
