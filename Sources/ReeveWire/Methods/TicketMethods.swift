package import ReeveModel

package struct TicketAnswer: WireObject {
    package var ticket = TicketShape()
    package init() {}
    package init(_ ticket: TicketShape) { self.ticket = ticket }
    package static let fields: [Field<TicketAnswer>] = [.required("ticket", \.ticket, "the ticket as it is now")]
}

package struct TicketReference: WireObject {
    package var ticket = ""
    package init() {}
    package init(_ ticket: String) { self.ticket = ticket }
    package static let fields: [Field<TicketReference>] = [.required("ticket", \.ticket, "the ticket's id", .safeName)]
}

package enum TicketCreate: WireMethod {
    package static let name = "ticket.create"
    package static let summary = "Puts a ticket into the queue. The answer means that it is on the disk."
    package static let isMutating = true
    package struct Params: WireObject {
        package var title = ""
        package var body: String?
        package var id: String?
        package var type = "TASK"
        package var project: String?
        package var agent: String?
        package var priority = Priority.p2
        package var after: [String]?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("title", \.title, "one line for people", .line(1...500)),
            .optional("body", \.body, "what is to be done", .bytes(0...1_000_000)),
            .optional("id", \.id, "made from the type when absent", .safeName),
            .defaulted("type", \.type, "the kind of work", .safeName),
            .optional("project", \.project, "the directory to work in", .directory),
            .optional("agent", \.agent, "an agent kind; [queue] default_agent when absent", .safeName),
            .defaulted("priority", \.priority, "P0 is the most urgent"),
            .optional("after", \.after, "tickets that must be done first", .count(0...100, each: .safeName)),
        ]
    }
    package typealias Result = TicketAnswer
}

package enum TicketGet: WireMethod {
    package static let name = "ticket.get"
    package static let summary = "One ticket, with its body."
    package typealias Params = TicketReference
    package typealias Result = TicketAnswer
}

package enum TicketList: WireMethod {
    package static let name = "ticket.list"
    package static let summary = "Tickets, newest first, a page at a time."
    package struct Params: WireObject {
        package var states: [TicketState]?
        package var limit = 100
        package var before: String?
        package init() {}
        package static let fields: [Field<Params>] = [
            .optional("states", \.states, "all when absent"),
            .defaulted("limit", \.limit, "length of a page", .range(1...1000)),
            .optional("before", \.before, "`next` of the page before", .bytes(1...32)),
        ]
    }
    package struct Result: WireObject {
        package var tickets: [TicketShape] = []
        package var next: String?
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("tickets", \.tickets, "without their bodies"),
            .optional("next", \.next, "where the next page begins; absent on the last"),
        ]
    }
}

package enum TicketUpdate: WireMethod {
    package static let name = "ticket.update"
    package static let summary = "Changes a ticket that is still queued; what is absent stays."
    package static let isMutating = true
    package struct Params: WireObject {
        package var ticket = ""
        package var title: String?
        package var body: String?
        package var project: String?
        package var agent: String?
        package var priority: Priority?
        package var after: [String]?
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("ticket", \.ticket, "the ticket's id", .safeName),
            .optional("title", \.title, "one line for people", .line(1...500)),
            .optional("body", \.body, "what is to be done", .bytes(0...1_000_000)),
            .optional("project", \.project, "the directory to work in", .directory),
            .optional("agent", \.agent, "an agent kind", .safeName),
            .optional("priority", \.priority, "P0 is the most urgent"),
            .optional("after", \.after, "replaces the list; no cycles", .count(0...100, each: .safeName)),
        ]
    }
    package typealias Result = TicketAnswer
}

package enum TicketCancel: WireMethod {
    package static let name = "ticket.cancel"
    package static let summary = "Takes a ticket out of the queue, or ends its agent and closes its terminal."
    package static let isMutating = true
    package typealias Params = TicketReference
    package typealias Result = TicketAnswer
}

package enum TicketRetry: WireMethod {
    package static let name = "ticket.retry"
    package static let summary = "Puts a finished ticket back into the queue, with a fresh retry budget."
    package static let isMutating = true
    package typealias Params = TicketReference
    package typealias Result = TicketAnswer
}
