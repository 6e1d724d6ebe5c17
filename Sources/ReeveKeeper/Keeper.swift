import KeeperLink
import Ownership

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One terminal's keeper: a single thread, one `poll`, no state but this.
final class Keeper {
    private enum Occupant {
        case nobody
        case launch(String, label: String, ChildProcess, since: Int, stopped: Bool, modes: termios?)
        /// A person pressed Enter.
        case shell(ChildProcess)
    }

    /// How often it is looked whether the socket's file is still there.
    private static let lookMilliseconds: Int32 = 2000

    /// After a launch has ended, typed keys are thrown away for so long: they were meant for it (a late `/exit` and its Enter).
    private static let deafMilliseconds = 1000

    private let options: KeeperOptions
    private var lock: KeeperLock
    private let terminal: Terminal
    private let signals: SignalPipe
    private var record: RecordFile
    private var door: Door
    private var occupant = Occupant.nobody
    private var refusals: [String: KeeperFact] = [:]
    private var hasRunSomething = false
    private var deafUntil = 0
    private var lastDirectory = "/"
    private var isDone = false

    init(
        options: KeeperOptions, lock: KeeperLock, record: RecordFile, door: Door, signals: SignalPipe, terminal: Terminal
    ) {
        self.options = options
        self.lock = lock
        self.record = record
        self.door = door
        self.signals = signals
        self.terminal = terminal
    }

    func run() {
        while !isDone {
            var descriptors = [pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0)]
            descriptors += door.descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            if terminal.isPresent {
                // While somebody else has the terminal only its end interests us.
                descriptors.append(pollfd(fd: terminal.descriptor, events: listensToKeys ? Int16(POLLIN) : 0, revents: 0))
            }
            let count = poll(&descriptors, nfds_t(descriptors.count), Self.lookMilliseconds)
            if count == 0 { mendDoor() }
            guard count > 0 else { continue }
            for ready in descriptors where ready.revents != 0 {
                if ready.fd == signals.reading {
                    handle(signals.drain())
                } else if ready.fd == terminal.descriptor {
                    if ready.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { hangUp() } else { keyTyped() }
                } else {
                    for (from, number, request) in door.receive(on: ready.fd) {
                        door.answer(from, .reply(number: number, serve(request)))
                    }
                }
            }
        }
    }

    /// A cleaner of temporary files, or a person, has taken away the runtime directory: a daemon that starts now would not find us, and take
    /// for lost what works here.
    private func mendDoor() {
        guard access(options.socketPath, F_OK) != 0 || access(options.lockPath, F_OK) != 0 else { return }
        // Somebody else may have made it meanwhile: then nobody is to believe that we are in there.
        do throws(Refusal) {
            for directory in [options.runtimeDirectory, "\(options.runtimeDirectory)/sessions"] {
                try PrivateDirectory.prepare(directory)
            }
        } catch { return }
        // Another keeper that has taken this session's place meanwhile holds the lock: then that one answers.
        if access(options.lockPath, F_OK) != 0 { guard case .taken = lock.take() else { return } }
        if access(options.socketPath, F_OK) != 0 { door.reopen() }
    }

    // MARK: Requests

    private func serve(_ request: KeeperRequest) -> KeeperReply {
        record.writeLeftovers()
        switch request {
        case .run(let order):
            start(order)
            return fact(order.launch)
        case .signal(let launch, let number):
            guard case .launch(launch, _, let child, _, _, let modes) = occupant else {
                return .failure("launch \(launch) is not running")
            }
            if Int32(number) == SIGCONT { resume(child, modes) } else { child.send(Int32(number)) }
            return fact(launch)
        case .state(let launch): return fact(launch)
        case .dismiss:
            hangUp()
            return .fact(launch: "", .neverStarted, unread: 0)
        }
    }

    private func fact(_ launch: String) -> KeeperReply {
        .fact(launch: launch, whatBecame(of: launch), unread: terminal.unread)
    }

    private func whatBecame(of launch: String) -> KeeperFact {
        if case .launch(launch, _, let child, _, let stopped, _) = occupant {
            return .running(pid: Int(child.pid), stopped: stopped)
        }
        if let refusal = refusals[launch] { return refusal }
        return record.record.fact(launch)
    }

    /// Starts a launch that this session has never claimed; anything else is left as it is.
    private func start(_ order: KeeperOrder) {
        guard record.record.entries[order.launch] == nil else { return }
        switch occupant {
        case .nobody: refusals[order.launch] = nil
        case .launch(_, let label, _, _, _, _):
            refusals[order.launch] = .occupied("\(label) still runs in this terminal")
            return
        case .shell:
            refusals[order.launch] = .occupied("a person has a shell open in this terminal")
            return
        }
        guard record.append(order.launch, .claimed) else {
            refusals[order.launch] = .unwritten("cannot write \(options.recordPath): \(lastError())")
            return
        }
        terminal.apply(nil)
        terminal.discardInput()
        let inherited = ["TERM", "COLORTERM"].compactMap { (name: String) -> String? in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
        let environment =
            order.environment
            + inherited.filter { own in
                !order.environment.contains { $0.hasPrefix(own.prefix { $0 != "=" } + "=") }
            }
        do throws(ChildProcess.StartFailure) {
            let child = try ChildProcess(
                arguments: order.arguments, directory: order.directory, environment: environment,
                standardInput: order.standardInput, terminal: terminal)
            record.append(order.launch, .started(pid: Int(child.pid)))
            lastDirectory = order.directory
            occupant = .launch(order.launch, label: order.label, child, since: milliseconds(), stopped: false, modes: nil)
        } catch {
            record.append(order.launch, .refused)
            refusals[order.launch] = .refused(error.spoken)
            terminal.reclaim()
            terminal.announce("\(order.label) could not be started: \(error.spoken)")
        }
    }

    // MARK: Signals

    private func handle(_ seen: Set<Int32>) {
        let mustGo = seen.contains(SIGHUP) || seen.contains(SIGTERM)
        // A machine that goes down tells all its processes to end at one moment: an end that comes with ours is not the child's own.
        if mustGo { isDone = true }
        if seen.contains(SIGCHLD) { childrenChanged() }
        if mustGo { hangUp() }
    }

    private func childrenChanged() {
        switch occupant {
        case .nobody: break
        case .shell(let child):
            switch child.poll() {
            case .exited, .signalled:
                occupant = .nobody
                terminal.reclaim()
                terminal.announce("shell closed; Enter opens another")
            case .stopped: child.send(SIGCONT)
            case .continued, nil: break
            }
        case .launch(let launch, let label, let child, let since, let wasStopped, let modes):
            guard let outcome = child.poll() else { return }
            switch outcome {
            case .exited(let code): ended(launch, label, since: since, .exited(code), "exited \(code)")
            case .signalled(let number): ended(launch, label, since: since, .signalled(number), "was killed by signal \(number)")
            case .stopped(let signal) where wasStopped && terminal.isOurs && (signal == SIGTTIN || signal == SIGTTOU):
                // Somebody else has continued it, and it could not touch its terminal: it gets that, as from our own hand. The modes are
                // still those that it had; the terminal's are the keeper's at the moment.
                resume(child, modes)
                occupant = .launch(launch, label: label, child, since: since, stopped: false, modes: modes)
                door.push(.changed(launch: launch, .running(pid: Int(child.pid), stopped: false)))
            case .stopped:
                let itsModes = terminal.isOurs ? modes : terminal.currentModes()
                occupant = .launch(launch, label: label, child, since: since, stopped: true, modes: itsModes)
                terminal.reclaim()
                terminal.announce("\(label) is stopped (Ctrl+Z); Enter continues it")
                door.push(.changed(launch: launch, .running(pid: Int(child.pid), stopped: true)))
            case .continued where !wasStopped: break
            case .continued:
                if terminal.isOurs { resume(child, modes) }
                occupant = .launch(launch, label: label, child, since: since, stopped: false, modes: modes)
                door.push(.changed(launch: launch, .running(pid: Int(child.pid), stopped: false)))
            }
        }
    }

    private func ended(_ launch: String, _ label: String, since: Int, _ entry: LaunchRecord.Entry, _ how: String) {
        occupant = .nobody
        if isDone {
            record.append(launch, .hungUp)
            return
        }
        hasRunSomething = true
        deafUntil = milliseconds() + Self.deafMilliseconds
        record.append(launch, entry)
        // First the news, then the courtesies: a subscriber learns of an end within a few milliseconds.
        door.push(.changed(launch: launch, record.record.fact(launch)))
        terminal.reclaim()
        let age = spoken(milliseconds() - since)
        terminal.announce("\(label) \(how) after \(age); reeve decides what comes next; Enter opens a shell")
    }

    private func resume(_ child: ChildProcess, _ modes: termios?) {
        terminal.apply(modes)
        terminal.giveTo(child.pid)
        child.send(SIGCONT)
    }

    // MARK: The terminal

    private var listensToKeys: Bool {
        switch occupant {
        case .nobody: true
        case .shell: false
        case .launch(_, _, _, _, let stopped, _): stopped
        }
    }

    private func keyTyped() {
        guard terminal.readsEnter() else { return }
        switch occupant {
        case .launch(_, _, let child, _, stopped: true, let modes): resume(child, modes)
        case .nobody where hasRunSomething && milliseconds() >= deafUntil: openShell()
        case .nobody, .launch, .shell: break
        }
    }

    private func openShell() {
        let shell = getenv("SHELL").map { String(cString: $0) } ?? "/bin/sh"
        terminal.apply(nil)
        do throws(ChildProcess.StartFailure) {
            let child = try ChildProcess(
                arguments: [shell], directory: lastDirectory, environment: inheritedEnvironment(), standardInput: "",
                terminal: terminal)
            occupant = .shell(child)
        } catch {
            terminal.reclaim()
            terminal.announce("no shell: \(error.spoken)")
        }
    }

    private func inheritedEnvironment() -> [String] {
        var result: [String] = []
        var pointer = environ
        while let entry = pointer.pointee {
            result.append(String(cString: entry))
            pointer += 1
        }
        return result
    }

    /// The terminal is gone or we are told to go: whatever runs here goes too, and its end is still written down.
    private func hangUp() {
        isDone = true
        let child: ChildProcess
        switch occupant {
        case .nobody: return
        case .shell(let shell):
            shell.send(SIGHUP)
            shell.send(SIGCONT)
            return
        case .launch(_, _, let launched, _, _, _): child = launched
        }
        child.send(SIGHUP)
        child.send(SIGCONT)
        for deadline in [milliseconds() + 2000, milliseconds() + 3000] {
            while milliseconds() < deadline {
                if case .nobody = occupant { return }
                var waiting = [pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0)]
                _ = poll(&waiting, 1, 100)
                _ = signals.drain()
                childrenChanged()
            }
            child.send(SIGKILL)
        }
    }
}

/// Monotonic milliseconds.
package func milliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int(now.tv_sec) * 1000 + Int(now.tv_nsec) / 1_000_000
}

private func spoken(_ milliseconds: Int) -> String {
    let seconds = milliseconds / 1000
    if seconds < 1 { return "\(milliseconds) ms" }
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min" }
    return "\(seconds / 3600) h \(seconds / 60 % 60) min"
}
