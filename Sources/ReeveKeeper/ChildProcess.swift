#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A program in the terminal's foreground, in a process group of its own.
struct ChildProcess {
    let pid: pid_t

    enum Outcome: Equatable { case exited(Int), signalled(Int), stopped(by: Int32), continued }

    enum StartFailure: Error {
        case noProgram(String)
        case noDirectory(String)
        case noInput(String)
        case system(String)

        var spoken: String {
            switch self {
            case .noProgram(let name): "no program '\(name)' in its PATH"
            case .noDirectory(let path): "no directory '\(path)'"
            case .noInput(let path): "cannot read '\(path)'"
            case .system(let text): text
            }
        }
    }

    /// Starts `arguments` in `directory` with exactly `environment`.
    init(
        arguments: [String], directory: String, environment: [String], standardInput: String, terminal: Terminal
    ) throws(StartFailure) {
        guard let name = arguments.first, !name.isEmpty else { throw .noProgram("") }
        guard access(directory, X_OK) == 0 else { throw .noDirectory(directory) }
        guard standardInput.isEmpty || access(standardInput, R_OK) == 0 else { throw .noInput(standardInput) }
        guard let program = Self.find(name, directory: directory, environment: environment) else { throw .noProgram(name) }

        var actions = SpawnActions()
        defer { actions.destroy() }
        actions.changeDirectory(directory)
        // Before descriptor 0 becomes something else than the terminal.
        let takesTerminal = terminal.isPresent && actions.takeForeground(of: terminal.descriptor)
        if !standardInput.isEmpty { actions.openInput(standardInput) }
        var attributes = SpawnAttributes()
        defer { attributes.destroy() }

        var started: pid_t = 0
        let code = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in
                posix_spawn(&started, program, &actions.value, &attributes.value, argv, envp)
            }
        }
        guard code == 0 else { throw .system("\(name): \(String(cString: strerror(code)))") }
        pid = started
        if terminal.isPresent, !takesTerminal {
            // Without the atomic action the child may have read too early and been stopped for it: it is continued once it may.
            terminal.giveTo(pid)
            _ = kill(-pid, SIGCONT)
        }
    }

    /// What has happened to it since the last call; nil when nothing has.
    func poll() -> Outcome? {
        var status: Int32 = 0
        let result = waitpid(pid, &status, WNOHANG | WUNTRACED | WCONTINUED)
        guard result == pid else { return nil }
        let low = status & 0x7F
        if status == 0xFFFF { return .continued }
        if status & 0xFF == 0x7F { return .stopped(by: status >> 8 & 0xFF) }
        if low == 0 { return .exited(Int(status >> 8 & 0xFF)) }
        return .signalled(Int(low))
    }

    /// To the whole group: an agent's own children get it too. Falls back to the leader when the group is gone already.
    func send(_ number: Int32) { if kill(-pid, number) != 0 { _ = kill(pid, number) } }

    /// The file to execute: as named if it holds a slash, else the first executable in the PATH of the child's own environment.
    static func find(_ name: String, directory: String, environment: [String]) -> String? {
        if name.contains("/") {
            let path = name.hasPrefix("/") ? name : "\(directory)/\(name)"
            return access(path, X_OK) == 0 ? path : nil
        }
        let path = environment.first { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in path.split(separator: ":") where access("\(folder)/\(name)", X_OK) == 0 && isFile("\(folder)/\(name)") {
            return "\(folder)/\(name)"
        }
        return nil
    }

    private static func isFile(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG
    }
}

/// A NULL-terminated array of C strings for the length of a call.
package func withCStrings(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
) -> Int32 {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
        // The array ends with nil, so it is never empty and has a base address.
        buffer.baseAddress.map(body) ?? EINVAL
    }
}
