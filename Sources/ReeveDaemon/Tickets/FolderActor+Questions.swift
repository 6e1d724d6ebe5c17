import ReeveEngine
import ReeveModel
import ReeveTickets

/// What others ask of the folder.
extension FolderActor {
    /// What holds now and a person should know.
    var current: [FolderReport] { reports.current.sorted { ($0.file, $0.message) < ($1.file, $1.message) } }

    /// The path of a ticket's file, once it is written; nil when it cannot be. The ticket is there either way.
    nonisolated func written(_ ticket: TicketID) async -> String? {
        await withCheckedContinuation { continuation in
            if case .terminated = line.yield(.written(ticket, continuation)) { continuation.resume(returning: nil) }
        }
    }

    /// What a ticket's file says is changed there: only the priority is written into it, everything else is the person's own text.
    /// - Throws: `conflict` with the file.
    func refuse(_ change: TicketChange, of ticket: TicketID) async throws {
        let isMore = [change.title, change.body, change.project, change.agent].contains { $0 != nil } || change.after != nil
        guard isMore, let file = try await journal.file(of: ticket), !file.isWanted, !file.isMissing
        else { return }
        throw ReeveError.conflict(
            "'\(ticket)' is a file; only its priority can be changed from here",
            hint: "edit \(folder.root)/\(file.place)/\(file.name): it is read when you save it")
    }
}
