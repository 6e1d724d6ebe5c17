extension InteractivePrograms {
    /// Prompts of databases, after PostgreSQL 17, MySQL 8.4, SQLite 3.49, Redis 7.4, mongosh 2.5.
    static func addDatabases(_ table: inout InteractiveTable) {
        table.add(
            "psql",
            .init(
                .prompt, [.asks("-W --password", .password), .quiet("-c -f -l -V --command --file --list")],
                values: """
                    -c -d -f -F -h -L -o -p -P -R -T -U -v --command --file --host --port --username --dbname --set --variable \
                    --output --pset --field-separator
                    """))
        table.add(
            "pg_dump pg_dumpall pg_restore createdb dropdb createuser",
            .init(
                .quiet, [.asks("-W --password -P --pwprompt", .password), .asks("-i --interactive", .confirmation)],
                values: "-h -p -U -d -f -F -j -n -t -T -Z --host --port --username --dbname --file"))
        // A password is in its own word; without one it is asked for, whatever else there is.
        table.add(
            "mysql mariadb",
            .init(
                .prompt, [.asks("-p= --password=", .password), .quiet("-e -V --execute")],
                values: "-e -h -u -P -S -D -r --execute --host --user --port --socket --database --default-character-set",
                attached: "-p"))
        table.add(
            "mysqldump mysqladmin mysqlimport mysqlcheck mariadb-dump mariadb-admin",
            .init(
                .quiet, [.asks("-p= --password=", .password)], values: "-h -u -P -S -r -w --host --user --port --socket",
                attached: "-p"))
        table.add(
            "pgcli mycli litecli usql",
            .init(.prompt, [.quiet("-e --execute -l --list -c")], values: "-e --execute -h -u -U -d -c"))
        // A database and SQL: it runs the SQL and ends.
        table.add(
            "sqlite3",
            .init(
                .prompt, [.quiet("-batch --batch")],
                values: "-cmd -init -separator -nullvalue -newline -vfs -mmap -maxsize --cmd --init --separator",
                oneDash: true, operands: [.quiet(from: 2, "runs the SQL that it is given")]))
        table.add(
            "duckdb",
            .init(
                .prompt, [.quiet("-c -s -f -batch")], values: "-c -s -f -cmd -init -separator", oneDash: true,
                operands: [.quiet(from: 2, "runs the SQL that it is given")]))
        table.add(
            "redis-cli valkey-cli",
            .init(
                .prompt,
                [
                    .quiet(
                        """
                        -x -X --scan --pipe --bigkeys --memkeys --hotkeys --stat --latency --latency-history --rdb --eval \
                        --cluster -v
                        """
                    )
                ],
                values: "-h -p -a -n -u -r -i -s -D -d -t -X --user --pass --rdb --eval --cluster --pattern", stopsAfter: 1,
                operands: [.quiet(from: 1, "sends one command")]))
        table.add(
            "mongosh mongo",
            .init(
                .prompt, [.asks("--shell"), .quiet("--eval -f --file")], values: "--host --port -u -p --username --eval -f --file"
            ))
        table.add(
            "clickhouse-client",
            .init(.prompt, [.quiet("-q --query --queries-file")], values: "-q --query -h --host --port -u --user"))
        table.add("cqlsh", .init(.prompt, [.quiet("-e -f --execute --file")], values: "-e -f -u -p -k --execute --file"))
        table.add("sqlcmd", .init(.prompt, [.quiet("-Q -i")], values: "-Q -q -i -S -U -P -d -o"))
        table.add(
            "sqlplus spark-shell pyspark spark-sql influx",
            .init(.prompt, [.quiet("-e -f -execute")], values: "-e -f -execute --master"))
        table.add("beeline hive snowsql", .init(.prompt, [.quiet("-e -f -q")], values: "-e -f -q -u -n -p"))
    }
}
