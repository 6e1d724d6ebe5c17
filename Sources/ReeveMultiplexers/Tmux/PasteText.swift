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
            if bytes[index] == 0x1B, bytes[index...].drop(while: { $0 == 0x1B }).starts(with: marker) {
                // Every ESC of a run, or dropping one would make the one before it the beginning of a marker.
                index += 1
            } else if bytes[index...].starts(with: [0xC2, 0x9B]), bytes[(index + 2)...].starts(with: marker.dropFirst()) {
                index += 2
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
