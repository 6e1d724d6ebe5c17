import Dispatch
import FileEvents
import Logging
import ReeveEngine
import ReeveModel
import ReeveTickets

/// Brings the folder of tickets and the journal in line, whenever either has changed.
///
/// One look at a time, in the order of `signals`. What is to be done is `FolderReconciler`'s to say; this carries it out. The disk is read
/// and written on a thread of its own, because a folder may be on a slow one.
actor FolderActor: SignalTaker {
    enum Signal: Sendable {
        case file(FileEvent)
        /// Tickets have changed.
        case look
        /// It is time to see whether something is due.
        case tick
        /// The file of a ticket that was just made.
        case written(TicketID, CheckedContinuation<String?, Never>)
    }

    static let tick = Signal.tick
    static func isTick(_ signal: Signal) -> Bool { if case .tick = signal { true } else { false } }

    let signals: AsyncStream<Signal>
    nonisolated let line: AsyncStream<Signal>.Continuation
    let folder: TicketFolder
    private let queue: QueueActor
    let journal: any Journal
    private let time: any TimeSource
    private let ids: any IDGenerator
    private let logger: Logger
    private let disk = DispatchQueue(label: "reeve.tickets")

    private struct Place: Hashable, Sendable {
        var place: TicketPlace
        var name: String
    }

    private var steady = SteadyFiles<Place>()
    private var isDirty = true
    private var readAt: [Place: (stamp: FileStamp, content: FoundFile.Content)] = [:]
    private(set) var reports = FolderReports()
    private var waiting: [(TicketID, CheckedContinuation<String?, Never>)] = []
    private var nextLook = Duration.zero
    private var lastLook = Duration.zero
    private var isDown = false
    private let watcher: DirectoryWatcher
    private var watched: Set<String> = []
    /// From a ticket to `TicketFileRecord.sense`, for the length of a look.
    private var senses: [TicketID: ContentMark] = [:]

    /// Changes that are not told of are found after that.
    static let interval = Duration.seconds(60)
    private static let intervalWhenDown = Duration.seconds(5)

    init(
        folder: TicketFolder, watcher: DirectoryWatcher, queue: QueueActor, journal: any Journal, time: any TimeSource,
        ids: any IDGenerator, logger: Logger
    ) {
        self.watcher = watcher
        (signals, line) = AsyncStream.makeStream()
        self.folder = folder
        self.queue = queue
        self.journal = journal
        self.time = time
        self.ids = ids
        self.logger = logger
    }

    /// Takes a signal, and looks if it is time.
    /// - Returns: when to be asked again at the latest.
    func take(_ signal: Signal) async -> Duration {
        switch signal {
        case .file(let event): note(event)
        case .look: isDirty = true
        case .tick: if time.uptime() >= lastLook + (isDown ? Self.intervalWhenDown : Self.interval) { isDirty = true }
        case .written(let ticket, let continuation):
            waiting.append((ticket, continuation))
            isDirty = true
            nextLook = .zero
        }
        await settleDue()
        let now = time.uptime()
        if isDirty, now >= nextLook {
            isDirty = false
            await watch()
            await look()
            lastLook = time.uptime()
            // A folder of many thousands of files must not be looked at all the time: at most a fifth of it.
            nextLook = time.uptime() + max(.milliseconds(5), (time.uptime() - now) * 4)
        }
        let later = lastLook + (isDown ? Self.intervalWhenDown : Self.interval)
        return min(steady.next ?? later, isDirty ? nextLook : later)
    }

    /// Nobody is waited for any more.
    func stop() {
        line.finish()
        for (_, continuation) in waiting { continuation.resume(returning: nil) }
        waiting = []
    }

    // MARK: Files that are being written

    private func note(_ event: FileEvent) {
        guard let place = folder.directories.first(where: { $0.path == event.directory })?.place, let name = event.name,
            TicketFileName.isTicket(name)
        else {
            if event.kind == .directoryGone { watched.remove(event.directory) }
            if event.name == nil { isDirty = true }
            return
        }
        let file = Place(place: place, name: name)
        switch event.kind {
        case .created, .modified: steady.note(file, isComplete: false, at: time.uptime())
        case .closedAfterWrite, .movedIn: steady.note(file, isComplete: true, at: time.uptime())
        case .movedOut, .deleted:
            steady.forget(file)
            isDirty = true
        case .directoryGone, .overflow: isDirty = true
        }
    }

    private func settleDue() async {
        for file in steady.due(at: time.uptime()) {
            let stamp = try? await disk.blocking { [folder] () throws(ReeveError) in try folder.stamp(file.place, file.name) }
            guard let found = stamp ?? nil else {
                steady.forget(file)
                isDirty = true
                continue
            }
            if steady.look(file, found, at: time.uptime()) { isDirty = true }
        }
    }

    /// What cannot be watched is looked at every `interval`.
    private func watch() async {
        guard watched.count < folder.directories.count else { return }
        do {
            try await disk.blocking { [folder] () throws(ReeveError) in try folder.prepare() }
            for (_, path) in folder.directories where !watched.contains(path) {
                try watcher.add(path)
                watched.insert(path)
            }
        } catch {
            logger.debug("a folder is not watched", metadata: ["error": "\(error)"])
        }
    }

    // MARK: A look

    private func look() async {
        do {
            var found = try await files()
            var filed = try await journal.filedTickets()
            senses = Dictionary(
                filed.compactMap { entry in ContentMark(entry.file.sense).map { (entry.file.ticket, $0) } },
                uniquingKeysWith: { first, _ in first })
            if filed.contains(where: \.file.isWanted) {
                try await writeWanted(filed, &found)
                filed = try await journal.filedTickets()
            }
            let plan = FolderReconciler.plan(known: try await known(filed, found.files), found: found.files)
            let failures = await carryOut(plan.actions)
            tell(plan.reports + failures + found.faults.map { FolderReport($0) })
            if isDown {
                isDown = false
                logger.notice("the folder of tickets is there again", metadata: ["folder": "\(folder.root)"])
            }
        } catch {
            // Said once; it is looked at again and again.
            if !isDown {
                logger.error(
                    "the folder of tickets cannot be used",
                    metadata: ["folder": "\(folder.root)", "error": "\((error as? ReeveError)?.message ?? "\(error)")"])
            }
            isDown = true
        }
        await answerWaiting()
    }

    private func answerWaiting() async {
        let answered = waiting
        waiting = []
        for (ticket, continuation) in answered {
            let file = (try? await journal.file(of: ticket)).flatMap { $0 }
            continuation.resume(returning: file.flatMap { $0.isWanted ? nil : "\(folder.root)/\($0.place)/\($0.name)" })
        }
    }

    private func files() async throws -> (files: [FoundFile], faults: [TicketFault]) {
        let (entries, faults) = try await disk.blocking { [folder] () throws(ReeveError) in try folder.list() }
        let unsettled = steady.unsettled
        var kept: [Place: (stamp: FileStamp, content: FoundFile.Content)] = [:]
        var files: [FoundFile] = []
        for entry in entries {
            let place = Place(place: entry.place, name: entry.name)
            if unsettled.contains(place) {
                files.append(FoundFile(place: entry.place, name: entry.name, content: .unsettled))
                continue
            }
            let content: FoundFile.Content
            if let known = readAt[place], known.stamp == entry.stamp {
                content = known.content
            } else {
                content = await read(entry)
            }
            kept[place] = (entry.stamp, content)
            files.append(FoundFile(place: entry.place, name: entry.name, content: content))
        }
        readAt = kept
        return (files, faults)
    }

    private func read(_ entry: TicketFolder.Entry) async -> FoundFile.Content {
        do {
            let content = try await disk.blocking { [folder] () throws(ReeveError) in
                try folder.read(entry.place, entry.name)
            }
            guard let content else { return .unsettled }
            return .ticket(try TicketFile.parse(content.bytes, name: entry.name), content.mark)
        } catch let fault as TicketFault {
            return .wrong(fault)
        } catch {
            let error = error as? ReeveError ?? ReeveError(.internal, "\(error)")
            let prefix = "\(entry.path): "
            let reason = error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : error.message
            return .wrong(TicketFault(file: entry.name, reason, hint: error.hint))
        }
    }

    /// All that have a file, and all whose id a file names.
    private func known(
        _ filed: [(file: TicketFileRecord, ticket: Ticket)], _ files: [FoundFile]
    ) async throws -> [KnownTicket] {
        var known = filed.map { KnownTicket($0.ticket, FileMemory($0.file)) }
        let ids = Set(known.map(\.id))
        var asked: Set<TicketID> = []
        for case .ticket(let file, _) in files.map(\.content) {
            guard let id = file.id, !ids.contains(id), asked.insert(id).inserted, let ticket = try await journal.ticket(id) else {
                continue
            }
            known.append(KnownTicket(ticket, nil))
        }
        return known
    }

    // MARK: Carrying out

    private func writeWanted(
        _ known: [(file: TicketFileRecord, ticket: Ticket)], _ found: inout (files: [FoundFile], faults: [TicketFault])
    ) async throws {
        for (record, ticket) in known where record.isWanted {
            // Written already, and the daemon was ended before that was remembered.
            if let memory = found.files.lazy.compactMap({ FileMemory($0, of: ticket.id) }).first {
                try await remember(ticket.id, memory)
                continue
            }
            let draft = TicketDraft(ticket, below: folder.projects)
            let (entry, content) = try await disk.blocking { [folder, ids] () throws(ReeveError) in
                try folder.create(draft, ids: ids)
            }
            guard let file = try? TicketFile.parse(content.bytes, name: entry.name) else { continue }
            try await remember(
                ticket.id, FileMemory(place: entry.place, name: entry.name, mark: content.mark, sense: file.sense))
            let place = Place(place: entry.place, name: entry.name)
            readAt[place] = (content.stamp, .ticket(file, content.mark))
            found.files.append(FoundFile(place: entry.place, name: entry.name, content: .ticket(file, content.mark)))
        }
    }

    /// - Returns: what could not be done.
    private func carryOut(_ actions: [FolderAction]) async -> [FolderReport] {
        var failures: [FolderReport] = []
        var newcomers: [(TicketFile, FileMemory)] = []
        for action in actions {
            switch action {
            case .take(let file, let memory): newcomers.append((file, memory))
            case .remember(let id, let memory): try? await remember(id, memory)
            case .update(let id, let file, let memory):
                do {
                    _ = try await queue.rewrite(
                        id, NewTicket(file, below: folder.projects), CommandContext(file: { _ in memory.record(id) }))
                    senses[id] = memory.sense
                } catch {
                    failures.append(FolderReport(refusing: error, ticket: id, file, memory))
                }
            case .settle(let id, let place, let name, let mark, let target, let changes):
                if let failure = await settle(id, place, name, mark, target, changes) { failures.append(failure) }
            }
        }
        return failures + (await takeIn(newcomers))
    }

    /// Those that wait for others come after them, whatever their files are called.
    private func takeIn(_ newcomers: [(TicketFile, FileMemory)]) async -> [FolderReport] {
        var left = newcomers
        var failures: [FolderReport] = []
        while !left.isEmpty {
            failures = []
            var refused: [(TicketFile, FileMemory)] = []
            for (file, memory) in left {
                do {
                    _ = try await queue.create(
                        NewTicket(file, below: folder.projects), CommandContext(file: { memory.record($0.id) }))
                    // What it has become is still to be written into its file.
                    isDirty = true
                } catch {
                    failures.append(FolderReport(refusing: error, ticket: file.id, file, memory))
                    refused.append((file, memory))
                }
            }
            if refused.count == left.count { break }
            left = refused
        }
        return failures
    }

    private func settle(
        _ id: TicketID, _ place: TicketPlace, _ name: String, _ mark: ContentMark, _ target: TicketPlace,
        _ changes: [FrontMatterEdit.Change]
    ) async -> FolderReport? {
        let old = Place(place: place, name: name)
        guard let (stamp, content) = readAt[old] else { return nil }
        // What we write ourselves is known; what a person has edited meanwhile still counts once the ticket is queued again.
        let isKnown = if case .ticket(let file, _) = content { file.sense == senses[id] } else { false }
        let entry = TicketFolder.Entry(place: place, name: name, stamp: stamp)
        do {
            try await rememberMove(id, try await revise(entry, to: target, mark, changes), isKnown)
            return nil
        } catch let error as ReeveError where error.kind == .invalidParams && place != target {
            // Its front matter is written in a way that is not cut: it moves as it is, and that is told.
            do { try await rememberMove(id, try await revise(entry, to: target, mark, []), isKnown) } catch {
                return failure(error, id, entry)
            }
            return failure(error, id, entry)
        } catch {
            return failure(error, id, entry)
        }
    }

    private func revise(
        _ entry: TicketFolder.Entry, to target: TicketPlace, _ mark: ContentMark, _ changes: [FrontMatterEdit.Change]
    ) async throws -> (entry: TicketFolder.Entry, content: TicketFolder.Content) {
        try await disk.blocking { [folder, ids] () throws(ReeveError) in
            try folder.revise(entry, to: target, expecting: mark, changes: changes, ids: ids)
        }
    }

    private func failure(_ error: any Error, _ id: TicketID, _ entry: TicketFolder.Entry) -> FolderReport? {
        let error = error as? ReeveError ?? ReeveError(.internal, "\(error)")
        if error.kind == .conflict || error.kind == .notFound {
            // Somebody was faster: what is there now is looked at again.
            isDirty = true
            return nil
        }
        return FolderReport(TicketFault(file: entry.path, error.message, hint: error.hint), ticket: id)
    }

    private func rememberMove(
        _ id: TicketID, _ moved: (entry: TicketFolder.Entry, content: TicketFolder.Content), _ isKnown: Bool
    ) async throws {
        guard var sense = senses[id] else { return }
        if isKnown, let file = try? TicketFile.parse(moved.content.bytes, name: moved.entry.name) { sense = file.sense }
        try await remember(
            id, FileMemory(place: moved.entry.place, name: moved.entry.name, mark: moved.content.mark, sense: sense))
    }

    private func remember(_ id: TicketID, _ memory: FileMemory) async throws {
        senses[id] = memory.sense
        try await journal.enqueue([.putTicketFile(memory.record(id))]).value()
    }

    // MARK: Telling

    private func tell(_ now: [FolderReport]) {
        let (new, over) = reports.update(now)
        let counted = new.filter(\.kind.isNote).count
        if counted > 0 {
            logger.info("files of no ticket in completed/ are left alone", metadata: ["files": "\(counted)"])
        }
        for report in new where !report.kind.isNote {
            logger.warning(
                "\(report.message)",
                metadata: report.hint.map { ["file": "\(report.place)", "hint": "\($0)"] } ?? ["file": "\(report.place)"])
        }
        let events = (new.map { ($0, false) } + over.map { ($0, true) }).filter { !$0.0.kind.isNote }
        if !events.isEmpty { _ = journal.enqueue(events.map { .event(.ticketFile($0.0.news(isOver: $0.1))) }) }
    }
}
