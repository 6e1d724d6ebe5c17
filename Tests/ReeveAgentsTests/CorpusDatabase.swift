import GRDBSQLite
import ReeveJSON
import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes a database as OpenCode does, of several versions.
final class CorpusDatabase {
    let path: String
    private var handle: OpaquePointer?
    private var lock: OpaquePointer?
    private var version = ""

    init(path: String) { self.path = path }

    deinit {
        sqlite3_close_v2(lock)
        sqlite3_close_v2(handle)
    }

    func schema(_ word: String) throws {
        switch word {
        // No database at all, or the single files of long ago.
        case "absent", "old": return
        case "locked":
            try open()
            try run(handle, "PRAGMA wal_checkpoint(TRUNCATE)")
            sqlite3_close_v2(handle)
            handle = nil
            guard sqlite3_open(path, &lock) == SQLITE_OK else { throw failure(lock) }
            try run(lock, "PRAGMA journal_mode = DELETE")
            try run(lock, "PRAGMA locking_mode = EXCLUSIVE")
            try run(lock, "BEGIN EXCLUSIVE")
        case "recreated":
            sqlite3_close_v2(handle)
            handle = nil
            // The new file must not get the old one's inode.
            let kept = Glibc.open(path, O_RDONLY)
            defer { close(kept) }
            for name in [path, path + "-wal", path + "-shm"] { unlink(name) }
            try open()
        default:
            version = word
            try open()
        }
    }

    func unlock() throws {
        guard lock != nil else { return }
        try run(lock, "ROLLBACK")
        sqlite3_close_v2(lock)
        lock = nil
    }

    func upsert(_ rows: JSONView) throws {
        try open()
        for (table, values) in rows.members {
            for row in values.items {
                var names: [String] = []
                var literals: [String] = []
                for (name, value) in row.members where has(table.string ?? "", name.string ?? "") {
                    names.append(name.string ?? "")
                    literals.append(literal(value))
                }
                // An update keeps the columns that it does not name.
                let updates = names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
                try run(
                    handle,
                    "INSERT INTO \(table.string ?? "") (\(names.joined(separator: ", "))) VALUES (\(literals.joined(separator: ", "))) "
                        + "ON CONFLICT (id) DO UPDATE SET \(updates)")
            }
        }
    }

    private func has(_ table: String, _ column: String) -> Bool {
        !(version == "missing-column" && table == "session" && column == "time_archived")
    }

    private func literal(_ value: JSONView) -> String {
        switch value.kind {
        case .literalNull: return "NULL"
        case .number: return String(decoding: value.raw, as: UTF8.self)
        case .literalTrue: return "1"
        case .literalFalse: return "0"
        default:
            let text = value.string ?? String(decoding: value.raw, as: UTF8.self)
            return "'" + text.replacing("'", with: "''") + "'"
        }
    }

    private func open() throws {
        guard handle == nil else { return }
        guard sqlite3_open(path, &handle) == SQLITE_OK else { throw failure(handle) }
        try run(handle, "PRAGMA journal_mode = WAL")
        let archived = version == "missing-column" ? "" : ", time_archived INTEGER"
        try run(
            handle,
            """
            CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, project_id TEXT, parent_id TEXT, slug TEXT, directory TEXT,
            title TEXT, version TEXT, time_created INTEGER, time_updated INTEGER\(archived))
            """)
        try run(
            handle,
            """
            CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER,
            data TEXT)
            """)
        if version != "missing-part" {
            try run(
                handle,
                """
                CREATE TABLE IF NOT EXISTS part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, time_created INTEGER,
                time_updated INTEGER, data TEXT)
                """)
        }
        if version != "no-session_message" {
            try run(
                handle,
                """
                CREATE TABLE IF NOT EXISTS session_message (id TEXT PRIMARY KEY, session_id TEXT, type TEXT, seq INTEGER,
                time_created INTEGER, time_updated INTEGER, data TEXT)
                """)
        }
    }

    private func run(_ handle: OpaquePointer?, _ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(handle) }
    }

    private func failure(_ handle: OpaquePointer?) -> ReeveError {
        ReeveError(.internal, String(cString: sqlite3_errmsg(handle)))
    }
}
