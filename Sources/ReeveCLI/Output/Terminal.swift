import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard output and error. What comes from tickets and agents is hostile until it has been through `clean`.
enum Terminal {
    /// Ends the process when it cannot be written: a script that reads a table must not take half of one for all of it.
    static func print(_ text: String) {
        guard let code = write(1, text + "\n") else { return }
        if code != EPIPE { error("reeve: cannot write to standard output: \(String(cString: strerror(code)))") }
        ReeveExit.now(code == EPIPE ? ReeveExit.brokenPipe : ReeveExit.code(ReeveError(.unavailable, "")))
    }

    /// In lines that fit. Nobody can be told that standard error cannot be written.
    static func error(_ text: String) { _ = write(2, Wrapping.wrap(clean(text, keepingLines: true), errorWidth) + "\n") }

    static func complain(_ message: String, _ hint: String?) {
        error("reeve: " + message)
        if let hint { error("  " + hint) }
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

    static func rawText(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Words as a shell takes them.
    static func quoted(_ words: [String]) -> String {
        words.map { "'\($0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'" }
            .joined(separator: " ")
    }

    /// Without control characters (C0, C1, DEL), bidi overrides and zero-width characters: nothing in it can move the cursor, change
    /// a title, or pretend to be another word. Line breaks stay where they are allowed.
    static func clean(_ text: String, keepingLines: Bool = false) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A where keepingLines: result.append(scalar)
            case 0x09: result.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Columns that a text takes: wide East Asian characters and emoji two, combining ones none.
    static func columns(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

    static func columns(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.value {
        case 0x300...0x36F: return 0
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6,
            0x231A...0x231B, 0x23E9...0x23EC, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x26A1, 0x26BD...0x26BE, 0x26D4,
            0x2705,
            0x270A...0x270B, 0x2728, 0x274C, 0x274E, 0x2753...0x2757, 0x2795...0x2797, 0x2B1B...0x2B1C, 0x2B50, 0x2B55,
            0x1F1E6...0x1F1FF,
            0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return character.unicodeScalars.contains { $0.value == 0xFE0F } ? 2 : 1
        }
    }

    /// Cut to so many columns, with an ellipsis where something is missing.
    static func fit(_ text: String, _ limit: Int) -> String {
        guard columns(text) > limit else { return text }
        var result = ""
        var used = 0
        for character in text {
            let width = columns(character)
            if used + width > limit - 1 { break }
            used += width
            result.append(character)
        }
        return result + "…"
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
