/// Text on its way into a terminal.
enum PasteText {
    /// The end-of-paste marker inside pasted text would end the paste early and let the rest be typed as commands: its ESC is dropped,
    /// in the seven-bit form and in the one-character form (U+009B). tmux itself passes it through up to 3.6.
    static func neutralised(_ text: String) -> String {
        guard text.contains("201~") else { return text }
        let bytes = Array(text.utf8)
        let marker = Array("[201~".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x1B {
                // A run of ESC in one step: dropping one would make the one before it the beginning of a marker.
                let end = bytes[index...].firstIndex { $0 != 0x1B } ?? bytes.count
                if !bytes[end...].starts(with: marker) { result += bytes[index..<end] }
                index = end
            } else if bytes[index...].starts(with: [0xC2, 0x9B]), bytes[(index + 2)...].starts(with: marker.dropFirst()) {
                // Replaced and not dropped, so that what stood before it cannot close up to a marker: U+FFFD.
                result += [0xEF, 0xBF, 0xBD]
                index += 2
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// For who cannot take a text at once: never cut between the bytes of one character, and between lines where a line ends in
    /// the later half of a piece.
    /// - Parameter longest: most bytes of one piece, at least 4.
    static func pieces(_ bytes: ArraySlice<UInt8>, longest: Int, atLines: Bool) -> [String] {
        var pieces: [String] = []
        var rest = bytes
        while !rest.isEmpty {
            var end = rest.index(rest.startIndex, offsetBy: longest, limitedBy: rest.endIndex) ?? rest.endIndex
            while end < rest.endIndex, rest[end] & 0xC0 == 0x80 { end -= 1 }
            if atLines, end < rest.endIndex, let line = rest[..<end].lastIndex(of: 10), line - rest.startIndex >= longest / 2 {
                end = line + 1
            }
            pieces.append(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[end...]
        }
        return pieces
    }
}
