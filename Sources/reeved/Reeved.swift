import ArgumentParser
import Foundation
import Logging
import ReeveDaemon
import ReeveModel

@main
struct Reeved: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reeved", abstract: "The daemon that supervises AI coding agents.",
        discussion: "It stays in the foreground; systemd --user or a terminal holds it. reeve is its client.",
        version: ReeveVersion.text)

    @Option(help: ArgumentHelp("The configuration file.", discussion: "Also REEVE_CONFIG.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Where sockets are.", discussion: "Also REEVE_RUNTIME_DIR.", valueName: "dir"))
    var runtimeDir: String?

    @Option(help: ArgumentHelp("Where the database is.", discussion: "Also REEVE_STATE_DIR.", valueName: "dir"))
    var stateDir: String?

    @Option(
        help: ArgumentHelp(
            "trace, debug, info, notice, warning or error.", discussion: "Also REEVE_LOG_LEVEL.", valueName: "level"))
    var logLevel: String?

    @Flag(help: "Check the configuration and end: 0 when it is right, 2 when not.")
    var checkConfig = false

    @Flag(help: "Print the configuration in force and end.")
    var showConfig = false

    @Flag(help: "Say what each multiplexer needs and what of it is there, as JSON, and end.")
    var checkMultiplexers = false

    @Flag(help: "Without a running daemon: check the database and end. Prints JSON; 0 also when there are findings.")
    var checkDatabase = false

    @Option(help: ArgumentHelp("Without a running daemon: copy the database to a file and end. Prints JSON.", valueName: "file"))
    var backupDatabase: String?

    @Flag(help: "With --backup-database: replace the file if it is there.")
    var replace = false

    @Option(
        help: ArgumentHelp(
            "Without a running daemon: put a backup in the place of the database and end. Prints JSON.", valueName: "file"))
    var restoreDatabase: String?

    @Flag(help: "Without a running daemon: keep what can be read of a damaged database and end. Prints JSON.")
    var salvageDatabase = false

    @Option(help: ArgumentHelp("Say what a transcript tells, as JSON, and end; --kind says whose it is.", valueName: "file"))
    var explainFile: String?

    @Option(help: ArgumentHelp("With --explain-file: claude, codex, opencode, amp, pi, droid or kilo.", valueName: "kind"))
    var kind: String?

    @Option(help: .hidden)
    var printDocument: String?

    func run() async throws {
        if let printDocument {
            guard let text = Documents.named(printDocument) else {
                throw ValidationError("known: \(Documents.names.joined(separator: ", "))")
            }
            return print(text, terminator: "")
        }
        if let explainFile {
            do throws(ReeveError) { return print(try OfflineTranscript.explain(explainFile, kind: kind ?? "")) } catch {
                complain(error.message, error.hint)
                throw ExitCode(error.kind == .notFound ? 66 : 2)
            }
        }
        let environment = ProcessInfo.processInfo.environment
        let directories: Directories
        do throws(ReeveError) {
            directories = try Directories(
                runtime: runtimeDir ?? (isDaemon ? nil : "/"), state: stateDir, configuration: config,
                environment: environment)
        } catch {
            complain(error.message, error.hint)
            throw ExitCode(ExitStatus(error).rawValue)
        }
        if checkConfig || showConfig { return try examine(directories) }
        if checkMultiplexers {
            return print(
                await OfflineMultiplexers(
                    configuration: try configuration(directories), directories: directories, programs: Self.programs,
                    environment: environment
                ).check())
        }
        if !isDaemon { return try await care(OfflineDatabase(directories)) }
        let word = logLevel ?? environment["REEVE_LOG_LEVEL"] ?? "info"
        guard let level = Logger.Level(rawValue: word) else { throw ValidationError("'\(word)' is no log level") }
        LogOutput.bootstrap(level: level, environment: environment)
        let logger = Logger(label: "reeved")
        do {
            try await Daemon(
                options: Daemon.Options(directories: directories, environment: environment, programs: Self.programs),
                logger: logger
            ).run()
        } catch let error as ReeveError {
            complain(error.message, error.hint)
            throw ExitCode(ExitStatus(error).rawValue)
        }
    }

    private var isDaemon: Bool {
        !checkConfig && !showConfig && !checkMultiplexers && !checkDatabase
            && !salvageDatabase && backupDatabase == nil && restoreDatabase == nil
    }

    private func care(_ database: OfflineDatabase) async throws {
        do {
            if let backupDatabase {
                print(try await database.backup(to: backupDatabase, replaces: replace))
            } else if let restoreDatabase {
                print(try await database.restore(restoreDatabase))
            } else if salvageDatabase {
                print(try await database.salvage())
            } else {
                print(try await database.check())
            }
        } catch let error as ReeveError {
            complain(error.message, error.hint)
            throw ExitCode(ExitStatus(error).rawValue)
        }
    }

    private func examine(_ directories: Directories) throws {
        let configuration = try configuration(directories)
        let verdict = "\(directories.configuration): ok\n"
        print(showConfig ? ConfigurationText.render(configuration) : verdict, terminator: "")
    }

    private func configuration(_ directories: Directories) throws -> Configuration {
        do throws(ConfigurationFault) { return try ConfigurationLoader.load(directories) } catch {
            complain(error.spoken, nil)
            throw ExitCode(ExitStatus.wrongFile.rawValue)
        }
    }

    private func complain(_ message: String, _ hint: String?) {
        let text = InertText.clean("reeved: \(message)\n\(hint.map { "  \($0)\n" } ?? "")", keepingLines: true)
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// The folder of this very program.
    private static var programs: String {
        let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
    }
}
