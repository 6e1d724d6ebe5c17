import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How a command answers.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, errors too.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print only what a script needs.")
    var quiet = false

    /// Prints the result as JSON, in the quiet form, or for people.
    func show(json: @autoclosure () -> [UInt8], quiet: @autoclosure () -> String?, _ people: () -> String) {
        if self.json {
            Terminal.printJSON(json())
        } else if self.quiet {
            if let text = quiet(), !text.isEmpty { Terminal.print(text) }
        } else {
            let text = people()
            if !text.isEmpty { Terminal.print(text) }
        }
    }
}

/// The options of every command that asks the daemon.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The daemon's control socket.", discussion: "Also REEVE_SOCKET.", valueName: "path"))
    var socket: String?

    @OptionGroup var output: OutputOptions

    var json: Bool { output.json }
    var quiet: Bool { output.quiet }

    /// Where the daemon listens: flag, environment, then the runtime directory.
    static func socketPath(_ flag: String?) throws(ReeveError) -> String {
        if let flag { return flag }
        if let path = Environment["REEVE_SOCKET"] { return path }
        if let directory = Environment["REEVE_RUNTIME_DIR"] { return "\(directory)/control.sock" }
        if let directory = Environment["XDG_RUNTIME_DIR"] { return "\(directory)/reeve/control.sock" }
        throw ReeveError(.unreachable, "XDG_RUNTIME_DIR is not set", hint: "give --socket PATH, or log in so that it is set")
    }

    func connect() throws(ReeveError) -> ControlClient { try ControlClient(path: try Self.socketPath(socket)) }
}

/// The process's environment, without Foundation: the client starts in a few milliseconds.
enum Environment {
    static subscript(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}

extension Environment {
    /// What a program gets that runs elsewhere as it would here: all but what says which terminal and which agent this is.
    static var forPrograms: [String: String] {
        var values: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            next += 1
            guard let text = String(validatingCString: entry), let equals = text.firstIndex(of: "=") else { continue }
            let name = String(text[..<equals])
            guard !name.isEmpty, !ofThisPlace.contains(name), !name.hasPrefix("ZELLIJ") else { continue }
            values[name] = String(text[text.index(after: equals)...])
        }
        return values
    }

    private static let ofThisPlace: Set = [
        "TMUX", "TMUX_PANE", "TERM", "COLUMNS", "LINES", "REEVE_SESSION", "REEVE_LAUNCH", "REEVE_AGENT", "REEVE_TICKET", "PWD",
        "OLDPWD", "SHLVL", "_",
    ]
}

/// A command that asks the daemon: `answer` does the work, errors become exit codes in one place.
protocol DaemonCommand: ParsableCommand {
    var common: CommonOptions { get }
    func answer(_ client: ControlClient) throws(ReeveError)
}

extension DaemonCommand {
    func run() throws {
        do throws(ReeveError) { try answer(try common.connect()) } catch { throw Failure(error: error, json: common.json) }
    }

    /// Prints the result as JSON, in the quiet form, or for people.
    func show<Result: WireObject>(_ result: Result, quiet: @autoclosure () -> String?, _ people: () -> String) {
        common.output.show(json: result.json, quiet: quiet(), people)
    }
}

/// An error on its way to the exit.
struct Failure: Error {
    var error: ReeveError
    var json: Bool
}
