import ReeveModel

/// What a terminal sends for a key, for multiplexers that take bytes and no key names.
enum KeyBytes {
    /// As xterm does in its normal modes (`ctlseqs`, "PC-Style Function Keys"): none of these multiplexers says whether the program has
    /// asked for application cursor keys, and programs that ask for them understand these as well.
    static func of(_ key: Key) -> [UInt8] {
        switch key {
        case .enter: [0x0D]
        case .escape: [0x1B]
        case .tab: [0x09]
        case .backTab: sequence("Z")
        case .space: [0x20]
        case .backspace: [0x7F]
        case .up: sequence("A")
        case .down: sequence("B")
        case .right: sequence("C")
        case .left: sequence("D")
        case .home: sequence("H")
        case .end: sequence("F")
        case .pageUp: sequence("5~")
        case .pageDown: sequence("6~")
        case .delete: sequence("3~")
        case .control(let character): [(character.asciiValue ?? 0) & 0x1F]
        }
    }

    private static func sequence(_ end: String) -> [UInt8] { [0x1B, UInt8(ascii: "[")] + Array(end.utf8) }
}
