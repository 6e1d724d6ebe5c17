import ReeveKeeper

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The master side of a terminal's device, and the program at its other side.
struct PseudoTerminal {
    let descriptor: Int32
    private let path: String

    init?(columns: Int, rows: Int) {
        var descriptor: Int32 = -1
        var other: Int32 = -1
        var name = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard openpty(&descriptor, &other, &name, nil, nil) == 0 else { return nil }
        // The program opens it by its path.
        close(other)
        self.descriptor = descriptor
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        resize(columns: columns, rows: rows)
    }

    /// The program is told by SIGWINCH.
    func resize(columns: Int, rows: Int) {
        var size = winsize(
            ws_row: UInt16(clamping: rows), ws_col: UInt16(clamping: columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }

    /// Starts a program in a session of its own, with the terminal as its own, and as its three descriptors.
    /// - Returns: its process id, or why it could not be started.
    func start(_ arguments: [String], environment: [String]) -> Result<pid_t, StartFailure> {
        guard let program = arguments.first else { return .failure(StartFailure(reason: "no program")) }
        var actions = SpawnActions()
        defer { actions.destroy() }
        // The leader of a session gets the first terminal that it opens.
        posix_spawn_file_actions_addopen(&actions.value, 0, path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions.value, 0, 1)
        posix_spawn_file_actions_adddup2(&actions.value, 0, 2)
        var attributes = SpawnAttributes(isSession: true)
        defer { attributes.destroy() }
        var pid: pid_t = 0
        let code = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in posix_spawn(&pid, program, &actions.value, &attributes.value, argv, envp) }
        }
        return code == 0 ? .success(pid) : .failure(StartFailure(reason: "\(program): \(String(cString: strerror(code)))"))
    }

    struct StartFailure: Error { let reason: String }
}
