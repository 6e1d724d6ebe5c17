import KeeperLink
import Ownership
import ReeveKeeper

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Shows a built-in terminal in a person's own: keys go there, pictures come back, until the detach key or the end.
struct AttachClient {
    private let socketPath: String
    /// The byte of the key that ends this and nothing else.
    private let detachKey: UInt8
    private let detachName: String

    /// - Parameter arguments: `SOCKET [--detach-key C-x]`.
    init?(_ arguments: [String]) {
        guard let path = arguments.first, !path.hasPrefix("-") else { return nil }
        var name = "C-\\"
        switch arguments.count {
        case 1: break
        case 3 where arguments[1] == "--detach-key": name = arguments[2]
        default: return nil
        }
        guard name.hasPrefix("C-"), name.utf8.count == 3, let last = name.utf8.last, last >= 0x40 else { return nil }
        socketPath = path
        detachKey = last & 0x1F
        detachName = name
    }

    /// Exit codes: 0 detached, or the terminal has ended; 64 no terminal to show it in; 69 nobody there.
    func run() -> Int32 {
        // A terminal that is gone is told by what reading it says; to die of it would leave the person's own as it is.
        signal(SIGPIPE, SIG_IGN)
        guard isatty(0) == 1, isatty(1) == 1 else { return complain("this is no terminal", 64) }
        guard let connection = connect() else { return complain("no terminal listens at \(socketPath): \(lastError())", 69) }
        defer { close(connection) }
        guard let signals = SignalPipe(alsoFor: [SIGWINCH, SIGINT]) else {
            return complain("cannot make a pipe: \(lastError())", 71)
        }
        var before = termios()
        tcgetattr(0, &before)
        var raw = before
        cfmakeraw(&raw)
        tcsetattr(0, TCSANOW, &raw)
        // A screen of its own, so that what was there comes back.
        writeAll(1, Array("\u{1B}[?1049h".utf8))
        let end = serve(connection, signals)
        writeAll(1, PersonView.farewell + Array("\u{1B}[?1049l".utf8))
        tcsetattr(0, TCSANOW, &before)
        writeAll(1, Array("[reeve] \(end)\r\n".utf8))
        return 0
    }

    private func serve(_ connection: Int32, _ signals: SignalPipe) -> String {
        let size = self.size
        writeAll(connection, TerminalCodec.encode(.attach(columns: size.columns, rows: size.rows), number: 1))
        var incoming: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            var waits = [signals.reading, 0, connection].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&waits, 3, -1) > 0 else { continue }
            if waits[0].revents != 0 {
                let seen = signals.drain()
                if seen.contains(SIGWINCH) {
                    let size = self.size
                    writeAll(connection, TerminalCodec.encode(.resize(columns: size.columns, rows: size.rows), number: 0))
                }
                if !seen.isDisjoint(with: [SIGTERM, SIGHUP, SIGINT]) { return "detached" }
            }
            if waits[1].revents != 0 {
                let n = read(0, &chunk, chunk.count)
                guard n > 0 else { return "detached" }
                let typed = chunk[..<n]
                if let place = typed.firstIndex(of: detachKey) {
                    if place > 0 { writeAll(connection, TerminalCodec.encode(.input(Array(typed[..<place])), number: 0)) }
                    return "detached; reeve attach shows it again"
                }
                writeAll(connection, TerminalCodec.encode(.input(Array(typed)), number: 0))
            }
            if waits[2].revents != 0 {
                let n = read(connection, &chunk, chunk.count)
                guard n > 0 else { return "the terminal is gone" }
                incoming += chunk[..<n]
                while let body = try? Frame.next(&incoming) {
                    guard case .output(let bytes)? = try? TerminalCodec.decodeAnswer(body) else { continue }
                    writeAll(1, bytes)
                }
            }
        }
    }

    private func connect() -> Int32? {
        let descriptor = makeUnixSocket()
        guard descriptor >= 0, withUnixAddress(socketPath, { connectSocket(descriptor, $0, $1) }) == 0, Peer.isOurs(descriptor)
        else { return nil }
        return descriptor
    }

    private var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private func complain(_ text: String, _ code: Int32) -> Int32 {
        writeAll(2, Array("reeve-terminal: \(text)\n".utf8))
        return code
    }
}

/// `connect`, whose name the type's own function hides.
private func connectSocket(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(descriptor, address, length)
}
