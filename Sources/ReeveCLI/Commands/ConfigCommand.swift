import ArgumentParser
import ReeveClient
import ReeveJSON
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
        @OptionGroup var output: OutputOptions
        @Option(help: ArgumentHelp("The file.", valueName: "file"), completion: .file()) var config: String?

        func run() throws {
            try Config.answer(output) { () throws(ReeveError) in
                let text = try Config.daemon("--show-config", config)
                let lines = String(text.reversed().drop { $0 == "\n" }.reversed())
                output.show(json: Config.object(["path": config ?? Config.path, "toml": text]), quiet: lines) { lines }
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the file: 0 when it is right, 2 with the place when not.")
        @OptionGroup var output: OutputOptions
        @Option(help: ArgumentHelp("The file.", valueName: "file"), completion: .file()) var config: String?

        func run() throws {
            try Config.answer(output) { () throws(ReeveError) in
                let text = try Config.daemon("--check-config", config)
                output.show(json: Config.object(["path": config ?? Config.path]), quiet: nil) { String(text.dropLast()) }
            }
        }
    }

    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print where the file is expected.")
        @OptionGroup var output: OutputOptions
        func run() throws {
            output.show(json: Config.object(["path": Config.path]), quiet: Terminal.clean(Config.path)) {
                Terminal.clean(Config.path)
            }
        }
    }

    struct Reload: DaemonCommand {
        static let configuration = CommandConfiguration(abstract: "Make the daemon read the file again.")
        @OptionGroup var common: CommonOptions
        func answer(_ client: ControlClient) throws(ReeveError) {
            let result = try client.call(SystemReload.self, Empty())
            show(result, quiet: nil) {
                let changed =
                    result.changed.isEmpty
                    ? "nothing changed" : "changed: \(Terminal.clean(result.changed.joined(separator: ", ")))"
                return changed
                    + (result.needsRestart.isEmpty
                        ? "" : "\nonly after a restart: \(Terminal.clean(result.needsRestart.joined(separator: ", ")))")
            }
        }
    }

    static var path: String {
        if let path = Environment["REEVE_CONFIG"] { return path }
        let base = Environment["XDG_CONFIG_HOME"] ?? "\(Environment["HOME"] ?? "~")/.config"
        return "\(base)/reeve/reeve.toml"
    }

    /// The configuration in force as `reeved` prints it; nil when it cannot be had in time.
    static func text(within patience: Duration) -> String? {
        try? DaemonProgram.run(["--show-config"], within: patience)
    }

    /// The names of the tables `[agents.NAME]`.
    static func agentKinds(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("[agents.") && $0.hasSuffix("]") }.map { line in
            String(line.dropFirst("[agents.".count).dropLast()).filter { $0 != "\"" }
        }
    }

    private static func answer(_ output: OutputOptions, _ body: () throws(ReeveError) -> Void) throws {
        do throws(ReeveError) { try body() } catch { throw Failure(error: error, json: output.json) }
    }

    /// What `reeved` prints. Its complaint is ours, with 2 as the code of a wrong file.
    static func daemon(_ flag: String, _ file: String?) throws(ReeveError) -> String {
        try DaemonProgram.run([flag] + (file.map { ["--config", $0] } ?? []), within: .seconds(10))
    }

    private static func object(_ members: KeyValuePairs<String, String>) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in members {
            writer.key(name)
            writer.value(value)
        }
        writer.endObject()
        return writer.bytes
    }
}

struct API: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "api", abstract: "The control protocol: its methods, or all of it as OpenRPC.")
    @OptionGroup var common: CommonOptions
    @Flag(help: "The whole OpenRPC document, from the running daemon.") var openrpc = false

    func answer(_ client: ControlClient) throws(ReeveError) {
        if openrpc || common.json {
            return Terminal.printJSON(try client.request(RPCDiscover.name, Empty().json).raw)
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
