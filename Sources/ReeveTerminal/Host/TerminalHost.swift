import KeeperLink
import Ownership
import ReeveKeeper
import ResidentMemory

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One terminal: its device, its screen, and everybody who looks at it. A single thread, one `poll`.
final class TerminalHost {
    /// Between two pictures for people, milliseconds.
    private static let frame = 16
    /// How often it is looked whether the socket's file is still there, milliseconds.
    private static let look = 2000
    /// What is read of a program's output before anybody else gets a turn, bytes.
    private static let gulp = 128 << 10

    private let options: TerminalOptions
    private var lock: KeeperLock
    private let signals: SignalPipe
    private var door: TerminalDoor
    private let device: PseudoTerminal
    private let screen: VirtualScreen
    private let pid: pid_t
    private let life: String
    private var people: [Int32: Person] = [:]
    private var input = InputQueue()
    private var claim = ""
    private var tags: [String: String] = [:]
    private var isDead = false
    /// Nobody has the other side of the device open.
    private var isHungUp = false
    private var isDone = false
    /// Who asked for the end, and when it is enforced.
    private var ending: (askers: [(from: Int32, number: Int)], deadline: Int)?
    private var lastPicture = 0
    private var nextLook = 0
    /// The socket and the lock are somebody else's now.
    private var hasLeft = false
    /// Since it rested.
    private var hasWorked = true
    private var buffer = [UInt8](repeating: 0, count: gulp)

    private struct Person {
        var view: PersonView
        var hasFocus = true
    }

    init(
        options: TerminalOptions, lock: KeeperLock, signals: SignalPipe, door: TerminalDoor, device: PseudoTerminal,
        screen: VirtualScreen, pid: pid_t
    ) {
        self.options = options
        self.lock = lock
        self.signals = signals
        self.door = door
        self.device = device
        self.screen = screen
        self.pid = pid
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        life = "\(getpid()).\(now.tv_sec).\(now.tv_nsec)"
    }

    func run() {
        while !isDone {
            var waits = [pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0)] + door.waits
            if !isDead, !isHungUp {
                let events = POLLIN | (input.isEmpty ? 0 : POLLOUT)
                waits.append(pollfd(fd: device.descriptor, events: Int16(events), revents: 0))
            }
            let count = poll(&waits, nfds_t(waits.count), Int32(patience))
            if count == 0 { rest() } else { hasWorked = true }
            if milliseconds() >= nextLook {
                nextLook = milliseconds() + Self.look
                mendDoor()
            }
            for ready in waits where count > 0 && ready.revents != 0 {
                if ready.fd == signals.reading {
                    handle(signals.drain())
                } else if !isDead, ready.fd == device.descriptor {
                    if ready.revents & Int16(POLLOUT) != 0 { writeInput() }
                    if ready.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { readOutput() }
                } else {
                    for (from, number, request) in door.serve(ready) { serve(request, from, number) }
                }
            }
            forgetTheGone()
            showPeople()
            if let deadline = ending?.deadline, milliseconds() >= deadline {
                kill(-pid, SIGKILL)
                ending?.deadline = milliseconds() + 1000
            }
        }
        if !isDead { close(device.descriptor) }
        leave()
        door.drain(milliseconds: 500)
    }

    /// Before anybody is told of the end: who is told may start the next one in this place at once.
    private func leave() {
        guard !hasLeft else { return }
        hasLeft = true
        unlink(options.socketPath)
        unlink(options.lockPath)
    }

    private var patience: Int {
        var wait = Self.look
        if screen.hasNews, !people.isEmpty { wait = min(wait, max(0, lastPicture + Self.frame - milliseconds())) }
        if people.contains(where: { $0.value.view.isStale && door.isIdle($0.key) }) {
            wait = min(wait, max(0, lastPicture + Self.frame - milliseconds()))
        }
        if let ending { wait = min(wait, max(0, ending.deadline - milliseconds())) }
        wait = min(wait, max(0, nextLook - milliseconds()))
        return wait
    }

    /// Nothing has happened for a while.
    private func rest() {
        guard hasWorked else { return }
        hasWorked = false
        Memory.giveBackFreed()
        Memory.giveBackCode()
    }

    /// Somebody has taken away the runtime directory: a daemon that starts now would take for lost what works here.
    private func mendDoor() {
        guard !hasLeft, ending == nil else { return }
        guard access(options.socketPath, F_OK) != 0 || access(options.lockPath, F_OK) != 0 else { return }
        do throws(Refusal) {
            for directory in options.directories { try PrivateDirectory.prepare(directory) }
        } catch { return }
        if access(options.lockPath, F_OK) != 0 { guard case .taken = lock.take() else { return } }
        if access(options.socketPath, F_OK) != 0 { door.reopen() }
    }

    // MARK: The program

    private func readOutput() {
        var filled = 0
        while filled < buffer.count {
            let n = buffer.withUnsafeMutableBytes { all in
                let room = UnsafeMutableRawBufferPointer(rebasing: all[filled...])
                return read(device.descriptor, room.baseAddress, room.count)
            }
            if n > 0 {
                filled += n
            } else if n < 0, errno == EINTR {
                continue
            } else {
                // The last one that had the terminal open has closed it. Its program's end is told by SIGCHLD.
                if n == 0 || errno == EIO { isHungUp = true }
                break
            }
        }
        guard filled > 0 else { return }
        buffer.withUnsafeBufferPointer { screen.feed(UnsafeBufferPointer(rebasing: $0[..<filled])) }
        let answers = screen.takeAnswers()
        if !answers.isEmpty, input.hasRoom(for: answers.count) {
            input.append(answers)
            writeInput()
        }
    }

    private func writeInput() {
        for (from, number) in input.write(to: device.descriptor) { door.say(.reply(number: number, .done), to: from) }
    }

    private func handle(_ seen: Set<Int32>) {
        if seen.contains(SIGTERM) || seen.contains(SIGHUP) { end(nil) }
        guard seen.contains(SIGCHLD) else { return }
        var status: Int32 = 0
        while case let ended = waitpid(-1, &status, WNOHANG), ended > 0 {
            if ended == pid { programEnded() }
        }
    }

    private func programEnded() {
        // What it wrote last is still in the device.
        readOutput()
        isDead = true
        close(device.descriptor)
        for (from, number) in input.abandon() { door.say(.reply(number: number, .refused(Self.over)), to: from) }
        door.sayToAll(.died)
        guard let ending else { return }
        leave()
        for (from, number) in ending.askers { door.say(.reply(number: number, .done), to: from) }
        isDone = true
    }

    private static let over = "the terminal's program has ended"

    /// Hangs up, and is over once the program is.
    private func end(_ asker: (from: Int32, number: Int)?) {
        if isDead {
            leave()
            if let asker { door.say(.reply(number: asker.number, .done), to: asker.from) }
            isDone = true
            return
        }
        if ending == nil {
            // The keeper gives its agent three seconds.
            ending = ([], milliseconds() + 4000)
            kill(pid, SIGHUP)
            kill(pid, SIGCONT)
        }
        if let asker { ending?.askers.append(asker) }
    }

    // MARK: Requests

    private func serve(_ request: TerminalRequest, _ from: Int32, _ number: Int) {
        switch request {
        case .write(let text, let isPaste, let claim):
            var bytes = Array(text.utf8)
            if isPaste, screen.modes.pastesAreBracketed {
                bytes = Array("\u{1B}[200~".utf8) + bytes + Array("\u{1B}[201~".utf8)
            }
            type(bytes, claim, from, number)
        case .key(let name, let claim):
            guard let bytes = KeyBytes.of(name, in: screen) else {
                return answer(from, number, .refused("no key '\(name)'"))
            }
            type(bytes, claim, from, number)
        case .capture(let lines, let isStyled):
            let text = screen.lines(max(1, lines), isStyled: isStyled).map { String(decoding: $0, as: UTF8.self) }
            answer(from, number, .text(text.joined(separator: "\n")))
        case .fingerprint: answer(from, number, .text(screen.fingerprint))
        case .state: answer(from, number, .facts(facts))
        case .tag(let key, let value):
            tags[key] = value
            answer(from, number, .done)
        case .ring:
            for descriptor in people.keys { people[descriptor]?.view.note(changed: [], bells: 1) }
            answer(from, number, .done)
        case .end: end((from, number))
        case .attach(let columns, let rows):
            people[from] = Person(view: PersonView(columns: Self.bounded(columns), rows: Self.bounded(rows)))
            fit()
            answer(from, number, .done)
            paint(from)
        case .input(let bytes): typed(bytes, by: from)
        case .resize(let columns, let rows):
            people[from]?.view.resized(columns: Self.bounded(columns), rows: Self.bounded(rows))
            fit()
            paint(from)
        }
    }

    private static func bounded(_ size: Int) -> Int { min(max(size, 1), 1000) }

    private func answer(_ from: Int32, _ number: Int, _ reply: TerminalReply) {
        door.say(.reply(number: number, reply), to: from)
    }

    private func type(_ bytes: [UInt8], _ claim: String, _ from: Int32, _ number: Int) {
        guard !isDead, ending == nil else { return answer(from, number, .refused(Self.over)) }
        guard input.hasRoom(for: bytes.count) else {
            return answer(from, number, .refused("\(InputQueue.most) bytes wait to be read already"))
        }
        if !claim.isEmpty { self.claim = claim }
        input.append(bytes)
        input.answerLater(from: from, number)
        writeInput()
    }

    private var facts: TerminalFacts {
        TerminalFacts(
            life: life, name: options.name, owner: options.owner, columns: screen.columns, rows: screen.rows,
            attached: people.count, pid: Int(pid), isDead: isDead, claim: claim, title: screen.title,
            isSeen: people.values.contains(where: \.hasFocus))
    }

    // MARK: People

    /// What a person types, and what their terminal says of its focus, which is for us unless the program has asked for it too.
    private func typed(_ bytes: [UInt8], by descriptor: Int32) {
        var rest: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let isReport =
                index + 2 < bytes.count && bytes[index] == 0x1B && bytes[index + 1] == UInt8(ascii: "[")
                && (bytes[index + 2] == UInt8(ascii: "I") || bytes[index + 2] == UInt8(ascii: "O"))
            if isReport { people[descriptor]?.hasFocus = bytes[index + 2] == UInt8(ascii: "I") }
            if isReport, !screen.modes.wantsFocus {
                index += 3
            } else {
                rest.append(bytes[index])
                index += 1
            }
        }
        guard !rest.isEmpty, !isDead, input.hasRoom(for: rest.count) else { return }
        input.append(rest)
        writeInput()
    }

    /// The size that all who look can see all of. Without them it stays.
    private func fit() {
        guard let columns = people.values.map(\.view.columns).min(), let rows = people.values.map(\.view.rows).min(),
            columns != screen.columns || rows != screen.rows
        else { return }
        screen.resize(columns: columns, rows: rows)
        if !isDead { device.resize(columns: columns, rows: rows) }
        for descriptor in people.keys { people[descriptor]?.view.forget() }
    }

    private func forgetTheGone() {
        input.forget { !door.isOpen($0) }
        let gone = people.keys.filter { !door.isOpen($0) }
        guard !gone.isEmpty else { return }
        for descriptor in gone { people[descriptor] = nil }
        fit()
    }

    private func showPeople() {
        guard milliseconds() - lastPicture >= Self.frame else { return }
        if screen.hasNews {
            lastPicture = milliseconds()
            let changed = screen.takeChangedRows()
            let bells = screen.takeBells()
            for descriptor in people.keys { people[descriptor]?.view.note(changed: changed, bells: bells) }
        }
        for (descriptor, person) in people where person.view.isStale { paint(descriptor) }
    }

    /// Whoever has not taken the last picture gets the next one later: it costs them pictures and nobody else anything.
    private func paint(_ descriptor: Int32) {
        guard door.isIdle(descriptor), let bytes = people[descriptor]?.view.paint(screen), !bytes.isEmpty else { return }
        door.say(.output(bytes), to: descriptor)
    }
}
