import Dispatch
import ReeveEngine
import ReeveModel
import ReeveTickets
import ReeveWire

/// Takes the tickets of a folder that Operator worked in. What a dry run says is what the run does.
struct Importer: Sendable {
    let queue: QueueActor
    let journal: any Journal
    /// The folder that is configured, if one is.
    let folder: FolderActor?

    /// More files than that are counted and not listed, so that the answer fits its line.
    private static let mostListed = 2000

    func run(_ directory: String, isDry: Bool) async throws -> TicketImport.Result {
        let tree = try await DispatchQueue.global(qos: .utility).blocking { () throws(ReeveError) in
            try ImportTree.read(directory)
        }
        let plan = await checked(
            ImportPlanner.plan(tree, basis: try await basis(), ids: SeededIDs(seed: tree.seed)), tree)
        let failures = isDry ? [:] : await carryOut(plan, tree)
        folder?.line.yield(.look)
        return answer(plan, failures, isDry: isDry)
    }

    // MARK: What is there

    private func basis() async throws -> ImportPlanner.Basis {
        var basis = ImportPlanner.Basis()
        var before: Int64?
        while true {
            let page = try await journal.tickets(TicketQuery(limit: 1000, before: before))
            for ticket in page {
                basis.ids.insert(ticket.id)
                basis.contents[ContentMark(title: ticket.title, body: ticket.body ?? "")] = ticket.id
            }
            guard page.count == 1000, let last = page.last else { return basis }
            before = last.sequence
        }
    }

    /// What the queue would refuse is wrong in the plan already: an agent or a type that nobody knows, a project that is not there.
    private func checked(_ plan: ImportPlan, _ tree: ImportTree) async -> ImportPlan {
        var plan = plan
        for index in plan.items.indices {
            guard case .imported(let ticket) = plan.items[index].verdict, ticket.state == .queued else { continue }
            do { try await queue.check(new(ticket, tree)) } catch {
                plan.items[index].verdict = .wrong(Self.fault(error, ticket, plan.items[index].path))
            }
        }
        // What says the same as a file that is refused is not there already.
        let refused = Set(plan.items.compactMap { item in if case .wrong = item.verdict { item.path } else { nil } })
        for index in plan.items.indices {
            guard case .duplicate(_, let file?) = plan.items[index].verdict, refused.contains(file) else { continue }
            plan.items[index].verdict = .wrong(
                TicketFault(file: plan.items[index].path, "says the same as \(file), which is wrong", hint: "mend that one first")
            )
        }
        return plan
    }

    private static func fault(_ error: any Error, _ ticket: ImportPlan.Ticket, _ path: String) -> TicketFault {
        let error = error as? ReeveError ?? ReeveError(.internal, "\(error)")
        let key = error.path.map { String($0.dropFirst(2)) }
        return TicketFault(file: path, line: key.flatMap { ticket.file.lines[$0] }, error.message, hint: error.hint)
    }

    private func new(_ ticket: ImportPlan.Ticket, _ tree: ImportTree) -> NewTicket {
        var new = NewTicket(ticket.file, below: tree.projects)
        new.id = ticket.id
        return new
    }

    // MARK: Taking

    /// - Returns: what went wrong all the same, by path.
    private func carryOut(_ plan: ImportPlan, _ tree: ImportTree) async -> [String: TicketFault] {
        var failures: [String: TicketFault] = [:]
        let isOurs = folder.map { $0.folder.root == tree.root } ?? false
        for ticket in plan.tickets {
            let new = new(ticket, tree)
            let record = isOurs ? ticket.memory.record(ticket.id) : folder.map { _ in TicketFileRecord.wanted(ticket.id) }
            var context = CommandContext()
            if let record { context.file = { _ in record } }
            do {
                if ticket.state == .done {
                    _ = try await queue.createDone(new, id: ticket.id, context)
                } else {
                    _ = try await queue.create(new, context)
                }
            } catch {
                let path = "\(ticket.place.rawValue)/\(ticket.name)"
                failures[path] = Self.fault(error, ticket, path)
            }
        }
        return failures
    }

    // MARK: Answering

    private func answer(_ plan: ImportPlan, _ failures: [String: TicketFault], isDry: Bool) -> TicketImport.Result {
        var result = TicketImport.Result()
        result.dryRun = isDry
        var items = plan.items
        for index in items.indices { if let fault = failures[items[index].path] { items[index].verdict = .wrong(fault) } }
        let counts = ImportPlan(items: items).counts
        result.imported = counts.imported
        result.newIds = counts.newIDs
        result.duplicates = counts.duplicates
        result.wrong = counts.wrong
        result.skipped = counts.skipped
        let wrong = items.filter { if case .wrong = $0.verdict { true } else { false } }
        let others = items.filter { if case .wrong = $0.verdict { false } else { true } }
        result.files = (wrong + others).prefix(Self.mostListed).map { Self.shape($0) }
        if items.count > Self.mostListed { result.more = items.count - Self.mostListed }
        return result
    }

    private static func shape(_ item: ImportPlan.Item) -> ImportedFileShape {
        var shape = ImportedFileShape()
        shape.file = InertText.clean(item.path)
        shape.note = String(item.sentence.prefix(400))
        switch item.verdict {
        case .imported(let ticket):
            shape.verdict = .imported
            shape.ticket = ticket.id.text
        case .duplicate(let id, _):
            shape.verdict = .duplicate
            shape.ticket = id.text
        case .wrong(let fault):
            shape.verdict = .wrong
            shape.line = fault.line
        case .skipped: shape.verdict = .skipped
        }
        return shape
    }
}
