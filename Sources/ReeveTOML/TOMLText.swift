import TOMLKit

/// A TOML text that has been found to be right: what is in it, and on which lines.
package struct TOMLText: Sendable {
    package struct Fault: Error, Sendable, Hashable {
        package var line: Int?
        package var message: String
    }

    /// A table.
    package let root: TOMLTree
    package let lines: KeyLines

    package init(_ whole: String) throws(Fault) {
        // The library skips a byte order mark; so does everything here that must read a text exactly as it does.
        let text = whole.unicodeScalars.first == "\u{FEFF}" ? String(whole.unicodeScalars.dropFirst()) : whole
        if text.unicodeScalars.first == "\u{FEFF}" { throw Fault(line: 1, message: "a second byte order mark (U+FEFF)") }
        // The parser takes a C string: what comes after a NUL would not be read.
        if let nul = text.utf8.firstIndex(of: 0) {
            let line = text.utf8[..<nul].count { $0 == UInt8(ascii: "\n") } + 1
            throw Fault(line: line, message: "a NUL character")
        }
        if let fault = TOMLBounds.fault(text) { throw Fault(line: fault.line, message: fault.message) }
        do {
            let parsed = try TOMLTable(string: text)
            root = TOMLTree.table(parsed)
            // The library (TOMLKit 0.6.0) never frees a table, nor the copy of a name or a text that it hands out. With the table emptied,
            // some hundred bytes of it stay and four to five times what was read.
            parsed.clear()
        } catch let error as TOMLParseError {
            throw Fault(line: error.source.begin.line, message: error.description)
        } catch {
            throw Fault(line: nil, message: "\(error)")
        }
        lines = KeyLines(text)
        if let line = lines.firstNUL {
            throw Fault(line: line, message: "a NUL character (\\u0000) cannot be in a value or a name")
        }
    }
}
