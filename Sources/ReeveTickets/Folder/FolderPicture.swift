package import ReeveModel

/// What the journal keeps of a ticket's file, beside the ticket.
package struct FileMemory: Sendable, Hashable {
    package var place: TicketPlace
    package var name: String
    /// Of all bytes, as they were last read or written.
    package var mark: ContentMark
    /// Of what the ticket was last made or updated from: `TicketFile.sense`.
    package var sense: ContentMark
    /// It was deleted, and that was told. A file with the ticket's id takes its place again.
    package var isMissing: Bool

    package init(place: TicketPlace, name: String, mark: ContentMark, sense: ContentMark, isMissing: Bool = false) {
        self.place = place
        self.name = name
        self.mark = mark
        self.sense = sense
        self.isMissing = isMissing
    }

    package var path: String { "\(place.rawValue)/\(name)" }
}

/// What the journal says of a ticket.
package struct KnownTicket: Sendable, Hashable {
    package var id: TicketID
    package var state: TicketState
    /// Nil: it never had a file.
    package var file: FileMemory?
    /// What its file should say while it is queued and nobody has edited it; nil leaves that to the file.
    package var priority: Priority?
    /// What its file should say while it is not queued; nil leaves that to the file.
    package var step: String?
    package var branch: String?
    package var worktreePath: String?
    /// From a step to its conversation; others in the file stay.
    package var sessions: [String: String]

    package init(
        id: TicketID, state: TicketState, file: FileMemory? = nil, priority: Priority? = nil, step: String? = nil,
        branch: String? = nil, worktreePath: String? = nil, sessions: [String: String] = [:]
    ) {
        self.priority = priority
        self.id = id
        self.state = state
        self.file = file
        self.step = step
        self.branch = branch
        self.worktreePath = worktreePath
        self.sessions = sessions
    }
}

/// A file in the folder.
package struct FoundFile: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        case ticket(TicketFile, ContentMark)
        case wrong(TicketFault)
        /// Somebody is writing it: it is there, and nothing is known of it.
        case unsettled
    }

    package var place: TicketPlace
    package var name: String
    package var content: Content

    package init(place: TicketPlace, name: String, content: Content) {
        self.place = place
        self.name = name
        self.content = content
    }

    package var path: String { "\(place.rawValue)/\(name)" }

    var ticket: TicketFile? { if case .ticket(let file, _) = content { file } else { nil } }
}

/// What is to be done, by whoever owns journal and folder.
package enum FolderAction: Sendable, Hashable {
    /// A new ticket. If its file names no id it gets one, and the next look asks for it to be written into the file.
    case take(TicketFile, FileMemory)
    /// A queued ticket becomes what its file says now.
    case update(TicketID, TicketFile, FileMemory)
    /// The journal keeps this of its file; the ticket stays as it is.
    case remember(TicketID, FileMemory)
    /// The file goes to the folder of the journal's state and says so: `TicketFolder.revise`. What comes of it is remembered.
    case settle(TicketID, from: TicketPlace, name: String, mark: ContentMark, to: TicketPlace, changes: [FrontMatterEdit.Change])
}

extension TicketFile {
    /// Of everything that a queued ticket takes from its file. Our own edits (status, step, sessions, …) do not change it.
    package var sense: ContentMark {
        let parts = [type, priority.word, project ?? "", agent ?? "", delegator ?? ""] + after.map(\.text) + [title, body]
        let pairs = (fields.sorted { $0.key < $1.key } + stepDelegators.sorted { $0.key < $1.key }).flatMap {
            [$0.key, $0.value]
        }
        return ContentMark(of: (parts + pairs).flatMap { Array($0.utf8) + [0] })
    }
}
