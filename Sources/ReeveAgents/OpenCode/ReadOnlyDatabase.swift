import GRDBSQLite

/// Somebody else's SQLite file, for reading, through the C interface: the agents' target links no Foundation, and of GRDB nothing else
/// would be used here.
///
/// Never `immutable`: the file has a live write-ahead log. Nothing is kept open between two looks, so that the owner's last connection
/// can tidy up.
final class ReadOnlyDatabase {
    enum Failure: Error { case busy, other }

    private let handle: OpaquePointer

    init(_ path: String) throws(Failure) {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            sqlite3_close_v2(handle)
            throw code == SQLITE_BUSY ? .busy : .other
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, 50)
    }

    deinit { sqlite3_close_v2(handle) }

    /// The values of one row, valid until the next.
    struct Row {
        fileprivate let statement: OpaquePointer

        func text(_ column: Int32) -> String? {
            guard let bytes = sqlite3_column_text(statement, column) else { return nil }
            return String(cString: bytes)
        }

        func integer(_ column: Int32) -> Int64? {
            sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, column)
        }
    }

    func rows<T>(_ sql: String, _ arguments: [String] = [], _ make: (Row) -> T) throws(Failure) -> [T] {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
        guard let statement else { throw .other }
        defer { sqlite3_finalize(statement) }
        for (index, argument) in arguments.enumerated() {
            // SQLITE_TRANSIENT: SQLite copies the text.
            try check(
                sqlite3_bind_text(statement, Int32(index + 1), argument, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self)))
        }
        var result: [T] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return result }
            guard code == SQLITE_ROW else {
                try check(code)
                throw .other
            }
            result.append(make(Row(statement: statement)))
        }
    }

    func columns(of table: String) throws(Failure) -> Set<String> {
        Set(try rows("SELECT name FROM pragma_table_info(?)", [table]) { $0.text(0) ?? "" })
    }

    private func check(_ code: Int32) throws(Failure) {
        switch code {
        case SQLITE_OK, SQLITE_ROW, SQLITE_DONE: return
        case SQLITE_BUSY, SQLITE_LOCKED: throw .busy
        default: throw .other
        }
    }
}
