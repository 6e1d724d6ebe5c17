import GRDB
import ReeveModel

/// What a file says of its own schema, asked without GRDB's own look at it: GRDB 7.10 (`SchemaInfo`) takes the rows of `sqlite_master`
/// for what they ought to be, and ends the process over a damaged page that SQLite itself reads without a word.
enum SchemaState {
    /// - Throws: `damaged`; an error of SQLite.
    static func refuseDamage(_ db: Database) throws {
        let sql = """
            SELECT COUNT(*) FROM sqlite_master WHERE typeof(type) <> 'text' OR typeof(name) <> 'text' OR typeof(tbl_name) <> 'text'
            OR typeof(sql) NOT IN ('text', 'null')
            """
        guard let broken = try Int.fetchOne(db, sql: sql), broken > 0 else { return }
        throw ReeveError.damaged("the page that says what is where is damaged", hint: "reeve db salvage; docs/database.md")
    }

    /// A newer Reeve has written it.
    static func isSuperseded(_ db: Database) throws -> Bool {
        !(try applied(db).isSubset(of: Migrations.migrator.migrations))
    }

    static func isComplete(_ db: Database) throws -> Bool { try applied(db).isSuperset(of: Migrations.migrator.migrations) }

    /// The names of a table's columns.
    static func columns(of table: String, _ db: Database) throws -> [String] {
        try String?.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table]).compactMap { $0 }
    }

    private static func applied(_ db: Database) throws -> Set<String> {
        let isThere = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'grdb_migrations')"
        guard try Bool.fetchOne(db, sql: isThere) == true else { return [] }
        return Set(try String?.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations").compactMap { $0 })
    }
}
