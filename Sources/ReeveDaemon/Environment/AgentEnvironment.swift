import Foundation
import Ownership
import Processes
package import ReeveModel
package import ReeveTickets

/// What agents are started with: a documented list of the daemon's own variables, ours, and the kind's — nothing else.
package struct AgentEnvironment: LaunchEnvironment {
    /// Taken over from the daemon when set. `docs/configuration.md` lists them.
    package static let inherited = [
        "HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "LANGUAGE", "TZ", "TMPDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
        "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY",
        "WAYLAND_DISPLAY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    ]

    private let own: [String: String]
    private let directories: Directories
    private let programs: String
    private let folder: TicketFolder?
    package let installed: InstalledPrograms?
    package let defaultDirectory: String
    package let shell: String
    /// The part that does not depend on a launch; also what the tmux server gets.
    package let base: [String: String]

    /// - Parameters:
    ///   - environment: the daemon's own.
    ///   - programs: the folder of the daemon's own programs, the last one of every PATH.
    ///   - folder: where tickets are files.
    ///   - time: for asking programs for their versions; without one they are taken for the newest.
    package init(
        environment: [String: String], directories: Directories, programs: String, defaultDirectory: String,
        folder: TicketFolder? = nil, time: (any TimeSource)? = nil
    ) {
        self.folder = folder
        own = environment
        self.directories = directories
        self.programs = programs
        let home = environment["HOME"] ?? NSHomeDirectory()
        self.defaultDirectory = Self.expand(defaultDirectory, home: home)
        shell = environment["SHELL"].flatMap { $0.isEmpty ? nil : $0 } ?? "/bin/sh"
        base = Self.base(of: environment, programs)
        installed = time.map { [base] in InstalledPrograms(environment: base, time: $0) }
    }

    private static func base(of own: [String: String], _ programs: String) -> [String: String] {
        var values = own.filter { inherited.contains($0.key) || $0.key.hasPrefix("LC_") }
        values["PATH"] = (own["PATH"] ?? ProgramFile.usualPath) + ":" + programs
        // Without a UTF-8 locale agents draw question marks; a service manager sets none.
        if values["LANG"] == nil, values["LC_ALL"] == nil { values["LANG"] = "C.UTF-8" }
        return values
    }

    package func environment(for launch: Launch) throws -> [String: String] {
        var values = base
        values["REEVE_SOCKET"] = directories.controlSocket
        values["REEVE_SESSION"] = launch.session.text
        values["REEVE_LAUNCH"] = launch.id.text
        values["REEVE_AGENT"] = launch.kind
        // Not REEVE_STATE_DIR: an agent that starts a daemon of its own must not meet this one's database.
        values["REEVE_SPOOL"] = directories.spool
        if let ticket = launch.ticket { values["REEVE_TICKET"] = ticket.text }
        for (name, value) in launch.environment {
            guard value.hasPrefix("$") else {
                values[name] = value
                continue
            }
            let source = String(value.dropFirst())
            guard let found = own[source] else {
                throw ReeveError(
                    .unavailable, "\(launch.kind) needs \(name) from the daemon's \(source), which is not set",
                    hint: "systemctl --user set-environment \(source)=…, then restart reeve")
            }
            values[name] = found
        }
        return values
    }

    /// What a start of this kind would miss: variables that it takes from the daemon, which has none of that name.
    package func missingVariables(of kind: AgentKind) -> [EnvironmentReference] {
        EnvironmentReference.missing(in: [kind]) { own[$0] != nil }
    }

    package func missingProgram(_ program: String, environment: [String: String], directory: String) -> String? {
        if program.isEmpty { return "the program's name is empty" }
        let isPath = program.contains("/")
        let named = isPath && !program.hasPrefix("/") ? "\(directory)/\(program)" : program
        if ProgramFile.find(named, in: environment["PATH"] ?? "") != nil { return nil }
        return "no program '\(program)'" + (isPath ? "" : " in the PATH")
    }

    package func installedVersion(of kind: AgentKind) async -> ToolVersion? {
        guard let adapter = kind.adapter, let installed else { return nil }
        return await installed.version(of: kind.start.first ?? adapter.program, adapter)
    }

    package func promptPath(for launch: LaunchID) -> String { "\(directories.prompts)/\(launch).txt" }

    package func writePrompt(_ text: String, for launch: LaunchID) async throws {
        let path = promptPath(for: launch)
        do throws(Refusal) { try PrivateFile.write(text.utf8, to: path) } catch { throw ReeveError(error) }
    }

    package func readPrompt(for launch: LaunchID) async throws -> String {
        let bytes: [UInt8]?
        do throws(Refusal) { bytes = try PrivateFile.read(promptPath(for: launch)) } catch { throw ReeveError(error) }
        guard let bytes else { throw ReeveError.unavailable("the prompt file of launch \(launch) is gone") }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func discardPrompt(for launch: LaunchID) async { unlink(promptPath(for: launch)) }

    package func canonical(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    package func path(of file: TicketFileRecord) -> String? {
        guard let folder, !file.isWanted, !file.isMissing else { return nil }
        return folder.path(.inProgress, file.name)
    }

    package func badDirectory(_ path: String) -> String? {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return "there is no such directory" }
        guard isDirectory.boolValue else { return "this is a file" }
        return FileManager.default.isExecutableFile(atPath: path) ? nil : "no permission to enter it"
    }

    static func expand(_ path: String, home: String) -> String {
        if path == "~" { return home }
        return path.hasPrefix("~/") ? home + path.dropFirst() : path
    }
}
