import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard output and error. What comes from tickets and agents is hostile until it has been through `clean`.
enum Terminal {
    /// For people and for scripts, to a terminal and to a pipe alike: whatever a caller has forgotten to clean does nothing here.
    static func print(_ text: String) { printGenerated(clean(text, keepingLines: true)) }

    /// A JSON text, in which what could do something to a terminal is escaped; to a reader of JSON it is the same.
    static func printJSON(_ bytes: some Collection<UInt8>) { printGenerated(inertJSON(bytes)) }

    /// What is made from this program's own words only, such as a completion script with its tabs.
    ///
    /// Ends the process when it cannot be written: a script that reads a table must not take half of one for all of it.
    static func printGenerated(_ text: String) {
        guard let code = write(1, text + "\n") else { return }
        if code != EPIPE { error("reeve: cannot write to standard output: \(String(cString: strerror(code)))") }
        ReeveExit.now(code == EPIPE ? ReeveExit.brokenPipe : ReeveExit.code(ReeveError(.unavailable, "")))
    }

    /// In lines that fit. Nobody can be told that standard error cannot be written.
    static func error(_ text: String) { _ = write(2, Wrapping.wrap(clean(text, keepingLines: true), errorWidth) + "\n") }

    static func complain(_ message: String, _ hint: String?) {
        // A line of theirs must not look like one of ours.
        error("reeve: " + message.replacing("\n", with: "\n  "))
        if let hint { error("  " + hint.replacing("\n", with: "\n  ")) }
    }

    /// Opens what the caller has closed (`>&-`), in the wrong direction: otherwise the daemon's connection gets that number, and
    /// what is meant for people is sent to the daemon.
    static func claimDescriptors() {
        for descriptor in 0...2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
        }
    }

    static var isInteractive: Bool { isatty(1) == 1 }

    /// Columns of the terminal; 80 where there is none.
    static var width: Int { width(of: 1) }
    static var errorWidth: Int { width(of: 2) }

    private static func width(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return min(Int(size.ws_col), 200)
    }

    /// In a JSON text control characters and invisible ones can only be in strings, where `\u` means the same.
    static func inertJSON(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.unicodeScalars.contains(where: { InertText.isActive($0) && $0 != "\n" }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if !InertText.isActive(scalar) || scalar == "\n" || scalar == "\t" {
                result.append(scalar)
            } else {
                for unit in Character(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
                }
            }
        }
        return String(result)
    }

    /// Words as a shell takes them.
    static func quoted(_ words: [String]) -> String {
        words.map { "'\($0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'" }
            .joined(separator: " ")
    }

    static func clean(_ text: String, keepingLines: Bool = false) -> String { InertText.clean(text, keepingLines: keepingLines) }

    /// Columns that a text takes: wide East Asian characters and emoji two, combining ones none.
    static func columns(_ text: String) -> Int { DisplayWidth.columns(text) }
    static func columns(_ character: Character) -> Int { DisplayWidth.columns(character) }

    /// Cut to so many columns, with an ellipsis where something is missing.
    static func fit(_ text: String, _ limit: Int) -> String {
        guard columns(text) > limit else { return text }
        return DisplayWidth.cut(text, to: limit - 1) + "…"
    }

    /// Nil, or the `errno` that it failed with.
    private static func write(_ descriptor: Int32, _ text: String) -> Int32? {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            #if canImport(Glibc)
            let n = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            #else
            let n = bytes[offset...].withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
            #endif
            if n >= 0 {
                offset += n
            } else if errno == EAGAIN {
                // Somebody shares this terminal or pipe and has made it non-blocking.
                var end = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&end, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
