import ArgumentParser
import ReeveClient
import ReeveJSON
import ReeveModel
import ReeveWire

struct Events: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Show what happened, and what happens.")
    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("From after this event on.", valueName: "seq")) var since: Int?
    @Flag(name: .shortAndLong, help: "Go on with new ones until Ctrl+C.") var follow = false

    func answer(_ client: ControlClient) throws(ReeveError) {
        if follow {
            var params = EventsSubscribe.Params()
            params.since = since.map(Int64.init)
            _ = try client.call(EventsSubscribe.self, params)
            return try follow(client)
        }
        var cursor: Int64
        if let since { cursor = Int64(since) } else { cursor = try recent(client) }
        while true {
            var params = EventsRead.Params()
            params.since = cursor
            let result = try client.call(EventsRead.self, params)
            for event in result.events { show(try JSONDocument(event.json).root) }
            if result.events.count < params.limit { return }
            cursor = result.cursor
        }
    }

    /// Until the subscription or the reader of our output ends.
    private func follow(_ client: ControlClient) throws(ReeveError) {
        while let line = try client.nextNotification(whileOpen: 1) {
            let params = line.member("params")
            switch line.member("method")?.string {
            case "event.error":
                let error = params.map { Response.readError($0) } ?? ReeveError(.internal, "the subscription has ended")
                guard common.json else { throw error }
                // A line of the protocol like those before it, and no second form of the same error after it.
                show(line)
                ReeveExit.now(ReeveExit.code(error))
            case "event.lagged" where !common.json:
                Terminal.print(Sentences.lagged(params?.member("resumeFrom")?.integer))
            default: show(line)
            }
        }
        ReeveExit.now(ReeveExit.brokenPipe)
    }

    /// Without a cursor the last fifty are shown.
    private func recent(_ client: ControlClient) throws(ReeveError) -> Int64 {
        max(0, try client.call(SystemStatus.self, Empty()).cursor - 50)
    }

    private func show(_ view: JSONView) {
        if common.json { Terminal.printJSON(view.raw) } else { Terminal.print(Sentences.event(view)) }
    }
}
