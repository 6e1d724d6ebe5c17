import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

struct Status: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "The whole picture.")
    @OptionGroup var common: CommonOptions

    func answer(_ client: ControlClient) throws(ReeveError) {
        let result = try client.call(SystemStatus.self, Empty())
        show(result, quiet: "\(result.counts.running) \(result.counts.waiting) \(result.counts.queued)") {
            Sentences.status(result)
        }
    }
}

struct Queue: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How full the queue is; pause or resume it.", subcommands: [Look.self, Pause.self, Resume.self],
        defaultSubcommand: Look.self)

    struct Look: DaemonCommand {
        static let configuration = CommandConfiguration(commandName: "status", abstract: "How full the queue is.")
        @OptionGroup var common: CommonOptions
        func answer(_ client: ControlClient) throws(ReeveError) {
            let result = try client.call(QueueStatus.self, Empty())
            show(result, quiet: result.paused ? "paused" : "open") { Queue.sentence(result) }
        }
    }

    struct Pause: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Launch nothing any more; what runs goes on.")
        @OptionGroup var common: CommonOptions
        func answer(_ client: ControlClient) throws(ReeveError) {
            let result = try client.call(QueuePause.self, Empty())
            show(result, quiet: nil) { Queue.sentence(result) }
        }
    }

    struct Resume: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Launch again.")
        @OptionGroup var common: CommonOptions
        func answer(_ client: ControlClient) throws(ReeveError) {
            let result = try client.call(QueueResume.self, Empty())
            show(result, quiet: nil) { Queue.sentence(result) }
        }
    }

    static func sentence(_ answer: QueueAnswer) -> String {
        let line = "\(answer.running) of \(answer.limit) in work · \(answer.queued) queued" + (answer.paused ? " · paused" : "")
        guard let hold = answer.hold else { return line }
        return line + "\n" + Wrapping.wrap("nothing is launched: " + Terminal.clean(hold), Terminal.width)
    }
}

struct Launch: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Launch a ticket now, or the first that may start.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.tickets { $0 == .queued } }) var id: String?

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = QueueLaunch.Params()
        params.ticket = id
        let result = try client.call(QueueLaunch.self, params)
        show(result, quiet: Terminal.clean(result.ticket.id)) { "\(Terminal.clean(result.ticket.id)) runs" }
    }
}
