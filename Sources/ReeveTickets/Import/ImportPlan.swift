package import ReeveModel

/// What an import does, file by file. A dry run and a run make the same one, so they say the same.
package struct ImportPlan: Sendable, Hashable {
    /// A ticket that is to be made.
    package struct Ticket: Sendable, Hashable {
        package var id: TicketID
        /// Its file named none, or one that is taken.
        package var isNewID: Bool
        package var state: TicketState
        package var file: TicketFile
        /// As it is in the tree.
        package var bytes: [UInt8]
        package var place: TicketPlace
        package var name: String
        /// What a person should know of it.
        package var note: String?

        /// For a tree that is our own folder: the file is the ticket's where it is, and `FolderReconciler` sees to the rest.
        package var memory: FileMemory {
            FileMemory(place: place, name: name, mark: ContentMark(of: bytes), sense: file.sense)
        }

        /// For a copy of the file in a folder of ours.
        package var changes: [FrontMatterEdit.Change] {
            (file.id == id ? [] : [.set("id", id.text)])
                + (file.status == state.fileStatus ? [] : [.set("status", state.fileStatus)])
        }
    }

    package enum Verdict: Sendable, Hashable {
        case imported(Ticket)
        /// It is there already: as a ticket of the journal, or in another file of the tree.
        case duplicate(of: TicketID, file: String?)
        case wrong(TicketFault)
        case skipped(String)
    }

    package struct Item: Sendable, Hashable {
        /// Below the tree: `queue/a.md`.
        package var path: String
        package var verdict: Verdict

        /// One line for people.
        package var sentence: String {
            let path = InertText.clean(path)
            switch verdict {
            case .imported(let ticket):
                let id = ticket.isNewID ? "\(ticket.id) (new id)" : ticket.id.text
                return "\(path): \(id), \(ticket.state.rawValue)" + (ticket.note.map { "; \($0)" } ?? "")
            case .duplicate(let id, let file): return "\(path): duplicate of \(file.map { "\($0) (\(id))" } ?? id.text)"
            case .wrong(let fault): return "\(fault.place): wrong: \(fault.reason)" + (fault.hint.map { "; \($0)" } ?? "")
            case .skipped(let reason): return "\(path): skipped: \(reason)"
            }
        }
    }

    package struct Counts: Sendable, Hashable {
        package var imported = 0
        package var newIDs = 0
        package var duplicates = 0
        package var wrong = 0
        package var skipped = 0
    }

    package var items: [Item]

    package init(items: [Item]) { self.items = items }

    package var counts: Counts {
        items.reduce(into: Counts()) { counts, item in
            switch item.verdict {
            case .imported(let ticket):
                counts.imported += 1
                if ticket.isNewID { counts.newIDs += 1 }
            case .duplicate: counts.duplicates += 1
            case .wrong: counts.wrong += 1
            case .skipped: counts.skipped += 1
            }
        }
    }

    /// The tickets to make, each after those that it waits for.
    package var tickets: [Ticket] {
        let all = items.compactMap { item in if case .imported(let ticket) = item.verdict { ticket } else { nil } }
        let byID = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }
        var made: Set<TicketID> = []
        var result: [Ticket] = []
        for ticket in all {
            // Depth first, without recursion: a chain may be as long as the tree is large.
            var stack = [ticket]
            while let next = stack.last {
                if made.contains(next.id) {
                    stack.removeLast()
                } else if let needed = next.file.after.first(where: { !made.contains($0) && byID[$0] != nil }).flatMap({
                    byID[$0]
                }),
                    stack.count <= all.count
                {
                    stack.append(needed)
                } else {
                    made.insert(next.id)
                    result.append(next)
                    stack.removeLast()
                }
            }
        }
        return result
    }
}
