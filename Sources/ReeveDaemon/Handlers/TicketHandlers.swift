import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveTickets
import ReeveWire

extension Handlers {
    func registerTickets(_ router: inout Router) {
        let queue = engine.queue
        router.register(TicketCreate.self, storesAnswer: true) { params, context in
            let new = NewTicket(
                id: try params.id.map { try Self.ticketID($0, "$.id") }, title: params.title, body: params.body,
                type: params.type,
                project: params.project, agent: params.agent, priority: params.priority,
                after: try Self.ids(params.after ?? [], "$.after"))
            var command = context.ticketCommand
            if folder != nil { command.file = { TicketFileRecord.wanted($0.id) } }
            let ticket = try await queue.create(new, command)
            var shape = TicketShape(ticket)
            shape.file = await folder?.written(ticket.id)
            return TicketAnswer(shape)
        }
        router.register(TicketGet.self) { params, _ in
            let id = try Self.ticketID(params.ticket)
            guard let ticket = try await journal.ticket(id) else { throw ReeveError.notFound("ticket", id.text) }
            var answer = TicketAnswer(await shape(ticket))
            let board = try await engine.metadata.look(.ticket(id)).board
            if board != MetadataBoard() { answer.ticket.metadata = MetadataShape(board) }
            return answer
        }
        router.register(TicketList.self) { params, _ in
            var before: Int64?
            if let text = params.before {
                guard let sequence = Int64(text) else {
                    throw ReeveError.invalid(
                        "$.before", "not the `next` of a page", hint: "send what the last page gave, or leave it out")
                }
                before = sequence
            }
            let states = params.states.map { Set($0) } ?? Set(TicketState.allCases)
            let found = try await journal.tickets(TicketQuery(states: states, limit: params.limit + 1, before: before))
            var result = TicketList.Result()
            let boards = try await engine.metadata.states(of: found.prefix(params.limit).map(\.id))
            for ticket in found.prefix(params.limit) {
                var shape = await shape(ticket, withBody: false)
                if let board = boards[ticket.id], board.status != nil || board.progress != nil {
                    shape.metadata = MetadataShape(board, withLog: false)
                }
                result.tickets.append(shape)
            }
            if found.count > params.limit { result.next = found.dropLast().last.map { String($0.sequence) } }
            return result
        }
        router.register(TicketUpdate.self, storesAnswer: true) { params, context in
            let change = TicketChange(
                title: params.title, body: params.body, project: params.project, agent: params.agent, priority: params.priority,
                after: try params.after.map { try Self.ids($0, "$.after") })
            let id = try Self.ticketID(params.ticket)
            if let folder { try await folder.refuse(change, of: id) }
            return TicketAnswer(TicketShape(try await queue.update(id, change, context.ticketCommand)))
        }
        router.register(TicketCancel.self) { params, context in
            TicketAnswer(TicketShape(try await queue.cancel(try Self.ticketID(params.ticket), context.ticketCommand)))
        }
        router.register(TicketRetry.self, storesAnswer: true) { params, context in
            TicketAnswer(TicketShape(try await queue.retry(try Self.ticketID(params.ticket), context.ticketCommand)))
        }
    }

    func registerFolder(_ router: inout Router) {
        let importer = Importer(queue: engine.queue, journal: journal, folder: folder)
        router.register(TicketImport.self) { params, _ in try await importer.run(params.directory, isDry: params.dryRun) }
        router.register(TicketFolderStatus.self) { _, _ in
            var result = TicketFolderStatus.Result()
            guard let folder else { return result }
            result.directory = folder.folder.root
            result.reports = await folder.current.filter { !$0.kind.isNote }.prefix(1000).map { FolderReportShape($0) }
            return result
        }
    }

    func registerSteps(_ router: inout Router) {
        registerStep(&router)
        router.register(TicketSteps.self) { params, _ in
            let id = try Self.ticketID(params.ticket)
            guard try await journal.ticket(id) != nil else { throw ReeveError.notFound("ticket", id.text) }
            var result = TicketSteps.Result()
            result.steps = try await journal.stepRuns(of: id).map { StepShape($0) }
            return result
        }
    }

    private func registerStep(_ router: inout Router) {
        let queue = engine.queue
        router.register(TicketStep.self) { params, _ in
            let current = try await queue.currentStep(of: try Self.ticketID(params.ticket))
            var result = TicketStep.Result()
            result.step = current.step.name
            result.title = current.step.title.isEmpty ? nil : current.step.title
            result.visit = current.progress.visit
            result.prompt = current.prompt
            result.outputs = current.step.outputs.isEmpty ? nil : current.step.outputs
            result.doneWhen = WorkflowStep.DoneWhen.allCases.filter { current.step.doneWhen.contains($0) }
            result.artifacts = current.step.artifacts.isEmpty ? nil : current.step.artifacts
            result.review = current.step.review
            result.feedback = current.progress.feedback
            result.next = current.next
            return result
        }
    }

    static func ids(_ texts: [String], _ path: String) throws(ReeveError) -> [TicketID] {
        var ids: [TicketID] = []
        for text in texts {
            let id = try ticketID(text, path)
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }
}
