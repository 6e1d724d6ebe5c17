import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

struct Import: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take the tickets of an Operator folder.",
        discussion: "Repeating it takes nothing twice. The folder is not changed.")
    @OptionGroup var common: CommonOptions
    @Argument(
        help: ArgumentHelp("The .tickets directory, or the one it is in.", valueName: "dir"), completion: .directory)
    var directory: String
    @Flag(help: "Say what would be done, and do nothing.") var dryRun = false

    func answer(_ client: ControlClient) throws(ReeveError) {
        var params = TicketImport.Params()
        params.directory = try Files.absolute(directory, for: "directory")
        params.dryRun = dryRun
        let result = try client.call(TicketImport.self, params)
        show(
            result,
            quiet: result.files.compactMap { $0.verdict == .imported ? $0.ticket.map { Terminal.clean($0) } : nil }.joined(
                separator: "\n")
        ) {
            Sentences.imported(result)
        }
    }
}

struct Folder: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "The folder that tickets are written in, and what is wrong in it.")
    @OptionGroup var common: CommonOptions

    func answer(_ client: ControlClient) throws(ReeveError) {
        let result = try client.call(TicketFolderStatus.self, Empty())
        show(result, quiet: result.directory.map { Terminal.clean($0) }) { Sentences.folder(result) }
    }
}
