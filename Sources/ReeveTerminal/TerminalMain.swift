import KeeperLink
import Ownership
import ReeveKeeper

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A built-in terminal. `reeve-terminal start SESSION … -- PROGRAM` starts one that outlives its starter and returns once it listens;
/// `reeve-terminal attach SOCKET` shows one to a person.
package enum TerminalMain {
    /// Exit codes as in sysexits.h: 64 usage, 71 the system refuses, 73 a file cannot be made, 75 another terminal holds this session.
    package static func run(_ arguments: [String], program: String) -> Int32 {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "start" where TerminalOptions(rest) != nil: return start(rest, program)
        case "serve":
            guard let options = TerminalOptions(rest) else { return usage() }
            return serve(options)
        case "attach":
            guard let client = AttachClient(rest) else { return usage() }
            return client.run()
        default: return usage()
        }
    }

    private static func usage() -> Int32 {
        writeAll(
            2,
            Array(
                ("usage: reeve-terminal attach SOCKET [--detach-key C-\\]\n"
                    + "       reeve-terminal start SESSION --runtime-dir DIR --name NAME --owner OWNER\n"
                    + "                      --columns N --rows N --scrollback N -- PROGRAM …\n"
                    + "reeved and 'reeve attach' start it; there is no reason to do so by hand.\n").utf8))
        return 64
    }

    // MARK: Starting

    /// A second process, in a session of its own and without our descriptors, becomes the terminal; it says when it listens, or what is wrong.
    private static func start(_ arguments: [String], _ program: String) -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return complain("cannot make a pipe: \(lastError())", 71) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = SpawnActions()
        defer { actions.destroy() }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions.value, descriptor, "/dev/null", O_RDWR, 0)
        }
        // An end that has the number already would keep its mark to be closed.
        posix_spawn_file_actions_adddup2(&actions.value, ends[1], ends[1] == readiness ? ends[1] : readiness)
        var attributes = SpawnAttributes(isSession: true)
        defer { attributes.destroy() }
        var pid: pid_t = 0
        let code = withCStrings([program, "serve"] + arguments) { argv in
            withCStrings(environment) { envp in posix_spawn(&pid, program, &actions.value, &attributes.value, argv, envp) }
        }
        guard code == 0 else { return complain("\(program): \(String(cString: strerror(code)))", 71) }
        close(ends[1])
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1024)
        while true {
            let n = read(ends[0], &chunk, chunk.count)
            if n > 0 { answer += chunk[..<n] } else if n == 0 || errno != EINTR { break }
        }
        // Its code, then words.
        guard let status = answer.first else { return complain("the terminal ended before it was up", 71) }
        if status == 0 { return 0 }
        return complain(String(decoding: answer.dropFirst(), as: UTF8.self), Int32(status))
    }

    /// Where `serve` says how it came up.
    private static let readiness: Int32 = 3

    private static func serve(_ options: TerminalOptions) -> Int32 {
        KeeperMain.settleSignals()
        _ = fcntl(readiness, F_SETFD, FD_CLOEXEC)
        func fail(_ text: String, _ code: UInt8) -> Int32 {
            writeAll(readiness, [code] + Array(text.utf8))
            return Int32(code)
        }
        var lock = KeeperLock(path: options.lockPath)
        do throws(Refusal) {
            for directory in options.directories { try PrivateDirectory.check(directory) }
            switch lock.take() {
            case .taken: break
            case .held: return fail("another terminal holds session \(options.session)", 75)
            case .refused(let refusal): throw refusal
            }
        } catch {
            return fail("\(error.reason)\n  \(error.mend)", 73)
        }
        guard let door = TerminalDoor(path: options.socketPath) else {
            return fail("cannot listen on \(options.socketPath): \(lastError())", 73)
        }
        let scrollback = Scrollback(mostLines: options.scrollback, mostBytes: 4 << 20)
        guard let signals = SignalPipe(), let device = PseudoTerminal(columns: options.columns, rows: options.rows),
            let screen = VirtualScreen(columns: options.columns, rows: options.rows, scrollback: scrollback)
        else { return fail("cannot make a terminal: \(lastError())", 71) }
        let pid: pid_t
        switch device.start(options.program, environment: environment) {
        case .success(let started): pid = started
        case .failure(let failure):
            unlink(options.socketPath)
            unlink(options.lockPath)
            return fail(failure.reason, 71)
        }
        writeAll(readiness, [0])
        close(readiness)
        TerminalHost(options: options, lock: lock, signals: signals, door: door, device: device, screen: screen, pid: pid).run()
        return 0
    }

    /// Our own, with the kind of terminal that this is.
    private static var environment: [String] {
        var result = ["TERM=xterm-256color", "COLORTERM=truecolor"]
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            if !text.hasPrefix("TERM="), !text.hasPrefix("COLORTERM=") { result.append(text) }
            pointer += 1
        }
        return result
    }

    private static func complain(_ text: String, _ code: Int32) -> Int32 {
        writeAll(2, Array("reeve-terminal: \(text)\n".utf8))
        return code
    }
}
