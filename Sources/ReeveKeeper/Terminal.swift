#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The terminal on descriptor 0: its modes, its foreground group, and the few words the keeper says on it.
struct Terminal {
    let descriptor: Int32 = 0
    /// For our own words, non-blocking: a terminal held with Ctrl+S must not hold the keeper. A second opening of the terminal, because
    /// the mode of descriptor 1 is shared with the child.
    private let output: Int32
    private let modesAtStart: termios?

    init() {
        var modes = termios()
        modesAtStart = tcgetattr(0, &modes) == 0 ? modes : nil
        output = modesAtStart == nil ? -1 : open("/dev/tty", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    }

    var isPresent: Bool { modesAtStart != nil }

    /// Typed bytes that nobody has read yet.
    var unread: Int {
        var count: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    func currentModes() -> termios? {
        var modes = termios()
        return tcgetattr(descriptor, &modes) == 0 ? modes : nil
    }

    func apply(_ modes: termios?) {
        guard var modes = modes ?? modesAtStart else { return }
        _ = tcsetattr(descriptor, TCSANOW, &modes)
    }

    /// The keeper itself is in the foreground.
    var isOurs: Bool { tcgetpgrp(descriptor) == getpgrp() }

    func giveTo(_ group: pid_t) { _ = tcsetpgrp(descriptor, group) }
    func take() { giveTo(getpgrp()) }

    /// Throws away what was typed for somebody else.
    func discardInput() { _ = tcflush(descriptor, TCIFLUSH) }

    /// Takes the terminal back from a program that may have died in any mode: line modes as at the start, then without echo and
    /// signals, so that nothing typed at the keeper does anything but Enter.
    func reclaim() {
        take()
        apply(nil)
        discardInput()
        // Alternate screen, mouse reports, focus reports, bracketed paste, application keys, kitty and modifyOtherKeys protocols,
        // synchronised output, colours; the cursor shown again. The cursor's place is kept first: to leave an alternate screen that nobody
        // is in puts it back where it was kept last (xterm, and what follows it: VS Code, libvterm), at first the upper left corner.
        say(
            "\u{1B}[?2026l\u{1B}7\u{1B}[?1049l\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1003l\u{1B}[?1006l\u{1B}[?1004l\u{1B}[?2004l"
                + "\u{1B}[?1l\u{1B}>\u{1B}[<u\u{1B}[>4;0m\u{1B}[0m\u{1B}[?25h")
        guard var modes = modesAtStart else { return }
        modes.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        _ = tcsetattr(descriptor, TCSANOW, &modes)
    }

    /// One line of the keeper's own, on a line of its own.
    func announce(_ text: String) { say("\r\n\u{1B}[2m[reeve] \(text)\u{1B}[0m\r\n") }

    /// Whether Enter is among the keys typed since the last call.
    func readsEnter() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 256)
        let n = read(descriptor, &buffer, buffer.count)
        return n > 0 && buffer[..<n].contains { $0 == 13 || $0 == 10 }
    }

    private func say(_ text: String) { if output >= 0 { writeAll(output, Array(text.utf8)) } }
}
