import ArgumentParser
import ReeveMCP
import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct MCP: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp", abstract: "Offer an agent its ticket, its step and its report as tools (Model Context Protocol).",
        discussion: "An agent starts this and talks to it on standard input and output. docs/metadata.md says how to add it.")
    @Option(help: ArgumentHelp("The daemon's control socket.", discussion: "Also REEVE_SOCKET.", valueName: "path"))
    var socket: String?
    @Option(help: ArgumentHelp("The ticket; REEVE_TICKET when absent.", valueName: "id")) var ticket: String?

    func run() throws {
        if isatty(0) == 1 {
            Terminal.error("reeve mcp: an agent starts this; it expects JSON-RPC, a message a line (Ctrl+D ends it)")
        }
        let path: Result<String, ReeveError>
        do throws(ReeveError) { path = .success(try CommonOptions.socketPath(socket)) } catch { path = .failure(error) }
        let own = Environment["REEVE_TICKET"]
        // Somebody who names another ticket does not speak for the launch that he is in.
        let launch = ticket == nil || ticket == own ? Environment["REEVE_LAUNCH"] : nil
        let desk = MCPDesk(MCPDesk.Surroundings(socket: path, ticket: ticket ?? own, launch: launch))
        MCPPipes.serve(desk: desk, version: Reeve.configuration.version)
    }
}
