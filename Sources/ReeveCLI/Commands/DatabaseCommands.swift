import ArgumentParser
import ReeveClient
import ReeveJSON
import ReeveModel
import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Care of the database. With a daemon by its methods; without one by its program, which then holds the daemon's lock.
struct Database: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "The database: its state, a backup, a check, a rescue.",
        discussion: "Where no daemon runs, reeved is called for it; REEVE_STATE_DIR counts then, as in reeved(1).",
        subcommands: [Look.self, Backup.self, Check.self, Restore.self, Salvage.self], defaultSubcommand: Look.self)

    struct Look: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Where it is, how long, when last saved.")
        @OptionGroup var common: CommonOptions

        func answer(_ client: ControlClient) throws(ReeveError) {
            let result = try client.call(DatabaseStatus.self, Empty())
            show(result, quiet: Terminal.clean(result.file)) {
                let backup =
                    result.lastBackupAt.map { "last backup \(Terminal.clean($0))" }
                    ?? "no backup yet; reeve db backup FILE makes one"
                return """
                    \(Terminal.clean(result.file))
                    \(Database.size(result.bytes)), \(Database.size(result.freeBytes)) of it free
                    \(backup)
                    """ + (result.trouble.map { "\n\(Terminal.clean($0)); reeve db check says what to do" } ?? "")
            }
        }
    }

    struct Backup: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy the database into a file, while it is used.",
            discussion: "The copy is checked and synced before FILE appears. It has everything that was acknowledged before.")
        @OptionGroup var common: CommonOptions
        @Flag(help: "Replace FILE if it is there.") var force = false
        @Argument(help: ArgumentHelp("The new file.", valueName: "file"), completion: .file()) var file: String

        func run() throws {
            do throws(ReeveError) { try answer() } catch { throw Failure(error: error, json: common.json) }
        }

        private func answer() throws(ReeveError) {
            let delivery = FileDelivery(target: try Files.fromHere(file), replaces: force)
            try delivery.check()
            var result: DatabaseBackup.Result
            if let client = try Database.daemon(common) {
                result = try Database.call(DatabaseBackup.self, client, common, "copying the database")
                try delivery.move(result.file)
                result.file = delivery.target
            } else {
                result = try Database.offline(
                    ["--backup-database", delivery.target] + (force ? ["--replace"] : []), "copying the database")
            }
            let done = result
            common.output.show(json: done.json, quiet: Terminal.clean(done.file)) {
                "\(Terminal.clean(done.file)): \(Database.size(done.bytes)) in \(DurationText.spoken(done.ms)), checked"
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look for damage: 0 when the database is sound, 1 with what to do when not.")
        @OptionGroup var common: CommonOptions

        func run() throws {
            let result: DatabaseCheck.Result
            do throws(ReeveError) {
                if let client = try Database.daemon(common) {
                    result = try Database.call(DatabaseCheck.self, client, common, "checking the database")
                } else {
                    result = try Database.offline(["--check-database"], "checking the database")
                }
            } catch { throw Failure(error: error, json: common.json) }
            common.output.show(json: result.json, quiet: result.findings.map { Terminal.clean($0) }.joined(separator: "\n")) {
                result.ok
                    ? "\(Terminal.clean(result.file)): sound, \(Database.size(result.bytes)) in \(DurationText.spoken(result.ms))"
                    : DamageAdvice.text(result, width: Terminal.width)
            }
            if !result.ok { throw ExitCode(1) }
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a backup in the place of the database; the daemon must be stopped.",
            discussion: "The old files are put aside, and the queue is paused: the backup does not know what was done since.")
        @OptionGroup var output: OutputOptions
        @Argument(help: ArgumentHelp("The backup.", valueName: "file"), completion: .file()) var file: String

        func run() throws {
            do throws(ReeveError) {
                let result: DatabaseRescued = try Database.offline(
                    ["--restore-database", try Files.fromHere(file)], "restoring the database")
                Database.show(result, output, "restored")
            } catch { throw Failure(error: error, json: output.json) }
        }
    }

    struct Salvage: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep what can be read of a damaged database; the daemon must be stopped.",
            discussion: "For when there is no backup. The old files are put aside, and the queue is paused.")
        @OptionGroup var output: OutputOptions

        func run() throws {
            do throws(ReeveError) {
                let result: DatabaseRescued = try Database.offline(["--salvage-database"], "reading the damaged database")
                let places = result.places.map { $0 == 0 ? "" : ", \($0) places could not be read" } ?? ""
                Database.show(result, output, "\(result.tickets ?? 0) tickets and \(result.events ?? 0) events kept\(places)")
            } catch { throw Failure(error: error, json: output.json) }
        }
    }

    private static func show(_ result: DatabaseRescued, _ output: OutputOptions, _ what: String) {
        output.show(json: result.json, quiet: result.aside.map { Terminal.clean($0) }) {
            """
            \(Terminal.clean(result.file)): \(what)
            \(result.aside.map { "the old files are in \(Terminal.clean($0))\n" } ?? "")\
            the queue is paused: start the daemon, look through reeve list --all,
            cancel what is done already, then: reeve queue resume
            """
        }
    }

    static func size(_ bytes: Int64) -> String {
        if bytes < 1 << 20 { return "\((bytes + 1023) / 1024) KiB" }
        let tenths = (bytes * 10 + (1 << 19)) >> 20
        return "\(tenths / 10).\(tenths % 10) MiB"
    }

    /// Nil when none runs and this user's own database can be meant. Who names a socket means the daemon behind it, of whose database
    /// nothing is known here.
    private static func daemon(_ common: CommonOptions) throws(ReeveError) -> ControlClient? {
        do throws(ReeveError) { return try common.connect() } catch {
            guard error.kind == .unreachable, common.socket == nil, Environment["REEVE_SOCKET"] == nil else { throw error }
            return nil
        }
    }

    private static func call<M: WireMethod>(
        _ method: M.Type, _ client: ControlClient, _ common: CommonOptions, _ what: String
    ) throws(ReeveError) -> M.Result where M.Params == Empty {
        // On a connection of its own: this one waits for the answer.
        let path = try CommonOptions.socketPath(common.socket)
        let progress = Progress {
            let status = try? ControlClient(path: path, patience: .seconds(1)).call(DatabaseStatus.self, Empty())
            return what + (status?.percent.map { " \($0) %" } ?? " …")
        }
        client.whileWaiting { progress.show() }
        defer { progress.clear() }
        return try client.call(method, Empty())
    }

    /// What `reeved` says when it is asked instead. It holds the daemon's lock meanwhile.
    private static func offline<Result: WireObject>(_ flags: [String], _ what: String) throws(ReeveError) -> Result {
        var ticks = 0
        let progress = Progress {
            ticks += 1
            return "\(what) … \(ticks / 5) s"
        }
        defer { progress.clear() }
        let text = try DaemonProgram.run(flags, within: nil) { progress.show() }
        return try Result(reading: try JSONDocument(Array(text.utf8)).root)
    }
}
