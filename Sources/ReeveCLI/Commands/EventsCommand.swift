import ArgumentParser
import ReeveClient
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
            while true { show(try client.nextNotification()) }
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

    /// Without a cursor the last fifty are shown.
    private func recent(_ client: ControlClient) throws(ReeveError) -> Int64 {
        max(0, try client.call(SystemStatus.self, Empty()).cursor - 50)
    }

    private func show(_ view: JSONView) {
        if common.json { Terminal.print(Terminal.rawText(Array(view.raw))) } else { Terminal.print(Sentences.event(view)) }
    }
}
