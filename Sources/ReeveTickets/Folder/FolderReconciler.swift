import ReeveModel

/// What becomes of it when journal and folder differ. Pure: two pictures in, actions and reports out; carried out, the next look has
/// nothing to do.
///
/// The journal is the truth. A file is moved and its front matter kept in step, but no file is deleted, and no text of a person overwritten.
package struct FolderReconciler {
    package struct Plan: Sendable, Hashable {
        package var actions: [FolderAction] = []
        package var reports: [FolderReport] = []
    }

    /// - Parameters:
    ///   - known: every ticket of the journal, or at least all that have a file and all whose id a file names.
    ///   - found: every file of the folder. One that is missing here counts as deleted.
    package static func plan(known: [KnownTicket], found: [FoundFile]) -> Plan {
        var reconciler = FolderReconciler(known: known, found: found)
        reconciler.run()
        return reconciler.result
    }

    private let known: [KnownTicket]
    private let found: [FoundFile]
    private let knownByID: [TicketID: KnownTicket]
    private let filesByID: [TicketID: [Int]]
    private let fileByPath: [String: Int]
    /// Files that belong to a ticket, or that something has been said of.
    private var spoken: Set<Int> = []
    private var result = Plan()

    private init(known: [KnownTicket], found: [FoundFile]) {
        let files = found.sorted { Self.order($0) < Self.order($1) }
        self.known = known.sorted { $0.id < $1.id }
        self.found = files
        knownByID = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
        filesByID = Dictionary(grouping: files.indices.filter { files[$0].ticket?.id != nil }) { index in
            // Filtered just above.
            files[index].ticket?.id ?? Self.nobody
        }
        fileByPath = Dictionary(files.indices.map { (files[$0].path, $0) }) { first, _ in first }
    }

    private mutating func run() {
        var own: [(ticket: KnownTicket, memory: FileMemory, file: Int)] = []
        for ticket in known {
            if let memory = ticket.file, let file = file(of: ticket, memory) {
                spoken.insert(file)
                own.append((ticket, memory, file))
            }
        }
        for (ticket, memory, file) in own { keepUp(ticket, memory, found[file]) }
        for index in found.indices where !spoken.contains(index) { newcomer(index) }
    }

    // MARK: - Which file is a ticket's

    /// The file of a known ticket; nil when nothing more is to be done for it now.
    private mutating func file(of ticket: KnownTicket, _ memory: FileMemory) -> Int? {
        let others = (filesByID[ticket.id] ?? []).filter { found[$0].path != memory.path && !spoken.contains($0) }
        if let index = fileByPath[memory.path] {
            switch found[index].content {
            case .unsettled:
                spoken.insert(index)
                return nil
            case .wrong(let fault):
                spoken.insert(index)
                result.reports.append(FolderReport(fault.within(found[index].path), ticket: ticket.id))
                return nil
            case .ticket(let file, _):
                // Without an id it is the file that has not been given its own yet, or that lost it.
                if file.id == ticket.id || file.id == nil { return index }
                if let other = others.first { return other }
                if !isAtHome(file.id, found[index].path) { return idChanged(ticket, index, to: file) }
            }
        }
        if let same = others.first(where: { mark(of: $0) == memory.mark }) ?? others.first { return same }
        // Moved while it is being written: it will be looked at again.
        guard !found.contains(where: { $0.name == memory.name && $0.content == .unsettled }), !memory.isMissing else {
            return nil
        }
        result.reports.append(
            FolderReport(
                .fileDeleted, ticket.id, memory.path, "\(memory.path) is gone; \(ticket.id) stays \(ticket.state.rawValue)",
                hint: ticket.state.isFinished
                    ? "nothing needs to be done" : "reeve cancel \(ticket.id) takes the ticket out of the queue or ends its agent"
            ))
        var missing = memory
        missing.isMissing = true
        result.actions.append(.remember(ticket.id, missing))
        return nil
    }

    /// It is the file of another ticket, which has come to this name: then this ticket's own is gone.
    private func isAtHome(_ id: TicketID?, _ path: String) -> Bool {
        guard let id, let memory = knownByID[id]?.file else { return false }
        if memory.path == path { return true }
        guard let index = fileByPath[memory.path], let file = found[index].ticket else { return true }
        return file.id != id && file.id != nil
    }

    private mutating func idChanged(_ ticket: KnownTicket, _ index: Int, to file: TicketFile) -> Int? {
        let now = file.id?.text ?? ""
        result.reports.append(
            FolderReport(
                .idChanged, ticket.id, found[index].path, line: file.lines["id"],
                "\(found[index].path) was the file of \(ticket.id) and names \(now) now; it is left alone, and \(ticket.id) stays as it was",
                hint: "write id: \(ticket.id) into it again; for another ticket, make another file"))
        spoken.insert(index)
        return nil
    }

    private func mark(of index: Int) -> ContentMark? { if case .ticket(_, let mark) = found[index].content { mark } else { nil } }

    // MARK: - A ticket and its file

    private mutating func keepUp(_ ticket: KnownTicket, _ memory: FileMemory, _ file: FoundFile) {
        guard case .ticket(let content, let mark) = file.content else { return }
        let place = TicketPlace(of: ticket.state)
        var now = FileMemory(place: file.place, name: file.name, mark: mark, sense: memory.sense)
        // While it was away a command may have changed the ticket: what a file that has come back says counts, whatever it is.
        let isRead = content.sense == memory.sense && !memory.isMissing
        if !isRead, ticket.state == .queued {
            now.sense = content.sense
            result.actions.append(.update(ticket.id, content, now))
        } else {
            // What was edited meanwhile is not forgotten: the sense stays the old one, so it counts when the ticket is queued again.
            if content.sense != memory.sense, !ticket.state.isFinished {
                result.reports.append(
                    FolderReport(
                        .editedWhileRunning, ticket.id, file.path,
                        "\(file.path) was edited while \(ticket.id) is in work; the agent goes on with what it was given",
                        hint: "reeve send \(ticket.id) tells it; the edit counts if the ticket is queued again"))
            }
            if now != memory { result.actions.append(.remember(ticket.id, now)) }
        }
        if file.place != place, file.place != memory.place { result.reports.append(movedByHand(ticket, memory, file, place)) }
        var changes = changes(ticket, content)
        if isRead, ticket.state == .queued, let priority = ticket.priority, priority != content.priority {
            changes.append(.set("priority", priority.fileWord))
        }
        guard file.place != place || !changes.isEmpty else { return }
        result.actions.append(.settle(ticket.id, from: file.place, name: file.name, mark: mark, to: place, changes: changes))
    }

    private func movedByHand(_ ticket: KnownTicket, _ memory: FileMemory, _ file: FoundFile, _ place: TicketPlace) -> FolderReport
    {
        let id = ticket.id
        let hint =
            switch file.place {
            case .queue:
                ticket.state.isFinished ? "reeve retry \(id) puts it back into the queue" : "reeve stop \(id) ends its agent"
            case .inProgress:
                ticket.state.isFinished ? "reeve retry \(id) puts it back into the queue" : "reeve launch \(id) starts it now"
            case .completed: "reeve cancel \(id) ends it"
            }
        return FolderReport(
            .movedByHand, id, file.path,
            "\(memory.path) was moved to \(file.place.rawValue)/, but \(id) is \(ticket.state.rawValue); it is moved to \(place.rawValue)/",
            hint: hint)
    }

    /// What its front matter does not say yet.
    private func changes(_ ticket: KnownTicket, _ file: TicketFile) -> [FrontMatterEdit.Change] {
        var changes: [FrontMatterEdit.Change] = []
        if file.id == nil { changes.append(.set("id", ticket.id.text)) }
        let status = ticket.state.fileStatus
        if ticket.state == .queued {
            // A person's file in the queue needs no status, and may have one of the person's own.
            if let old = file.status, old != status, Self.statuses.contains(old) { changes.append(.set("status", status)) }
            return changes
        }
        for (key, value, old) in [
            ("status", status, file.status), ("step", ticket.step, file.step), ("branch", ticket.branch, file.branch),
            ("worktree_path", ticket.worktreePath, file.worktreePath),
        ] {
            if let value, value != old { changes.append(.set(key, value)) }
        }
        for (step, session) in ticket.sessions.sorted(by: { $0.key < $1.key }) where file.sessions[step] != session {
            changes.append(.setSession(step: step, id: session))
        }
        return changes
    }

    private static let statuses = Set(TicketState.allCases.map(\.fileStatus))

    // MARK: - A file of no ticket

    private mutating func newcomer(_ index: Int) {
        let file = found[index]
        switch file.content {
        case .unsettled: return
        case .wrong(let fault): result.reports.append(FolderReport(fault.within(file.path)))
        case .ticket(let content, let mark):
            if let report = taken(content, index) {
                result.reports.append(report)
            } else if file.place == .queue {
                result.actions.append(
                    .take(content, FileMemory(place: .queue, name: file.name, mark: mark, sense: content.sense)))
            } else {
                result.reports.append(unknown(content, file))
            }
        }
        spoken.insert(index)
    }

    /// The id is somebody else's.
    private func taken(_ content: TicketFile, _ index: Int) -> FolderReport? {
        guard let id = content.id else { return nil }
        let file = found[index]
        let owner: String
        if let ticket = knownByID[id] {
            guard let memory = ticket.file else {
                return idTwice(id, file, content, "\(id) is a ticket already, one without a file")
            }
            owner = (filesByID[id] ?? []).first { $0 != index && spoken.contains($0) }.map { found[$0].path } ?? memory.path
        } else {
            // Of several new ones the first in the queue, unless the work has begun somewhere already.
            let others = (filesByID[id] ?? []).filter { $0 != index }
            guard
                let other = others.first(where: { found[$0].place != .queue && file.place == .queue })
                    ?? others.first(where: { $0 < index })
            else { return nil }
            owner = found[other].path
        }
        return idTwice(id, file, content, "\(id) is the id of \(owner) already")
    }

    private func idTwice(_ id: TicketID, _ file: FoundFile, _ content: TicketFile, _ reason: String) -> FolderReport {
        FolderReport(
            .idTwice, id, file.path, line: content.lines["id"], "\(reason); \(file.path) is left alone",
            hint: "give it another id, or take the line away: it gets a new one")
    }

    private func unknown(_ content: TicketFile, _ file: FoundFile) -> FolderReport {
        let name = content.id?.text ?? "no id"
        return file.place == .completed
            ? FolderReport(
                .unknownCompleted, content.id, file.path, "\(file.path) (\(name)) is no ticket of the journal; it is left alone",
                hint: "reeve import takes finished tickets into the journal")
            : FolderReport(
                .unknownInProgress, content.id, file.path,
                "\(file.path) (\(name)) is no ticket of the journal, and no agent of reeve works on it; it is left alone",
                hint: "move it to queue/ to have it worked on")
    }

    /// By folder as the work goes, then by name, which begins with the moment of creation.
    private static func order(_ file: FoundFile) -> (Int, String) {
        (TicketPlace.allCases.firstIndex(of: file.place) ?? 0, file.name)
    }

    private static let nobody = TicketID("_") ?? { preconditionFailure("'_' is a valid id") }()
}
