package import ReeveModel

/// Something about the folder that a person should know: what was found, what was done about it, what can be done. `docs/tickets.md` has the
/// table.
package struct FolderReport: Error, Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The file cannot be understood.
        case wrongFile = "wrong-file"
        case editedWhileRunning = "edited-while-running"
        case idTwice = "id-twice"
        case idChanged = "id-changed"
        case movedByHand = "moved-by-hand"
        case fileDeleted = "file-deleted"
        case unknownInProgress = "unknown-in-progress"
        case unknownCompleted = "unknown-completed"

        /// Nothing that needs anybody: to be counted, not told one by one.
        package var isNote: Bool { self == .unknownCompleted }
    }

    package var kind: Kind
    package var ticket: TicketID?
    /// Below the folder: `queue/a.md`.
    package var file: String
    package var line: Int?
    /// One sentence: what is, and what was done about it.
    package var message: String
    package var hint: String?

    init(_ kind: Kind, _ ticket: TicketID?, _ file: String, line: Int? = nil, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.ticket = ticket
        self.file = InertText.clean(file)
        self.line = line
        self.message = InertText.clean(message)
        self.hint = hint
    }

    package init(_ fault: TicketFault, ticket: TicketID? = nil) {
        self.init(
            .wrongFile, ticket, fault.file, line: fault.line,
            ticket.map { "\(fault.place): \(fault.reason); \($0) stays as it was" }
                ?? "\(fault.place): \(fault.reason); it is left alone",
            hint: fault.hint)
    }
}

/// What has been told already: each report once, and again if it went away in between.
package struct FolderReports: Sendable {
    package private(set) var current: Set<FolderReport> = []

    package init() {}

    /// - Parameter reports: all that hold now.
    /// - Returns: those that did not hold before, in their order, and those that do not hold any more.
    package mutating func update(_ reports: [FolderReport]) -> (new: [FolderReport], over: [FolderReport]) {
        let now = Set(reports)
        let new = reports.filter { !current.contains($0) }
        let over = current.subtracting(now).sorted { ($0.file, $0.message) < ($1.file, $1.message) }
        current = now
        return (new, over)
    }
}
