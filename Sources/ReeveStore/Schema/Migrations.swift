import GRDB

/// The schema's history. Append only: a released migration is never edited, a change is a new one at the end.
///
/// All tables are STRICT; ordinary rowid tables, because GRDB does not observe changes to others.
enum Migrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1: tickets, sessions, launches, events") { db in
            try db.execute(sql: v1)
        }
        migrator.registerMigration("v2: starts of a ticket, and those that stay down") { db in
            try db.execute(sql: v2)
        }
        migrator.registerMigration("v3: indices for retention") { db in
            try db.execute(sql: retention)
        }
        migrator.registerMigration("v4: steps") { db in
            try db.execute(sql: steps)
        }
        migrator.registerMigration("v5: files of tickets, threads") { db in
            try db.execute(sql: files)
        }
        migrator.registerMigration("v6: metadata") { db in
            try db.execute(sql: metadata)
        }
        return migrator
    }

    private static let v2 = """
        ALTER TABLE ticket ADD COLUMN starts TEXT;
        ALTER TABLE ticket ADD COLUMN put_offs INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE ticket ADD COLUMN stays_down INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX ticket_stays_down ON ticket (finished_at) WHERE stays_down;
        """

    private static let v1 = """
        CREATE TABLE meta (
            key TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL
        ) STRICT;

        CREATE TABLE ticket (
            id TEXT PRIMARY KEY NOT NULL,
            sequence INTEGER NOT NULL UNIQUE,
            title TEXT NOT NULL,
            body TEXT,
            type TEXT NOT NULL,
            project TEXT,
            agent TEXT NOT NULL,
            priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
            state TEXT NOT NULL CHECK (state IN ('queued','running','review','done','failed','cancelled','lost')),
            after TEXT,
            step TEXT,
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            finished_at INTEGER,
            attempts INTEGER NOT NULL,
            not_before INTEGER,
            reason TEXT,
            intent TEXT
        ) STRICT;
        CREATE INDEX ticket_by_state ON ticket (state, sequence);

        CREATE TABLE session (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            backend TEXT NOT NULL,
            ticket TEXT,
            handle_session TEXT,
            handle_pane TEXT,
            handle_epoch TEXT,
            opened_at INTEGER NOT NULL,
            closed_at INTEGER
        ) STRICT;
        CREATE INDEX session_open ON session (id) WHERE closed_at IS NULL;
        CREATE INDEX session_by_ticket ON session (ticket);

        CREATE TABLE launch (
            id TEXT PRIMARY KEY NOT NULL,
            sequence INTEGER NOT NULL,
            ticket TEXT,
            session TEXT NOT NULL,
            kind TEXT NOT NULL,
            arguments TEXT NOT NULL,
            directory TEXT NOT NULL,
            environment TEXT NOT NULL,
            conversation TEXT NOT NULL,
            standard_input TEXT,
            prompt TEXT NOT NULL CHECK (prompt IN ('none','pending','delivering','delivered')),
            state TEXT NOT NULL CHECK (state IN ('intended','running','exited','signalled','refused','lost')),
            number INTEGER,
            note TEXT,
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            ended_at INTEGER
        ) STRICT;
        CREATE INDEX launch_by_session ON launch (session, sequence);

        CREATE TABLE event (
            seq INTEGER PRIMARY KEY NOT NULL,
            time INTEGER NOT NULL,
            kind TEXT NOT NULL,
            ticket TEXT,
            data TEXT NOT NULL
        ) STRICT;

        CREATE TABLE answer (
            key TEXT PRIMARY KEY NOT NULL,
            method TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            result TEXT,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX answer_by_age ON answer (created_at);
        """

    /// `launch_by_ticket` also serves the last work of a ticket.
    private static let retention = """
        CREATE INDEX launch_by_ticket ON launch (ticket, sequence);
        CREATE INDEX ticket_by_end ON ticket (finished_at) WHERE finished_at IS NOT NULL;
        CREATE INDEX ticket_with_prerequisites ON ticket (after) WHERE after IS NOT NULL;
        CREATE INDEX session_closed_without_ticket ON session (closed_at) WHERE ticket IS NULL;
        """

    private static let files = """
        ALTER TABLE ticket ADD COLUMN extras TEXT;

        CREATE TABLE ticket_file (
            ticket TEXT PRIMARY KEY NOT NULL,
            place TEXT NOT NULL,
            name TEXT NOT NULL,
            mark TEXT NOT NULL,
            sense TEXT NOT NULL,
            missing INTEGER NOT NULL,
            wanted INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE thread (
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            data TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX thread_by_key ON thread (kind, id);
        """

    /// Tickets from before were all created with an agent of their own, as far as anybody can tell.
    private static let steps = """
        ALTER TABLE ticket ADD COLUMN agent_chosen INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE ticket ADD COLUMN progress TEXT;

        CREATE TABLE step_run (
            ticket TEXT NOT NULL,
            visit INTEGER NOT NULL,
            step TEXT NOT NULL,
            agent TEXT NOT NULL,
            outcome TEXT NOT NULL,
            summary TEXT NOT NULL,
            files TEXT NOT NULL,
            verdict TEXT,
            reviewer TEXT,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            reviewed_at INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX step_run_by_visit ON step_run (ticket, visit);
        """

    /// `owner` and `id` name a ticket or a session without one.
    private static let metadata = """
        CREATE TABLE metadata (
            owner TEXT NOT NULL CHECK (owner IN ('ticket','session')),
            id TEXT NOT NULL,
            part TEXT NOT NULL CHECK (part IN ('status','progress','log')),
            number INTEGER NOT NULL,
            text TEXT NOT NULL,
            tone TEXT NOT NULL,
            source TEXT,
            unit TEXT,
            current INTEGER,
            total INTEGER,
            created_at INTEGER NOT NULL,
            expires_at INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX metadata_by_owner ON metadata (owner, id, part, number);
        CREATE INDEX metadata_by_end ON metadata (expires_at) WHERE expires_at IS NOT NULL;
        """
}
