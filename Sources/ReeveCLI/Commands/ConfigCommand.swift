import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

/// The configuration. Reading it is the daemon's business, so its own program is asked: two readers of one file would disagree one day.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The configuration: show what is in force, check the file, say where it is.",
        subcommands: [Look.self, Check.self, Path.self, Reload.self], defaultSubcommand: Look.self)

    struct Look: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print the configuration with all defaults.")
        @Option(help: ArgumentHelp("The file.", valueName: "file"), completion: .file()) var config: String?
        func run() throws { throw Failure(error: Config.daemon("--show-config", config), json: false) }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the file: 0 when it is right, 2 with the place when not.")
        @Option(help: ArgumentHelp("The file.", valueName: "file"), completion: .file()) var config: String?
        func run() throws { throw Failure(error: Config.daemon("--check-config", config), json: false) }
    }

    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print where the file is expected.")
        func run() throws { Terminal.print(Config.path) }
    }

    struct Reload: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Make the daemon read the file again.")
        @OptionGroup var common: CommonOptions
        func answer(_ client: ControlClient) throws(ReeveError) {
            let result = try client.call(SystemReload.self, Empty())
            show(result, quiet: nil) {
                let changed = result.changed.isEmpty ? "nothing changed" : "changed: \(result.changed.joined(separator: ", "))"
                return changed
                    + (result.needsRestart.isEmpty
                        ? "" : "\nonly after a restart: \(result.needsRestart.joined(separator: ", "))")
            }
        }
    }

    static var path: String {
        if let path = Environment["REEVE_CONFIG"] { return path }
        let base = Environment["XDG_CONFIG_HOME"] ?? "\(Environment["HOME"] ?? "~")/.config"
        return "\(base)/reeve/reeve.toml"
    }

    private static func daemon(_ flag: String, _ file: String?) -> ReeveError {
        guard let program = Files.find("reeved") else {
            return .unavailable("reeved is neither beside reeve nor in the PATH", hint: "make install puts both in one place")
        }
        return Files.become([program, flag] + (file.map { ["--config", $0] } ?? []))
    }
}

struct API: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "api", abstract: "The control protocol: its methods, or all of it as OpenRPC.")
    @OptionGroup var common: CommonOptions
    @Flag(help: "The whole OpenRPC document, from the running daemon.") var openrpc = false

    func answer(_ client: ControlClient) throws(ReeveError) {
        if openrpc || common.json {
            return Terminal.print(Terminal.rawText(Array(try client.request(RPCDiscover.name, Empty().json).raw)))
        }
        let methods = try client.call(RPCDiscover.self, Empty()).methods
        let rows = try JSONDocument(Array(methods.text.utf8)).root.items.map { method in
            [method.member("name")?.string ?? "", method.member("summary")?.string ?? ""]
        }
        Terminal.print(Table(header: ["METHOD", "WHAT IT DOES"], rows: rows).render(width: Terminal.width))
    }
}

struct Shutdown: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Stop the daemon; agents and their terminals go on.")
    @OptionGroup var common: CommonOptions
    func answer(_ client: ControlClient) throws(ReeveError) {
        show(try client.call(SystemShutdown.self, Empty()), quiet: nil) { "stopping" }
    }
}
