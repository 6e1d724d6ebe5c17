#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The agent itself: raw mode, its own line editor, one `poll` loop.
final class DemoAgent {
    private enum Mood: Equatable { case atPrompt, thinking(until: Int), asking }

    private let options: DemoOptions
    private var mood = Mood.atPrompt
    private var line: [UInt8] = []
    private var isPasting = false
    private var escape: [UInt8] = []
    private var interrupts = 0
    private var lastByteAt = 0
    private var status: Int32?
    private var modesAtStart = termios()
    private var heading = ""
    private let startedAt = milliseconds()

    init(_ options: DemoOptions) { self.options = options }

    func run() -> Int32 {
        signal(SIGTERM, options.ignoresTerminate ? SIG_IGN : SIG_DFL)
        signal(SIGHUP, options.ignoresHangUp ? SIG_IGN : SIG_DFL)
        writeLedger()
        enterRawMode()
        say("demo agent\r\n")
        if let prompt = options.prompt { submit(prompt) } else { showPrompt() }
        while status == nil { step() }
        if options.slowExit > 0 { poll(nil, 0, Int32(options.slowExit)) }
        say("\u{1B}[?2004l\r\nbye\r\n")
        _ = tcsetattr(0, TCSANOW, &modesAtStart)
        return status ?? 0
    }

    private func step() {
        let now = milliseconds()
        var wait = -1
        if case .thinking(let until) = mood { wait = max(0, until - now) }
        if let limit = options.exitAfter { wait = min(wait < 0 ? Int.max : wait, max(0, startedAt + limit - now)) }
        var input = [pollfd(fd: 0, events: Int16(POLLIN), revents: 0)]
        let ready = poll(&input, 1, Int32(clamping: wait))
        if let limit = options.exitAfter, milliseconds() >= startedAt + limit { return leave() }
        if ready > 0 {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let n = read(0, &buffer, buffer.count)
            if n <= 0 {
                status = 129
                return
            }
            for byte in buffer[..<n] where status == nil { type(byte) }
        } else if case .thinking(let until) = mood, milliseconds() >= until {
            finishWork()
        }
    }

    // MARK: Keys

    private func type(_ byte: UInt8) {
        defer { lastByteAt = milliseconds() }
        if !escape.isEmpty || byte == 0x1B { return typeEscape(byte) }
        if isPasting {
            line.append(byte)
            return
        }
        switch byte {
        case 3: interrupted()
        case 4:
            if line.isEmpty, !options.ignoresEOF { leave() }
        case 13:
            let tooEarly = options.eatsEarlyEnter > 0 && !line.isEmpty && milliseconds() - lastByteAt < options.eatsEarlyEnter
            if tooEarly { line.append(10) } else { enter() }
        case 127:
            if !line.isEmpty { line.removeLast() }
        default:
            line.append(byte)
            if byte >= 32 { writeBytes([byte]) }
        }
    }

    private func typeEscape(_ byte: UInt8) {
        escape.append(byte)
        let text = String(decoding: escape.dropFirst(), as: UTF8.self)
        if text == "[200~" || text == "[201~" {
            isPasting = text == "[200~"
            if !isPasting { writeBytes(line) }
            escape = []
        } else if !"[200~".hasPrefix(text), !"[201~".hasPrefix(text) {
            line += escape
            escape = []
        }
    }

    private func interrupted() {
        interrupts += 1
        switch mood {
        case .thinking:
            mood = .atPrompt
            say("\r\ninterrupted")
        case .asking, .atPrompt: break
        }
        let patience = options.ignoredInterrupts ?? 1
        if interrupts > patience { return leave() }
        if options.ignoredInterrupts == nil { say("\r\nPress Ctrl+C again to exit") }
        showPrompt()
    }

    private func enter() {
        let text = String(decoding: line, as: UTF8.self)
        line = []
        switch mood {
        case .asking: think()
        case .atPrompt where text == "/exit", .thinking where text == "/exit":
            if options.ignoresExit {
                say("\r\n/exit? I would rather not.")
                if mood == .atPrompt { showPrompt() }
            } else {
                leave()
            }
        case .thinking: break
        case .atPrompt: if text.isEmpty { showPrompt() } else { submit(text) }
        }
    }

    // MARK: Work

    private func submit(_ prompt: String) {
        heading = String(prompt.prefix { $0 != "\n" })
        say("\r\nprompt: \(heading)\r\n")
        if options.crashes {
            say("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?2004h\u{1B}[31mcrashing")
            // The Swift runtime would offer its backtrace and wait for a key.
            signal(SIGABRT, SIG_DFL)
            abort()
        }
        if options.asks {
            mood = .asking
            tell("waiting")
            say("Do you want to allow this? (Enter = yes)\r\n")
        } else {
            think()
        }
    }

    private func think() {
        tell("running")
        say("thinking…\r\n")
        if options.printsFakePrompt { say("user@host:~$ \r\n100%\r\n❯ \r\n") }
        mood = .thinking(until: milliseconds() + options.work)
    }

    private func finishWork() {
        mood = .atPrompt
        say("done.\r\n")
        tell("done")
        if options.reports { reeve(["step", "done", "--summary", heading]) }
        if options.exitWhenDone { leave() } else { showPrompt() }
    }

    private func leave() { status = Int32(truncatingIfNeeded: options.status) }

    // MARK: The daemon

    private func tell(_ status: String) {
        guard options.tells else { return }
        let thread = getenv("REEVE_LAUNCH").map { String(cString: $0) } ?? "demo"
        reeve(["hook", "demo", #"{"agent":"demo","status":"\#(status)","threadId":"\#(thread)"}"#])
    }

    /// Runs the client to its end, in silence: what it says next must come after this.
    private func reeve(_ arguments: [String]) {
        #if canImport(Glibc)
        var files = posix_spawn_file_actions_t()
        #else
        var files: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = (["reeve"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        guard posix_spawnp(&process, "reeve", &files, nil, &words, environ) == 0 else { return }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    // MARK: Terminal

    private func showPrompt() {
        mood = .atPrompt
        say("\u{1B}[?2004h\r\n> ")
    }

    private func enterRawMode() {
        guard tcgetattr(0, &modesAtStart) == 0 else { return }
        var raw = modesAtStart
        cfmakeraw(&raw)
        _ = tcsetattr(0, TCSANOW, &raw)
    }

    private func writeLedger() {
        guard let path = options.ledger else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { return }
        func told(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "-" }
        let text = Array("\(told("REEVE_TICKET")) \(getpid()) \(told("REEVE_LAUNCH"))\n".utf8)
        _ = text.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        close(file)
    }

    private func say(_ text: String) { writeBytes(Array(text.utf8)) }
    private func writeBytes(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) } }
}

/// Monotonic milliseconds.
private func milliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int(now.tv_sec) * 1000 + Int(now.tv_nsec) / 1_000_000
}
