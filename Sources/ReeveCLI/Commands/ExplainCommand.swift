import ArgumentParser
import ReeveClient
import ReeveJSON
import ReeveModel
import ReeveWire

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What an agent does, and how that is known.",
        discussion: "With --file, what a transcript alone says; no daemon is asked then.")
    @OptionGroup var common: CommonOptions
    @Argument(help: "The ticket's id.", completion: Completions.live { $0.tickets { $0 == .running } }) var id: String?
    @Option(help: ArgumentHelp("A transcript.", valueName: "file"), completion: .file()) var file: String?
    @Option(
        help: ArgumentHelp("Whose transcript it is.", valueName: "kind"),
        completion: .list(["claude", "codex", "opencode", "amp", "pi", "droid", "kilo"]))
    var kind: String?

    func validate() throws {
        if (id == nil) == (file == nil) { throw ValidationError("give a ticket's id, or --file FILE with --kind KIND") }
        if (file == nil) != (kind == nil) { throw ValidationError("--file and --kind go together") }
    }

    func run() throws {
        do throws(ReeveError) {
            if let file, let kind {
                try explain(file, kind)
            } else {
                let result = try common.connect().call(AgentExplain.self, TicketReference(id ?? ""))
                common.output.show(json: result.json, quiet: result.agent.state.rawValue) { Sentences.explained(result) }
            }
        } catch {
            throw Failure(error: error, json: common.json)
        }
    }

    private func explain(_ file: String, _ kind: String) throws(ReeveError) {
        let path = try Files.fromHere(file)
        let text = try DaemonProgram.run(["--explain-file", path, "--kind", kind], within: .seconds(60))
        let result = try ExplainedFile(reading: try JSONDocument(Array(text.utf8)).root)
        common.output.show(
            json: result.json, quiet: result.threads.map { Terminal.clean($0.thread.state) }.joined(separator: "\n")
        ) { Sentences.explained(result) }
    }
}
