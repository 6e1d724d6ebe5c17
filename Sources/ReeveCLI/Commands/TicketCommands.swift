import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct Add: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Put a ticket into the queue.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "One line that says what is to be done.") var title: String
    @Option(help: "The kind of work.") var type = "TASK"
    @Option(help: ArgumentHelp("The directory to work in.", valueName: "dir"), completion: .directory) var project: String?
    @Option(help: "The agent kind.", completion: Completions.live { $0.kinds() }) var agent: String?
    @Option(
        help: ArgumentHelp("A ticket that must be done first; repeatable.", valueName: "id"),
        completion: Completions.live { $0.unfinished() })
    var after: [String] = []
    @Option(help: "P0 (most urgent) to P3.", completion: .list(["P0", "P1", "P2", "P3"])) var priority = "P2"
    @Option(help: ArgumentHelp("The ticket's id; made from the type when absent.", valueName: "id")) var id: String?
    @Option(help: ArgumentHelp("A file with the details; - is standard input.", valueName: "file"), completion: .file())
    var bodyFile: String?

    func validate() throws {
        guard Priority(word: priority) != nil else { throw ValidationError("'\(priority)' is none of P0, P1, P2, P3") }
    }

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = TicketCreate.Params()
        params.title = title
        params.id = id
        params.type = type
        params.project = try project.map { (path) throws(ReeveError) in try Files.absolute(path, for: "project") }
        params.agent = agent
        params.priority = Priority(word: priority) ?? .p2
        params.after = after.isEmpty ? nil : after
        params.body = try bodyFile.map { (path) throws(ReeveError) in try Files.read(path) }
        let result = try client.call(TicketCreate.self, params)
        show(result, quiet: Terminal.clean(result.ticket.id)) {
            "\(Terminal.clean(result.ticket.id)) queued" + (result.ticket.file.map { "\n" + Terminal.clean($0) } ?? "")
        }
    }
}

struct List: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "List tickets: those that are not finished, or all.")
    @OptionGroup var common: CommonOptions
    @Flag(help: "Finished ones too.") var all = false
    @Option(help: "At most so many.") var limit = 100

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = TicketList.Params()
        params.states = all ? nil : TicketState.allCases.filter { !$0.isFinished }
        params.limit = limit
        let result = try client.call(TicketList.self, params)
        show(result, quiet: result.tickets.map { Terminal.clean($0.id) }.joined(separator: "\n")) {
            Sentences.tickets(result.tickets) + (result.next == nil ? "" : "\n… more: --limit, or ticket.list with before")
        }
    }
}

struct Show: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Show a ticket.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.tickets { _ in true } }) var id: String

    func answer(_ client: ControlClient) throws(ReeveError) {
        let result = try client.call(TicketGet.self, TicketReference(id))
        show(result, quiet: result.ticket.state.rawValue) { Sentences.ticket(result.ticket) }
    }
}

struct Edit: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Change a ticket that is still queued.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.tickets { $0 == .queued } }) var id: String
    @Option(help: "A new title.") var title: String?
    @Option(help: ArgumentHelp("The directory to work in.", valueName: "dir"), completion: .directory) var project: String?
    @Option(help: "The agent kind.", completion: Completions.live { $0.kinds() }) var agent: String?
    @Option(help: "P0 (most urgent) to P3.", completion: .list(["P0", "P1", "P2", "P3"])) var priority: String?
    @Option(
        help: ArgumentHelp("Replaces what it waits for; repeatable, '' for nothing.", valueName: "id"),
        completion: Completions.live { $0.unfinished() })
    var after: [String] = []
    @Option(help: ArgumentHelp("A file with the details; - is standard input.", valueName: "file"), completion: .file())
    var bodyFile: String?

    func validate() throws {
        if let priority, Priority(word: priority) == nil { throw ValidationError("'\(priority)' is none of P0, P1, P2, P3") }
    }

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = TicketUpdate.Params()
        params.ticket = id
        params.title = title
        params.project = try project.map { (path) throws(ReeveError) in try Files.absolute(path, for: "project") }
        params.agent = agent
        params.priority = priority.flatMap { Priority(word: $0) }
        params.after = after.isEmpty ? nil : after.filter { !$0.isEmpty }
        params.body = try bodyFile.map { (path) throws(ReeveError) in try Files.read(path) }
        let result = try client.call(TicketUpdate.self, params)
        show(result, quiet: nil) { Sentences.ticket(result.ticket) }
    }
}

struct Cancel: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a ticket out of the queue, or end its agent and close its terminal.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.unfinished() }) var id: String

    func answer(_ client: ControlClient) throws(ReeveError) {
        let result = try client.call(TicketCancel.self, TicketReference(id))
        show(result, quiet: nil) { Terminal.clean("\(result.ticket.id) \(result.ticket.state.rawValue)") }
    }
}

struct Retry: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Put a finished ticket back into the queue.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.tickets(\.isFinished) }) var id: String

    func answer(_ client: ControlClient) throws(ReeveError) {
        let result = try client.call(TicketRetry.self, TicketReference(id))
        show(result, quiet: nil) { Terminal.clean("\(result.ticket.id) \(result.ticket.state.rawValue)") }
    }
}
