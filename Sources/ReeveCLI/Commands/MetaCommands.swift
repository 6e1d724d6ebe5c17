import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

/// What an agent, or somebody for it, tells beside its state. The ticket or session is that of the environment.
struct Meta: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what you are at: status, progress, log, notifications; agents and scripts call this.",
        discussion: "The ticket is REEVE_TICKET and else the session REEVE_SESSION, unless --ticket or --session names another.",
        subcommands: [SetStatus.self, SetProgress.self, Log.self, Notify.self, Clear.self, Show.self])

    struct SetStatus: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Say in a few words what you are at.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var address: MetaAddress
        @OptionGroup var life: MetaLife
        @Argument(help: "At most 100 characters; longer texts are cut.") var text: String
        @Option(help: "neutral, info, success, warn or error.", completion: .list(MetaLife.tones)) var tone = "neutral"

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = MetadataSetStatus.Params()
            try address.apply(to: &params)
            params.text = text
            params.tone = tone
            params.ttlMs = life.milliseconds
            let result = try client.call(MetadataSetStatus.self, params)
            show(result, quiet: nil) { Sentences.status(result.status) }
        }
    }

    struct SetProgress: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "progress", abstract: "Say how far you are: 37%, 0.37 or 37/100.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var address: MetaAddress
        @OptionGroup var life: MetaLife
        @Argument(help: "37% (whole percent), 0.37 (of the whole), 37/100 (steps).") var amount: String
        @Option(help: ArgumentHelp("Of what.", valueName: "text")) var label: String?

        /// The three forms are told apart by their signs. A bare `1` could be one percent, all of it, or the first step: refused.
        static func read(_ text: String) -> MetadataProgress.Amount? {
            if text.last == "%" { return Int(text.dropLast()).map { .percent($0) } }
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count == 2 {
                guard let current = Int(parts[0]), let total = Int(parts[1]) else { return nil }
                return .steps(current, of: total)
            }
            guard text.contains("."), text.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) }) else { return nil }
            return Double(text).map { MetadataProgress.Amount(fraction: $0) }
        }

        func validate() throws {
            if Self.read(amount) == nil {
                throw ValidationError("'\(amount)' is no progress; write 37% or 0.37 or 37/100")
            }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = MetadataSetProgress.Params()
            try address.apply(to: &params)
            switch Self.read(amount) {
            case .percent(let percent): params.percent = percent
            case .fraction: params.fraction = Double(amount)
            case .steps(let current, let total):
                params.current = current
                params.total = total
            case nil: break
            }
            params.label = label
            params.ttlMs = life.milliseconds
            let result = try client.call(MetadataSetProgress.self, params)
            show(result, quiet: nil) { Sentences.progress(result.progress) }
        }
    }

    struct Log: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Add a line to the log.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var address: MetaAddress
        @OptionGroup var life: MetaLife
        @Argument(help: "At most 500 characters; longer texts are cut.") var message: String
        @Option(help: "neutral, info, success, warn or error.", completion: .list(MetaLife.tones)) var tone = "neutral"
        @Option(help: ArgumentHelp("Who says so.", valueName: "name")) var source: String?

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = MetadataLog.Params()
            try address.apply(to: &params)
            params.message = message
            params.tone = tone
            params.source = source
            params.ttlMs = life.milliseconds
            let result = try client.call(MetadataLog.self, params)
            show(result, quiet: nil) { Sentences.line(result.line) }
        }
    }

    struct Notify: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Tell your person something at once.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var address: MetaAddress
        @Argument(help: "At most 500 characters; longer texts are cut.") var body: String
        @Option(help: ArgumentHelp("A headline.", valueName: "text")) var title: String?
        @Option(help: "low, normal or critical.", completion: .list(MetadataUrgency.allCases.map(\.rawValue)))
        var urgency = "normal"

        func validate() throws {
            guard MetadataUrgency(rawValue: urgency) != nil else {
                throw ValidationError("'\(urgency)' is none of low, normal, critical")
            }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = MetadataNotify.Params()
            try address.apply(to: &params)
            params.body = body
            params.title = title
            params.urgency = MetadataUrgency(rawValue: urgency) ?? .normal
            let result = try client.call(MetadataNotify.self, params)
            show(result, quiet: nil) { Sentences.line(result.line) }
        }
    }

    struct Clear: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Take away the status, the progress, the log, or all of it.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var address: MetaAddress
        @Argument(help: "status, progress, log; all when absent.", completion: .list(MetadataPart.allCases.map(\.rawValue)))
        var parts: [String] = []

        func validate() throws {
            for part in parts where MetadataPart(rawValue: part) == nil {
                throw ValidationError("'\(part)' is none of status, progress, log")
            }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = MetadataClear.Params()
            try address.apply(to: &params)
            params.parts = parts.isEmpty ? nil : parts.compactMap { MetadataPart(rawValue: $0) }
            let result = try client.call(MetadataClear.self, params)
            let words = result.cleared.map(\.rawValue)
            show(result, quiet: words.joined(separator: "\n")) {
                words.isEmpty ? "nothing to clear" : "cleared: " + words.joined(separator: ", ")
            }
        }
    }

    struct Show: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Show what is told.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var address: MetaAddress
        @Option(help: ArgumentHelp("Lines of the log, the newest ones.", valueName: "n")) var lines = MetadataBoard.linesShown

        func validate() throws {
            if !(0...MetadataBoard.lines).contains(lines) { throw ValidationError("--lines is 0 to \(MetadataBoard.lines)") }
        }

        func answer(_ client: ControlClient) throws(ReeveError) {
            var params = MetadataGet.Params()
            try address.apply(to: &params)
            let result = try client.call(MetadataGet.self, params)
            show(result, quiet: result.metadata.status.map { Terminal.clean($0.text) }) {
                let text = Sentences.metadata(result.metadata, lines: lines)
                return text.isEmpty ? "nothing is told" : text
            }
        }
    }
}

struct MetaAddress: ParsableArguments {
    @Option(
        help: ArgumentHelp("The ticket; REEVE_TICKET when absent.", valueName: "id"),
        completion: Completions.live { $0.tickets { _ in true } })
    var ticket: String?
    @Option(help: ArgumentHelp("The session instead; REEVE_SESSION when there is no ticket.", valueName: "name"))
    var session: String?

    func validate() throws {
        if ticket != nil, session != nil { throw ValidationError("give --ticket or --session, not both") }
    }

    func apply(to params: inout some MetadataParams) throws(ReeveError) {
        if let ticket {
            params.ticket = ticket
        } else if let session {
            params.session = session
        } else if let own = Environment["REEVE_TICKET"] {
            params.ticket = own
        } else if let own = Environment["REEVE_SESSION"] {
            params.session = own
        } else {
            throw .invalid(
                "$.ticket", "no ticket and no session",
                hint: "agents have REEVE_TICKET; elsewhere name one with --ticket ID or --session NAME")
        }
    }
}

struct MetaLife: ParsableArguments {
    static let tones = MetadataTone.allCases.map(\.rawValue)

    @Option(help: ArgumentHelp("It goes by itself after so long, e.g. 30s or 5m.", valueName: "duration")) var ttl: String?

    func validate() throws {
        guard let ttl else { return }
        guard let duration = DurationText.parse(ttl) else { throw ValidationError("'\(ttl)' is no duration; write 30s or 5m") }
        guard MetadataBoard.timeToLive.contains(duration) else { throw ValidationError("--ttl is 1s to 7d") }
    }

    var milliseconds: Int? { ttl.flatMap { DurationText.parse($0) }.map { Int($0.milliseconds) } }
}
