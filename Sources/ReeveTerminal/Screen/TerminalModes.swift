#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a program has asked of its terminal, read from what it writes. libvterm (0.1.4) keeps most of it to itself, and a person's own
/// terminal has to be told of it: how keys are worded, whether pastes have brackets, whether the mouse is reported.
struct TerminalModes: Equatable {
    /// DEC private modes that a person's terminal gets too: cursor keys, mouse reports and how they are worded, bracketed paste.
    static let mirrored = [1, 9, 1000, 1002, 1003, 1005, 1006, 1015, 2004]

    private(set) var on: Set<Int> = []
    private(set) var hasKeypad = false
    /// Focus reports.
    private(set) var wantsFocus = false
    /// What makes a line of text something else than itself: a scroll region, margins, insertion, another character set, no wrapping.
    private var oddities: Set<Oddity> = []

    private enum Oddity { case region, margins, origin, insertion, noWrap, newlineMode, characterSet, shift, doubleSize }

    private enum Reading: Equatable {
        case text
        case escape
        /// `ESC (` and its like: one more byte.
        case set(UInt8)
        case control([UInt8])
        /// OSC, DCS and the others: up to BEL or ST.
        case string(afterEscape: Bool)
    }
    private var reading = Reading.text

    var pastesAreBracketed: Bool { on.contains(2004) }
    /// Nothing is half read.
    var isAtRest: Bool { reading == .text }
    /// A line of text is one line of the screen, and a line feed at the bottom scrolls all of it.
    var isPlain: Bool { oddities.isEmpty }

    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        if memchr(base, 0x0E, bytes.count) != nil { oddities.insert(.shift) }
        var index = 0
        while index < bytes.count {
            if case .text = reading {
                guard let found = memchr(base + index, 0x1B, bytes.count - index) else { return }
                index = base.distance(to: found.assumingMemoryBound(to: UInt8.self)) + 1
                reading = .escape
                continue
            }
            take(bytes[index])
            index += 1
        }
    }

    private mutating func take(_ byte: UInt8) {
        switch reading {
        case .text: break
        case .escape: takeEscape(byte)
        case .set(let which):
            reading = .text
            if which == UInt8(ascii: "#") {
                if (UInt8(ascii: "3")...UInt8(ascii: "6")).contains(byte) { oddities.insert(.doubleSize) }
            } else if which == UInt8(ascii: "("), byte == UInt8(ascii: "B") {
                oddities.remove(.characterSet)
            } else {
                oddities.insert(.characterSet)
            }
        case .control(var collected):
            switch byte {
            case 0x40...0x7E:
                reading = .text
                control(collected, byte)
            case 0x1B: reading = .escape
            case 0x18, 0x1A: reading = .text
            default:
                // Longer than anything that matters here: counted as read, and as saying nothing.
                if collected.count < 64 { collected.append(byte) }
                reading = .control(collected)
            }
        case .string(let afterEscape):
            if byte == 0x07 || byte == 0x18 || byte == 0x1A || (afterEscape && byte == UInt8(ascii: "\\")) {
                reading = .text
            } else {
                reading = .string(afterEscape: byte == 0x1B)
            }
        }
    }

    private mutating func takeEscape(_ byte: UInt8) {
        reading = .text
        switch byte {
        case UInt8(ascii: "["): reading = .control([])
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            reading = .string(afterEscape: false)
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "%"):
            reading = .set(byte)
        case UInt8(ascii: "="): hasKeypad = true
        case UInt8(ascii: ">"): hasKeypad = false
        case UInt8(ascii: "c"): self = TerminalModes()
        case UInt8(ascii: "n"), UInt8(ascii: "o"), UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "~"):
            oddities.insert(.shift)
        case 0x1B: reading = .escape
        default: break
        }
    }

    private mutating func control(_ parameters: [UInt8], _ final: UInt8) {
        let isPrivate = parameters.first == UInt8(ascii: "?")
        let numbers = parameters.dropFirst(isPrivate ? 1 : 0).split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        switch final {
        case UInt8(ascii: "h") where isPrivate: for number in numbers { set(number, true) }
        case UInt8(ascii: "l") where isPrivate: for number in numbers { set(number, false) }
        case UInt8(ascii: "h"), UInt8(ascii: "l"):
            for (number, oddity) in [(4, Oddity.insertion), (20, .newlineMode)] where numbers.contains(number) {
                if final == UInt8(ascii: "h") { oddities.insert(oddity) } else { oddities.remove(oddity) }
            }
        case UInt8(ascii: "r") where !isPrivate:
            // Without numbers it is the whole screen.
            if numbers.allSatisfy({ $0 == 0 }) { oddities.remove(.region) } else { oddities.insert(.region) }
        case UInt8(ascii: "p") where parameters.last == UInt8(ascii: "!"): self = TerminalModes()
        default: break
        }
    }

    private mutating func set(_ mode: Int, _ isOn: Bool) {
        if Self.mirrored.contains(mode) {
            if isOn { on.insert(mode) } else { on.remove(mode) }
        }
        switch mode {
        case 1004: wantsFocus = isOn
        case 6: if isOn { oddities.insert(.origin) } else { oddities.remove(.origin) }
        case 7: if isOn { oddities.remove(.noWrap) } else { oddities.insert(.noWrap) }
        case 69: if isOn { oddities.insert(.margins) } else { oddities.remove(.margins) }
        default: break
        }
    }
}
