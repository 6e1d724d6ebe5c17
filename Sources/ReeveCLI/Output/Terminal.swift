#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard output and error. What comes from tickets and agents is hostile until it has been through `clean`.
enum Terminal {
    static func print(_ text: String) { write(1, text + "\n") }
    static func error(_ text: String) { write(2, text + "\n") }

    static var isInteractive: Bool { isatty(1) == 1 }

    /// Columns of the terminal; 80 where there is none.
    static var width: Int {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return min(Int(size.ws_col), 200)
    }

    static func rawText(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

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

    private static func write(_ descriptor: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            #if canImport(Glibc)
            let n = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            #else
            let n = bytes[offset...].withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
            #endif
            if n > 0 { offset += n } else if errno != EINTR { return }
        }
    }
}

/// A table for people: columns as wide as they need, the last one cut to the terminal.
struct Table {
    var header: [String]
    var rows: [[String]]

    func render(width: Int) -> String {
        let all = [header] + rows.map { $0.map { Terminal.clean($0) } }
        var widths = header.indices.map { column in all.map { Terminal.columns($0[column]) }.max() ?? 0 }
        // The last column gets at least eight; the widest of the others give way.
        while widths.dropLast().reduce(0, { $0 + $1 + 2 }) + 8 > width,
            let widest = widths.indices.dropLast().max(by: { widths[$0] < widths[$1] }), widths[widest] > 4
        {
            widths[widest] -= 1
        }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                if column == row.count - 1 {
                    let left = max(8, width - Terminal.columns(line))
                    line += Terminal.fit(cell, left)
                } else {
                    let text = Terminal.fit(cell, widths[column])
                    line += text + String(repeating: " ", count: widths[column] - Terminal.columns(text) + 2)
                }
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
