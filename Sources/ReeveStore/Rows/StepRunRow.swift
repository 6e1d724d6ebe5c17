import GRDB
import ReeveModel

/// The entry into a step as a row.
enum StepRunRow {
    static func put(_ run: StepRun, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO step_run (ticket, visit, step, agent, outcome, summary, files, verdict, reviewer, started_at,
                ended_at, reviewed_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
                """
        ).execute(arguments: [
            run.ticket.text, run.visit, run.step, run.agent, run.outcome.rawValue, run.summary, joined(run.files), run.verdict,
            run.reviewer, run.startedAt.milliseconds, run.endedAt?.milliseconds, run.reviewedAt?.milliseconds,
        ])
    }

    /// Nothing happens when the step's entry was never written: tickets from before there were steps have none.
    static func update(_ change: StepRunChange, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE step_run SET outcome = ?, summary = COALESCE(?, summary), files = COALESCE(?, files),
                verdict = COALESCE(?, verdict), reviewer = COALESCE(?, reviewer), ended_at = COALESCE(?, ended_at),
                reviewed_at = COALESCE(?, reviewed_at) WHERE ticket = ? AND visit = ?
                """
        ).execute(arguments: [
            change.outcome.rawValue, change.summary, change.files.map(joined), change.verdict, change.reviewer,
            change.endedAt?.milliseconds, change.reviewedAt?.milliseconds, change.ticket.text, change.visit,
        ])
    }

    static func all(of ticket: TicketID, _ db: Database) throws -> [StepRun] {
        try Row.fetchAll(db, sql: "SELECT * FROM step_run WHERE ticket = ? ORDER BY visit", arguments: [ticket.text]).map { row in
            guard let outcome = StepRun.Outcome(rawValue: row["outcome"]) else {
                throw ReeveError.damaged("a step of '\(ticket)' cannot be read")
            }
            let files: String = row["files"]
            return StepRun(
                ticket: ticket, visit: row["visit"], step: row["step"], agent: row["agent"], outcome: outcome,
                summary: row["summary"], files: files.split(separator: "\0").map(String.init), verdict: row["verdict"],
                reviewer: row["reviewer"], startedAt: Timestamp(milliseconds: row["started_at"]),
                endedAt: TicketRow.timestamp(row["ended_at"]), reviewedAt: TicketRow.timestamp(row["reviewed_at"]))
        }
    }

    /// A path holds no NUL.
    private static func joined(_ files: [String]) -> String { files.joined(separator: "\0") }
}
