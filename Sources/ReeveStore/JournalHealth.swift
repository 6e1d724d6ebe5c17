import GRDB
import Logging
import ReeveModel
import Synchronization

/// What is wrong with the database while it is used, said once and not at every try.
///
/// Damage is for good: after it nothing is written any more, because writing into a broken tree breaks more of it. What can still be
/// read is read. A full, read-only or failing disk is over with the next commit that succeeds.
final class JournalHealth: Sendable {
    private struct State {
        var damage: ReeveError?
        var trouble: ReeveError?
    }

    private let state = Mutex(State())
    private let logger: Logger
    private let onDamage: @Sendable () -> Void

    /// - Parameter onDamage: called once, at the first damage.
    init(logger: Logger, onDamage: @escaping @Sendable () -> Void) {
        self.logger = logger
        self.onDamage = onDamage
    }

    /// Set: nothing is written.
    var damage: ReeveError? { state.withLock(\.damage) }
    /// One line for people; nil when all is well.
    var line: String? { state.withLock { ($0.damage ?? $0.trouble)?.message } }

    func succeeded() {
        let was = state.withLock { state in
            defer { state.trouble = nil }
            return state.trouble
        }
        if let was { logger.notice("the database can be written again", metadata: ["was": "\(was.message)"]) }
    }

    /// The error as the callers get it.
    func failed(_ error: any Error) -> ReeveError {
        let failure = Self.translate(error)
        if error is ReeveError, failure.kind != .damaged {
            // A refusal of ours: nothing is wrong with the database.
            logger.error("commit refused", metadata: ["error": "\(failure.message)"])
            return failure
        }
        let isNews = state.withLock { state in
            if failure.kind == .damaged {
                defer { if state.damage == nil { state.damage = failure } }
                return state.damage == nil
            }
            defer { state.trouble = failure }
            return state.trouble != failure
        }
        guard isNews else { return failure }
        if failure.kind == .damaged {
            logger.critical(
                "the database is damaged; nothing more is written, agents go on",
                metadata: ["error": "\(Self.logged(error))", "next": "reeve db check; docs/database.md"])
            onDamage()
        } else {
            logger.error("commit failed", metadata: ["error": "\(failure.message)"])
        }
        return failure
    }

    static func isDamage(_ error: any Error) -> Bool {
        switch error {
        case let error as DatabaseError: [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
        case let error as ReeveError: error.kind == .damaged
        // NULL where the schema has none.
        default: error is RowDecodingError
        }
    }

    /// What is wrong, without the statement that met it.
    static func sentence(_ error: any Error) -> String {
        switch error {
        case let error as DatabaseError: error.message ?? "\(error.resultCode)"
        case let error as ReeveError: error.message
        case is RowDecodingError: "a row has a NULL where there can be none"
        default: "\(error)"
        }
    }

    /// For the log: which statement met it too. A row that makes no sense is told without what is in it, which may be a ticket's text, the
    /// prompt of a launch or its environment (GRDB 7.10 describes one with all of its values and the statement's).
    static func logged(_ error: any Error) -> String { error is RowDecodingError ? sentence(error) : "\(error)" }

    static func translate(_ error: any Error) -> ReeveError {
        if let error = error as? ReeveError { return error }
        if isDamage(error) {
            return .damaged(
                "the database is damaged: \(sentence(error))",
                hint: "nothing more is written to it, agents go on; reeve db check says what to do")
        }
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_FULL:
            return .unavailable("the disk is full; nothing was changed", hint: "make room; Reeve goes on by itself")
        case .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN:
            return .unavailable(
                "the database cannot be written: \(sentence(error))", hint: "look at the disk of the state directory")
        default: return ReeveError(.internal, "database: \(error)")
        }
    }
}
