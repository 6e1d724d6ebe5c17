import ReeveClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What another program has printed and ended with. An argument vector, never a shell: a path may have any character in it.
struct ProgramRun {
    /// Its exit code, or 128 and its signal.
    var status: Int32 = 0
    var output = ""
    var errors = ""

    var firstLine: String { output.split(separator: "\n").first.map(String.init) ?? "" }

    /// Nil when it cannot be run or takes longer than that; it is killed then.
    /// - Parameter onWait: called five times a second.
    static func of(
        _ arguments: [String], within patience: Duration? = .seconds(5), onWait: (() -> Void)? = nil
    ) -> ProgramRun? {
        guard let name = arguments.first, let output = Pipe(), let errors = Pipe() else { return nil }
        guard let process = spawn(name, arguments, output, errors) else { return nil }
        output.closeWriting()
        errors.closeWriting()
        let deadline = Deadline(patience)
        var run = ProgramRun()
        var isLate = false
        while output.isOpen || errors.isOpen {
            var ends = [output, errors].map { pollfd(fd: $0.isOpen ? $0.reading : -1, events: Int16(POLLIN), revents: 0) }
            let left = deadline.milliseconds
            let slice = onWait == nil ? left : left < 0 ? 200 : min(left, 200)
            let ready = poll(&ends, 2, slice)
            if ready == 0 { onWait?() }
            if ready == 0, left == 0 {
                isLate = true
                break
            }
            if ready <= 0 { continue }
            if ends[0].revents != 0 { output.drain() }
            if ends[1].revents != 0 { errors.drain() }
        }
        if isLate { kill(process, SIGKILL) }
        var state: Int32 = 0
        while waitpid(process, &state, 0) < 0, errno == EINTR {}
        if isLate { return nil }
        run.status = state & 0x7F == 0 ? (state >> 8) & 0xFF : 128 + (state & 0x7F)
        run.output = String(decoding: output.bytes, as: UTF8.self)
        run.errors = String(decoding: errors.bytes, as: UTF8.self)
        return run
    }

    /// Runs a program in this very terminal, and returns when it has ended. Its keys are its own: Ctrl+C ends it and not this process.
    /// - Returns: false when it cannot be run.
    static func here(_ arguments: [String]) -> Bool {
        guard let name = arguments.first else { return false }
        let old = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, old) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var interrupt = sigset_t()
        sigemptyset(&interrupt)
        sigaddset(&interrupt, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &interrupt)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        guard posix_spawnp(&process, name, nil, &attributes, &words, environ) == 0 else { return false }
        var state: Int32 = 0
        while waitpid(process, &state, 0) < 0, errno == EINTR {}
        return true
    }

    private static func spawn(_ name: String, _ arguments: [String], _ output: Pipe, _ errors: Pipe) -> pid_t? {
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        #else
        var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.writing, 2)
        let vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in vector { free(word) } }
        var process: pid_t = 0
        return posix_spawnp(&process, name, &actions, nil, vector, environ) == 0 ? process : nil
    }

    /// Not inherited by what is run, but for what is put in place of its standard output and error.
    private final class Pipe {
        let reading: Int32
        let writing: Int32
        private var isWriting = true
        private(set) var isOpen = true
        private(set) var bytes: [UInt8] = []

        init?() {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { return nil }
            (reading, writing) = (ends[0], ends[1])
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }

        deinit {
            close(reading)
            closeWriting()
        }

        func closeWriting() {
            if isWriting { close(writing) }
            isWriting = false
        }

        func drain() {
            var chunk = [UInt8](repeating: 0, count: 16_384)
            let n = read(reading, &chunk, chunk.count)
            if n > 0 { bytes += chunk[..<n] } else if n == 0 || errno != EINTR { isOpen = false }
        }
    }
}
