import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

struct Approve: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Approve what is to be reviewed; the next step begins, or the ticket is done.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.tickets { $0 == .review } }) var id: String
    @Option(name: [.customShort("m"), .long], help: ArgumentHelp("Kept with the review.", valueName: "text")) var message: String?
    @Option(help: ArgumentHelp("The review that is meant, as reeve steps numbers them.", valueName: "n")) var visit: Int?

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = AgentApprove.Params()
        params.ticket = id
        params.text = message
        params.visit = visit
        let result = try client.call(AgentApprove.self, params)
        show(result, quiet: nil) { Sentences.reviewed(result.ticket, "approved") }
    }
}

struct Reject: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reject what is to be reviewed; the agent gets the reason and does it again.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.tickets { $0 == .review } }) var id: String
    @Option(
        name: [.customShort("m"), .long, .customLong("message")],
        help: ArgumentHelp("What is to be changed.", valueName: "text")) var reason: String?
    @Option(help: ArgumentHelp("A file with the reason; - is standard input.", valueName: "file"), completion: .file())
    var reasonFile: String?
    @Option(help: ArgumentHelp("The review that is meant, as reeve steps numbers them.", valueName: "n")) var visit: Int?

    func validate() throws {
        if (reason == nil) == (reasonFile == nil) { throw ValidationError("give --reason TEXT or --reason-file FILE") }
    }

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = AgentReject.Params()
        params.ticket = id
        params.reason = try reasonFile.map { (path) throws(ReeveError) in try Files.read(path) } ?? reason ?? ""
        params.visit = visit
        let result = try client.call(AgentReject.self, params)
        show(result, quiet: nil) { Sentences.reviewed(result.ticket, "rejected") }
    }
}

struct Steps: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "The steps that a ticket has entered, and what came of each.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.tickets { _ in true } }) var id: String

    func answer(_ client: ControlClient) throws(ReeveError) {
        let result = try client.call(TicketSteps.self, TicketReference(id))
        show(
            result,
            quiet: result.steps.map { Terminal.clean("\($0.visit) \($0.step) \($0.outcome.rawValue)") }.joined(separator: "\n")
        ) {
            Sentences.steps(result.steps)
        }
    }
}

/// For agents: what they say of their step. The ticket and the launch are those of their environment.
struct Step: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say how a step stands; agents call this in their terminals.",
        discussion: "The ticket is the agent's own, REEVE_TICKET, unless --ticket names another.",
        subcommands: [Done.self, Blocked.self, Failed.self])

    struct Done: StepReportCommand {
        static let configuration = CommandConfiguration(abstract: "The step is done.")
        static let status = StepReport.Status.complete
        @OptionGroup var common: CommonOptions
        @OptionGroup var report: StepReportOptions
        @Option(
            name: .customLong("status"), help: "blocked or failed, as the commands of these names.",
            completion: .list(StepReport.Status.allCases.map(\.rawValue)))
        var word: String?

        func validate() throws {
            guard word.map({ StepReport.Status(rawValue: $0) != nil }) ?? true else {
                let words = StepReport.Status.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("'\(word ?? "")' is none of \(words)")
            }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            try tell(client, word.flatMap { StepReport.Status(rawValue: $0) } ?? .complete)
        }
    }

    struct Blocked: StepReportCommand {
        static let configuration = CommandConfiguration(abstract: "The step cannot go on without an answer.")
        static let status = StepReport.Status.blocked
        @OptionGroup var common: CommonOptions
        @OptionGroup var report: StepReportOptions
    }

    struct Failed: StepReportCommand {
        static let configuration = CommandConfiguration(abstract: "The step is given up.")
        static let status = StepReport.Status.failed
        @OptionGroup var common: CommonOptions
        @OptionGroup var report: StepReportOptions
    }
}

struct StepReportOptions: ParsableArguments {
    @Option(name: [.customShort("m"), .long], help: ArgumentHelp("What was done, or what is in the way.", valueName: "text"))
    var summary: String?
    @Option(help: ArgumentHelp("A file with the summary; - is standard input.", valueName: "file"), completion: .file())
    var summaryFile: String?
    @Option(
        name: .customLong("file"), help: ArgumentHelp("What was made or changed; repeatable.", valueName: "path"),
        completion: .file())
    var files: [String] = []
    @Option(help: ArgumentHelp("The ticket; REEVE_TICKET when absent.", valueName: "id")) var ticket: String?

    func validate() throws {
        if summary != nil, summaryFile != nil { throw ValidationError("give --summary or --summary-file, not both") }
    }
}

protocol StepReportCommand: DaemonCommand {
    static var status: StepReport.Status { get }
    var report: StepReportOptions { get }
}

extension StepReportCommand {
    func answer(_ client: ControlClient) throws(ReeveError) { try tell(client, Self.status) }

    func tell(_ client: ControlClient, _ status: StepReport.Status) throws(ReeveError) {
        guard let ticket = report.ticket ?? Environment["REEVE_TICKET"] else {
            throw .invalid("$.ticket", "no ticket", hint: "agents have REEVE_TICKET; elsewhere name one with --ticket ID")
        }
        var params = AgentReport.Params()
        params.ticket = ticket
        // Somebody who names another ticket does not speak for the launch that he is in.
        if report.ticket == nil || report.ticket == Environment["REEVE_TICKET"] { params.launch = Environment["REEVE_LAUNCH"] }
        params.status = status
        params.summary = try report.summaryFile.map { (path) throws(ReeveError) in try Files.read(path) } ?? report.summary ?? ""
        params.files = report.files.isEmpty ? nil : report.files
        let result = try client.call(AgentReport.self, params)
        show(result, quiet: nil) {
            "\(Terminal.clean(ticket)): "
                + (status == .complete ? "heard; what comes next is told in this terminal" : "heard: \(status.rawValue)")
        }
    }
}
